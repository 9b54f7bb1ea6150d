"""`tomllib`'s errors in our voice: where, what is wrong, what to do."""

import re

from gage.gagefile.node import Fault, Span

STRINGS = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
"""Any TOML string."""

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_PLAIN = (
    ("Unclosed inline table", "A table is never closed: } is missing", "Add }"),
    ("Invalid statement", "This is neither a key nor a [table]", 'Write it as key = "value"'),
    ("Unclosed array", "A list is never closed: ] is missing", "Add ]"),
    (
        "Expected newline or end of",
        "Something follows the value on its line",
        "Put it on a line of its own, or in the quotes",
    ),
    ("Expected ']", "A table header is never closed: ] is missing", "Write it as [name]"),
)
"""What `tomllib` says → message and hint, where the place needs no thought."""


def fault_of(text: str, problem: str) -> Fault:
    """`tomllib`'s message in our voice, with a place and what to do."""
    found = _WHERE.search(problem)
    message = problem[: found.start()] if found else problem
    lines = text.split("\n")
    if found and found.group(1):
        span = Span(int(found.group(1)), int(found.group(2)))
        if span.line > 1 and message.startswith('Expected "\'"'):  # reported one line late
            span = Span(span.line - 1, 1)
    else:
        last = max((i for i, line in enumerate(lines) if line.strip()), default=0)
        span = Span(last + 1, len(lines[last].rstrip()) + 1)
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return _explain(message, span, line)


def _explain(message: str, span: Span, line: str) -> Fault:
    rest = line[span.column - 1 :].strip()
    if message.startswith(("Cannot overwrite", "Cannot declare")):
        name = re.search(r"\('(.*)'", message)
        what = f'"{name.group(1)}"' if name else f'"{line.split("=")[0].strip(" []")}"'
        return Fault(_whole(line, span), f"{what} is defined twice", "Keep one of the two")
    if message.startswith(("Invalid value", "Invalid character")) and re.match(r"[A-Za-z./~*$-]", rest):
        word = rest.split("#")[0].strip()
        hint = f"Write {word.lower()}" if word.lower() in ("true", "false") else f'Write "{word}"'
        return Fault(Span(span.line, span.column, len(word)), f"Text needs quotes: {word}", hint)
    if message.startswith(("Illegal character", "Unterminated string", "Expected")) and _open_quote(line):
        return Fault(
            _whole(line, span),
            "A quote is never closed on this line",
            "Close it, or use three quotes for several lines",
        )
    if line.lstrip().startswith("//"):
        return Fault(_whole(line, span), "A comment starts with # in TOML", "Write # for //")
    odd = re.match(r"\s*(\$[\w-]+|[\w-]+\[\w+\])\s*=", line)
    if odd:
        return Fault(_whole(line, span), f"This key needs quotes: {odd.group(1)}", f'Write "{odd.group(1)}"')
    if message.startswith("Expected '=' after a key"):
        return Fault(span, "A key needs = and a value", 'Write it as key = "value"')
    if message.startswith("Invalid value") and not rest:
        return Fault(span, "A value is missing", 'Write it as key = "value"')
    for start, told, hint in _PLAIN:
        if message.startswith(start):
            return Fault(span, told, hint)
    return Fault(span, message)


def _whole(line: str, span: Span) -> Span:
    text = line.strip()
    return Span(span.line, line.find(text) + 1, max(1, len(text)))


def _open_quote(line: str) -> bool:
    bare = STRINGS.sub("", line)
    return '"' in bare or "'" in bare
