"""Python text in the syntax of a newer Python than Gage's own, as a syntax tree: what is new is left out, line by line.

What is left has the same lines. Enough to find a parser; nothing is run.
"""

import ast
import re

from gage.formats.python_values import parse_python
from gage.types.errors import ConfigError

_MOST_LINES = 40
"""Lines that may be left out."""

_ALIAS = re.compile(r"^([ \t]*)type[ \t]+(\w+)[^\n]*", re.M)
_GENERIC = re.compile(r"^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)\[[^\n()]*?\](?=[ \t]*[(:])", re.M)
_EXCEPT = re.compile(r"^([ \t]*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)([ \t]*:)", re.M)
_FORMATTED = re.compile(r"(?i)(?<![\w\"'])(?:[ft]|r[ft]|[ft]r)[\"']")
"""Texts with places, which may hold quotes and comments in a newer Python."""

_BLOCK = re.compile(r"[ \t]*(if|elif|while|with|for|match|case)\b[^\n]*:[ \t]*(?:#[^\n]*)?\Z")


def parse(text: str) -> ast.Module:
    """The syntax tree. Raises ConfigError when the text is no Python, of whatever version."""
    try:
        return parse_python(text)
    except ConfigError as error:
        tree = _older(text)
        if tree is None:
            raise error from None
        return tree


def _older(text: str) -> ast.Module | None:
    text = _ALIAS.sub(r"\1\2 = None", text)
    text = _GENERIC.sub(r"\1", text)
    text = _EXCEPT.sub(r"\1(\2)\3", text)
    lines = text.splitlines()
    last = 0
    for _ in range(_MOST_LINES):
        try:
            return parse_python("\n".join(lines) + "\n")
        except ConfigError:
            at = _wrong_line(lines)
        if not at or at > len(lines) or not (_FORMATTED.search(lines[at - 1]) or at == last):
            return None
        if at == last and not lines[at - 1].strip():
            return None
        lines[at - 1] = "" if at == last else _without(lines[at - 1])
        last = at
    return None


def _wrong_line(lines: list[str]) -> int:
    try:
        ast.parse("\n".join(lines) + "\n")
    except SyntaxError as e:
        return e.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        return 0
    return 0


def _without(line: str) -> str:
    """A line with what cannot be read left out."""
    indent = line[: len(line) - len(line.lstrip())]
    block = _BLOCK.match(line)
    if block is None:
        return f"{indent}pass"
    return f"{indent}{'else' if block[1] == 'elif' else 'if True'}:"
