"""Typed reads of parsed JSON that may be damaged or foreign: a value of another type reads as empty."""

from collections.abc import Mapping

from gage.types.values import JSONValue


def as_table(value: JSONValue) -> Mapping[str, JSONValue]:
    """Returns the object, {} for a value of another type."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: JSONValue) -> list[JSONValue]:
    """Returns the list, [] for a value of another type."""
    return value if isinstance(value, list) else []
