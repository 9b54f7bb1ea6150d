"""Probe of absl: the flags report themselves when they are about to parse the command line."""

from __future__ import annotations

import sys

from ..introspect.probe import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from absl.flags import Flag as AnyFlag
    from absl.flags import FlagValues

    Flag = AnyFlag[object]

_TYPES = {"int": "int", "float": "float", "bool": "bool", "string": "str"}


def patch(module: ModuleType) -> None:
    """Has flags report themselves when they are about to parse."""
    real = module.FlagValues.__call__

    def call(self: FlagValues, argv: list[str], known_only: bool = False) -> object:
        if len(argv) > 1 or list(argv[:1]) == sys.argv[:1]:
            send_report.build_and_exit(lambda: {"parser": "absl", "parameters": _describe(self)})
        return real(self, argv, known_only)

    module.FlagValues.__call__ = call


def _describe(values: FlagValues) -> list[dict[str, object]]:
    modules = values.flags_by_module_dict().items()
    flags = [flag for module, flags in modules if not _is_library(module) for flag in flags]
    aliases: dict[str, list[str]] = {}
    for flag in flags:
        if type(flag).__name__ == "_FlagAlias":
            aliases.setdefault(str(flag.help).partition("Alias for --")[2].rstrip("."), []).append(flag.name)
    return [
        {**_describe_flag(flag), "aliases": aliases.get(flag.name, [])}
        for flag in flags
        if type(flag).__name__ != "_FlagAlias"
    ]


def _is_library(module: str) -> bool:
    file = str(getattr(sys.modules.get(module), "__file__", ""))
    return module.split(".")[0] == "absl" or "site-packages" in file or "dist-packages" in file


def _describe_flag(flag: Flag) -> dict[str, object]:
    kind = flag.flag_type()
    is_repeated = kind.startswith("multi ")
    kind = kind[6:] if is_repeated else kind
    separator = "," if "comma separated" in kind else " " if "space separated" in kind else ""
    choices = _list_choices(flag) if "enum" in kind else []
    return {
        "name": flag.name,
        "flags": ["--" + flag.name, *(["-" + flag.short_name] if flag.short_name else [])],
        "off_flags": ["--no" + flag.name] if flag.boolean else [],
        "action": "switch" if flag.boolean else "append" if is_repeated else "store",
        "type": "str" if separator or kind == "string enum" else _TYPES.get(kind, ""),
        "nargs": separator,
        "default": _find_default(flag, choices),
        "choices": choices,
        "required": flag.default is None and any("value other than None" in v.message for v in flag.validators),
        "description": _clean_help(flag),
        "has_converter": kind not in _TYPES and not separator,
        "bool_words": ["true", "false"],
    }


def _find_default(flag: Flag, choices: list[object]) -> object:
    """Returns the default; a member of an enum as the word that the parser accepts for it."""
    default = json_values.to_json(flag.default)
    return next((c for c in choices if str(c).lower() == str(default).lower()), default)


def _clean_help(flag: Flag) -> str:
    """Returns the help as the program has it, without what absl adds."""
    text = json_values.format_line(flag.help)
    if text.startswith("<") and ">: " in text:
        text = text.partition(">: ")[2]
    return text.partition("; repeat this option")[0]


def _list_choices(flag: Flag) -> list[object]:
    enum = getattr(flag.parser, "enum_class", None)
    if enum is None:
        return list(getattr(flag.parser, "enum_values", None) or [])
    is_case_sensitive = getattr(flag.parser, "_case_sensitive", False)
    return [name if is_case_sensitive else name.lower() for name in enum.__members__]
