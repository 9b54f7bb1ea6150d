"""A value as one word, as the kind of parser that reads the word wants it. Knows no options."""

import re
from collections.abc import Callable, Mapping, Sequence

from gage.types.errors import ConfigError
from gage.types.values import JSONValue

INF = float("inf")
_BARE = re.compile(r"[A-Za-z_/.:+~\-][\w/.:+~@%\- ]*")
"""Text that Hydra takes as text without quotes, if it means nothing else."""


def format_value(parser: str, kind: str, value: JSONValue) -> str:
    """`value` for a parameter of type `kind` ("" = not known) of a program that reads words with `parser`."""
    return _SPELLINGS.get(parser, _plain)(kind, value)


def _plain(kind: str, value: JSONValue) -> str:
    """Text as it is, anything else as Python shows it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float) and kind == "int" and value.is_integer():
        return str(int(value))
    return repr(value) if isinstance(value, (int, float)) else _json(value)


def _json(value: JSONValue) -> str:
    import json

    return json.dumps(value)


def _yaml(_kind: str, value: JSONValue) -> str:
    """For parsers that read a word as YAML; text by itself is left as it is."""
    match value:
        case str():
            return value
        case float() if value != value or value in (INF, -INF):
            return repr(value).replace("nan", ".nan").replace("inf", ".inf")
        case float():
            return _with_point(repr(value))
        case Mapping():
            return "{" + ", ".join(f"{_json(k)}: {_in_yaml(v)}" for k, v in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(_in_yaml(v) for v in value) + "]"
    return _json(value)


def _in_yaml(value: JSONValue) -> str:
    return _json(value) if isinstance(value, str) else _yaml("", value)


def _with_point(number: str) -> str:
    """YAML 1.1 takes `1e-05` for text, and `1.0e-05` for a number."""
    return number if "e" not in number or "." in number else number.replace("e", ".0e")


def _python(kind: str, value: JSONValue) -> str:
    """For Fire, which reads a word as a Python literal where it is one: text that looks like one is quoted."""
    if not isinstance(value, str):
        return _literal(value)
    import ast

    if kind not in ("", "str"):
        return value
    try:
        ast.parse(value, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return value
    return value if value.isidentifier() and value not in ("True", "False", "None") else repr(value)


def _literal(value: JSONValue) -> str:
    match value:
        case float() if value != value:
            raise ConfigError("Fire has no way to write nan on a command line")
        case float() if value in (INF, -INF):
            return "1e999" if value > 0 else "-1e999"
        case str() | bool() | int() | float() | None:
            return repr(value)
        case Mapping():
            return "{" + ", ".join(f"{k!r}: {_literal(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(_literal(v) for v in value) + "]"


def _hydra(kind: str, value: JSONValue) -> str:
    """Hydra's grammar for the right side of an override."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _hydra_text(value)
        case Mapping():
            return "{" + ",".join(f"{_hydra_text(k)}:{_hydra('', v)}" for k, v in value.items()) + "}"
    return "[" + ",".join(_hydra("", v) for v in value) + "]"


def _hydra_text(value: str) -> str:
    from gage.lib.yaml_scalars import parse_scalar

    if _BARE.fullmatch(value) and value == value.strip() and parse_scalar(value) == value and not _is_number(value):
        return value
    if value.endswith("\\"):
        raise ConfigError(f"Hydra has no way to write {value!r}", "Leave out the backslash at the end")
    return "'" + re.sub(r"(\\*)'", r"\1\1\\'", value) + "'"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _omegaconf(_kind: str, value: JSONValue) -> str:
    """For OmegaConf, which reads every word as YAML 1.1, text too."""
    from gage.formats.yaml import format_value

    return format_value(value)


_SPELLINGS: Mapping[str, Callable[[str, JSONValue], str]] = {
    "jsonargparse": _yaml,
    "LightningCLI": _yaml,
    "fire": _python,
    "hydra": _hydra,
    "omegaconf": _omegaconf,
}
"""How a parser wants its words, where that is not just as one types them."""
