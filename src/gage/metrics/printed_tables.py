"""Tables that programs print: a line of names and a line of numbers for each epoch, or for each class that was
evaluated; and boxes of names and numbers below each other, in sections.

fastai, skorch, spaCy, YOLO, scikit-learn and Stable Baselines print such tables. Knows one table at a time.
"""

import re

from gage.metrics.name_values import BOX_ROW, METRIC_NAME, STEP_NAME, can_be_metric, parse_number

_LINES_TO_SPACES = str.maketrans("|│┃", "   ")
#  | · two spaces · a tab
_BETWEEN_CELLS = re.compile(r"\s*[|│┃]\s*|\t\s*|\s{2,}")
# epoch  train_loss · | Epoch | acc · E    #
_STEP_HEADER = re.compile(r"[\s|│┃]*(?:epoch|step|iter|iteration|round|gen|E|#)(?:\s{2,}|\t|\s*[|│┃]\s*)\S", re.I)
_STEP_COLUMNS = ("step", "steps", "#", "iter", "iteration")
# train_loss · GPU_mem · val acc top5 · #
_COLUMN_NAME = re.compile(r"(?:[^\W\d]|#$)[\w/@.%()#-]*(?: [^\W\d#][\w/@.%-]*){0,2}")
# 3 · 2/3
_COUNT = re.compile(r"(\d+)(?:/\d+)?")
_TIME_COLUMNS = ("time", "dur", "duration", "eta", "seconds")
# mAP50 · AP
_AVERAGE_PRECISION = re.compile(r"m?AP\d*")
# the end of 'Class Images: 100%|███|'
_PERCENTAGE = re.compile(r":\s+\d+%")
# | rollout/ | |
_SECTION = re.compile(r"\s*[|│]\s*(?P<section>[\w./-]+/)\s*[|│]\s*[|│]\s*")

Row = tuple[int | None, list[tuple[str, float]]]


class PrintedTable:
    """The columns of the table that is being printed."""

    def __init__(self) -> None:
        self._step_columns: list[str] = []
        self._words: list[str] = []  # the same, split at each space, until a row shows which split is right
        self._metric_columns: list[str] = []

    def parse_line(self, line: str) -> Row | None:
        """Returns step (None: the row has none) and values of a row; no values for a header; None for other lines."""
        if _STEP_HEADER.match(line):
            columns = _split_cells(line)
            if len(columns) > 1 and all(map(_COLUMN_NAME.fullmatch, columns)):
                self._step_columns, self._words = columns, line.translate(_LINES_TO_SPACES).split()
                self._metric_columns = []
                return None, []
        if "  " in line or "|" in line:
            columns = _find_metric_columns(line)
            if columns:
                self._step_columns, self._words, self._metric_columns = [], [], columns
                return None, []
        words = line.translate(_LINES_TO_SPACES).split() if self._step_columns or self._metric_columns else []
        return self._parse_step_row(words) or self._parse_metric_row(words)

    def _parse_step_row(self, words: list[str]) -> Row | None:
        """Parses a row of a table whose first column is an epoch or a step."""
        names = self._words if len(words) == len(self._words) else self._step_columns
        if names and len(words) == len(names) + 1 and all(_parse_number(word) is not None for word in words):
            words = words[1:]  # a data frame numbers its rows
        if not names or len(words) < len(names):
            return None
        counts: dict[str, int] = {}
        for name, word in zip(names, words, strict=False):
            if match := _COUNT.fullmatch(word):
                counts[name.lower()] = int(match[1])
        first = names[0].lower()
        if first not in counts:
            return None
        step = counts[first]
        for name in reversed(_STEP_COLUMNS):  # a step is finer than an epoch
            step = counts.get(name, step)
        self._step_columns, self._words = names, []
        cells = [cell for cell in zip(names, words, strict=False) if cell[0].lower() not in (*_STEP_COLUMNS, first)]
        return step, _parse_numbers(cells)

    def _parse_metric_row(self, words: list[str]) -> Row | None:
        """Parses a row that begins with a class (`macro avg`), or one of numbers only."""
        names = self._metric_columns
        first = 0
        while first < len(words) and _parse_number(words[first]) is None:
            first += 1
        first = 0 if first == len(words) else first
        label = "_".join(words[:first])
        if label and len(words) - first == len(names) - 1:
            names = names[1:]
        if not names or len(words) - first != len(names) or first > 3 or (label and not label[0].isalpha()):
            return None
        cells = zip(names, words[first:], strict=True)
        values = _parse_numbers([(f"{label}/{name}" if label else name, word) for name, word in cells])
        return (None, values) if len(values) == len(names) else None


class PrintedBox:
    """The box that is being printed. Its values belong to a step that may come last in it.

    `section`: the section of the last line, such as `rollout/`; "" outside of boxes.
    """

    def __init__(self) -> None:
        self.section = ""
        self._step: int | None = None
        self._values: list[tuple[str, float]] = []

    def add_line(self, line: str) -> bool:
        """Adds a line and returns whether it is part of a box with sections."""
        section = _SECTION.fullmatch(line)
        if section:
            self.section = section["section"]
            return True
        row = BOX_ROW.match(line) if self.section else None
        value = parse_number(row["value"]) if row else None
        if row is None or value is None:
            return False
        if STEP_NAME.fullmatch(row["key"]) and row["key"] != "iterations":
            self._step = int(value)
        elif can_be_metric(row["key"]):
            self._values.append((self.section + row["key"], value))
        return True

    def close(self) -> Row:
        """Ends the box and returns its step and values."""
        row = self._step, self._values
        self.section, self._step, self._values = "", None, []
        return row


def _find_metric_columns(line: str) -> list[str]:
    """Returns the names in a line that consists of at least three names, some of them of metrics."""
    text = _PERCENTAGE.split(line)[0]
    if "=" in line or ":" in text:
        return []
    names = _split_cells(text)
    if len(names) < 3 or not all(map(_COLUMN_NAME.fullmatch, names)):
        return []
    return names if any(METRIC_NAME.fullmatch(name) or _AVERAGE_PRECISION.match(name) for name in names) else []


def _split_cells(line: str) -> list[str]:
    return [cell for cell in _BETWEEN_CELLS.split(line.strip()) if cell]


def _parse_numbers(cells: list[tuple[str, str]]) -> list[tuple[str, float]]:
    """Returns the cells with numbers, without times."""
    values = [
        ("_".join(name.split()), _parse_number(word)) for name, word in cells if name.lower() not in _TIME_COLUMNS
    ]
    return [(name, value) for name, value in values if value is not None]


def _parse_number(word: str) -> float | None:
    return parse_number(word.removesuffix("%"))
