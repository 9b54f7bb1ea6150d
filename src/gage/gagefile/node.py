"""A parsed file with the place of every key and value. Knows nothing of what the values mean."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gage.types.opdef import Diagnostic, Span
from gage.types.values import JSONValue


class Leaf(NamedTuple):
    """A value without parts. `kind` is "text", "number", "flag", "null" or "date"; `value` is text for a date."""

    value: bool | int | float | str | None
    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    span: Span
    kind: str = "list"


class Entry(NamedTuple):
    """One `key = value` of a table."""

    key: str
    key_span: Span
    node: "Node"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; keys are unique, in the order of the file."""

    entries: tuple[Entry, ...]
    span: Span
    kind: str = "table"

    def get(self, key: str) -> "Node | None":
        """The value of `key`, None where it is missing."""
        return next((e.node for e in self.entries if e.key == key), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


Node = Leaf | Items | Table


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text after parsing: its top table (None when nothing could be read) and what is wrong with it. `broken` are
    the keys of the top table that something was left out of.
    """

    root: Table | None
    faults: tuple[Diagnostic, ...] = ()
    broken: frozenset[str] = frozenset()


def plain(node: Node) -> JSONValue:
    """The value without positions."""
    if isinstance(node, Table):
        return {e.key: plain(e.node) for e in node}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return node.value


def plain_table(table: Table) -> Mapping[str, JSONValue]:
    """The values of a table without positions."""
    return {e.key: plain(e.node) for e in table}


def place(node: Node, path: Iterable[str | int]) -> Span:
    """Where the part of `node` stands that a path of keys and list positions leads to."""
    for step in path:
        if isinstance(node, Table) and isinstance(step, str):
            node = node.get(step) or node
        elif isinstance(node, Items) and isinstance(step, int):
            node = node.items[step]
    return node.span


def leaf(value: object, span: Span) -> Leaf:
    """A leaf of the right kind for a Python value; a date or time becomes its ISO text."""
    if value is None:
        return Leaf(None, "null", span)
    if isinstance(value, bool):
        return Leaf(value, "flag", span)
    if isinstance(value, (int, float)):
        return Leaf(value, "number", span)
    if isinstance(value, str):
        return Leaf(value, "text", span)
    return Leaf(str(value), "date", span)
