"""Environment files (`.env`): `NAME=value`, `export NAME=value`, with the quotes of a shell.

They have no types: see `untyped_text`. The last value of a name wins, as in a shell.
References (`$HOME`) are not replaced. A value that goes on behind its quotes (`"a"b`) is left out.
"""

import re

from gage.formats import spans
from gage.formats.spans import ValueNode, get_line_number
from gage.formats.untyped_text import build_text_node, format_text
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_ASSIGNMENT = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*", re.MULTILINE | re.ASCII)
"""`export NAME = `"""
_SINGLE = re.compile(r"'[^']*'")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BARE = re.compile(r"(?:[^\s#]|(?<![\s=])#|[ \t]+(?=[^\s#]))*")
_END = re.compile(r"[^\S\n]*(?:#|$)", re.MULTILINE)
"""What may follow a quoted value."""
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_UNQUOTED = re.compile(r"[\w@%+:,./-]+\Z", re.ASCII)


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value, quoted where necessary, and a space before a comment. Raises ConfigError for a NUL character."""
    if like and "comment" in like.style.split():
        return f"{format_value(value, like._replace(style=like.style.removesuffix('comment')))} "
    text = format_text(value, like)
    if "\x00" in text:
        raise ConfigError("A variable cannot hold a NUL character")
    if not text or _UNQUOTED.match(text):
        return text
    if not set(text) & set("'\n\r") and not text.endswith("\\"):  # to python-dotenv, `\'` does not end a quote
        return f"'{text}'"
    quoted = re.sub(r'([\\"$`])', r"\\\1", text).replace("\n", "\\n").replace("\r", "\\r")
    return f'"{quoted}"'


def parse(text: str) -> ValueNode:
    """Returns the values and their spans. Raises ConfigError with the line of a quote that is not closed."""
    parts: dict[str, ValueNode] = {}
    at = 0
    while pair := _ASSIGNMENT.search(text, at):
        node = _parse_value(text, pair.end(1), pair.end())
        at = max(node.end, pair.end())
        if text[node.start : node.start + 1] in ("'", '"') and not _END.match(text, node.end):
            parts.pop(pair[1], None)
        else:
            is_before_comment = text[node.end : node.end + 1] == "#"
            parts[pair[1]] = node._replace(style=f"{node.style} comment") if is_before_comment else node
    return spans.build_table(parts)


def _parse_value(text: str, name_end: int, start: int) -> ValueNode:
    """Returns the value that begins at `start`; an empty one is behind the `=`, before any spaces."""
    first = text[start : start + 1]
    if first not in ("'", '"'):
        match = _BARE.match(text, start)
        end = match.end() if match else start
        if end > start:
            return build_text_node(text[start:end], start, end)
        after_sign = text.index("=", name_end) + 1
        return ValueNode("", after_sign, after_sign)
    quoted = (_SINGLE if first == "'" else _DOUBLE).match(text, start)
    if not quoted:
        raise ConfigError(f"A quote is not closed (line {get_line_number(text, start)})", f"Close it with {first}")
    inner = quoted[0][1:-1].replace("\r\n", "\n")
    return ValueNode(inner if first == "'" else _ESCAPE.sub(_unescape, inner), start, quoted.end())


def _unescape(match: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r", "t": "\t"}.get(match[1], match[1] if match[1] in '\\"$`' else match[0])


_FORMAT = spans.TextFormat(parse, format_value)
read, apply = _FORMAT.read, _FORMAT.apply
