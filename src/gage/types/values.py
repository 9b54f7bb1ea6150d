"""Values of config, attributes and JSON files."""

from collections.abc import Mapping, Sequence

TYPE_NAMES = {
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
    type(None): "null",
}
"""Type → its name in messages."""

Scalar = None | bool | int | float | str
JSONValue = Scalar | Sequence["JSONValue"] | Mapping[str, "JSONValue"]
"""Any JSON value. Lists and objects are read-only."""
