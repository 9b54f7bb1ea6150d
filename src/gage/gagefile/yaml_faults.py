"""PyYAML's errors in our voice: where, what is wrong, what to do."""

import re
from typing import TYPE_CHECKING

from gage.gagefile.node import Fault, Span

if TYPE_CHECKING:
    import yaml

INDENT = ("This line is not indented like the ones before it", "Settings of one table start in the same column")
NEEDS_COLON = ("A key needs : and a value", "Write it as key: value")
UNCLOSED = "A quote is never closed", "Close it at the end of the text"


def fault_of(text: str, error: "yaml.MarkedYAMLError") -> Fault:
    """The fault behind `error`, met while `text` was read."""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    span = Span(mark.line + 1, mark.column + 1) if mark else Span(1, 1)
    opened = error.context_mark
    start = Span(opened.line + 1, opened.column + 1) if opened else span
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    problem, context = (error.problem or "not YAML").strip(), error.context or ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        hint = "YAML wants spaces: replace the tab by two spaces"
        return Fault(Span(span.line, line.find("\t") + 1), "A tab is used to indent", hint)
    if "mapping values are not allowed" in problem:
        return _colon(lines, span)
    return _by_context(problem, context, start) or _by_problem(problem, span, start, line)


def _colon(lines: list[str], span: Span) -> Fault:
    line = lines[span.line - 1]
    above = lines[span.line - 2] if span.line > 1 else ""
    if ":" in line[: span.column - 1] or not above.strip():
        hint = "Put text that has a : in quotes, or the setting on a line of its own"
        return Fault(span, "A second : on this line", hint)
    if ":" in above:
        return Fault(_whole(line, span.line), *INDENT)
    return Fault(_whole(above, span.line - 1), *NEEDS_COLON)


def _by_context(problem: str, context: str, start: Span) -> Fault | None:
    if "quoted scalar" in context:
        return Fault(start, *UNCLOSED)
    if "flow" in context:
        bracket = "]" if "sequence" in context else "}"
        return Fault(start, f"A bracket is never closed: {bracket} is missing", f"Add {bracket}")
    if "alias" in context or "undefined alias" in problem:
        return Fault(start, "Text cannot start with *", "Put it in quotes")
    if "single document" in context:
        return Fault(start, "A Gage file has one document", "Remove the --- line")
    return None


def _by_problem(problem: str, span: Span, start: Span, line: str) -> Fault:
    low = problem.lower()
    if "did not find expected key" in low or "expected <block end>" in low:
        return Fault(span, *INDENT)
    if "could not find expected ':'" in low:
        return Fault(start, *NEEDS_COLON)
    if "single document" in low:
        return Fault(span, "A Gage file has one document", "Remove the --- line")
    if "undefined alias" in low:
        return Fault(span, "Text cannot start with *", "Put it in quotes")
    if "cannot start any token" in low:
        return Fault(span, f"Text cannot start with {line[span.column - 1 : span.column]}", "Put it in quotes")
    return Fault(span, re.sub(r"^[a-z]", lambda m: m.group().upper(), problem))


def _whole(line: str, number: int) -> Span:
    text = line.strip()
    return Span(number, line.find(text) + 1, max(1, len(text)))
