"""Values with their places in a text, and how some of them are replaced. Knows no format."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeGuard

from gage.formats.config_source import FileValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

BOM = "\ufeff"
MAX_LIST_ITEMS = 100
"""A longer list is one value: its items have no names of their own."""

MAX_DEPTH = 100
MAX_VALUES = 20_000
"""A file with more values is refused: reading it would be slow, and it is data rather than settings."""

_COMMENT = r"[ \t]*+,?+[ \t]*+(#|//|;)++[ \t]*+([^\r\n]*+)"
"""A comment behind a value, such as `  # the learning rate`."""
_FOR_TOOLS = r"(?i)(?:type:|noqa|pylint|pragma|fmt:|ruff|yapf|nosec)"
"""How comments start that are meant for a tool, such as `noqa: E501`."""


class ValueNode(NamedTuple):
    """A value and its node: `text[start:end]`; `start` is -1 for a value that cannot be replaced as a whole.

    `kind` is "value", "list" or "table"; `children` are the items of a list or the values of a table, by key. `style`
    is the format's own word for how the value is written ("date" in TOML); `type` as in `FileValue`. `follows` is the
    name of the setting whose value it repeats. `key` is the place of its key; (-1, -1) if that is not recorded.
    """

    value: JSONValue
    start: int
    end: int
    kind: Literal["value", "list", "table"] = "value"
    children: tuple[tuple[str, "ValueNode"], ...] = ()
    style: str = ""
    type: str = ""
    follows: str = ""
    key: tuple[int, int] = (-1, -1)


class NamedNode(NamedTuple):
    """A node with its full name; `hidden` as in `FileValue`."""

    name: str
    node: ValueNode
    hidden: bool


class ScanError(ConfigError):
    """A text of the right format with something in it that settings cannot have, at the position `offset`."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class DuplicateKey(NamedTuple):
    """A key that stands in one table a second time: its place, and where the first one starts, which counts."""

    key: str
    start: int
    end: int
    first: int


def reject_duplicates(keys: Iterable[DuplicateKey]) -> None:
    """Raises ScanError for the first of the keys that stand in one table a second time."""
    for duplicate in keys:
        raise ScanError(f"{duplicate.key!r} is defined twice", duplicate.start)


Parse = Callable[[str], ValueNode]
FormatValue = Callable[[JSONValue, ValueNode], str]


def build_table(children: Mapping[str, ValueNode], start: int = -1, end: int = -1, style: str = "") -> ValueNode:
    """Returns the node of a table with these values; without `start` and `end`, it cannot be replaced as a whole."""
    value = {key: child.value for key, child in children.items()}
    return ValueNode(value, start, end, "table", tuple(children.items()), style)


class TextFormat:
    """A `ConfigSource` for UTF-8 text, made of what parses it and what writes a value; `marks` begin a comment."""

    def __init__(self, parse: Parse, format_value: FormatValue, marks: tuple[str, ...] = ("#",)) -> None:
        self._parse, self._format_value, self._marks = parse, format_value, marks

    def read(self, data: bytes) -> dict[str, FileValue]:
        """See `ConfigSource.read`."""
        text, _ = decode_text(data)
        return list_settings(text, self._parse(text), self._marks)

    def apply(self, data: bytes, values: Mapping[str, JSONValue]) -> bytes:
        """See `ConfigSource.apply`."""
        text, bom = decode_text(data)
        return encode_text(bom + replace_values(text, self._parse(text), values, self._format_value))


def list_settings(text: str, root: ValueNode, marks: tuple[str, ...] = ("#",)) -> dict[str, FileValue]:
    """Returns the values below `root` by name; `marks` begin a comment. The first of two values of one name counts."""
    lines = find_line_starts(text)
    has_comments = any(mark in text for mark in marks)
    settings: dict[str, FileValue] = {}
    for name, node, hidden in walk_named(root):
        if name not in settings:
            line = bisect_right(lines, _first(node))
            description = find_comment(text, node, marks) if has_comments and not hidden else ""
            settings[name] = FileValue(node.value, line, node.type, description, hidden, node.follows)
    return settings


def _first(node: ValueNode) -> int:
    return node.start if node.start >= 0 else min((_first(part) for _, part in node.children), default=0)


def find_line_starts(text: str) -> list[int]:
    """Returns the offset of the start of each line of `text`."""
    return [0, *(m.end() for m in re.finditer("\n", text))]


def get_line_number(text: str, at: int) -> int:
    """Returns the line of an offset, from 1."""
    return text.count("\n", 0, at) + 1


