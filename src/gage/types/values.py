"""Values of config, attributes and JSON files."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

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


NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": -float("inf")}
"""Texts that stand for numbers which JSON does not have."""


def replace_non_finite(value: JSONValue) -> JSONValue:
    """Returns a value with a text of `NON_FINITE` for each number that JSON does not have."""
    if isinstance(value, float) and value - value != 0:
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: replace_non_finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [replace_non_finite(item) for item in value]
    return value


def as_table(value: JSONValue) -> Mapping[str, JSONValue]:
    """Returns an object of JSON that may be damaged or foreign, {} for a value of another type."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: JSONValue) -> list[JSONValue]:
    """Returns a list of JSON that may be damaged or foreign, [] for a value of another type."""
    return value if isinstance(value, list) else []


class ConfigValue(NamedTuple):
    """One config value of the run. `default` is the program's own value; `set_by_user` tells an explicit value.

    `target` is where the value goes: "file" (`location` = `train.py#lr`), "argument" (`location` = `--lr`, or the name
    of a positional), "env" (`location` = variable) or "name" (only `{name}` and FLAG_NAME).
    """

    name: str
    value: JSONValue
    default: JSONValue
    set_by_user: bool
    target: Literal["file", "argument", "env", "name"]
    location: str
    description: str = ""
    choices: tuple[JSONValue, ...] = ()
