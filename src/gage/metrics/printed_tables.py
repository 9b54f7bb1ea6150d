"""Tables that programs print: a line of names and a line of numbers for each epoch, or for each thing that was
measured; and boxes of names and numbers below each other, in sections.

So fastai, skorch, spaCy, YOLO, scikit-learn and Stable Baselines do. Knows one table at a time.
"""

import re

from gage.metrics.name_values import CELL, MEASURE, STEP, can_be_metric, parse_number

_BARS = str.maketrans("|│┃", "   ")
_APART = re.compile(r"\s*[|│┃]\s*|\t\s*|\s{2,}")
_HEADER = re.compile(r"[\s|│┃]*(?:epoch|step|iter|iteration|round|gen|E|#)(?:\s{2,}|\t|\s*[|│┃]\s*)\S", re.I)
_FINER = ("step", "steps", "#", "iter", "iteration")
_NAME = re.compile(r"(?:[^\W\d]|#$)[\w/@.%()#-]*(?: [^\W\d#][\w/@.%-]*){0,2}")
_COUNT = re.compile(r"(\d+)(?:/\d+)?")
_TIMES = ("time", "dur", "duration", "eta", "seconds")
_PRECISION = re.compile(r"m?AP\d*")
_BAR = re.compile(r":\s+\d+%")
_SECTION = re.compile(r"\s*[|│]\s*(?P<section>[\w./-]+/)\s*[|│]\s*[|│]\s*")

Row = tuple[int | None, list[tuple[str, float]]]


class PrintedTable:
    """The names of the table that is being printed."""

    def __init__(self) -> None:
        self._steps: list[str] = []
        self._words: list[str] = []  # the same, where a space ends a name; until a row tells which it is
        self._measures: list[str] = []

    def parse_line(self, line: str) -> Row | None:
        """The step (None: it has none of its own) and values of a row; no values for a header; None for a line that is
        no part of a table.
        """
        if _HEADER.match(line):
            names = _cells(line)
            if len(names) > 1 and all(map(_NAME.fullmatch, names)):
                self._steps, self._words, self._measures = names, line.translate(_BARS).split(), []
                return None, []
        if "  " in line or "|" in line:
            names = _names_of_measures(line)
            if names:
                self._steps, self._words, self._measures = [], [], names
                return None, []
        words = line.translate(_BARS).split() if self._steps or self._measures else []
        return self._row(words) or self._measured(words)

    def _row(self, words: list[str]) -> Row | None:
        """A row of a table whose first column is an epoch or a step."""
        names = self._words if len(words) == len(self._words) else self._steps
        if names and len(words) == len(names) + 1 and all(_number(word) is not None for word in words):
            words = words[1:]  # a data frame counts its rows
        if not names or len(words) < len(names):
            return None
        counts = {n.lower(): m for n, w in zip(names, words, strict=False) if (m := _COUNT.fullmatch(w))}
        if names[0].lower() not in counts:
            return None
        at = next((n for n in _FINER if n in counts), names[0].lower())
        self._steps, self._words = names, []
        pairs = zip(names, words, strict=False)
        return int(counts[at][1]), _numbers([(n, w) for n, w in pairs if n.lower() not in (*_FINER, names[0].lower())])

    def _measured(self, words: list[str]) -> Row | None:
        """A row that begins with what was measured (`macro avg`), or one of numbers only."""
        names = self._measures
        first = next((i for i, word in enumerate(words) if _number(word) is not None), 0)
        label = "_".join(words[:first])
        if label and len(words) - first == len(names) - 1:
            names = names[1:]
        if not names or len(words) - first != len(names) or first > 3 or (label and not label[0].isalpha()):
            return None
        found = _numbers([(f"{label}/{n}" if label else n, w) for n, w in zip(names, words[first:], strict=True)])
        return (None, found) if len(found) == len(names) else None


class PrintedBox:
    """The box that is being printed: what it says belongs to a step that may come last in it. `section`: where in
    it the last line was; "" outside of boxes.
    """

    def __init__(self) -> None:
        self.section = ""
        self._step: int | None = None
        self._found: list[tuple[str, float]] = []

    def add_line(self, line: str) -> bool:
        """Whether the line is part of a box with sections."""
        section = _SECTION.fullmatch(line)
        if section:
            self.section = section["section"]
            return True
        cell = CELL.match(line) if self.section else None
        value = parse_number(cell["value"]) if cell else None
        if cell is None or value is None:
            return False
        if STEP.fullmatch(cell["key"]) and cell["key"] != "iterations":
            self._step = int(value)
        elif can_be_metric(cell["key"]):
            self._found.append((self.section + cell["key"], value))
        return True

    def close(self) -> Row:
        """What the box said."""
        said = self._step, self._found
        self.section, self._step, self._found = "", None, []
        return said


def _names_of_measures(line: str) -> list[str]:
    """The names in a line that has nothing but names, some of them of measures."""
    if "=" in line:
        return []
    text = _BAR.split(line)[0]
    if ":" in text:
        return []
    names = _cells(text)
    if len(names) < 3 or not all(map(_NAME.fullmatch, names)):
        return []
    return names if any(MEASURE.fullmatch(n) or _PRECISION.match(n) for n in names) else []


def _cells(line: str) -> list[str]:
    return [cell for cell in _APART.split(line.strip()) if cell]


def _numbers(pairs: list[tuple[str, str]]) -> list[tuple[str, float]]:
    found = [(name, _number(word)) for name, word in pairs if name.lower() not in _TIMES]
    return [("_".join(name.split()), value) for name, value in found if value is not None]


def _number(word: str) -> float | None:
    return parse_number(word.removesuffix("%"))
