"""Shell scripts: upper-case variables that a script sets once, to a plain value (`LR=0.1`, `export BATCH_SIZE="32"`).

They have no types: values are read as YAML scalars and written as text. What comes from the environment, from arguments
or from other values is no place in the file.
"""

import re
from collections.abc import Mapping

from gage.config.formats import env, places
from gage.config.formats.places import Place
from gage.config.shell_text import contexts
from gage.config.source import Found
from gage.lib.scalars import scalar
from gage.types.values import JSONValue

_PAIR = re.compile(r"^(?:(?:export|readonly|declare(?: -\w+)*)[ \t]+)?([A-Z][A-Z0-9_]*)=", re.M | re.A)
_VALUE = re.compile(
    r"'[^'\n]*'|\"[^\"\\$`\n]*\"|[^\s;&|<>()'\"`$\\#*?\[~{][^\s;&|<>()'\"`$\\]*|(?=[ \t]*(?:#|;|\n|\Z))"
)
_END = re.compile(r"[ \t]*(?:;|\n|\r|\Z|[ \t]#)")
_AGAIN = re.compile(
    r"(?<![\w$])([A-Z][A-Z0-9_]*)(?:\+?=|\+\+)|\bread[ \t][^\n]*?\b([A-Z][A-Z0-9_]*)\b|\bfor[ \t]+([A-Z][A-Z0-9_]*)\b",
    re.A,
)
_OWN = frozenset("PATH HOME PWD IFS PS1 PS4 SHELL USER LANG LC_ALL TMPDIR OPTIND".split())


def read(data: bytes) -> dict[str, Found]:
    """See `ConfigSource.read`."""
    text, _ = places.decoded(data)
    return places.found(text, parse(text))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`. Null is written as nothing."""
    text, mark = places.decoded(data)
    return places.encoded(mark + places.apply(text, parse(text), values, lambda value, _: env.written(value)))


def parse(text: str) -> Place:
    """The places of all values that are a setting."""
    counts: dict[str, int] = {}
    for found in _AGAIN.finditer(text):
        name = next(g for g in found.groups() if g)
        counts[name] = counts.get(name, 0) + 1
    pairs = {m.start(1): m.end() for m in _PAIR.finditer(text)}
    around = contexts(text, pairs)
    parts: dict[str, Place] = {}
    for pair in _PAIR.finditer(text):
        value = _VALUE.match(text, pair.end())
        is_line = around.get(pair.start(1)) == ("",)
        if value and is_line and _END.match(text, value.end()) and counts.get(pair[1]) == 1 and pair[1] not in _OWN:
            parts[pair[1]] = _place(value)
    return Place({k: p.value for k, p in parts.items()}, -1, -1, "table", tuple(parts.items()))


def _place(found: re.Match[str]) -> Place:
    text = found[0]
    quoted = text[:1] in ("'", '"')
    value = text[1:-1] if quoted else scalar(text) if text else ""
    return Place(value, found.start(), found.end())
