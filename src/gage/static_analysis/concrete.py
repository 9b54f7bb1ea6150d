"""What things are when they are known: plain values, the items of lists, the members of enumerations."""

from collections.abc import Iterable

from gage.static_analysis.abstract_values import Class, Const, Items, Made, Table, Thing, plain
from gage.types.values import JSONValue, Scalar

MOST = 1_000
"""Items of a list, or characters of a text, that something may come to."""


def items_of(thing: Thing) -> Iterable[Thing]:
    """What going over a thing gives. Raises ValueError when that is not known."""
    match thing:
        case Items(items=items):
            return list(items)
        case Table(items=table):
            return [Const(k) for k in table]
        case Const(value=str(text)) if len(text) <= MOST:
            return [Const(c) for c in text]
        case Class() if is_enum(thing):
            return members_of(thing)
    raise ValueError("not known")


def is_enum(thing: Thing) -> bool:
    """Whether a class is an enumeration."""
    return isinstance(thing, Class) and any("Enum" in name.rpartition(".")[2] for name in thing.foreign())


def members_of(enum: Class) -> list[Thing]:
    """The members of an enumeration, in their order."""
    return [member(enum, name, value) for name, value in enum.names.items() if _is_member(name, value)]


def member(enum: Class, name: str, value: Thing) -> Thing:
    """One member of an enumeration."""
    if isinstance(value, Made) and value.name == "enum.auto":
        kinds = enum.foreign()
        names = [n for n, v in enum.names.items() if _is_member(n, v)]
        is_text = any(k.endswith("StrEnum") for k in kinds)
        value = Const(name.lower() if is_text else names.index(name) + 1)
    return Made("enum member", [Const(name), value], {}, enum)


def _is_member(name: str, value: Thing) -> bool:
    return not name.startswith("_") and (isinstance(value, (Const, Items)) or getattr(value, "name", "") == "enum.auto")


def text(thing: Thing) -> str:
    """The text that a thing is. Raises ValueError for others."""
    value = plain(thing)
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def scalar(thing: Thing) -> Scalar:
    """The plain value that a thing is, no list or table. Raises ValueError for others."""
    return scalar_of(plain(thing))


def scalar_of(value: JSONValue) -> Scalar:
    """The value itself, if it is no list or table. Raises ValueError for those."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError("no plain value")


def number(thing: Thing) -> float:
    """The number that a thing is. Raises ValueError for others."""
    value = plain(thing)
    if not isinstance(value, (int, float)):
        raise ValueError("no number")
    return value


def whole(thing: Thing) -> int:
    """The whole number that a thing is. Raises ValueError for others, and for very large ones."""
    value = plain(thing)
    if not isinstance(value, int) or abs(value) > 1 << 40:
        raise ValueError("no number")
    return value


def small(text: str) -> str:
    """The text itself. Raises ValueError when it is very long."""
    if len(text) > 10 * MOST:
        raise ValueError("too long")
    return text
