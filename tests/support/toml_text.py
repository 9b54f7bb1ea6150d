"""Formats generated data as TOML, to test the parser of Gage files."""

import json
from collections.abc import Mapping


def format_toml(data: Mapping[str, object]) -> str:
    """Returns the data as TOML, a line for each key. Raises ValueError if it contains null."""
    return "".join(f"{quote_toml(key)} = {_format_value(value)}\n" for key, value in data.items())


def quote_toml(text: str) -> str:
    """Returns the text as a TOML string or quoted key."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _format_value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quote_toml(value)
        case int() | float():
            return repr(value)
        case list():
            return "[" + ", ".join(map(_format_value, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{quote_toml(key)} = {_format_value(item)}" for key, item in value.items()) + "}"
        case _:
            raise ValueError("TOML has no null")
