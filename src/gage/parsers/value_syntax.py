"""Values as arguments, written as the program's parser reads them. Knows no options."""

import re
from collections.abc import Sequence

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.parser_table import find_definition
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def format_args(spec: ParserSpec, p: Parameter, value: JSONValue) -> list[str]:
    """Returns an argument for each of several values."""
    args = []
    for item in as_items(value):
        arg = format_arg(spec, p, item)
        if isinstance(item, float) and re.fullmatch(r"-\d+(\.\d+)?e[-+]?\d+", arg):  # "-1e-05"
            from decimal import Decimal

            arg = format(Decimal(arg), "f")  # argparse would read it as an option
        args.append(arg)
    return args


def format_arg(spec: ParserSpec, p: Parameter, value: JSONValue) -> str:
    """Returns a value as one argument. Raises ConfigError for a value that the parser cannot read."""
    if p.type == "bool" and isinstance(value, bool) and p.action != "override":
        return p.bool_words[0] if value else p.bool_words[1]
    if p.nargs in (",", " "):
        return p.nargs.join(format_value(spec.parser, p.type, v) for v in as_items(value))
    if p.nargs == "[]" and value is not None:
        value = list(as_items(value))
    arg = format_value(spec.parser, p.type, value)
    if arg == "--" and not find_definition(spec.parser).takes_dashed_values:
        raise ConfigError(f"{p.name} cannot be --: the program reads it as the end of its options")
    return arg


def format_value(parser: str, type_name: str, value: JSONValue) -> str:
    """Returns `value` as an argument of type `type_name` ("" = unknown) for a program that uses `parser`."""
    format_own = find_definition(parser).format_value
    if format_own is not None:
        return format_own(type_name, value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float) and type_name == "int" and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float)):
        return repr(value)
    import json

    return json.dumps(value)


def is_multiple(p: Parameter) -> bool:
    """Returns whether a parameter takes several arguments."""
    return p.nargs not in ("", "?", ",", " ", "[]")


def as_items(value: JSONValue) -> Sequence[JSONValue]:
    """Returns the items of a list, or a list of the value."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
