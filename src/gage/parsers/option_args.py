"""One option and its value as words of a command line; a value that no words can give is refused."""

import re
from collections.abc import Sequence

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.value_syntax import format_value
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_NEGATIVE = re.compile(r"-\d+|-\d*\.\d+")
"""What argparse takes for a negative number and not for an option."""
TAKES_ANY = ("click", "typer", "docopt", "absl", "fire", "optparse")
"""Parsers that take the word behind an option as its value, whatever it looks like."""
_YES = ("yes", "on", "true")
_REPLACING = ("click", "typer", "absl", "docopt")
"""Parsers that forget the default of an option that can be repeated as soon as it is given once."""


def build_option_args(program: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """The words that give `value` to the option. Raises ConfigError when there are none."""
    match p.action:
        case "store_true" | "store_false" | "store_const":
            return _flag(p, value)
        case "switch":
            return _switch(p, bool(value))
        case "append_const":
            return (
                _flag(p, bool(value))
                if isinstance(value, bool)
                else [p.flag] * sum(str(v) == str(p.const) for v in as_items(value))
            )
        case "count":
            return _count(p, value)
        case "append" | "extend":
            return _appended(program, p, value)
    if value is None and format_value(program.parser, p.type, None) == "None" and program.parser != "fire":
        return _unset(p)
    if (
        p.nargs == "?"
        and value is not None
        and value == p.const
        and isinstance(value, bool) == isinstance(p.const, bool)
    ):
        return [p.flag]
    if p.nargs == "?" and isinstance(value, bool) and isinstance(p.const, bool) and not p.type:
        return _flag(p, value)  # as a word it would be text
    if takes_many(p):
        return _several(program, p, value)
    return _valued(program, p, format_arg(program, p, value))


def _flag(p: Parameter, value: JSONValue) -> list[str]:
    """A flag that is there or not. Raises ConfigError when neither gives the value."""
    when = p.const if p.action == "store_const" and p.const is not None else p.action != "store_false"
    if p.action == "store_const" and str(value).lower() in _YES:
        value = True
    is_on = value == when or (p.action == "store_const" and value is True)
    if is_on:
        return [p.flag]
    usual = p.default if p.default is not None or p.action == "store_const" else not when
    if value == usual or (p.action == "store_const" and value is False and usual != when):
        return []
    raise ConfigError(
        f"{p.name} is {_shown(usual)} if nothing is said, and {p.flag} makes it {_shown(when)}: "
        f"the program has no word for {_shown(value)}",
        f"Change what the program makes of {p.flag}",
    )


def _shown(value: JSONValue) -> str:
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)


def _switch(p: Parameter, value: bool) -> list[str]:
    if value:
        return [p.flag] if p.flag else []
    if p.off_flags:
        return [next((f for f in p.off_flags if f.startswith("--")), p.off_flags[0])]
    return _flag(p, value)


def _count(p: Parameter, value: JSONValue) -> list[str]:
    """A flag that counts on from its default."""
    usual = p.default if isinstance(p.default, int) else 0
    if not isinstance(value, int) or value < usual:
        raise ConfigError(f"{p.flag} counts up from {usual}: the program has no word for {_shown(value)}")
    return [p.flag] * (value - usual)


def _appended(program: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """An option that is there once for each item; argparse keeps what is there by default."""
    items = list(as_items(value))
    usual = list(as_items(p.default)) if p.default is not None and program.parser not in _REPLACING else []
    if items[: len(usual)] != usual:
        raise ConfigError(
            f"{p.flag} adds to {_shown(usual)}, which is always there: the program has no word for {_shown(items)}",
            f"Change the default of {p.flag} in the program",
        )
    items = items[len(usual) :]
    if p.action == "extend" and takes_many(p):
        return _several(program, p, items) if items else []
    if takes_many(p):
        return [w for item in items for w in _several(program, p, item)]
    return [w for item in items for w in _valued(program, p, format_arg(program, p, item))]


def _several(program: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """An option with all its values behind it."""
    items = format_args(program, p, value)
    if p.nargs.isdigit() and len(items) != int(p.nargs):
        raise ConfigError(f"{p.name} takes {p.nargs} values, got {len(items)}")
    if not items and p.nargs == "+":
        raise ConfigError(f"{p.name} takes at least one value")
    if len(items) == 1 and program.parser not in TAKES_ANY:
        return _valued(program, p, items[0])
    if program.parser in TAKES_ANY:
        return [p.flag, *items]
    if wrong := next((w for w in items if _is_like_option(program, w)), ""):
        raise ConfigError(f"{wrong} cannot be one of several values of {p.flag}: the program takes it for an option")
    return [p.flag, *items]


def _is_like_option(program: ParserSpec, text: str) -> bool:
    if text.startswith(tuple(program.file_prefix_chars)):
        return True
    is_number = _NEGATIVE.fullmatch(text) is not None and not program.has_negative_options
    return text.startswith("-") and len(text) > 1 and not is_number and " " not in text


def _valued(program: ParserSpec, p: Parameter, text: str) -> list[str]:
    """An option and its value: one word where the parser takes that, so that a dash in front of it does no harm."""
    flag = p.flag
    if len(flag) == 2 and program.parser in TAKES_ANY:
        return [flag, text]
    return [flag, text] if program.option_style == "separate" else [f"{flag}={text}"]


def _unset(p: Parameter) -> list[str]:
    if p.default is None:
        return []
    raise ConfigError(f"{p.name} is {_shown(p.default)} if nothing is said: the program has no word for null")


def takes_many(p: Parameter) -> bool:
    """Whether several words are its value."""
    return p.nargs not in ("", "?", ",", " ", "[]")


def as_items(value: JSONValue) -> Sequence[JSONValue]:
    """The values of a list, or the only one."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def format_args(program: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """Each of several values as a word."""
    items = ((v, format_arg(program, p, v)) for v in as_items(value))
    return [_decimal(item) if isinstance(v, float) else item for v, item in items]


def _decimal(text: str) -> str:
    """`-1e-05`, which argparse takes for an option, as -0.00001."""
    if not re.fullmatch(r"-\d+(\.\d+)?e[-+]?\d+", text):
        return text
    from decimal import Decimal

    return format(Decimal(text), "f")


def format_arg(program: ParserSpec, p: Parameter, value: JSONValue) -> str:
    """A value as one word. Raises ConfigError for one that the parser cannot read."""
    if p.type == "bool" and isinstance(value, bool) and p.action != "override":
        return p.bool_words[0] if value else p.bool_words[1]
    if p.nargs in (",", " "):
        return p.nargs.join(format_value(program.parser, p.type, v) for v in as_items(value))
    found = format_value(
        program.parser, p.type, list(as_items(value)) if p.nargs == "[]" and value is not None else value
    )
    if found == "--" and program.parser not in TAKES_ANY:
        raise ConfigError(f"{p.name} cannot be --, which the program takes for the end of its options")
    return found
