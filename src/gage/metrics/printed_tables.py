"""Tables that programs print: a line of names, then a line of numbers for each epoch, class or model.

fastai, skorch, spaCy, YOLO and scikit-learn print such tables. Knows one table at a time.
"""

import math
import re

from gage.metrics.metric_names import METRIC_NAME, STEP_NAME
from gage.metrics.name_bars import join_words, quote_bars
from gage.metrics.parameter_names import is_count, is_parameter, is_scheduled_parameter
from gage.metrics.printed_boxes import Row
from gage.metrics.printed_numbers import parse_number
from gage.metrics.table_headers import (
    BENCHMARK,
    COLUMN_NAME,
    LINES_TO_SPACES,
    PERCENTAGE,
    PHASE_COLUMN,
    RESULT_ROWS,
    STATISTICS,
    STEP_HEADER,
    STEP_WORDS,
    find_counted_columns,
    find_metric_columns,
    has_gap,
    is_metric_column,
    split_bordered_cells,
    split_cells,
)

_SEARCHED = "target"
"""What bayes_opt calls the metric of its search."""
_STEP_COLUMNS = ("step", "steps", "#", "iter", "iteration", "batch")
# 3 · 2/3
_COUNT = re.compile(r"(\d+)(?:/\d+)?")
# < 2e-16 ***
_R_SIGNIFICANCE = re.compile(r"<(?=\s?\d)|\s(?:\*{1,3}|\.)\s*$")
# epoch,train_loss,val_loss
_CSV_HEADER = re.compile(
    r"(?:(?:epoch|step|iter|iteration|round),\s*|\w+,)[^\W\d][\w/@.%-]*(?:,\s*[^\W\d][\w/@.%-]*)*", re.I
)
_CSV_ROW = re.compile(r"\d+(?:,\s*(?:[-+\d.eE]+|nan|inf)?)+")
# # epoch  loss
_COMMENT_HEADER = re.compile(
    r"[#%]\s*(?!(?:model|name|class|id|run|user|node|method)\b)[^\W\d]\S*(?:(?:\s+[^\W\d]\S*){2,}|\s{2,}[^\W\d]\S*)\s*$"
)
# (K), at the end of a row
_UNIT_AT_END = re.compile(r"(?<=\d)\s+[(\[][^\W\d][^\s()\[\]]*[)\]]\s*$")
_MISSING = frozenset(("-", "--", "---", "n/a", "N/A", "NA", "None", "—", "–"))
# 12.5 ns · 3 k
_CELL_UNIT = re.compile(r"(?<=\d) (?:ns|us|µs|ms|s|sec|k|M|G)(?=\s|$)")
# 0.05s
_TIME_UNIT = re.compile(r"(?<=\d)[munµ]?s(?=\s|$)")
# \textbf{0.93} · $0.93$
_LATEX_MARKUP = re.compile(
    r"\\(?:textbf|textit|underline|emph|mathbf)\{([^{}]*)\}|\$|\\(?:hline|midrule|toprule|bottomrule|uparrow|downarrow)"
    r"|\s*\\\\\s*$|\\(?=%)"
)
# ± 0.2 · $\pm$ 0.2 · (0.1), after a number
_SPREAD = re.compile(r"(?<=\d)\s*(?:(?:±|\+/-|\\pm)\s*[\d.]+|\([\d.]+\))")
# top-1 (%) · latency (ms) · BLEU ↑
_COLUMN_UNIT = re.compile(
    r"(?<=\w) ?(?:\((?:%|[mµun]s|[kKMGT]|[kKMGT]i?B|dB|\w+/\w+)\)|[↑↓⬆⬇]|/ [\w /]+|(?<!\d)%)"
    r"(?=\s*(?:$|[|│┃&]|\s{2}))"
)
# items_per_second=47.7M/s
_COUNTER = re.compile(r"(?P<key>[A-Za-z]\w*)=(?P<value>[\d.]+)(?P<prefix>[kMGT]?)(?:/s)?")
# [0.1] · [0.1, 0.2]
_LIST = re.compile(r"\[(?P<inside>[^\[\]]*)\]")
# **0.858**, in Markdown
_BOLD = re.compile(r"\*\*([^*|]+)\*\*")
# 92.3 %
_PERCENT_SIGN = re.compile(r"(?<=\d) %(?=\s)")
_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
# --- · ==== · +---+ · \midrule
_RULE = re.compile(r"[\s=*#+|_─━═├┼┤┌┐└┘╭╮╰╯┬┴│┃┡╇┩┏┳┓:-]+|\s*\\\w+(?:\{[^{}]*\})*\s*")
_TIME_COLUMN = re.compile(r"(?:.*[_ ])?(?:time|dur|duration|eta|seconds)", re.I)


