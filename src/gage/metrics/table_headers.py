"""Headers of printed tables: decides whether a line is one, and splits it into names of columns.

Knows one line at a time, not the rows below it.
"""

import re
from functools import lru_cache

from gage.metrics.metric_names import METRIC_NAME
from gage.metrics.metric_phases import PHASE_WORDS
from gage.metrics.name_bars import BAR
from gage.metrics.parameter_names import has_metric_word
from gage.metrics.printed_numbers import parse_number
from gage.metrics.step_tracker import EPOCH_WORDS

LINES_TO_SPACES = str.maketrans("|│┃", "   ")
#  | · two spaces · a tab
BETWEEN_CELLS = re.compile(r"\s*[|│┃]\s*|\t\s*|\s{2,}")
_STEP_COLUMN = f"epochs|{EPOCH_WORDS}|step|iter|iteration|batch|gen"
# epoch  train_loss · | Epoch | acc · E    #
STEP_HEADER = re.compile(rf"[\s|│┃]*(?:{_STEP_COLUMN}|E|#)(?:\s{{2,}}|\t|\s*[|│┃]\s*)\S", re.I)
# Step Temp Press: one space between the names
STEP_WORDS = re.compile(rf"\s*(?:{_STEP_COLUMN})(?: +[^\W\d][^\s:=]*){{2,}}\s*", re.I)
# train_loss · GPU_mem · val acc top5 · loss (train) · #
COLUMN_NAME = re.compile(r"(?:[^\W\d]|#$)[\w/@.%()#-]*(?: \(?[^\W\d#][\w/@.%-]*\)?){0,2}")
# coef · std err · P>|t| · 2.5% · [0.025 · hdi_97% · mAP@.5:.95
_STATISTIC_NAME = re.compile(r"(?:[^\W\d]|\[?\d|#$)[\w/@.:%()#>|<\[\]&±+-]*(?: [^\W\d#][\w/@.:%>()-]*){0,2}")
# <|m|> · L2 ERROR · chi2/dof; not 0.5 · a: b
_ANY_NAME = re.compile(r"(?=[^\s\d]*[^\W\d])(?:[^\W\d]|[<|~∆])[^\s:=,;]{0,15}(?: [^\s:=,;\d][^\s:=,;]{0,15}){0,2}")
# but not the colon of .5:.95
_COLON = re.compile(r":(?!\.\d)")
# mean · sd · coef · r_hat: a column of statistics of what the rows name
STATISTICS = re.compile(
    r"mean|avg|average|median|std(?:ev)?|std\.?[ _]?(?:dev|err(?:or)?)\.?|s\.?[de]\.?|estimate|coef\w*|r_?hat|n_eff|"
    r"ess(?:_\w+)?|[tz][ -]value|p-?value|cpu|p\d\d|top[-@ ]?\d|variance|rmsd|rsquared|kappa|ap\d*|ar\d*|speedup|"
    r"throughput|latency|ratio",
    re.I,
)
PHASE_COLUMN = re.compile(PHASE_WORDS, re.I)
BENCHMARK = "Benchmark"
# Estimate Std. Error t value: R's columns, one space between them
_R_COLUMNS = re.compile(rf"\s*Estimate Std\. Error [tz] value(?: Pr\(>{BAR}[tz]{BAR}\))?\s*")
# id · class: numbers below it do not count
_LABEL_COLUMN = re.compile(
    r"#|(?:.*_)?(?:id|ids|idx|index|uid|pid|class|label|rank|cluster|group|user|node|name|no|port|year)", re.I
)
# two names with two spaces or a line between them
_MAY_BE_HEADER = re.compile(r"[^\W\d][^\s|│┃&]*(?:\s{2,}|\t|\s*[|│┃&]\s*)[^\W\d]|^\s+Estimate |^\w+,\w[\w,/]+$")
# dataset · Model: what has results in its row
RESULT_ROWS = re.compile(
    r"metrics?|models?|config_type|datasets?|methods?|algorithms?|approach|systems?|variant|benchmark|experiment", re.I
)
# mAP50 · AP
_AVERAGE_PRECISION = re.compile(r"m?AP\d*")
# the end of 'Class Images: 100%|███|'
PERCENTAGE = re.compile(r":\s+\d+%")


