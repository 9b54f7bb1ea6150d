"""Lines of output → points of series. Finds what programs print by themselves, or what an operation's patterns say.

Knows one program's output, line by line. Where lines come from, and where points go, is not its business.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from gage.metrics.name_values import MAX_LINE_CHARS, find_pairs, parse_number
from gage.metrics.printed_tables import PrintedBox, PrintedTable
from gage.metrics.step_tracker import StepTracker
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from regex import Pattern

MAX_SERIES = 1000
"""Series that output may make."""
PATTERN_SECONDS = 0.1
"""Seconds that a pattern may think about a line."""
MAX_RECORD_CHARS = 65536
"""Characters of a line that is a record of JSON."""

MIN_CONFIG_LIST = 3
"""So many settings on a line are a list of settings."""

NON_FINITE_TEXTS = ("NaN", "Infinity", "-Infinity")
"""How JSON, which has no such numbers, says them as text."""

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|.)")
_MAY_SAY = re.compile(
    r"[:=|│：]\s*['\"\[]?[-+]?(?:\d|\.\d|nan|inf|tensor|np\.)|[A-Za-z)]\S{0,12}\s+[-+]?\d|[\[{]\s*\d|\d/\d|->|=>"
    r"|^\s*\d+\s+\S|^[\s|│┃]*(?:epoch|step|iter|iteration|round|gen|E|#)\b|\b(?:f1|m?AP\d)|^\s*[|│┃]",
    re.I,
)
_HAS_NUMBER = re.compile(
    r"[0-9]|nan|inf|NaN|Inf|NAN|INF|^[\s|│┃]*(?:epoch|Epoch|EPOCH|[Ss]tep|[Ii]ter|[Rr]ound|gen)|^\s*[|│┃]"
)
_LEVELS = "INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL"
_LOGGER = re.compile(
    rf"^(?:(?:{_LEVELS}):[\w.]*:\s*|[IWEF]\d{{4}} [\d:.]+\s+\d+ [\w./-]+:\d+\]\s*"
    rf"|\[?\d{{4}}-\d\d-\d\d[T ][\d:.,Z]+\]?[ -]*\[?(?:{_LEVELS})\]?[ -]+[\w.]+:\s+)"
    r"|^\[\d+\] \""
)
"""What logging puts before a line (in R the number of the first value)."""
_SETTINGS = re.compile(r"\b(?:param\w*|config\w*|args|kwargs|hparams|settings|options)\s*[:=]\s*\{[^{}]*\}?", re.I)
_NO_NUMBER = re.compile(r"(?<![\w'\"])([-+]?)(nan|inf)(?![\w'\"])")
_WRAPPED = re.compile(r"(?:np\.float\d+|np\.int\d+|tensor)\(([^(),]*)[^()]*\)")
_WITH_POINT = re.compile(r"[-+]?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)")
_ANY = re.compile(rf"{_WITH_POINT.pattern}|[-+]?(?:\d+|\.\d+|nan|inf|NaN|Infinity)")
_STEP_KEYS = ("global_step", "_step", "step", "iteration", "training_iteration", "iter", "epoch")
TIME_KEYS = frozenset(("time", "timestamp", "_timestamp", "ts", "date", "_runtime", "wall_time", "lineno", "pid"))


class PrintedValue(NamedTuple):
    """A value of the series `name` at `step`."""

    name: str
    step: int
    value: float


@dataclass(frozen=True, slots=True)
class LineValues:
    """What a line said: points of series, and attributes (text that a pattern found)."""

    points: tuple[PrintedValue, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


NO_VALUES = LineValues()


class OutputParser:
    """Reads the output of one program. `patterns`: name → regular expression (a name that starts with a digit means
    none); None for what programs print by themselves. `config` is the run's: what repeats it is no metric. `notes`
    says, once each, what went wrong.

    A pattern's named groups name what they find; the group `step` is the step. Without names, one group is the value of
    the pattern's own name, two are a name and its value. What is no number becomes an attribute.
    """

    def __init__(
        self, patterns: Mapping[str, str] | None = None, config: Mapping[str, JSONValue] | None = None
    ) -> None:
        self.notes: list[str] = []
        self._config = {
            _plain(n): v for n, v in (config or {}).items() if isinstance(v, int | float) and not isinstance(v, bool)
        }
        self._names: set[str] = set()
        self._last: dict[str, tuple[int, float]] = {}
        self._steps = StepTracker(MAX_SERIES)
        self._table = PrintedTable()
        self._box = PrintedBox()
        self._patterns: dict[str, Pattern[str]] | None = None
        if patterns is not None:
            import regex

            self._patterns = {name: regex.compile(text) for name, text in patterns.items()}

    def parse_line(self, line: str) -> LineValues:
        """What one line says: without its line feed, as it looked in a terminal (colours may be in it)."""
        if "\x1b" in line:
            line = _ANSI.sub("", line[:MAX_RECORD_CHARS])
        if self._patterns is not None:
            return self._by_patterns(line, self._patterns)
        if self._box.section or line.startswith(("|", "│")):
            if self._box.add_line(line):
                return NO_VALUES
            if self._box.section:
                return LineValues(self._boxed().points + self.parse_line(line).points)
        if not (_HAS_NUMBER.search(line) and _MAY_SAY.search(line[:MAX_LINE_CHARS])):
            return NO_VALUES
        return self._of_record(line) or self._of_text(line)

    def _boxed(self) -> LineValues:
        step, found = self._box.close()
        if step is not None:
            self._steps.set_step(step)
        return self._said(step, iter(found))

    def _of_text(self, line: str) -> LineValues:
        row = self._table.parse_line(line[:MAX_LINE_CHARS])
        if row is not None:
            step, found = row
            if step is not None:
                self._steps.set_step(step)
            return self._said(step, iter(found))
        line = _LOGGER.sub("", line[:MAX_RECORD_CHARS])
        if "{" in line:
            line = _SETTINGS.sub("", line)
        own, counts = self._steps.read_step(line[:MAX_LINE_CHARS])
        return self._said(own, self._without_config(own, find_pairs(line))) if counts else NO_VALUES

    def _without_config(
        self, own: int | None, found: Iterator[tuple[str, float]], is_record: bool = False
    ) -> Iterator[tuple[str, float]]:
        """What is left when a program has told its settings before it begins, as many do. A line of which most is the
        run's config is such a list: the rest of it, if it is a long one, was computed from them.
        """
        if own is not None or not self._config or not self._steps.is_before_first_step:
            return found
        all = list(found)
        others = [(name, value) for name, value in all if self._config.get(_plain(name)) != value]
        count = len(all) - len(others)
        if 2 * count <= len(all):
            return iter(all)
        return iter(() if is_record or count >= MIN_CONFIG_LIST else others)

    def _said(self, own: int | None, found: Iterator[tuple[str, float]]) -> LineValues:
        points: dict[str, PrintedValue] = {}
        for name, value in found:
            if name in points or not (name in self._names or self._is_new(name)):
                continue
            if own is not None:
                if self._last.get(name) == (own, value):
                    continue  # a bar that is drawn again
                self._last[name] = own, value
            points[name] = PrintedValue(name, self._steps.choose_step(name, own), value)
        return LineValues(tuple(points.values())) if points else NO_VALUES

    def _is_new(self, name: str) -> bool:
        """Whether there is room for one more name."""
        if len(self._names) < MAX_SERIES:
            self._names.add(name)
            return True
        self._note(f"The output has over {MAX_SERIES:,} names with numbers: the others are not kept as metrics")
        return False

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _of_record(self, line: str) -> LineValues | None:
        """What a line with a JSON object or a Python dict says; None when it has none. Hugging Face's trainer
        prints a dict in which numbers are texts, fairseq JSON.
        """
        if not line.startswith("{") and "{" in line:
            line = _LOGGER.sub("", _SETTINGS.sub("", line[:MAX_RECORD_CHARS]))
        record = _record(line)
        if record is None:
            return None
        key, own = find_step(record) or ("", None)
        if own is None and not line.startswith("{"):
            own = self._steps.read_step(line[: min(line.find("{"), MAX_LINE_CHARS)])[0]
        elif own is not None:
            self._steps.set_step(own)
        found = flatten_numbers(record, texts=_ANY if "'" in line else _WITH_POINT)
        values = ((n, v) for n, v in found if n != key and n.rpartition("/")[2] not in TIME_KEYS)
        return self._said(own, self._without_config(own, values, is_record=True))

    def _by_patterns(self, line: str, patterns: "Mapping[str, Pattern[str]]") -> LineValues:
        found: dict[str, str] = {}
        for name, pattern in list(patterns.items()):
            try:
                for match in pattern.finditer(line[:MAX_RECORD_CHARS], timeout=PATTERN_SECONDS):
                    found.update(_named(name, match.groupdict(), match.groups(), match[0]))
            except TimeoutError:
                del self._patterns[name]  # type: ignore[union-attr]  # patterns is self._patterns
                self._note(f"The pattern {pattern.pattern!r} took too long on a line: it is not used any more")
        if not found:
            return NO_VALUES
        step = parse_number(found.pop("step", ""))
        own = int(step) if step is not None and abs(step) < 2**62 else None
        if own is not None:
            self._steps.set_step(own)
        values = {n: parse_number(text.strip()) for n, text in found.items()}
        said = self._said(own, ((n, v) for n, v in values.items() if v is not None))
        return LineValues(said.points, {n: text.strip() for n, text in found.items() if values[n] is None})


def _plain(name: str) -> str:
    """A name as it is compared: `--batch-size`, `batch_size` and `train/batch_size` are one."""
    return name.rpartition("/")[2].rpartition(".")[2].replace("-", "_").lower()


def _named(name: str, groups: Mapping[str, str | None], all: Sequence[str | None], whole: str) -> dict[str, str]:
    """Name → text of what a pattern matched."""
    if any(groups.values()):
        return {n: text for n, text in groups.items() if text is not None}
    texts = [text for text in all if text is not None]
    own = "" if name[:1].isdigit() else name
    if len(texts) == 2 and not own:
        return {texts[0].strip(): texts[1]}
    return {own: texts[0] if texts else whole} if own else {}


def _record(line: str) -> Mapping[str, object] | None:
    """The JSON object or Python dict that a line is, or ends with; None when there is none."""
    start, end = line.find("{"), line.rfind("}")
    if start < 0 or end < start or len(line) > MAX_RECORD_CHARS or start > 200:
        return None
    text = line[start : end + 1]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _python_dict(text)
    return value if isinstance(value, dict) else None


def _python_dict(text: str) -> object:
    import ast

    try:
        return ast.literal_eval(_NO_NUMBER.sub(r"'\1\2'", _WRAPPED.sub(r"\1", text)))
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def flatten_numbers(
    record: Mapping[str, object], before: str = "", depth: int = 0, texts: "re.Pattern[str] | None" = None
) -> Iterator[tuple[str, float]]:
    """The numbers of nested objects, names joined by `/`. Truth values are none; texts only if they fit `texts`."""
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, bool) or len(name) > 200:
            continue
        if isinstance(value, (int, float)):
            yield name, _float(value)
        elif isinstance(value, str) and value in NON_FINITE_TEXTS:
            yield name, float(value)
        elif texts and isinstance(value, str):
            if len(value) < 40 and texts.fullmatch(value):
                yield name, float(value)
        elif isinstance(value, Mapping) and depth < 8:
            yield from flatten_numbers(value, f"{name}/", depth + 1, texts)


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def find_step(record: Mapping[str, object]) -> tuple[str, int] | None:
    """The key of the step in a record, and the step; None when it names none. An epoch written with a point (`1.0`, as
    Hugging Face's trainer does) is a value and no step.
    """
    for key in _STEP_KEYS:
        value = record.get(key)
        if isinstance(value, str) and value.isdigit() and len(value) < 18:
            return key, int(value)
        is_whole = isinstance(value, int) or (isinstance(value, float) and key != "epoch" and value.is_integer())
        if isinstance(value, (int, float)) and not isinstance(value, bool) and is_whole and abs(value) < 2**62:
            return key, int(value)
    return None
