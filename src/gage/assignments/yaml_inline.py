"""Lists and tables in the words of a command line: `[64, 32]`, `{a: 1}`, as YAML writes them on one line."""

from gage.assignments.parse import AssignedValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def parse_inline_value(text: str) -> JSONValue:
    """The list or table that `text` says; None when it says none."""
    from gage.formats import yaml

    if "\n" in text:
        return None
    try:
        place = yaml.parse(text)
    except ConfigError:
        return None
    return place.value if place.kind != "value" and place.end == len(text.rstrip()) else None


def parse_inline_items(text: str) -> list[AssignedValue] | None:
    """The items of the list that `text` says, each with its own text; None when it says none."""
    from gage.formats import yaml

    if parse_inline_value(text) is None:
        return None
    place = yaml.parse(text)
    return [
        AssignedValue(p.value, p.value if isinstance(p.value, str) else text[p.start : p.end])
        for _, p in place.children
    ]
