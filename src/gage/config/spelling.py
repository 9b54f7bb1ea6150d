"""A value as one word, as the kind of parser that reads the word wants it. Knows no options."""

import re
from collections.abc import Callable, Mapping, Sequence

from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_BARE = re.compile(r"[A-Za-z_/.:+~\-][\w/.:+~@%\- ]*")
"""Text that Hydra takes as text without quotes, if it means nothing else."""


def word(parser: str, kind: str, value: JSONValue) -> str:
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


def _yaml(kind: str, value: JSONValue) -> str:
    """For parsers that read a word as YAML; text of an option that takes text is left as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
        return repr(value) if kind == "float" else "." + repr(value) if value >= 0 or value != value else "-.inf"
    return _json(value)


def _python(kind: str, value: JSONValue) -> str:
    """For Fire, which reads a word as a Python literal where it is one: text that looks like one is quoted."""
    if not isinstance(value, str):
        return repr(_builtin(value))
    import ast

    if kind not in ("", "str"):
        return value
    try:
        ast.parse(value, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return value
    return value if value.isidentifier() and value not in ("True", "False", "None") else repr(value)


def _builtin(value: JSONValue) -> object:
    if isinstance(value, Mapping):
        return {k: _builtin(v) for k, v in value.items()}
    return [_builtin(v) for v in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


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
    from gage.lib.scalars import scalar

    if _BARE.fullmatch(value) and value == value.strip() and scalar(value) == value and not _is_number(value):
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


_SPELLINGS: Mapping[str, Callable[[str, JSONValue], str]] = {
    "jsonargparse": _yaml,
    "LightningCLI": _yaml,
    "fire": _python,
    "hydra": _hydra,
}
"""How a parser wants its words, where that is not just as one types them."""
