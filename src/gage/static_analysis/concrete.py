"""Concrete Python values of abstract ones: scalars, items of lists, members of enumerations."""

from collections.abc import Iterable

from gage.static_analysis import abstract_values as av
from gage.types.values import JSONValue, Scalar

MAX_ITEMS = 1_000
"""Items of a list, or characters of a text, that a computed value may have."""


def list_items(value: av.AbstractValue) -> Iterable[av.AbstractValue]:
    """Returns the items of an iterable. Raises ValueError if they are not known."""
    match value:
        case av.ListValue(items=items):
            return list(items)
        case av.DictValue(items=table):
            return [av.Constant(k) for k in table]
        case av.Constant(value=str(text)) if len(text) <= MAX_ITEMS:
            return [av.Constant(c) for c in text]
        case av.Class() if is_enum(value):
            return list_enum_members(value)
    raise ValueError("not known")


def is_enum(value: av.AbstractValue) -> bool:
    """Returns whether a value is an enumeration class."""
    return isinstance(value, av.Class) and any("Enum" in name.rpartition(".")[2] for name in value.library_bases())


def list_enum_members(enum: av.Class) -> list[av.AbstractValue]:
    """Returns the members of an enumeration in order."""
    return [build_enum_member(enum, name, value) for name, value in enum.names.items() if _is_member(name, value)]


def build_enum_member(enum: av.Class, name: str, value: av.AbstractValue) -> av.AbstractValue:
    """Returns a member of an enumeration: a LibraryCall with its name and value as arguments."""
    if isinstance(value, av.LibraryCall) and value.name == "enum.auto":
        types = enum.library_bases()
        names = [n for n, v in enum.names.items() if _is_member(n, v)]
        is_text = any(k.endswith("StrEnum") for k in types)
        value = av.Constant(name.lower() if is_text else names.index(name) + 1)
    return av.LibraryCall("enum member", [av.Constant(name), value], {}, enum)


def _is_member(name: str, value: av.AbstractValue) -> bool:
    return not name.startswith("_") and (
        isinstance(value, (av.Constant, av.ListValue)) or getattr(value, "name", "") == "enum.auto"
    )


def to_text(result: av.AbstractValue) -> str:
    """Returns a known string. Raises ValueError for any other value."""
    value = av.to_json(result)
    if not isinstance(value, str):
        raise ValueError("expected a string")
    return value


def to_scalar(value: av.AbstractValue) -> Scalar:
    """Returns a known scalar. Raises ValueError for any other value."""
    return require_scalar(av.to_json(value))


def require_scalar(value: JSONValue) -> Scalar:
    """Returns the value if it is a scalar. Raises ValueError for a list or dict."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError("expected a scalar")


def to_number(result: av.AbstractValue) -> float:
    """Returns a known number. Raises ValueError for any other value."""
    value = av.to_json(result)
    if not isinstance(value, (int, float)):
        raise ValueError("expected a number")
    return value


def to_int(result: av.AbstractValue) -> int:
    """Returns a known integer. Raises ValueError for any other value, and beyond 2**40."""
    value = av.to_json(result)
    if not isinstance(value, int) or abs(value) > 1 << 40:
        raise ValueError("expected a number")
    return value


def require_short(text: str) -> str:
    """Returns the text. Raises ValueError if it is longer than 10,000 characters."""
    if len(text) > 10 * MAX_ITEMS:
        raise ValueError("too long")
    return text
