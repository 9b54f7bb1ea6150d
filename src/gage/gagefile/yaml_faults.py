"""PyYAML's errors in our voice: where, what is wrong, what to do."""

import json
import re
from typing import TYPE_CHECKING

from gage.gagefile.lexical_checks import odd
from gage.types.opdef import Diagnostic, Span

if TYPE_CHECKING:
    import yaml

INDENT = ("This line is not indented like the ones before it", "Settings of one table start in the same column")
ITEM = ("This line is not indented like its list item", "Settings of an item start in one column, two after its -")
NEEDS_COLON = ("A key needs : and a value", "Write it as key: value")
UNCLOSED = "A quote is never closed", "Close it at the end of the text"


def fault_of(text: str, error: "yaml.MarkedYAMLError") -> Diagnostic:
    """The fault behind `error`, met while `text` was read."""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    span = _within(mark.line, mark.column, lines) if mark else Span(1, 1)
    opened = error.context_mark
    start = _within(opened.line, opened.column, lines) if opened else span
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    problem, context = (error.problem or "not YAML").strip(), error.context or ""
    if "\t" in line[: len(line) - len(line.lstrip(" \t-"))]:
        hint = "YAML wants spaces: replace the tab by two spaces"
        return Diagnostic(Span(span.line, line.find("\t") + 1), "A tab is used to indent", hint)
    if "mapping values are not allowed" in problem:
        return _colon(lines, span)
    return (
        _after_value(problem.lower(), span, line)
        or _by_context(problem.lower(), context, span, start, line)
        or _of_block(problem.lower(), span, lines)
        or _by_problem(problem, span, start, line)
    )


def _within(line: int, column: int, lines: list[str]) -> Span:
    """A place of the text: its end for one behind it."""
    if line < len(lines):
        return Span(line + 1, min(column, len(lines[line])) + 1)
    last = max((i for i, text in enumerate(lines) if text.strip()), default=0)
    return Span(last + 1, len(lines[last].rstrip()) + 1)


def _colon(lines: list[str], span: Span) -> Diagnostic:
    line = lines[span.line - 1]
    above = lines[span.line - 2] if span.line > 1 else ""
    if ":" in line[: span.column - 1] or not above.strip():
        found = re.match(r"\s*(?:- +)?([\w-]+): +(\S.*)$", line)
        hint = f"Text that has a : needs quotes: {_quoted(*found.groups())}" if found else "Put the text in quotes"
        return Diagnostic(span, "A second : on this line", hint)
    if ":" in above:
        return Diagnostic(_whole(line, span.line), *INDENT)
    return Diagnostic(_whole(above, span.line - 1), *NEEDS_COLON)


def _quoted(key: str, value: str) -> str:
    return f"{key}: {json.dumps(value.strip(), ensure_ascii=False)}"


def _after_value(problem: str, span: Span, line: str) -> Diagnostic | None:
    """Something follows a value that has an end of its own."""
    if "expected key" not in problem and "expected <block end>" not in problem:
        return None
    before, rest = line[: span.column - 1].rstrip(), line[span.column - 1 :].strip()
    if rest.startswith("- "):
        return Diagnostic(
            span, "A list item stands among settings", "Write it as key: value, or put a key above the list"
        )
    if not before or before[-1] not in "\"'}]":
        return None
    if rest in (",", ";"):
        return Diagnostic(span, f"A line does not end with {rest}", "Remove it")
    if rest[:1] in ("]", "}"):
        return Diagnostic(span, f"A {rest[0]} too many", "Remove it")
    if before[-1] == "'" and line[span.column - 2 : span.column - 1] == "'":
        return Diagnostic(span, "The quote before this ends the text", "Write '' for it, or the text in double quotes")
    found = re.match(r"\s*(?:- +)?([\w-]+): +(\S.*)$", line)
    if before[-1] in "}]":
        sign = "{" if before[-1] == "}" else "["
        hint = f"Write {_quoted(*found.groups())}" if found else "Put it in quotes"
        return Diagnostic(span, f"Text that starts with {sign} needs quotes", hint)
    return Diagnostic(span, "Something follows the quotes on this line", "Put all of the text in the quotes")


def _by_context(problem: str, context: str, span: Span, start: Span, line: str) -> Diagnostic | None:
    if "quoted scalar" in context and ("escape" in problem or "hex" in problem):
        back = line.rfind("\\", 0, span.column + 1)
        hint = "Write the text in single quotes, or each \\ twice"
        return Diagnostic(Span(span.line, back + 1, 2), 'A \\ in "..." starts an escape such as \\n', hint)
    if "quoted scalar" in context:
        return Diagnostic(start, *UNCLOSED)
    if "flow" in context:
        bracket = "]" if "sequence" in context else "}"
        if span.line == start.line and line[span.column - 1 :].strip():
            return Diagnostic(
                span, f"A comma or a {bracket} is missing before this", "Add it, or put the text in quotes"
            )
        return Diagnostic(start, f"A bracket is never closed: {bracket} is missing", f"Add {bracket}")
    if "undefined alias" in problem or "alias" in context:
        return Diagnostic(start if "alias" in context else span, "Text cannot start with *", "Put it in quotes")
    if "single document" in context or "single document" in problem:
        return Diagnostic(span, "A Gage file has one document", "Remove the --- line")
    return None


def _of_block(problem: str, span: Span, lines: list[str]) -> Diagnostic | None:
    """Text below `|` or `>`, and lists."""
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    above = lines[span.line - 2].rstrip() if span.line > 1 else ""
    if re.search(r":\s*[|>][-+]?$", above):
        hint = "Put two more spaces in front of each line of the text"
        return Diagnostic(_whole(line, span.line), "The text is not indented below its key", hint)
    if "comment or line break" in problem:
        hint = "Write it there, two spaces further in; or put all of it in quotes"
        return Diagnostic(span, "Text after | or > starts on the next line", hint)
    if "block sequence entries" in problem:
        return Diagnostic(span, "A list starts on the line below its key", "Write it there, or in brackets: [ ... ]")
    if "'-' indicator" in problem:
        return Diagnostic(_whole(line, span.line), *ITEM)
    if "document start" in problem:
        hint = "All operations start in the same column"
        return Diagnostic(_whole(line, span.line), "This operation is not indented like the first", hint)
    return None


def _by_problem(problem: str, span: Span, start: Span, line: str) -> Diagnostic:
    low = problem.lower()
    if "expected key" in low or "expected <block end>" in low:
        return Diagnostic(span, *INDENT)
    if "could not find expected ':'" in low:
        return Diagnostic(start, *NEEDS_COLON)
    if "cannot start any token" in low:
        return Diagnostic(span, f"Text cannot start with {line[span.column - 1 : span.column]}", "Put it in quotes")
    if "directive" in low or "incompatible" in low:
        return Diagnostic(Span(span.line, 1, max(1, len(line))), "YAML has no such directive", "Remove the line")
    told = odd(line[span.column - 1 : span.column])
    told = told or (re.sub(r"^[a-z]", lambda m: m.group().upper(), problem), "Put text with signs in quotes")
    return Diagnostic(span, *told)


def _whole(line: str, number: int) -> Span:
    text = line.strip()
    return Span(number, line.find(text) + 1, max(1, len(text)))