def find_comment(text: str, node: ValueNode, marks: tuple[str, ...]) -> str:
    """Returns the comment behind a value on its line; "" if there is none, or if it is meant for a tool."""
    is_line = node.start >= 0 and "\n" not in text[node.start : node.end]
    match = re.compile(_COMMENT).match(text, node.end) if is_line else None
    return match[2].rstrip(" \t") if match and match[1] in marks and not re.match(_FOR_TOOLS, match[2]) else ""


def walk_named(node: ValueNode, name: str = "", hidden: bool = False) -> Iterator[NamedNode]:
    """Yields all values with their full names.

    A list of plain values is one setting, and its items are hidden. Of a table, and of a list with tables, the parts
    are listed and the whole is hidden.
    """
    if node.kind == "table":
        if name and (node.start >= 0 or node.children):
            yield NamedNode(name, node, hidden or bool(node.children))
        inner = hidden
    else:
        has_tables = node.kind == "list" and _has_table(node)
        if name:
            yield NamedNode(name, node, hidden or has_tables)
        inner = hidden or not has_tables
    for key, part in node.children:
        yield from walk_named(part, f"{name}.{key}" if name else key, inner)


def _has_table(node: ValueNode) -> bool:
    items = node.value if isinstance(node.value, Sequence) and not isinstance(node.value, str) else ()
    return any(isinstance(i, Mapping) for i in items) or any(
        _has_table(p) for _, p in node.children if p.kind == "list"
    )


def replace_values(text: str, root: ValueNode, values: Mapping[str, JSONValue], write: FormatValue) -> str:
    """Returns the text with `values` formatted by `write`, and everything else unchanged.

    A value that is equal to the present one is left as it is written. Raises ConfigError for an unknown name, and for a
    value that is given both as a whole and in parts.
    """
    return apply_edits(text, build_edits(root, values, write))


def build_edits(root: ValueNode, values: Mapping[str, JSONValue], write: FormatValue) -> list[tuple[int, int, str]]:
    """Returns the edits (start, end, new text) that set `values`. Raises ConfigError for an unknown name."""
    known: dict[str, ValueNode] = {}
    for name, node, _ in walk_named(root):
        known.setdefault(name, node)
    edits: list[tuple[int, int, str]] = []
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"There is no value {name!r} in the file")
        edits += _edits(name, known[name], value, write)
    return edits


def _edits(name: str, node: ValueNode, value: JSONValue, write: FormatValue) -> Iterator[tuple[int, int, str]]:
    if is_same(node.value, value):
        return
    if node.kind == "list" and is_list(value) and len(value) == len(node.children):
        for (key, part), item in zip(node.children, value, strict=True):
            yield from _edits(f"{name}.{key}", part, item, write)
    elif node.kind == "table" and isinstance(value, Mapping) and _has_keys_of(value, node):
        for key, part in node.children:
            yield from _edits(f"{name}.{key}", part, value[key], write)
    elif node.start < 0:
        raise ConfigError(f"{name!r} cannot be set as a whole in this file", "Set its parts")
    else:
        yield node.start, node.end, write(value, node)


def _has_keys_of(value: Mapping[str, JSONValue], node: ValueNode) -> bool:
    """Returns whether the parts of a table can be set one by one: in the same order, unless it has no other way."""
    keys = [key for key, _ in node.children]
    return list(value) == keys or (node.start < 0 and set(value) == set(keys))


def is_list(value: JSONValue) -> TypeGuard[Sequence[JSONValue]]:
    """Returns whether the value is a list."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def is_same(one: JSONValue, other: JSONValue) -> bool:
    """Returns whether two values and their types are equal. NaN equals NaN."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(is_same(one[k], other[k]) for k in one)
    if is_list(one) and is_list(other):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


def apply_edits(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Returns the text with each `text[start:end]` of `edits` replaced. Raises ConfigError if two of them overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(edits):
        if start < at:
            raise ConfigError("A value is given both as a whole and in parts", "Give one of the two")
        parts += (text[at:start], new)
        at = end
    return "".join((*parts, text[at:]))


def decode_text(data: bytes) -> tuple[str, str]:
    """Returns UTF-8 text without its byte order mark, and the mark. Raises ConfigError with the line of other bytes."""
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"The file is not UTF-8 text (line {line})", "Save it as UTF-8") from None
    return (text[1:], BOM) if text.startswith(BOM) else (text, "")


def encode_text(text: str) -> bytes:
    """Returns the text as UTF-8. Raises ConfigError for a lone surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigError("A value has characters that the file cannot hold", "Write them whole") from None
