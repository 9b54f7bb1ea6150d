"""Parses lists and mappings in arguments, written as YAML on one line: `[64, 32]`, `{a: 1}`."""

from gage.assignments.parse import AssignedValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def parse_inline_value(text: str) -> JSONValue:
    """Returns the list or mapping that `text` is, or None."""
    from gage.formats import yaml

    if "\n" in text:
        return None
    try:
        place = yaml.parse(text)
    except ConfigError:
        return None
    return place.value if place.kind != "value" and place.end == len(text.rstrip()) else None


def parse_inline_items(text: str) -> list[AssignedValue] | None:
    """Returns the items of the list that `text` is, each with its own text, or None."""
    from gage.formats import yaml

    if parse_inline_value(text) is None:
        return None
    place = yaml.parse(text)
    return [
        AssignedValue(p.value, p.value if isinstance(p.value, str) else text[p.start : p.end])
        for _, p in place.children
    ]
