"""Describes in words what differs between runs, for every face. Does not escape text, and knows no layout."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence

from gage.board.formatting import format_number, format_signed, format_size, format_value
from gage.compare.differences import MISSING, Difference, RunComparison, Value
from gage.compare.facts import FileFact
from gage.compare.metric import infer_direction
from gage.types.filter import FieldName
from gage.types.values import JSONValue

TITLES = {
    "run": "Run",
    "config": "Config",
    "metrics": "Metrics",
    "attributes": "Attributes",
    "source": "Source code",
    "dependencies": "Dependencies",
    "packages": "Packages",
    "environment": "Environment",
    "git": "Git",
    "hardware": "Hardware",
    "output": "Output",
    "files": "Files",
}
NOUNS = {
    "config": ("config value", "config values"),
    "metrics": ("metric", "metrics"),
    "attributes": ("attribute", "attributes"),
    "source": ("source file", "source files"),
    "dependencies": ("dependency", "dependencies"),
    "packages": ("package", "packages"),
    "environment": ("variable", "variables"),
    "files": ("generated file", "generated files"),
}
"""Section → the singular and plural of its items. Sections without items are named as a whole."""


def name_columns(count: int) -> list[str]:
    """Returns the headings of runs: A, B, …; numbers after Z."""
    return [chr(ord("A") + i) if i < 26 else str(i + 1) for i in range(count)]


def list_same(comparison: RunComparison) -> Iterator[str]:
    """Yields what is the same in all runs: the number of items of a section, or the name of the section."""
    for section, names in comparison.same.items():
        if section == "run":
            yield from (name for name in ("operation", "status") if name in names)
        elif section in NOUNS:
            count = len(names) - (section == "packages" and "Python" in names)
            yield from ["Python"] if count < len(names) else []
            yield from [f"{count:,} {NOUNS[section][count != 1]}"] if count else []
        elif not comparison.list_section(section):
            yield "Git" if section == "git" else section


def list_not_compared(comparison: RunComparison) -> list[str]:
    """Returns the names of what cannot be compared, each with the reason."""
    return [
        f"{name} ({'content not known' if section in ('source', 'dependencies', 'output', 'files') else 'secret'})"
        for section, names in comparison.unknown.items()
        for name in names
    ]


def format_delta(difference: Difference) -> str:
    """Returns the difference of two numbers, and `better` or `worse` if the name of the metric says which values are
    better. Returns "" if the difference is not finite.
    """
    match difference.values:
        case (float() | int() as before, float() | int() as after):
            delta = after - before
            if delta - delta != 0:
                return ""
            percent = f" ({100 * delta / abs(before):+.1f} %)" if before else ""
            is_count = difference.name.startswith("count(")
            lower_is_better = None if is_count else infer_direction(FieldName(difference.name))
            verdict = "" if lower_is_better is None else " better" if (delta < 0) == lower_is_better else " worse"
            return f"{format_signed(delta)}{percent}{verdict}"
    return ""


def format_values(difference: Difference) -> list[str]:
    """Returns the texts of the values, not escaped. Numbers get enough digits to tell different values apart."""
    values = difference.values
    texts = [_format_fact(difference.section, difference.name, value) for value in values]
    plain = [(text, _identify(value)) for text, value in zip(texts, values, strict=True)]
    if len(set(texts)) < len({identity for _, identity in plain}):
        texts = [_format_exactly(value, text) for value, text in zip(values, texts, strict=True)]
    return texts


def _identify(value: Value) -> str:
    return f"{type(value).__name__} {value}"


def _format_exactly(value: Value, text: str) -> str:
    """Returns a value in full: all digits of a number, quotes around text."""
    if value is MISSING or isinstance(value, FileFact):
        return text
    return json.dumps(value, ensure_ascii=False)


def _format_fact(section: str, name: str, value: Value) -> str:
    match value:
        case FileFact():
            return format_size(value.size) if value.size >= 0 else value.digest[:8]
        case str() if (section, name) == ("git", "commit"):
            return value[:12]
        case int() if (section, name) == ("hardware", "memory"):
            return format_size(value)
        case int() if not name:
            return f"{value:,} {NOUNS.get(section, ('value', 'values'))[value != 1]}"
        case str() if value and section not in ("config", "attributes"):
            return value
        case float() if section == "metrics":
            return format_number(value)
        case list() if name == "command" or name.startswith("hook "):
            return shlex.join(map(str, value))
    if value is MISSING:
        return "(missing)" if name else "(not recorded)"
    return format_value(value)


def format_cells(difference: Difference) -> list[str]:
    """Returns the texts of the values of all runs. Different files of the same size are shown by their digests."""
    files = [value for value in difference.values if isinstance(value, FileFact)]
    if len({file.size for file in files}) < len({file.digest for file in files}):
        return [value.digest[:8] if isinstance(value, FileFact) else "–" for value in difference.values]
    return ["–" if v is MISSING else text for v, text in zip(difference.values, format_values(difference), strict=True)]


def convert_differences_to_json(comparison: RunComparison, ids: Sequence[str]) -> Mapping[str, JSONValue]:
    """Returns the differences, what is the same, and what cannot be compared."""
    return {
        "differences": [_convert_difference(each, ids) for each in comparison.differences],
        "same": dict(comparison.same),
        "not_compared": dict(comparison.unknown),
    }


def _convert_difference(difference: Difference, ids: Sequence[str]) -> JSONValue:
    values: dict[str, JSONValue] = {}
    for id, value in zip(ids, difference.values, strict=True):
        if isinstance(value, FileFact):
            values[id] = {"sha256": value.digest, "size": value.size}
        elif value is not MISSING:
            values[id] = value
    converted: dict[str, JSONValue] = {
        "section": difference.section,
        "name": difference.name,
        "kind": difference.kind,
        "values": values,
        "note": difference.note,
    }
    if difference.lines is not None:
        converted |= {
            "added": difference.lines.added,
            "removed": difference.lines.removed,
            "hunks": [
                {"start": list(hunk.start), "lines": [f"{line.mark}{line.text}" for line in hunk.lines]}
                for hunk in difference.lines.hunks
            ],
        }
    return converted
