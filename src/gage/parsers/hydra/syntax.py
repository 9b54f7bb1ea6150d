"""Values in Hydra's grammar, as on the right side of an override: `lr=0.1`."""

import re
from collections.abc import Mapping

from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_UNQUOTED = re.compile(r"[A-Za-z_/.:+~\-][\w/.:+~@%\- ]*")
"""Text that Hydra takes as text without quotes, unless it means something else: `runs/a-1`."""


def format_value(_type_name: str, value: JSONValue) -> str:
    """Returns the argument for a value. Raises ConfigError for text with a backslash at its end."""
    return _format(value)


def _format(value: JSONValue) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _format_text(value)
        case Mapping():
            return "{" + ",".join(f"{_format_text(k)}:{_format(v)}" for k, v in value.items()) + "}"
    return "[" + ",".join(map(_format, value)) + "]"


def _format_text(value: str) -> str:
    from gage.lib.yaml_scalars import parse_scalar

    if _UNQUOTED.fullmatch(value) and value == value.strip() and parse_scalar(value) == value and not _is_number(value):
        return value
    if value.endswith("\\"):
        raise ConfigError(f"Hydra cannot read {value!r} from the command line", "Remove the backslash at the end")
    return "'" + re.sub(r"(\\*)'", r"\1\1\\'", value) + "'"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
