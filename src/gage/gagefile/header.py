"""The operation that a script carries in a comment block at its top, in the manner of PEP 723's inline metadata."""

import sys
from typing import cast

from gage.gagefile import settings
from gage.gagefile.check import Finding, check
from gage.gagefile.node import Fault, Span, Table, plain
from gage.gagefile.opdef import Raw, opdef
from gage.gagefile.placed import problem_of
from gage.gagefile.toml import parse
from gage.types.opdef import OpDef, Problem

MARK = " /// gage"
END = " ///"
COMMENTS = ("#", "//")
"""How comments start in the languages that scripts are written in."""


def load_header(text: str, path: str, name: str, platform: str = sys.platform) -> tuple[OpDef | None, list[Problem]]:
    """The operation `name` in the header block of the script `text`, and what is wrong with the block.

    (None, []) where the script has no block. Places are those of the script.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    starts = tuple(comment + MARK for comment in COMMENTS)
    start = next((i for i, line in enumerate(lines) if line.rstrip() in starts), None)
    if start is None:
        return None, []
    first = lines[start].rstrip()
    comment = first.removesuffix(MARK)
    end = next((i for i in range(start + 1, len(lines)) if lines[i].rstrip() == comment + END), None)
    body = lines[start + 1 : end]
    inside = comment + " "
    broken = next((i for i, line in enumerate(body) if line.rstrip() != comment and not line.startswith(inside)), None)
    if end is None or broken is not None:
        line = start + 2 + broken if broken is not None else start + 1
        hint = f"Close the block with a line {comment}{END}"
        return None, [Problem(path, line, 1, "The gage block is never closed", hint, len(first), name)]
    toml = "\n" * (start + 1) + "\n".join(" " * len(inside) + line[len(inside) :] for line in body)
    return _operation(toml, path, name, Span(start + 1, 1, len(first)), platform)


def _operation(toml: str, path: str, name: str, span: Span, platform: str) -> tuple[OpDef | None, list[Problem]]:
    parsed = parse(toml)
    root = Table(parsed.root.entries if parsed.root else (), span)
    found: list[Finding | Fault] = [*parsed.faults]
    found += [f for f in check(root, settings.OPERATION, (name,)) if not (parsed.faults and f.is_lack)]
    problems = [problem_of(path, f, name, "toml") for f in found]
    return (None if problems else opdef(name, cast(Raw, plain(root)), span.line, path, platform)), problems