def has_gap(line: str) -> bool:
    """Returns whether a line has two spaces, a tab or a line between cells."""
    return "  " in line or "\t" in line or "|" in line or "│" in line or "┃" in line


def can_be_header(line: str) -> bool:
    """Returns whether a line may be the header of a table: a quick test."""
    is_parted = has_gap(line) or "&" in line or ("," in line and " " not in line)
    return is_parted and _MAY_BE_HEADER.search(line[:400]) is not None


def find_metric_columns(line: str) -> list[str]:
    """Returns the names in a line that consists of names, some of them of metrics or statistics."""
    text = PERCENTAGE.split(line)[0]
    if "=" in line or _COLON.search(text):
        return []
    if _R_COLUMNS.fullmatch(text):
        return text.replace("Std. Error", "Std._Error").replace(" value", "_value").split()
    text = text.removesuffix("UserCounters...")
    names = split_cells(text)
    if "Box(P" in names:  # the name of the group that it opens there
        names = [name.removeprefix("Box(").rstrip(")") for name in names]
    words = text.translate(LINES_TO_SPACES).split()
    has_lines = any(sign in text for sign in "|│┃")
    if not has_lines and "std err" not in text and _are_columns(words, len(names)):
        known = sum(map(is_metric_column, words))
        if known > max(2, sum(map(is_metric_column, names))):
            names = words  # one space between them
    if not _are_columns(names, 2):
        return []
    if names[0] == BENCHMARK:
        return names
    if len(names) == 2:
        if all(map(PHASE_COLUMN.fullmatch, names)) or (text[:1] == " " and all(map(STATISTICS.fullmatch, names))):
            return names
        return names if METRIC_NAME.fullmatch(names[1]) and not is_metric_column(names[0]) else []
    known = sum(map(is_metric_column, names))
    if has_lines and RESULT_ROWS.fullmatch(names[0]):
        return names
    has_name = any(METRIC_NAME.fullmatch(name) or _AVERAGE_PRECISION.match(name) for name in names)
    return names if has_name or known > 1 or (known and has_lines) else []


def _are_columns(names: list[str], least: int) -> bool:
    """Returns whether `names` are at least `least` different names of columns."""
    if len(names) < least or len(set(names)) < len(names):
        return False
    return all(map(_STATISTIC_NAME.fullmatch, names)) and not any(parse_number(name) is not None for name in names)


def find_counted_columns(line: str) -> list[str]:
    """Returns the names in a line that consists of names, if the first column may hold steps."""
    names = split_cells(line)
    if len(names) == 1 and STEP_WORDS.fullmatch(line):
        names = line.split()  # Step Temp Press
    if len(names) > 3 and names[0] == "#":
        names = names[1:]
    if len(names) < 3 or not all(map(_ANY_NAME.fullmatch, names)) or _LABEL_COLUMN.fullmatch(names[0]):
        return []
    return [] if any(parse_number(name) is not None for name in names) else _name_apart(names)


def _name_apart(names: list[str]) -> list[str]:
    """Returns names of columns; one that comes again gets the name before it: `L2`, `rate`, `H1`, `H1 rate`."""
    return [f"{names[i - 1]} {name}" if i and names.count(name) > 1 else name for i, name in enumerate(names)]


@lru_cache(maxsize=4096)
def is_metric_column(name: str) -> bool:
    """Returns whether a column has the name of a metric or of a statistic."""
    return bool(
        METRIC_NAME.fullmatch(name)
        or has_metric_word(name)
        or _AVERAGE_PRECISION.match(name)
        or STATISTICS.fullmatch(name)
    )


def split_bordered_cells(line: str) -> list[str]:
    """Returns the cells between lines, empty ones too: `| a |  | 1 |`."""
    return [cell.strip() for cell in re.split(r"[|│┃]", line.strip().strip("|│┃"))]


def split_cells(line: str) -> list[str]:
    """Splits a line at vertical lines, tabs and two or more spaces; leaves out empty cells."""
    return [cell for cell in BETWEEN_CELLS.split(line.strip()) if cell]
