"""Probe of optparse: a parser reports its options when it is about to parse."""

from __future__ import annotations

from ..introspect.probe import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from optparse import Option, OptionParser
    from types import ModuleType

_TYPES = {"int": "int", "long": "int", "float": "float", "string": "str", "choice": "str"}
_ACTIONS_WITHOUT_VALUE = ("help", "version", "callback")


def patch(optparse: ModuleType) -> None:
    """Has parsers report themselves when they are about to parse."""
    real = optparse.OptionParser.parse_args

    def parse_args(self: OptionParser, args: object = None, values: object = None) -> object:
        if args != []:
            send_report.build_and_exit(lambda: {"parser": "optparse", "parameters": list(_describe(self))})
        return real(self, args, values)

    optparse.OptionParser.parse_args = parse_args


def _describe(parser: OptionParser) -> Iterator[dict[str, object]]:
    options = [*parser.option_list, *(option for group in parser.option_groups for option in group.option_list)]
    return (_describe_option(parser, option) for option in options if option.action not in _ACTIONS_WITHOUT_VALUE)


def _describe_option(parser: OptionParser, option: Option) -> dict[str, object]:
    flags = [*option._long_opts, *option._short_opts]
    action = str(option.action)
    default = parser.defaults.get(option.dest) if option.dest else None
    kind = _TYPES.get(option.type or "", "")
    if isinstance(default, str) and kind in ("int", "float"):
        default = option.check_value(flags[0], default)
    name = flags[0].lstrip("-")
    if action == "store_false" and option.dest and option.dest.replace("_", "-") != name.replace("_", "-"):
        name = option.dest
    return {
        "name": name,
        "flags": flags,
        "action": action,
        "type": "bool" if action in ("store_true", "store_false") else kind,
        "nargs": str(option.nargs) if option.nargs and option.nargs > 1 else "",
        "default": json_values.to_json(default),
        "const": json_values.to_json(option.const),
        "choices": list(option.choices or ()),
        "description": json_values.format_line(str(option.help or "").replace("%default", str(default))),
        "has_converter": option.type is not None and not kind,
        "dest": option.dest,
    }
