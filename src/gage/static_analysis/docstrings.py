"""Help texts of parameters and fields from docstrings (Google, NumPy, Sphinx) and comments."""

import ast
import re
from collections.abc import Sequence

_SECTION = re.compile(r"(?:Args|Arguments|Parameters|Params|Attributes|Keyword Args|Other Parameters)\s*:?\s*\Z")
_OTHER_SECTION = re.compile(r"(?:Returns?|Yields?|Raises|Examples?|Notes?|See Also|References|Usage)\s*:?\s*\Z")
_GOOGLE_ITEM = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")
_NUMPY_ITEM = re.compile(r"(\w+)\s*(?::[^:].*)?\Z")
_SPHINX_ITEM = re.compile(r":(?:param|parameter|arg|argument|ivar|cvar|var)\s+(?:[^:]*?\s)?\*{0,2}(\w+)\s*:\s*(.*)")
_TOOL_COMMENT = re.compile(r"(?i)(?:type:|noqa|pylint|pragma|fmt:|ruff|yapf|nosec|todo)")


def parse_docstring(docstring: str | None) -> dict[str, str]:
    """Returns the help of each parameter in a dedented docstring of Google's, NumPy's or Sphinx's style."""
    lines = docstring.splitlines() if docstring else []
    return _parse_sphinx(lines) or _parse_sections(lines)


def _parse_sphinx(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        match = _SPHINX_ITEM.match(line.strip())
        if match:
            name = match.group(1)
            found[name] = match.group(2).strip()
        elif name and line.startswith((" ", "\t")) and line.strip():
            found[name] = f"{found[name]} {line.strip()}".strip()
        else:
            name = ""
    return found


def _parse_sections(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    inside, name, indent = False, "", 0
    is_numpy = False
    for at, line in enumerate(lines):
        text = line.strip()
        if not line.startswith((" ", "\t")) and _SECTION.match(text):
            inside, name = True, ""
            is_numpy = set(lines[at + 1].strip()) == {"-"} if at + 1 < len(lines) and lines[at + 1].strip() else False
            continue
        if not inside or not text or set(text) == {"-"}:
            continue
        depth = len(line) - len(line.lstrip())
        if (_OTHER_SECTION.match(text) and depth == 0) or (depth == 0 and not is_numpy):
            inside = False
            continue
        match = (_NUMPY_ITEM if is_numpy else _GOOGLE_ITEM).match(text)
        if match and (not name or depth <= indent):
            name, indent = match.group(1), depth
            found[name] = "" if is_numpy else match.group(2).strip()
        elif name:
            found[name] = f"{found[name]} {text}".strip()
    return found


def find_field_comment(node: ast.stmt, lines: Sequence[str], body: Sequence[ast.stmt]) -> str:
    """Returns the help next to a field: the string below it, else the comment at its end, else those above it."""
    at = next((i for i, s in enumerate(body) if s is node), -1)
    after = body[at + 1] if 0 <= at < len(body) - 1 else None
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
        return " ".join(after.value.value.split())
    last = lines[node.end_lineno - 1] if node.end_lineno and node.end_lineno <= len(lines) else ""
    behind = re.match(r"\s*,?\s*#+:?\s*(.*)", last.encode()[node.end_col_offset or 0 :].decode("utf-8", "replace"))
    if behind and not _TOOL_COMMENT.match(behind.group(1)):
        return behind.group(1).strip()
    above: list[str] = []
    line = node.lineno - 2
    while 0 <= line < len(lines) and lines[line].strip().startswith("#"):
        above.insert(0, lines[line].strip().lstrip("#:").strip())
        line -= 1
    return " ".join(above).strip() if above and not _TOOL_COMMENT.match(above[0]) else ""
