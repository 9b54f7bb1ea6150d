"""Files of environment variables (`.env`): `NAME=value`, `export`, quotes as a shell has them.

They have no types: values are read as YAML scalars and written as text. Of a name that is given several times the last
one counts, as in a shell. What a value names (`$HOME`) is left as it is written.
"""

import re
from collections.abc import Mapping

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.ini import to_text
from gage.formats.spans import ValueNode, line_number
from gage.lib.yaml_scalars import parse_scalar
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_PAIR = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*", re.MULTILINE | re.ASCII)
_SINGLE = re.compile(r"'[^']*'")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BARE = re.compile(r"(?:[^\s#]|(?<![\s=])#|[ \t]+(?=[^\s#]))*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = re.compile(r"[\w@%+:,./-]+\Z", re.ASCII)


def read(data: bytes) -> dict[str, FileValue]:
    """See `ConfigSource.read`."""
    text, _ = spans.decode_text(data)
    return spans.list_settings(text, parse_spans(text))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`. Null is written as nothing."""
    text, mark = spans.decode_text(data)
    return spans.encode_text(
        mark + spans.replace_values(text, parse_spans(text), values, lambda value, _: format_value(value))
    )


def format_value(value: JSONValue) -> str:
    """A value with the quotes that it needs. Raises ConfigError for a NUL."""
    text = value if isinstance(value, str) else to_text(value)
    if "\x00" in text:
        raise ConfigError("A variable cannot hold a NUL character")
    if not text or _PLAIN.match(text):
        return text
    if not set(text) & set("'\n\r"):
        return f"'{text}'"
    quoted = re.sub(r'([\\"$`])', r"\\\1", text).replace("\n", "\\n").replace("\r", "\\r")
    return f'"{quoted}"'


def parse_spans(text: str) -> ValueNode:
    """The places of all values. Raises ConfigError with the line of a quote that is never closed."""
    parts: dict[str, ValueNode] = {}
    at = 0
    while pair := _PAIR.search(text, at):
        place = _value(text, pair.end())
        parts[pair[1]] = place
        at = max(place.end, pair.end())
    return ValueNode({k: p.value for k, p in parts.items()}, -1, -1, "table", tuple(parts.items()))


def _value(text: str, start: int) -> ValueNode:
    first = text[start : start + 1]
    if first not in ("'", '"'):
        found = _BARE.match(text, start)
        end = found.end() if found else start
        return ValueNode(parse_scalar(text[start:end]) if end > start else "", start, end)
    quoted = (_SINGLE if first == "'" else _DOUBLE).match(text, start)
    if not quoted:
        raise ConfigError(f"A quote is never closed (line {line_number(text, start)})", f"Close it with {first}")
    inner = quoted[0][1:-1].replace("\r\n", "\n")
    return ValueNode(inner if first == "'" else _ESCAPE.sub(_unescaped, inner), start, quoted.end())


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r", "t": "\t"}.get(found[1], found[1] if found[1] in '\\"$`' else found[0])
