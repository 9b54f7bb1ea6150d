"""The operation that a script carries in a comment block at its top, in the manner of PEP 723's inline metadata."""

import re
import sys
from typing import cast

from gage.gagefile import definition
from gage.gagefile.load_with_spans import problem_of
from gage.gagefile.node import Table, plain
from gage.gagefile.opdef import Raw, opdef
from gage.gagefile.toml import parse
from gage.gagefile.validate import Finding, check
from gage.types.opdef import Diagnostic, OpDef, Span

MARK = " /// gage"
END = " ///"
_NEARLY = re.compile(r"\s*(#|//)\s*///\s*gage\s*(///)?\s*$", re.IGNORECASE)
COMMENTS = ("#", "//")
"""How comments start in the languages that scripts are written in."""


def load_script_block(
    text: str, path: str, name: str, platform: str = sys.platform
) -> tuple[OpDef | None, list[Diagnostic]]:
    """The operation `name` in the header block of the script `text`, and what is wrong with the block.

    (None, []) where the script has no block. Places are those of the script.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    starts = [i for i, line in enumerate(lines) if line.rstrip() in {comment + MARK for comment in COMMENTS}]
    if not starts:
        near = next((i for i, line in enumerate(lines) if _NEARLY.match(line)), None)
        return None, [] if near is None else [_nearly(lines[near], near, name)]
    start = starts[0]
    first = lines[start].rstrip()
    comment = first.removesuffix(MARK)
    end = next((i for i in range(start + 1, len(lines)) if lines[i].rstrip() == comment + END), None)
    broken = _broken(lines[start + 1 : end], start + 1, comment, end is not None)
    if broken is not None:
        return None, [broken._replace(span=broken.span._replace(length=len(first)), disables=name)]
    if len(starts) > 1 and end is not None and starts[1] > end:
        told = "The script has a second gage block"
        return None, [Diagnostic(Span(starts[1] + 1, 1, len(first)), told, "Keep one of the two", name)]
    inside = len(comment) + 1
    toml = "\n" * (start + 1) + "\n".join(" " * inside + line[inside:] for line in lines[start + 1 : end])
    return _operation(toml, path, name, Span(start + 1, 1, len(first)), platform)


def _nearly(line: str, at: int, name: str) -> Diagnostic:
    comment = "//" if line.lstrip().startswith("//") else "#"
    column = len(line) - len(line.lstrip()) + 1
    hint = f"Write {comment}{MARK}, from the first column on, and nothing else on the line"
    return Diagnostic(Span(at + 1, column, len(line.strip())), "This is nearly the start of a gage block", hint, name)


def _broken(body: list[str], start: int, comment: str, is_closed: bool) -> Diagnostic | None:
    """Where a block ends too early, and what to do."""
    inside = comment + " "
    at = next((i for i, line in enumerate(body) if line.rstrip() != comment and not line.startswith(inside)), None)
    if at is not None and body[at].startswith(comment):
        hint = "Add it: each line of the block has one"
        return Diagnostic(Span(start + at + 1, 1), f"A space is missing after {comment}", hint)
    if at is not None and is_closed:
        message = "This line stands in the gage block and is no comment"
        return Diagnostic(Span(start + at + 1, 1), message, f"Write {inside}in front of it")
    hint = f"Close the block with a line {comment}{END}"
    return None if is_closed else Diagnostic(Span(start, 1), "The gage block is never closed", hint)


def _operation(toml: str, path: str, name: str, span: Span, platform: str) -> tuple[OpDef | None, list[Diagnostic]]:
    parsed = parse(toml)
    root = Table(parsed.root.entries if parsed.root else (), span)
    found: list[Finding | Diagnostic] = [*parsed.faults]
    for entry in root:
        if entry.key not in definition.OPERATION.names and isinstance(entry.node, Table):
            hint = f"Write its settings without [{entry.key}]"
            found.append(Diagnostic(entry.key_span, "A gage block is one operation, and needs no name", hint))
    if not found:
        found += check(root, definition.OPERATION, (name,))
    problems = [problem_of(path, f, name, "toml") for f in found]
    return (None if problems else opdef(name, cast(Raw, plain(root)), span.line, path, platform)), problems
