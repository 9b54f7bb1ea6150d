"""Builds the arguments that set one option. Rejects values that the option cannot express."""

import re

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.parser_table import find_definition
from gage.parsers.value_syntax import as_items, format_arg, format_args, format_value, is_multiple
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_NEGATIVE_NUMBER = re.compile(r"-\d+|-\d*\.\d+")
"""What argparse reads as a number and not as an option: `-1`, `-.5`."""
_YES = ("yes", "on", "true")


def build_option_args(spec: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """Returns the arguments that set the option to `value`. Raises ConfigError when none do."""
    match p.action:
        case "store_true" | "store_false" | "store_const":
            return _build_flag(p, value)
        case "switch":
            return _build_switch(p, bool(value))
        case "append_const" if isinstance(value, bool):
            return _build_flag(p, value)
        case "append_const":
            return [p.flag] * sum(str(v) == str(p.const) for v in as_items(value))
        case "count":
            return _build_count(p, value)
        case "append" | "extend":
            return _build_repeated(spec, p, value)
    if value is None and spec.parser != "fire" and format_value(spec.parser, p.type, None) == "None":
        if p.default is None:
            return []
        raise ConfigError(f"{p.name} cannot be set to null: its default is {_show(p.default)}")
    if p.nargs == "?" and value is not None:
        return _build_optional(spec, p, value)
    if is_multiple(p):
        return _build_several(spec, p, value)
    return _build_one(spec, p, format_arg(spec, p, value))


def _build_optional(spec: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """Returns an option that may have a value, without it where that means the same."""
    is_bool = isinstance(value, bool)
    if value == p.const and is_bool == isinstance(p.const, bool):
        return [p.flag]
    if is_bool and isinstance(p.const, bool) and not p.type:
        return _build_flag(p, value)  # as an argument it would be text
    return _build_one(spec, p, format_arg(spec, p, value))


def _build_flag(p: Parameter, value: JSONValue) -> list[str]:
    """Returns the flag, or nothing where the value is the default."""
    is_const = p.action == "store_const"
    effect = p.const if is_const and p.const is not None else p.action != "store_false"
    if is_const and str(value).lower() in _YES:
        value = True
    if value == effect or (is_const and value is True):
        return [p.flag]
    default = p.default if p.default is not None or is_const else not effect
    if value == default or (is_const and value is False and default != effect):
        return []
    if isinstance(default, bool) and isinstance(effect, bool):
        states = {True: "on", False: "off"}
        reason = f"it is {states[default]} by default and {p.flag} can only turn it {states[effect]}"
    else:
        reason = f"it is {_show(default)} by default and {p.flag} can only set it to {_show(effect)}"
    raise ConfigError(f"{p.name} cannot be set to {_show(value)}: {reason}", f"Change {p.flag} in the program")


def _show(value: JSONValue) -> str:
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)


def _build_switch(p: Parameter, value: bool) -> list[str]:
    if value:
        return [p.flag] if p.flag else []
    if p.off_flags:
        return [next((f for f in p.off_flags if f.startswith("--")), p.off_flags[0])]
    return _build_flag(p, value)


def _build_count(p: Parameter, value: JSONValue) -> list[str]:
    """Returns a flag that counts up from its default."""
    default = p.default if isinstance(p.default, int) else 0
    if not isinstance(value, int) or value < default:
        raise ConfigError(f"{p.name} cannot be set to {_show(value)}: {p.flag} counts up from {default}")
    return [p.flag] * (value - default)


def _build_repeated(spec: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """Returns an option once for each item; argparse adds the items to the default."""
    items = list(as_items(value))
    if p.default is not None and not find_definition(spec.parser).replaces_default:
        default = list(as_items(p.default))
        if items[: len(default)] != default:
            raise ConfigError(
                f"{p.name} cannot be set to {_show(items)}: {p.flag} adds to its default {_show(default)}",
                f"Change the default of {p.flag} in the program",
            )
        items = items[len(default) :]
    if not is_multiple(p):
        return [arg for item in items for arg in _build_one(spec, p, format_arg(spec, p, item))]
    if p.action == "extend":
        return _build_several(spec, p, items) if items else []
    return [arg for item in items for arg in _build_several(spec, p, item)]


def _build_several(spec: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """Returns an option followed by all its values."""
    items = format_args(spec, p, value)
    if p.nargs.isdigit() and len(items) != int(p.nargs):
        raise ConfigError(f"{p.name} takes {p.nargs} values, got {len(items)}")
    if not items and p.nargs == "+":
        raise ConfigError(f"{p.name} takes at least one value")
    if find_definition(spec.parser).takes_dashed_values:
        return [p.flag, *items]
    if len(items) == 1:
        return _build_one(spec, p, items[0])
    for item in items:
        if _is_like_option(spec, item):
            raise ConfigError(f"{item} cannot be one of several values of {p.flag}: the program reads it as an option")
    return [p.flag, *items]


def _is_like_option(spec: ParserSpec, text: str) -> bool:
    if text.startswith(tuple(spec.file_prefix_chars)):
        return True
    is_number = _NEGATIVE_NUMBER.fullmatch(text) is not None and not spec.has_negative_options
    return text.startswith("-") and len(text) > 1 and not is_number and " " not in text


def _build_one(spec: ParserSpec, p: Parameter, text: str) -> list[str]:
    """Returns an option and its value: one argument where the parser takes that, since the value may begin with `-`."""
    is_short = len(p.flag) == 2 and find_definition(spec.parser).takes_dashed_values
    return [p.flag, text] if is_short or spec.option_style == "separate" else [f"{p.flag}={text}"]
