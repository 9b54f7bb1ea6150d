"""Loads the operation in the comment block of a script, which has the form of PEP 723's inline metadata."""

import re
import sys
from typing import cast

from gage.gagefile import definition, parse_toml
from gage.gagefile.opdef import RawTable, build_operation
from gage.gagefile.validate import Validator
from gage.types.opdef import Diagnostic, OpDef, Span

BLOCK_START = " /// gage"
BLOCK_END = " ///"
_ALMOST_START = re.compile(r"\s*(#|//)\s*///\s*gage\s*(///)?\s*$", re.IGNORECASE)
"""#///gage"""
COMMENT_MARKS = ("#", "//")
"""How comments start in the languages of scripts."""


def load_script_block(
    text: str, path: str, name: str, platform: str = sys.platform
) -> tuple[OpDef | None, list[Diagnostic]]:
    """Returns the operation in the block of the script `text`, called `name`, and what is wrong with the block.

    Returns (None, []) if the script has no block. Spans are those of the script.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    starts = [
        i for i, line in enumerate(lines) if line.rstrip() in {comment + BLOCK_START for comment in COMMENT_MARKS}
    ]
    if not starts:
        near = next((i for i, line in enumerate(lines) if _ALMOST_START.match(line)), None)
        return None, [] if near is None else [_explain_start(lines[near], near, name)]
    start = starts[0]
    first = lines[start].rstrip()
    comment = first.removesuffix(BLOCK_START)
    end = next((i for i in range(start + 1, len(lines)) if lines[i].rstrip() == comment + BLOCK_END), None)
    broken = _find_format_error(lines[start + 1 : end], start + 1, comment, end is not None)
    if broken is not None:
        return None, [broken._replace(span=broken.span._replace(length=len(first)), disables=name)]
    if len(starts) > 1 and end is not None and starts[1] > end:
        message = "The script has a second gage block"
        return None, [Diagnostic(Span(starts[1] + 1, 1, len(first)), message, "Remove one of them", name)]
    inside = len(comment) + 1
    toml = "\n" * (start + 1) + "\n".join(" " * inside + line[inside:] for line in lines[start + 1 : end])
    return _build_operation(toml, path, name, platform)


def _explain_start(line: str, at: int, name: str) -> Diagnostic:
    comment = "//" if line.lstrip().startswith("//") else "#"
    column = len(line) - len(line.lstrip()) + 1
    hint = f"Write {comment}{BLOCK_START}, from the first column, and nothing else on the line"
    return Diagnostic(Span(at + 1, column, len(line.strip())), "Invalid start of a gage block", hint, name)


def _find_format_error(body: list[str], start: int, comment: str, is_closed: bool) -> Diagnostic | None:
    """Returns a diagnostic for a line that is not part of the block, or for a block without an end."""
    inside = comment + " "
    at = next((i for i, line in enumerate(body) if line.rstrip() != comment and not line.startswith(inside)), None)
    if at is not None and body[at].startswith(comment):
        hint = "Add it: every line of the block needs one"
        return Diagnostic(Span(start + at + 1, 1), f"A space is missing after {comment}", hint)
    if at is not None and is_closed:
        message = "This line of the gage block is not a comment"
        return Diagnostic(Span(start + at + 1, 1), message, f"Start it with {inside.strip()}")
    hint = f"End the block with a line {comment}{BLOCK_END}"
    return None if is_closed else Diagnostic(Span(start, 1), "Unclosed gage block", hint)


def _build_operation(toml: str, path: str, name: str, platform: str) -> tuple[OpDef | None, list[Diagnostic]]:
    """Returns the operation of a block's TOML text, padded so that all places are those of the script."""
    parsed = parse_toml.parse(toml)
    values = parsed.values or {}
    validator = Validator("toml", name)
    for key, value in values.items():
        if key not in definition.OPERATION.fields_by_name and isinstance(value, dict):
            hint = f"Remove the [{key}] header"
            validator.report_key((key,), "A gage block is one operation without a name", hint)
    if not parsed.diagnostics and not validator.findings:
        validator.check(values, definition.OPERATION, ())
    problems = [d._replace(disables=name) for d in parsed.diagnostics] + validator.locate(parsed)
    return None if problems else build_operation(name, cast(RawTable, values), path, platform), problems
