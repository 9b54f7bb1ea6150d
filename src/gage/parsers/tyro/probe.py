"""Probe of tyro: reports the argparse parser that tyro builds from a function or dataclass."""

from __future__ import annotations

import re
import sys

from ..argparse.probe_actions import describe_parser
from ..introspect.probe import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_PARSER_SETTINGS = ("prog", "description", "default", "use_underscores", "config", "registry")
"""The arguments of `tyro.cli` that `tyro.extras.get_parser` takes as well."""


def patch(_tyro: ModuleType) -> None:
    """Has `tyro.cli` report instead of parsing."""
    module = sys.modules["tyro._cli"]
    real = module._cli_impl

    def cli_impl(f: object, *args: object, **named: object) -> object:
        if not named.get("return_parser"):
            args_argument = named.get("args")
            arguments = list(args_argument) if isinstance(args_argument, (list, tuple)) else sys.argv[1:]
            send_report.build_and_exit(lambda: _describe(f, named, arguments))
        return real(f, *args, **named)

    vars(module)["_cli_impl"] = cli_impl


def _describe(f: object, named: dict[str, object], arguments: list[str]) -> dict[str, object]:
    import warnings

    warnings.simplefilter("ignore")
    from importlib import import_module

    fields: dict[str, list[object]] = {}
    _note_fields(fields)
    settings = {name: value for name, value in named.items() if name in _PARSER_SETTINGS}
    parser = import_module("tyro.extras").get_parser(f, **settings)
    report = {**describe_parser(parser, arguments), "parser": "tyro"}
    for parameter in report["parameters"]:  # type: ignore[attr-defined]
        _complete(parameter, fields.get(parameter["dest"]) or [None])
    return report


def _note_fields(fields: dict[str, list[object]]) -> None:
    """Notes the field of each argument: its type and default are not in the argparse parser."""
    definition = sys.modules["tyro._arguments"].ArgumentDefinition
    real = definition.add_argument

    def add_argument(self: object, *args: object, **named: object) -> object:
        fields.setdefault(self.get_output_key(), []).append(self.field)  # type: ignore[attr-defined]
        return real(self, *args, **named)

    definition.add_argument = add_argument


def _complete(parameter: dict[str, object], fields: list[object]) -> None:
    """Sets the type, default and help of a parameter to those of the program's field."""
    field = fields.pop(0) if len(fields) > 1 else fields[0]  # subcommands have some of the same name
    parameter["nargs"] = "" if parameter["nargs"] == "1" else parameter["nargs"]
    help_text = re.sub(  # "The rate. (default: 0.1)"
        r"\s*\((?:default|repeatable|required|sets)\b[^()]*(?:\(.*\))?\)?$", "", str(parameter["description"])
    )
    help_text = re.sub(r"\(required\)$", "", help_text).strip()
    parameter["description"] = "" if help_text == parameter["name"] else help_text
    hint = getattr(field, "type_stripped", None)
    default = getattr(field, "default", None)
    if "Missing" not in type(default).__name__ and "MISSING" not in str(default):
        parameter["default"] = json_values.to_json(default)
    parameter["type"] = json_values.name_hint(hint) or (parameter["nargs"] and json_values.name_items(hint)) or ""
    parameter["bool_words"] = ["True", "False"]
