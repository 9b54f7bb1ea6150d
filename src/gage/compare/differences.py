"""Compares facts of runs → `Difference` records. Reads only the texts of files that differ; shows nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple

from gage.compare.facts import TEXT_SECTIONS, Fact, FileFact, FileText, RunFacts
from gage.compare.file_text import convert_to_text
from gage.compare.line_diff import MAX_LINES, LineDiff, compare_lines
from gage.lib.natural_sort import build_natural_key
from gage.lib.secrets import MASK
from gage.types.run import Metric

CONTEXT_LINES = {"source": 1, "output": 0}
ORDERED_SECTIONS = ("run", "git", "hardware")
"""Sections whose names are not sorted."""
METRIC_PARTS = {"min": "min", "max": "max", "mean": "mean", "points": "count"}
"""Field of a metric → the function that returns it in filters and columns."""


class Missing(Enum):
    """Stands for the value of a run that has none; None is a value."""

    MISSING = "missing"


MISSING = Missing.MISSING
Value = Fact | Missing


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the same in all runs: one of `values` for each of them.

    The name is "" for a section that some of the runs did not record. Of a file that two runs have, `lines` are the
    lines that differ; None if the text is not compared, with the reason in `note`.
    """

    section: str
    name: str
    values: tuple[Value, ...]
    lines: LineDiff | None = None
    note: str = ""

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Returns whether the first run lacks the value, another one does, or all have it."""
        if self.values[0] is MISSING:
            return "added"
        return "removed" if MISSING in self.values else "changed"


@dataclass(slots=True)
class RunComparison:
    """The result: what differs, the names that are the same by section, and what cannot be compared: secrets, and files
    whose digest is not known.
    """

    differences: list[Difference] = field(default_factory=list)
    same: dict[str, list[str]] = field(default_factory=dict)
    unknown: dict[str, list[str]] = field(default_factory=dict)

    def list_section(self, section: str) -> list[Difference]:
        """Returns the differences in a section."""
        return [each for each in self.differences if each.section == section]


class _Pair(NamedTuple):
    before: FileText
    after: FileText


def compare_runs(runs: Sequence[RunFacts], sections: Sequence[str]) -> RunComparison:
    """Returns what is not the same in all of the runs, in these sections."""
    result = RunComparison()
    for section in sections:
        facts = [run.sections.get(section) for run in runs]
        if any(each is None for each in facts):
            if any(facts):
                result.differences.append(Difference(section, "", tuple(map(_summarize_section, facts))))
            continue
        recorded = [each for each in facts if each is not None]
        names = dict.fromkeys(name for each in recorded for name in each)
        for name in names if section in ORDERED_SECTIONS else sorted(sorted(names), key=build_natural_key):
            _compare_name(result, runs, section, name, tuple(each.get(name, MISSING) for each in recorded))
    return result


def _summarize_section(facts: Mapping[str, Fact] | None) -> Value:
    return MISSING if facts is None else len(facts)


def _compare_name(
    result: RunComparison, runs: Sequence[RunFacts], section: str, name: str, values: tuple[Value, ...]
) -> None:
    """Adds the result for one name to the others."""
    equal = [_is_same(values[0], value) for value in values[1:]]
    if all(equal):
        names = result.unknown if _is_masked(values[0]) else result.same
        names.setdefault(section, []).append(name)
    elif all(each is not False for each in equal):
        result.unknown.setdefault(section, []).append(name)
    elif section in TEXT_SECTIONS and len(values) == 2 and MISSING not in values:
        result.differences.append(_compare_texts(runs, section, name, values))
    else:
        result.differences.extend(_list_differences(section, name, values))


def _is_same(before: Value, after: Value) -> bool | None:
    """Returns whether two values are the same, None if that is not known."""
    match before, after:
        case FileFact(), FileFact():
            if before.digest and after.digest:
                return before.digest == after.digest
            return None if before.size == after.size or -1 in (before.size, after.size) else False
        case Metric(), Metric():
            return all(_is_same(x, y) for x, y in zip(_list_numbers(before), _list_numbers(after), strict=True))
        case (Missing(), _) | (_, Missing()):
            return before is after
        case int() | float(), int() | float() if not isinstance(before, bool) and not isinstance(after, bool):
            return before == after or (before != before and after != after)
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def _list_numbers(metric: Metric) -> list[float | None]:
    return [metric.last, *(getattr(metric, part) for part in METRIC_PARTS)]


def _is_masked(value: Value) -> bool:
    return isinstance(value, str) and MASK in value


def _list_differences(section: str, name: str, values: tuple[Value, ...]) -> Iterator[Difference]:
    """Yields the difference of a value; of a metric with the same last values that of its minimum, mean, …"""
    metrics = [value for value in values if isinstance(value, Metric)]
    if not metrics or any(not _is_same(metrics[0].last, metric.last) for metric in metrics[1:]):
        yield Difference(section, name, tuple(v.last if isinstance(v, Metric) else v for v in values))
        return
    if len(metrics) < len(values):
        yield Difference(section, name, tuple(v.last if isinstance(v, Metric) else v for v in values))
        return
    for part, function in METRIC_PARTS.items():
        numbers = [getattr(metric, part) for metric in metrics]
        if any(not _is_same(numbers[0], number) for number in numbers[1:]):
            yield Difference(section, f"{function}({name})", tuple(numbers))


def _compare_texts(runs: Sequence[RunFacts], section: str, name: str, values: tuple[Value, ...]) -> Difference:
    texts = _Pair(*(_read_text(run, section, name) for run in runs))
    if texts.before.lines is None or texts.after.lines is None:
        return Difference(section, name, values, note=texts.before.note or texts.after.note)
    if texts.before.lines == texts.after.lines:
        return Difference(section, name, values, note=_explain_same_text(name))
    lines = compare_lines(texts.before.lines, texts.after.lines, CONTEXT_LINES[section])
    if lines is None:
        longest = max(len(texts.before.lines), len(texts.after.lines))
        note = f"over {MAX_LINES:,} lines" if longest > MAX_LINES else "too many lines differ"
        return Difference(section, name, values, note=note)
    return Difference(section, name, values, lines, texts.before.note or texts.after.note)


def _read_text(run: RunFacts, section: str, name: str) -> FileText:
    return run.read_output(name) if section == "output" else convert_to_text(name, run.read_source(name))


def _explain_same_text(name: str) -> str:
    if name.endswith(".ipynb"):
        return "only outputs or metadata differ"
    return "only secrets, which are not shown, or the end of the last line differ"
