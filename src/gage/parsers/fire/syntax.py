"""Values as Fire reads them: an argument is a Python literal where it can be one, else text."""

from collections.abc import Mapping

from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_INFINITY = float("inf")


def format_value(type_name: str, value: JSONValue) -> str:
    """Returns the argument for a value; text that looks like a literal is quoted. Raises ConfigError for NaN."""
    if not isinstance(value, str):
        return _format_literal(value)
    import ast

    if type_name not in ("", "str"):
        return value
    try:
        ast.parse(value, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return value
    return value if value.isidentifier() and value not in ("True", "False", "None") else repr(value)


def _format_literal(value: JSONValue) -> str:
    match value:
        case float() if value != value:
            raise ConfigError("Fire cannot read nan from the command line")
        case float() if value in (_INFINITY, -_INFINITY):
            return "1e999" if value > 0 else "-1e999"
        case str() | bool() | int() | float() | None:
            return repr(value)
        case Mapping():
            return "{" + ", ".join(f"{k!r}: {_format_literal(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(_format_literal(v) for v in value) + "]"
