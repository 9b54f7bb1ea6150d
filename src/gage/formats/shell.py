"""Shell scripts: upper-case variables that a script sets once, to a plain value (`LR=0.1`, `export BATCH_SIZE="32"`).

They have no types: values are read as YAML scalars and written as text. What comes from the environment, from arguments
or from other values is no place in the file.
"""

import re
from collections.abc import Mapping

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.ini import to_text
from gage.formats.shell_quoting import find_quoting
from gage.formats.spans import ValueNode
from gage.lib.yaml_scalars import parse_scalar
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_PAIR = re.compile(r"^(?:(?:export|readonly|declare(?: -\w+)*)[ \t]+)?([A-Z][A-Z0-9_]*)=", re.M | re.A)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"\\$`]*)\"")
_VALUE = re.compile(r"(?![#~])(?:'[^']*'|\"[^\"\\$`]*\"|[^\s;&|<>()'\"`$\\*?\[{])*")
_END = re.compile(r"[ \t]*(?:;|\n|\r|\Z|[ \t]#)")
_AGAIN = re.compile(
    r"(?<![\w$])([A-Z][A-Z0-9_]*)(?:\+?=|\+\+)|\bread[ \t][^\n]*?\b([A-Z][A-Z0-9_]*)\b|\bfor[ \t]+([A-Z][A-Z0-9_]*)\b",
    re.A,
)
_TEXT = ("'", '"', "#", "$'")
_OWN = frozenset("PATH HOME PWD IFS PS1 PS4 SHELL USER LANG LC_ALL TMPDIR OPTIND".split())


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
    """A value as one word of a shell. Raises ConfigError for a NUL."""
    import shlex

    text = value if isinstance(value, str) else to_text(value)
    if "\x00" in text:
        raise ConfigError("A variable cannot hold a NUL character")
    return shlex.quote(text) if text and not text.startswith("~") else f"'{text}'" if text else ""


def parse_spans(text: str) -> ValueNode:
    """The places of all values that are a setting."""
    counts = _counts(text)
    around = find_quoting(text, {m.start(1): m.end() for m in _PAIR.finditer(text)})
    parts: dict[str, ValueNode] = {}
    for pair in _PAIR.finditer(text):
        value = _VALUE.match(text, pair.end())
        is_line = around.get(pair.start(1)) == ("",)
        if value and is_line and _END.match(text, value.end()) and counts.get(pair[1]) == 1 and pair[1] not in _OWN:
            parts[pair[1]] = _place(value)
    return ValueNode({k: p.value for k, p in parts.items()}, -1, -1, "table", tuple(parts.items()))


def _counts(text: str) -> dict[str, int]:
    """How often each name is given a value; in texts and comments it is given none."""
    around = find_quoting(text, {m.start(): m.end() for m in _AGAIN.finditer(text)})
    counts: dict[str, int] = {}
    for found in _AGAIN.finditer(text):
        frame = around.get(found.start(), ("#",))[-1]
        if frame not in _TEXT and not frame.startswith("<<"):
            name = next(g for g in found.groups() if g)
            counts[name] = counts.get(name, 0) + 1
    return counts


def _place(found: re.Match[str]) -> ValueNode:
    text = found[0]
    if "'" in text or '"' in text:
        return ValueNode(_QUOTED.sub(lambda q: q[1] if q[1] is not None else q[2], text), found.start(), found.end())
    return ValueNode(parse_scalar(text) if text else "", found.start(), found.end())
