"""Parses lists and mappings in arguments, written as YAML on one line: `[64, 32]`, `{a: 1}`."""

from typing import TYPE_CHECKING

from gage.assignments.parse import AssignedValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.formats.spans import ValueNode


def parse_inline_value(text: str) -> JSONValue:
    """Returns the list or mapping that `text` is, or None."""
    node = _parse_node(text)
    return node.value if node else None


def parse_inline_items(text: str) -> list[AssignedValue] | None:
    """Returns the items of the list that `text` is, each with its own text, or None."""
    node = _parse_node(text)
    return node and [
        AssignedValue(item.value, item.value if isinstance(item.value, str) else text[item.start : item.end])
        for _, item in node.children
    ]


def _parse_node(text: str) -> "ValueNode | None":
    from gage.formats import yaml

    try:
        node = yaml.parse(text)
    except ConfigError:
        return None
    is_inline = node.kind != "value" and node.end == len(text.rstrip()) and "\n" not in text
    return node if is_inline else None
