"""Explains the errors of PyYAML: where, what is wrong, and what to do."""

import json
import re
from typing import TYPE_CHECKING

from gage.formats.spans import ValueNode
from gage.gagefile.lexical_checks import describe_character
from gage.types.opdef import Diagnostic, Span

if TYPE_CHECKING:
    import yaml

_INDENT = ("Inconsistent indent", "Start all settings of a table in the same column")
_ITEM_INDENT = ("Inconsistent indent in a list item", "Start the settings of an item two columns after its -")
_NEEDS_COLON = ("A key needs : and a value", "Write it as key: value")
_UNCLOSED = "Unclosed quote", "Close it at the end of the text"


def describe_yaml_error(text: str, error: "yaml.MarkedYAMLError") -> Diagnostic:
    """Returns the diagnostic for PyYAML's `error` about `text`."""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    span = _span_in_text(mark.line, mark.column, lines) if mark else Span(1, 1)
    opened = error.context_mark
    start = _span_in_text(opened.line, opened.column, lines) if opened else span
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    problem, context = (error.problem or "not YAML").strip(), error.context or ""
    if "\t" in line[: len(line) - len(line.lstrip(" \t-"))]:
        hint = "Replace the tab with two spaces"
        return Diagnostic(Span(span.line, line.find("\t") + 1), "YAML does not allow tabs in the indent", hint)
    if "mapping values are not allowed" in problem:
        return _explain_colon(lines, span)
    return (
        _explain_after_value(problem.lower(), span, line)
        or _explain_context(problem.lower(), context, span, start, line)
        or _explain_block(problem.lower(), span, lines)
        or _explain_problem(problem, span, start, line)
    )


def _span_in_text(line: int, column: int, lines: list[str]) -> Span:
    """Returns the span of a position, or of the end of the text for a position behind it."""
    if line < len(lines):
        return Span(line + 1, min(column, len(lines[line])) + 1)
    last = max((i for i, text in enumerate(lines) if text.strip()), default=0)
    return Span(last + 1, len(lines[last].rstrip()) + 1)


def _explain_colon(lines: list[str], span: Span) -> Diagnostic:
    line = lines[span.line - 1]
    above = lines[span.line - 2] if span.line > 1 else ""
    if ":" in line[: span.column - 1] or not above.strip():
        found = re.match(r"\s*(?:- +)?([\w-]+): +(\S.*)$", line)
        hint = f"Put text with a : in quotes: {_format_pair(*found.groups())}" if found else "Put the text in quotes"
        return Diagnostic(span, "Unexpected second : on this line", hint)
    if ":" in above:
        return Diagnostic(_line_span(line, span.line), *_INDENT)
    return Diagnostic(_line_span(above, span.line - 1), *_NEEDS_COLON)


def _format_pair(key: str, value: str) -> str:
    return f"{key}: {json.dumps(value.strip(), ensure_ascii=False)}"


def _explain_after_value(problem: str, span: Span, line: str) -> Diagnostic | None:
    """Explains text after a value that ends with a quote or bracket."""
    if "expected key" not in problem and "expected <block end>" not in problem:
        return None
    before, rest = line[: span.column - 1].rstrip(), line[span.column - 1 :].strip()
    if rest.startswith("- "):
        return Diagnostic(
            span, "Unexpected list item among settings", "Write it as key: value, or add a key above the list"
        )
    if not before or before[-1] not in "\"'}]":
        return None
    if rest in (",", ";"):
        return Diagnostic(span, f"A line cannot end with {rest}", "Remove it")
    if rest[:1] in ("]", "}"):
        return Diagnostic(span, f"Unexpected {rest[0]}", "Remove it")
    if before[-1] == "'" and line[span.column - 2 : span.column - 1] == "'":
        return Diagnostic(span, "The quote before this ends the text", "Write '' instead, or use double quotes")
    found = re.match(r"\s*(?:- +)?([\w-]+): +(\S.*)$", line)
    if before[-1] in "}]":
        sign = "{" if before[-1] == "}" else "["
        hint = f"Write {_format_pair(*found.groups())}" if found else "Put it in quotes"
        return Diagnostic(span, f"Text that starts with {sign} needs quotes", hint)
    return Diagnostic(span, "Unexpected text after the quotes", "Put all of the text inside the quotes")


