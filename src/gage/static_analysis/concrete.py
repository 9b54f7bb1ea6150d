"""What things are when they are known: plain values, the items of lists, the members of enumerations."""

from collections.abc import Iterable

from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    Constant,
    DictValue,
    LibraryCall,
    ListValue,
    to_json,
)
from gage.types.values import JSONValue, Scalar

MAX_ITEMS = 1_000
"""Items of a list, or characters of a text, that something may come to."""


def list_items(thing: AbstractValue) -> Iterable[AbstractValue]:
    """What going over a thing gives. Raises ValueError when that is not known."""
    match thing:
        case ListValue(items=items):
            return list(items)
        case DictValue(items=table):
            return [Constant(k) for k in table]
        case Constant(value=str(text)) if len(text) <= MAX_ITEMS:
            return [Constant(c) for c in text]
        case Class() if is_enum(thing):
            return list_enum_members(thing)
    raise ValueError("not known")


def is_enum(thing: AbstractValue) -> bool:
    """Whether a class is an enumeration."""
    return isinstance(thing, Class) and any("Enum" in name.rpartition(".")[2] for name in thing.library_bases())


def list_enum_members(enum: Class) -> list[AbstractValue]:
    """The members of an enumeration, in their order."""
    return [build_enum_member(enum, name, value) for name, value in enum.names.items() if _is_member(name, value)]


def build_enum_member(enum: Class, name: str, value: AbstractValue) -> AbstractValue:
    """One member of an enumeration."""
    if isinstance(value, LibraryCall) and value.name == "enum.auto":
        kinds = enum.library_bases()
        names = [n for n, v in enum.names.items() if _is_member(n, v)]
        is_text = any(k.endswith("StrEnum") for k in kinds)
        value = Constant(name.lower() if is_text else names.index(name) + 1)
    return LibraryCall("enum member", [Constant(name), value], {}, enum)


def _is_member(name: str, value: AbstractValue) -> bool:
    return not name.startswith("_") and (
        isinstance(value, (Constant, ListValue)) or getattr(value, "name", "") == "enum.auto"
    )


def to_text(thing: AbstractValue) -> str:
    """The text that a thing is. Raises ValueError for others."""
    value = to_json(thing)
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def to_scalar(thing: AbstractValue) -> Scalar:
    """The plain value that a thing is, no list or table. Raises ValueError for others."""
    return require_scalar(to_json(thing))


def require_scalar(value: JSONValue) -> Scalar:
    """The value itself, if it is no list or table. Raises ValueError for those."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError("no plain value")


def to_number(thing: AbstractValue) -> float:
    """The number that a thing is. Raises ValueError for others."""
    value = to_json(thing)
    if not isinstance(value, (int, float)):
        raise ValueError("no number")
    return value


def to_int(thing: AbstractValue) -> int:
    """The whole number that a thing is. Raises ValueError for others, and for very large ones."""
    value = to_json(thing)
    if not isinstance(value, int) or abs(value) > 1 << 40:
        raise ValueError("no number")
    return value


def require_short(text: str) -> str:
    """The text itself. Raises ValueError when it is very long."""
    if len(text) > 10 * MAX_ITEMS:
        raise ValueError("too long")
    return text
