"""Shell scripts: upper-case variables that a script assigns once, to a constant (`LR=0.1`, `export BATCH_SIZE="32"`).

They have no types: see `untyped_text`. A value from the environment, from arguments
or from other variables is not a constant.
"""

import re

from gage.formats import spans
from gage.formats.shell_quoting import find_quoting
from gage.formats.spans import ValueNode
from gage.formats.untyped_text import build_text_node, format_text
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_ASSIGNMENT = re.compile(r"^(?:(?:export|readonly|declare(?: -\w+)*)[ \t]+)?([A-Z][A-Z0-9_]*)=", re.M | re.A)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"\\$`]*)\"")
_VALUE = re.compile(r"(?![#~])(?:'[^']*'|\"[^\"\\$`]*\"|[^\s;&|<>()'\"`$\\*?\[{])*")
_END = re.compile(r"[ \t]*(?:;|\n|\r|\Z|[ \t]#)")
_ANY_ASSIGNMENT = re.compile(
    r"(?<![\w$])([A-Z][A-Z0-9_]*)(?:\+?=|\+\+)|\bread[ \t][^\n]*?\b([A-Z][A-Z0-9_]*)\b|\bfor[ \t]+([A-Z][A-Z0-9_]*)\b",
    re.A,
)
_TEXT_QUOTING = ("'", '"', "#", "$'")
_SHELL_VARIABLES = frozenset("PATH HOME PWD IFS PS1 PS4 SHELL USER LANG LC_ALL TMPDIR OPTIND".split())


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value as one shell word. Raises ConfigError for a NUL character."""
    import shlex

    text = format_text(value, like)
    if "\x00" in text:
        raise ConfigError("A variable cannot hold a NUL character")
    return shlex.quote(text) if text and not text.startswith("~") else f"'{text}'" if text else ""


def parse(text: str) -> ValueNode:
    """Returns the constants and their spans."""
    counts = _count_assignments(text)
    quoting = find_quoting(text, {m.start(1): m.end() for m in _ASSIGNMENT.finditer(text)})
    parts: dict[str, ValueNode] = {}
    for pair in _ASSIGNMENT.finditer(text):
        value = _VALUE.match(text, pair.end())
        is_line = quoting.get(pair.start(1)) == ("",)
        if (
            value
            and is_line
            and _END.match(text, value.end())
            and counts.get(pair[1]) == 1
            and pair[1] not in _SHELL_VARIABLES
        ):
            parts[pair[1]] = _build_node(value)
    return spans.build_table(parts)


def _count_assignments(text: str) -> dict[str, int]:
    """Returns how often each name is assigned, outside of strings and comments."""
    quoting = find_quoting(text, {m.start(): m.end() for m in _ANY_ASSIGNMENT.finditer(text)})
    counts: dict[str, int] = {}
    for match in _ANY_ASSIGNMENT.finditer(text):
        frame = quoting.get(match.start(), ("#",))[-1]
        if frame not in _TEXT_QUOTING and not frame.startswith("<<"):
            name = next(g for g in match.groups() if g)
            counts[name] = counts.get(name, 0) + 1
    return counts


def _build_node(match: re.Match[str]) -> ValueNode:
    text = match[0]
    if "'" in text or '"' in text:
        return ValueNode(_QUOTED.sub(lambda q: q[1] if q[1] is not None else q[2], text), match.start(), match.end())
    return build_text_node(text, match.start(), match.end())


_FORMAT = spans.TextFormat(parse, format_value)
read, apply = _FORMAT.read, _FORMAT.apply