def _explain_context(problem: str, context: str, span: Span, start: Span, line: str) -> Diagnostic | None:
    if "quoted scalar" in context and ("escape" in problem or "hex" in problem):
        back = line.rfind("\\", 0, span.column + 1)
        hint = "Use single quotes, or write each \\ twice"
        return Diagnostic(Span(span.line, back + 1, 2), 'A \\ in "..." starts an escape such as \\n', hint)
    if "quoted scalar" in context:
        return Diagnostic(start, *_UNCLOSED)
    if "flow" in context:
        bracket = "]" if "sequence" in context else "}"
        if span.line == start.line and line[span.column - 1 :].strip():
            return Diagnostic(
                span, f"A comma or a {bracket} is missing before this", "Add it, or put the text in quotes"
            )
        return Diagnostic(start, f"Unclosed bracket: {bracket} is missing", f"Add {bracket}")
    if "undefined alias" in problem or "alias" in context:
        return Diagnostic(start if "alias" in context else span, "Text cannot start with *", "Put it in quotes")
    if "single document" in context or "single document" in problem:
        return Diagnostic(span, "A Gage file can have only one document", "Remove the --- line")
    return None


def _explain_block(problem: str, span: Span, lines: list[str]) -> Diagnostic | None:
    """Explains errors in text below `|` or `>`, and in lists."""
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    above = lines[span.line - 2].rstrip() if span.line > 1 else ""
    if re.search(r":\s*[|>][-+]?$", above):
        hint = "Indent each line of the text by two more spaces"
        return Diagnostic(_line_span(line, span.line), "The text must be indented below its key", hint)
    if "comment or line break" in problem:
        hint = "Move it there, indented by two spaces, or put all of it in quotes"
        return Diagnostic(span, "Text after | or > must start on the next line", hint)
    if "block sequence entries" in problem:
        return Diagnostic(
            span, "A list must start on the line below its key", "Move it there, or use brackets: [ ... ]"
        )
    if "'-' indicator" in problem:
        return Diagnostic(_line_span(line, span.line), *_ITEM_INDENT)
    if "document start" in problem:
        hint = "Start all operations in the same column"
        return Diagnostic(_line_span(line, span.line), "Inconsistent indent of an operation", hint)
    return None


def _explain_problem(problem: str, span: Span, start: Span, line: str) -> Diagnostic:
    low = problem.lower()
    if "expected key" in low or "expected <block end>" in low:
        return Diagnostic(span, *_INDENT)
    if "could not find expected ':'" in low:
        return Diagnostic(start, *_NEEDS_COLON)
    if "cannot start any token" in low:
        return Diagnostic(span, f"Text cannot start with {line[span.column - 1 : span.column]}", "Put it in quotes")
    if "directive" in low or "incompatible" in low:
        return Diagnostic(Span(span.line, 1, max(1, len(line))), "Unknown YAML directive", "Remove the line")
    message = describe_character(line[span.column - 1 : span.column])
    message = message or (
        re.sub(r"^[a-z]", lambda m: m.group().upper(), problem),
        "Put text with special characters in quotes",
    )
    return Diagnostic(span, *message)


def _line_span(line: str, number: int) -> Span:
    text = line.strip()
    return Span(number, line.find(text) + 1, max(1, len(text)))


def describe_wrong_top(span: Span, root: ValueNode) -> Diagnostic:
    """Returns the diagnostic for a text whose top is not a table."""
    text = str(root.value) if root.kind == "value" else ""
    if text.startswith(("//", ";", "/*")):
        return Diagnostic(span, "Comments start with # in YAML", "Write # before it")
    if "=" in text:
        return Diagnostic(span, "A key needs : and a value", "Write : instead of =, and a space after it")
    if root.kind == "list":
        return Diagnostic(span, "A Gage file is a table of operations, not a list", "Write them as name: without -")
    return Diagnostic(span, "A Gage file is a table of operations", "Write it as name: and its settings below")
