"""Values as jsonargparse and LightningCLI read them: an argument is YAML 1.1, but text by itself is plain."""

import json
from collections.abc import Mapping, Sequence

from gage.types.values import JSONValue

_INFINITY = float("inf")


def format_value(_type_name: str, value: JSONValue) -> str:
    """Returns the argument for a value."""
    return value if isinstance(value, str) else _format_yaml(value)


def _format_yaml(value: JSONValue) -> str:
    match value:
        case float() if value != value or value in (_INFINITY, -_INFINITY):
            return repr(value).replace("nan", ".nan").replace("inf", ".inf")
        case float():
            text = repr(value)
            return text.replace("e", ".0e") if "." not in text else text  # YAML 1.1 takes `1e-05` for text
        case Mapping():
            return "{" + ", ".join(f"{json.dumps(k)}: {_format_yaml(v)}" for k, v in value.items()) + "}"
        case Sequence() if not isinstance(value, str):
            return "[" + ", ".join(map(_format_yaml, value)) + "]"
    return json.dumps(value)