class PrintedTable:
    """The columns of the table that is being printed."""

    def __init__(self) -> None:
        self._step_columns: list[str] = []
        self._words: list[str] = []  # the same, split at each space, until a row shows which split is right
        self._metric_columns: list[str] = []
        self._value_columns: tuple[int, int] | None = None  # of a metric's name and of its value
        self._unknown_columns: list[str] = []  # those of a table if the first column counts
        self._first_row: Row | None = None
        self._counter = -math.inf  # the first number of the last row below unknown names
        self._label = ""
        self._row_count = 0
        self._is_labelled = True
        self._has_label_last = False
        self._are_phases = False
        self._is_csv = False
        self._header_cells: list[str] = []  # of the line before, if it is a header with lines
        self.tuned: set[str] = set()
        """Columns of tables of results that hold what was tuned."""

    @property
    def is_open(self) -> bool:
        """Returns whether the next line may be a row."""
        return bool(self._metric_columns or self._unknown_columns) or self._is_csv or self._value_columns is not None

    def parse_line(self, line: str) -> list[Row] | None:
        """Returns the rows that are clear with a line: none for a header; None for other lines."""
        line = self._unify_separators(line)
        if self._read_header(line):
            return []
        if self._unknown_columns and (rows := self._parse_counted_row(line)) is not None:
            return rows
        row = self._parse_row(line)
        return None if row is None else [row]

    def _parse_counted_row(self, line: str) -> list[Row] | None:
        """Parses a row below unknown names. Two rows belong to a table if the first number is higher in the second."""
        if _RULE.fullmatch(line):
            return []
        self._step_columns, self._words = self._unknown_columns, []
        words = line.translate(LINES_TO_SPACES).split()
        row = self._parse_step_row(words) if len(words) == len(self._unknown_columns) else None
        counter = _parse_number(words[0]) if words else None
        if row is None and len(words) == len(self._unknown_columns) and all(map(_is_number, words)):
            row = None, _parse_numbers(list(zip(self._unknown_columns[1:], words[1:], strict=True)))
        is_row = row is not None and counter is not None and len(row[1]) > 1 and "." in line
        if row is None or not is_row or counter is None or counter <= self._counter:
            self._close()
            return None
        is_first, self._counter = self._counter == -math.inf, counter
        first, self._first_row = self._first_row, row
        self._step_columns = []
        if is_first:
            return []
        if row[0] is not None:
            self._step_columns, self._unknown_columns = self._unknown_columns, []
        self._first_row = None
        return [row] if first is None else [first, row]

    def _parse_row(self, line: str) -> Row | None:
        """Returns step (None: the row has none) and values of a row; None for other lines."""
        if self._value_columns is not None:
            row = self._parse_value_row(line)
            if row is not None:
                return row
        if self._step_columns or self._metric_columns:
            words = (_PERCENT_SIGN.sub("", line) if " %" in line else line).translate(LINES_TO_SPACES).split()
            if self._step_columns and "[" in line:
                words = _LIST.sub(_join_list, line).split()
            if self._step_columns and (row := self._parse_step_row(words)):
                return row
            if self._metric_columns:
                return self._parse_row_or_close(line)
        return None

    def _unify_separators(self, line: str) -> str:
        """Returns a line of LaTeX or CSV as one of a table that is aligned."""
        if "**" in line:
            line = _BOLD.sub(r"\1", line)
        if "|" in line:
            line = quote_bars(line)
        if line[:1] in ("#", "%") and _COMMENT_HEADER.match(line):
            line = " " + line[1:]
        if "&" in line and line.rstrip().endswith("\\\\"):
            line = _SPREAD.sub("", _LATEX_MARKUP.sub(r"\1", line)).replace("&", "|")
        columns = self._step_columns or self._unknown_columns
        has_commas = "," in line and (_CSV_HEADER.fullmatch(line) or (columns and _CSV_ROW.fullmatch(line)))
        self._is_csv = bool(has_commas)
        return line.replace(",", "\t") if has_commas else line

    def _read_header(self, line: str) -> bool:
        """Reads the names of columns if the line is a header. Returns whether it is one."""
        cells, self._header_cells = self._header_cells, []
        if cells and self._join_header(cells, line):
            return True
        if not self._open_table(line):
            return False
        self._header_cells = split_bordered_cells(line) if line.count("|") > 2 else []
        return True

    def _join_header(self, above: list[str], line: str) -> bool:
        """Adds the names in the second line of a header: `|        | Accuracy |`. Returns whether the line is one."""
        cells = split_bordered_cells(line)
        if len(cells) != len(above) or cells[0] or _RULE.fullmatch(line) or any(map(str.isdigit, line)):
            return False
        names = [f"{name} {more}".strip() for name, more in zip(above, cells, strict=True)]
        if self._step_columns:
            self._step_columns, self._words = names, []
        elif len(self._metric_columns) == len(names):
            self._metric_columns, self._words = names, []
        return True

    def _open_table(self, line: str) -> bool:
        """Opens a table if the line is a header. Returns whether it is one."""
        if STEP_HEADER.match(line):
            columns = split_cells(line)
            if len(columns) > 1 and all(map(COLUMN_NAME.fullmatch, columns)):
                is_csv = self._is_csv
                self._close()
                self._step_columns, self._words = columns, line.translate(LINES_TO_SPACES).split()
                self._is_csv = is_csv
                return True
        if not (has_gap(line) or STEP_WORDS.fullmatch(line)):
            return False
        if "etric" in line and self._open_metric_table(line):
            return True
        if "(" in line or not line.isascii():
            columns = find_metric_columns(_COLUMN_UNIT.sub("", line.replace("(s)", "time")))
        else:
            columns = find_metric_columns(line)
        if columns:
            self._close()
            self._are_phases = all(map(PHASE_COLUMN.fullmatch, columns))
            self._is_labelled = bool(split_bordered_cells(line)[0]) and not self._are_phases
            self._metric_columns, self._words = columns, PERCENTAGE.split(line)[0].translate(LINES_TO_SPACES).split()
            self._has_label_last = columns[-1] in ("Class", "class")
            if self._has_label_last:
                self._metric_columns = [columns[-1], *columns[:-1]]
        elif not (self._step_columns or self._metric_columns or self._value_columns):
            columns = find_counted_columns(line)
            self._unknown_columns = columns or self._unknown_columns
        return bool(columns)

    def _close(self) -> None:
        self._step_columns, self._words, self._metric_columns = [], [], []
        self._unknown_columns, self._first_row, self._counter = [], None, -math.inf
        self._value_columns, self._label, self._row_count, self._is_csv = None, "", 0, False

    def _parse_row_or_close(self, line: str) -> Row | None:
        """Parses a row of the table that is being printed. The table ends with a line of another kind."""
        if not line.strip() and (self._row_count == 0 or len(self._metric_columns) > 2):
            return None
        is_index_name = self._row_count == 0 and len(line.split()) == 1  # below the header of a data frame
        if is_index_name or _RULE.fullmatch(line):
            return None
        is_benchmark = self._metric_columns[0] == BENCHMARK
        counters: list[tuple[str, str]] = []
        if is_benchmark:
            words = _CELL_UNIT.sub("", line).split()
            counters = [(word, words[0]) for word in words[len(self._metric_columns) :]]
            words = words[: len(self._metric_columns)]
        else:
            if "±" in line or "+/-" in line:
                line = _SPREAD.sub("", line)
            if line.rstrip()[-1:] in (")", "]"):
                line = _UNIT_AT_END.sub("", line)
            if self._metric_columns[0] == "Estimate":
                line = _R_SIGNIFICANCE.sub("", line)
            if (row := self._parse_bordered_row(line)) is not None:
                return row
            words = _TIME_UNIT.sub("", line).translate(LINES_TO_SPACES).split()
        cell_counts = (2, 3) if STATISTICS.fullmatch(self._metric_columns[0]) else (2,)
        if len(self._metric_columns) == 2 and len(split_cells(line)) not in cell_counts:
            words = []
        row = self._parse_metric_row(words, line)
        if row is None and (not words or _parse_number(words[-1]) is None):
            self._close()
        self._row_count += row is not None
        if row is not None:
            row[1].extend(
                (f"{label}/{m['key']}", float(m["value"]) * _PREFIXES[m["prefix"]])
                for word, label in counters
                if (m := _COUNTER.fullmatch(word))
            )
        return row

    def _parse_bordered_row(self, line: str) -> Row | None:
        """Parses `| resnet | 25.6M | 76.1 |`: the first cell is a name, others may hold no numbers."""
        if line.lstrip()[:1] not in ("|", "│", "┃") and line.count("|") < 2:
            return None
        cells = split_bordered_cells(line)
        if len(cells) == len(self._metric_columns) + 1 and not self._is_labelled:
            names = self._metric_columns
        elif len(cells) == len(self._metric_columns):
            names = self._metric_columns[1:]
        else:
            return None
        label = "_".join(cells[0].split())
        if self._are_phases:
            return None, _parse_numbers([(f"{n}_{label}", cell) for n, cell in zip(names, cells[1:], strict=True)])
        if METRIC_NAME.fullmatch(label) and len(values := [c for c in cells[1:] if c]) == 1:
            return None, _parse_numbers([(label, values[0])])  # mAP, below the rows of classes
        if not label or _parse_number(label) is not None:
            return None
        are_known = any(map(is_metric_column, names))
        pairs = [
            (f"{label}/{name}", cell)
            for name, cell in zip(names, cells[1:], strict=True)
            if (are_known or "." in cell)
            and not (is_parameter(name) or is_count(name) or is_scheduled_parameter(name) or STEP_NAME.fullmatch(name))
        ]
        return None, _parse_numbers(pairs)

    def _open_metric_table(self, line: str) -> bool:
        """Opens a table whose columns `Metric` and `Value` hold names and values, if a line is its header."""
        cells = split_bordered_cells(line)
        names = [cell.lower() for cell in cells]
        if len(cells) < 3 or "metric" not in names or "value" not in names:
            return False
        self._close()
        self._value_columns = names.index("metric"), names.index("value")
        return True

    def _parse_value_row(self, line: str) -> Row | None:
        """Parses `| task | … | acc | 0.3 |`. A task that is left out is that of the row above."""
        cells = split_bordered_cells(line)
        metric, value = self._value_columns or (0, 0)
        if len(cells) <= max(metric, value):
            self._close()
            return None
        if _RULE.fullmatch(line):
            return None, []
        number = _parse_number(cells[value])
        if metric and cells[0]:
            self._label = "_".join(cells[0].lstrip("- ").split())
        name = f"{self._label}/{cells[metric]}" if self._label else cells[metric]
        return None, [] if number is None or not cells[metric] else [("_".join(name.split()), number)]

    def _parse_step_row(self, words: list[str]) -> Row | None:
        """Parses a row of a table whose first column is an epoch or a step."""
        names = self._words if len(words) == len(self._words) else self._step_columns
        if len(words) == len(names) + 1 and (words[0].endswith(":") or None not in map(_parse_number, words)):
            words = words[1:]  # BFGS: · a data frame numbers its rows
        has_more_numbers = len(words) > len(names) and None not in map(_parse_number, words)
        if not names or len(words) < len(names) or has_more_numbers:
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
        if _SEARCHED in names:  # the other columns are what is searched
            cells = [cell for cell in cells if cell[0] == _SEARCHED]
        return step, _parse_numbers(cells)

    def _parse_metric_row(self, words: list[str], line: str) -> Row | None:
        """Parses a row that begins with a class (`macro avg`), or one of numbers only."""
        if self._has_label_last and words and _parse_number(words[-1]) is None:
            words = [words[-1], *words[:-1]]
        if self._has_index(words):
            words, line = words[1:], line.replace(words[0], " ", 1)
        label, numbers = self._split_label(words, line)
        names = self._metric_columns
        if label and len(numbers) == len(names) - 1:
            names = names[1:]
        is_label = not label or label[0].isalpha() or label[0] in "(+"
        if not names or len(numbers) != len(names) or not is_label:
            return None
        pairs = list(zip(names, numbers, strict=True))
        if not all(_is_number(word) for _, word in pairs):
            return None
        steps = {n.lower(): _COUNT.fullmatch(w) for n, w in pairs if STEP_NAME.fullmatch(n)} if not label else {}
        if steps:
            pairs = [pair for pair in pairs if pair[0].lower() not in steps]
        while not label and pairs and not is_metric_column(pairs[0][0]):
            self.tuned.add(pairs.pop(0)[0])  # mtry, sigma
        is_benchmark = self._metric_columns[0] == BENCHMARK
        if not is_benchmark and label and any(is_metric_column(name) for name, _ in pairs):
            pairs = [(name, word) for name, word in pairs if not is_count(name)]
        values = _parse_numbers([(f"{label}/{n}" if label else n, word) for n, word in pairs], with_times=is_benchmark)
        counted = steps.get("step") or steps.get("epoch")
        return int(counted[1]) if counted else None, values

    def _has_index(self, words: list[str]) -> bool:
        """Returns whether a row begins with the index of a data frame, before the name of a model."""
        has_one_more = len(words) == len(self._metric_columns) + 1
        return has_one_more and words[0].isdigit() and RESULT_ROWS.fullmatch(self._metric_columns[0]) is not None

    def _split_label(self, words: list[str], line: str) -> tuple[str, list[str]]:
        """Returns what a row names, "" if nothing, and its numbers. Names of one word are split at each space."""
        cells = split_cells(line)
        is_labelled = self._words[:1] in (["Class"], ["class"])
        if len(cells) == len(self._metric_columns) + 1 and " " in cells[0] and all(map(_is_number, cells[1:])):
            return _join_label(cells[:1]), cells[1:]
        if len(words) - (not is_labelled) == len(self._words) > len(self._metric_columns):
            self._metric_columns = self._words
        first = next((i for i, word in enumerate(words) if _parse_number(word) is not None), 0)
        does_fit = not first or len(words) - first - len(self._metric_columns) in (0, -1)
        if (
            not does_fit
            and len(cells) - len(self._metric_columns) in (0, 1)
            and [_parse_number(c) is None for c in cells].count(True) == 1
        ):
            words, first = cells, 1  # a label of several words
        return (_join_label(words[:first]), words[first:]) if first <= 3 else ("", [])


def _join_list(match: "re.Match[str]") -> str:
    """Returns the number in a list of one; a longer list, which is not a number, without its spaces."""
    inside = match["inside"]
    return f"[{inside.replace(' ', '')}]" if "," in inside else inside


def _parse_numbers(cells: list[tuple[str, str]], with_times: bool = False) -> list[tuple[str, float]]:
    """Returns the cells with numbers, without times unless they are wanted."""
    values = [
        (join_words(name), _parse_number(word))
        for name, word in cells
        if with_times or not _TIME_COLUMN.fullmatch(name.rpartition("/")[2])
    ]
    return [(name, value) for name, value in values if value is not None]


def _parse_number(word: str) -> float | None:
    return parse_number(word.removesuffix("%"))


def _is_number(word: str) -> bool:
    """Returns whether a cell holds a number, or a sign that there is none."""
    return _parse_number(word) is not None or word in _MISSING


def _join_label(words: list[str]) -> str:
    """Returns the words of a row's label joined by `_`, without the arguments of a model: `Ridge(alpha=0.1)`."""
    label = "_".join(" ".join(words).split())
    is_model = "(" in label[1:] and label.endswith(")") and "=" in label
    return (label.partition("(")[0].rstrip("_") or label) if is_model else label
