"""Values with the place where they stand in a text, and how some of them are replaced. Knows no format."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeGuard

from gage.formats.config_source import Found
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

BOM = "\ufeff"
MOST_ITEMS = 100
"""A longer list is one value: its items have no names of their own."""

MOST_DEPTH = 100
MOST_VALUES = 20_000
"""A file with more is refused: it would be slow, and nobody sets them by hand."""

_REMARK = re.compile(r"[ \t]*,?[ \t]*(#|//|;)+[ \t]*([^\r\n]*?)[ \t]*(?=[\r\n]|\Z)")
_FOR_TOOLS = re.compile(r"(?i)(?:type:|noqa|pylint|pragma|fmt:|ruff|yapf|nosec)")


@dataclass(frozen=True, slots=True)
class Place:
    """A value and where it stands: `text[start:end]`; `start` is -1 for one that cannot be replaced as a whole.

    `kind` is "value", "list" or "table"; `parts` are what a list or table is made of, by key. `style` is the format's
    own word for how it is written; `type` as in `Found`. `follows`: the name of the setting whose value it repeats.
    """

    value: JSONValue
    start: int
    end: int
    kind: Literal["value", "list", "table"] = "value"
    parts: tuple[tuple[str, "Place"], ...] = ()
    style: str = ""
    type: str = ""
    follows: str = ""


class Named(NamedTuple):
    """A place with its full name; `hidden` as in `Found`."""

    name: str
    place: Place
    hidden: bool


Write = Callable[[JSONValue, Place], str]


def found(text: str, root: Place, marks: tuple[str, ...] = ("#",)) -> dict[str, Found]:
    """What the places of `text` are as settings; `marks` begin a comment. A name that can be read in two ways means the
    first.
    """
    lines = line_starts(text)
    settings: dict[str, Found] = {}
    for name, place, hidden in named(root):
        if name not in settings:
            line = bisect_right(lines, _first(place))
            said = "" if hidden else remark(text, place, marks)
            settings[name] = Found(place.value, line, place.type, said, hidden, place.follows)
    return settings


def _first(place: Place) -> int:
    return place.start if place.start >= 0 else min((_first(part) for _, part in place.parts), default=0)


def line_starts(text: str) -> list[int]:
    """Where each line of `text` starts."""
    return [0, *(m.end() for m in re.finditer("\n", text))]


def line_of(text: str, at: int) -> int:
    """The line (1-based) of a position."""
    return text.count("\n", 0, at) + 1


def remark(text: str, place: Place, marks: tuple[str, ...]) -> str:
    """The comment behind a value on its line, if it is one for people."""
    is_line = place.start >= 0 and "\n" not in text[place.start : place.end]
    match = _REMARK.match(text, place.end) if is_line else None
    return match[2] if match and match[1] in marks and not _FOR_TOOLS.match(match[2]) else ""


def named(place: Place, name: str = "", hidden: bool = False) -> Iterator[Named]:
    """All values with their full names. A list of plain values is one setting, and its items are hidden; of a table,
    and of a list with tables, the parts are listed, and the whole is hidden.
    """
    if place.kind == "table":
        if name and (place.start >= 0 or place.parts):
            yield Named(name, place, hidden or bool(place.parts))
        inner = hidden
    else:
        has_tables = place.kind == "list" and _has_table(place)
        if name:
            yield Named(name, place, hidden or has_tables)
        inner = hidden or not has_tables
    for key, part in place.parts:
        yield from named(part, f"{name}.{key}" if name else key, inner)


def _has_table(place: Place) -> bool:
    items = place.value if isinstance(place.value, Sequence) and not isinstance(place.value, str) else ()
    return any(isinstance(i, Mapping) for i in items) or any(_has_table(p) for _, p in place.parts if p.kind == "list")


def apply(text: str, root: Place, values: Mapping[str, JSONValue], write: Write) -> str:
    """The text with `values` written by `write` and all else as it was. A value that is there already stays as it is
    written. Raises ConfigError for a name that is not there or whose place is given twice.
    """
    return spliced(text, edits(root, values, write))


def edits(root: Place, values: Mapping[str, JSONValue], write: Write) -> list[tuple[int, int, str]]:
    """Which parts of the text have to be replaced by what. Raises ConfigError for a name that is not there."""
    known: dict[str, Place] = {}
    for name, place, _ in named(root):
        known.setdefault(name, place)
    wanted: list[tuple[int, int, str]] = []
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"There is no setting {name!r} in the file")
        wanted += _edits(name, known[name], value, write)
    return wanted


def _edits(name: str, place: Place, value: JSONValue, write: Write) -> Iterator[tuple[int, int, str]]:
    if same(place.value, value):
        return
    if place.kind == "list" and is_list(value) and len(value) == len(place.parts):
        for (key, part), item in zip(place.parts, value, strict=True):
            yield from _edits(f"{name}.{key}", part, item, write)
    elif place.kind == "table" and isinstance(value, Mapping) and set(value) == {key for key, _ in place.parts}:
        for key, part in place.parts:
            yield from _edits(f"{name}.{key}", part, value[key], write)
    elif place.start < 0:
        raise ConfigError(f"{name!r} cannot be set as a whole in this file", "Set its parts")
    else:
        yield place.start, place.end, write(value, place)


def is_list(value: JSONValue) -> TypeGuard[Sequence[JSONValue]]:
    """Whether the value is a list."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def same(one: JSONValue, other: JSONValue) -> bool:
    """Whether two values are the same, their types too; NaN is the same as NaN."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if is_list(one) and is_list(other):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


def spliced(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """The text with each `text[start:end]` of `edits` replaced. Raises ConfigError when two of them overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(edits):
        if start < at:
            raise ConfigError("A value is given both as a whole and in parts", "Give one of the two")
        parts += (text[at:start], new)
        at = end
    return "".join((*parts, text[at:]))


def decoded(data: bytes) -> tuple[str, str]:
    """UTF-8 text without its byte order mark, and the mark. Raises ConfigError with the line of what is none."""
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"The file is not UTF-8 text (line {line})", "Save it as UTF-8") from None
    return (text[1:], BOM) if text.startswith(BOM) else (text, "")


def encoded(text: str) -> bytes:
    """The text as UTF-8. Raises ConfigError for half a character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigError("A value has characters that the file cannot hold", "Write them whole") from None
