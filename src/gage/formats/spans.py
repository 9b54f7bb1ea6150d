"""Values with the place where they stand in a text, and how some of them are replaced. Knows no format."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeGuard

from gage.formats.config_source import FileValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

BOM = "\ufeff"
MAX_LIST_ITEMS = 100
"""A longer list is one value: its items have no names of their own."""

MAX_DEPTH = 100
MAX_VALUES = 20_000
"""A file with more is refused: it would be slow, and nobody sets them by hand."""

_REMARK = re.compile(r"[ \t]*,?[ \t]*(#|//|;)+[ \t]*([^\r\n]*?)[ \t]*(?=[\r\n]|\Z)")
_FOR_TOOLS = re.compile(r"(?i)(?:type:|noqa|pylint|pragma|fmt:|ruff|yapf|nosec)")


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A value and where it stands: `text[start:end]`; `start` is -1 for one that cannot be replaced as a whole.

    `kind` is "value", "list" or "table"; `parts` are what a list or table is made of, by key. `style` is the format's
    own word for how it is written; `type` as in `Found`. `follows`: the name of the setting whose value it repeats.
    """

    value: JSONValue
    start: int
    end: int
    kind: Literal["value", "list", "table"] = "value"
    children: tuple[tuple[str, "ValueNode"], ...] = ()
    style: str = ""
    type: str = ""
    follows: str = ""


class NamedNode(NamedTuple):
    """A place with its full name; `hidden` as in `Found`."""

    name: str
    node: ValueNode
    hidden: bool


FormatValue = Callable[[JSONValue, ValueNode], str]


def list_settings(text: str, root: ValueNode, marks: tuple[str, ...] = ("#",)) -> dict[str, FileValue]:
    """What the places of `text` are as settings; `marks` begin a comment. A name that can be read in two ways means the
    first.
    """
    lines = find_line_starts(text)
    settings: dict[str, FileValue] = {}
    for name, place, hidden in walk_named(root):
        if name not in settings:
            line = bisect_right(lines, _first(place))
            said = "" if hidden else find_comment(text, place, marks)
            settings[name] = FileValue(place.value, line, place.type, said, hidden, place.follows)
    return settings


def _first(place: ValueNode) -> int:
    return place.start if place.start >= 0 else min((_first(part) for _, part in place.children), default=0)


def find_line_starts(text: str) -> list[int]:
    """Where each line of `text` starts."""
    return [0, *(m.end() for m in re.finditer("\n", text))]


def line_number(text: str, at: int) -> int:
    """The line (1-based) of a position."""
    return text.count("\n", 0, at) + 1


def find_comment(text: str, place: ValueNode, marks: tuple[str, ...]) -> str:
    """The comment behind a value on its line, if it is one for people."""
    is_line = place.start >= 0 and "\n" not in text[place.start : place.end]
    match = _REMARK.match(text, place.end) if is_line else None
    return match[2] if match and match[1] in marks and not _FOR_TOOLS.match(match[2]) else ""


def walk_named(place: ValueNode, name: str = "", hidden: bool = False) -> Iterator[NamedNode]:
    """All values with their full names. A list of plain values is one setting, and its items are hidden; of a table,
    and of a list with tables, the parts are listed, and the whole is hidden.
    """
    if place.kind == "table":
        if name and (place.start >= 0 or place.children):
            yield NamedNode(name, place, hidden or bool(place.children))
        inner = hidden
    else:
        has_tables = place.kind == "list" and _has_table(place)
        if name:
            yield NamedNode(name, place, hidden or has_tables)
        inner = hidden or not has_tables
    for key, part in place.children:
        yield from walk_named(part, f"{name}.{key}" if name else key, inner)


def _has_table(place: ValueNode) -> bool:
    items = place.value if isinstance(place.value, Sequence) and not isinstance(place.value, str) else ()
    return any(isinstance(i, Mapping) for i in items) or any(
        _has_table(p) for _, p in place.children if p.kind == "list"
    )


def replace_values(text: str, root: ValueNode, values: Mapping[str, JSONValue], write: FormatValue) -> str:
    """The text with `values` written by `write` and all else as it was. A value that is there already stays as it is
    written. Raises ConfigError for a name that is not there or whose place is given twice.
    """
    return apply_edits(text, build_edits(root, values, write))


def build_edits(root: ValueNode, values: Mapping[str, JSONValue], write: FormatValue) -> list[tuple[int, int, str]]:
    """Which parts of the text have to be replaced by what. Raises ConfigError for a name that is not there."""
    known: dict[str, ValueNode] = {}
    for name, place, _ in walk_named(root):
        known.setdefault(name, place)
    wanted: list[tuple[int, int, str]] = []
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"There is no setting {name!r} in the file")
        wanted += _edits(name, known[name], value, write)
    return wanted


def _edits(name: str, place: ValueNode, value: JSONValue, write: FormatValue) -> Iterator[tuple[int, int, str]]:
    if is_same(place.value, value):
        return
    if place.kind == "list" and is_list(value) and len(value) == len(place.children):
        for (key, part), item in zip(place.children, value, strict=True):
            yield from _edits(f"{name}.{key}", part, item, write)
    elif place.kind == "table" and isinstance(value, Mapping) and set(value) == {key for key, _ in place.children}:
        for key, part in place.children:
            yield from _edits(f"{name}.{key}", part, value[key], write)
    elif place.start < 0:
        raise ConfigError(f"{name!r} cannot be set as a whole in this file", "Set its parts")
    else:
        yield place.start, place.end, write(value, place)


def is_list(value: JSONValue) -> TypeGuard[Sequence[JSONValue]]:
    """Whether the value is a list."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def is_same(one: JSONValue, other: JSONValue) -> bool:
    """Whether two values are the same, their types too; NaN is the same as NaN."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(is_same(one[k], other[k]) for k in one)
    if is_list(one) and is_list(other):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


def apply_edits(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """The text with each `text[start:end]` of `edits` replaced. Raises ConfigError when two of them overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(edits):
        if start < at:
            raise ConfigError("A value is given both as a whole and in parts", "Give one of the two")
        parts += (text[at:start], new)
        at = end
    return "".join((*parts, text[at:]))


def decode_text(data: bytes) -> tuple[str, str]:
    """UTF-8 text without its byte order mark, and the mark. Raises ConfigError with the line of what is none."""
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"The file is not UTF-8 text (line {line})", "Save it as UTF-8") from None
    return (text[1:], BOM) if text.startswith(BOM) else (text, "")


def encode_text(text: str) -> bytes:
    """The text as UTF-8. Raises ConfigError for half a character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigError("A value has characters that the file cannot hold", "Write them whole") from None
