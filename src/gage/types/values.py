"""Values of config, attributes and JSON files."""

import json
from collections.abc import Iterable, Mapping, Sequence
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


MAX_INTEGER = 2**63 - 1
"""The largest integer that SQLite stores."""

Comparable = int | float | str
"""A value in the normal form in which filters compare values and the index stores them."""


def normalize_value(value: JSONValue) -> Comparable:
    """Returns the normal form of `value`. NaN is the text `nan`."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = -MAX_INTEGER <= value <= MAX_INTEGER if isinstance(value, int) else value == value
        return value if fits else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean_text(_encode_text(value))


def is_same_value(a: JSONValue, b: JSONValue) -> bool:
    """Returns whether two values are the same: 1 and 1.0 are, and NaN and NaN; 1, true and "1" are not."""
    if a is b or isinstance(a, str) or isinstance(b, str):
        return a is b or a == b
    return normalize_value(a) == normalize_value(b)


def clean_text(text: str) -> str:
    """Returns `text` with lone surrogates, which UTF-8 cannot encode, escaped."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


JOINERS = "\u200c\u200d"
"""Formatting characters that some scripts need."""


def escape(text: str) -> str:
    """Returns text that cannot control a terminal, on one line: control and formatting characters are escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in JOINERS else _escape_char(c) for c in text)


def _escape_char(c: str) -> str:
    if c.isspace() and ord(c) > 0x9F and c not in "\u2028\u2029":
        return " "
    return c.encode("unicode_escape").decode() if not "\ud800" <= c <= "\udfff" else f"\\x{ord(c) & 0xFF:02x}"


def convert_view(value: object) -> object:
    """Returns a read-only view as a dict or list, which `json` can write; another value as text."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Iterable) else str(value)


_encode_text = json.JSONEncoder(separators=(",", ":"), default=convert_view, ensure_ascii=False).encode
