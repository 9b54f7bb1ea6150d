"""absl's flags: when the command line comes to them, they tell themselves."""

from __future__ import annotations

import sys

from . import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from absl.flags import Flag as AnyFlag
    from absl.flags import FlagValues

    Flag = AnyFlag[object]

_TYPES = {"int": "int", "float": "float", "bool": "bool", "string": "str"}


def patch(module: ModuleType) -> None:
    """Let flag values report themselves when they are about to parse."""
    real = module.FlagValues.__call__

    def call(self: FlagValues, argv: list[str], known_only: bool = False) -> object:
        if len(argv) > 1 or list(argv[:1]) == sys.argv[:1]:
            send_report.leave_with(lambda: {"parser": "absl", "parameters": _parameters(self)})
        return real(self, argv, known_only)

    module.FlagValues.__call__ = call


def _parameters(flags: FlagValues) -> list[dict[str, object]]:
    own = [
        flag
        for module, defined in flags.flags_by_module_dict().items()
        if not _is_of_a_library(module)
        for flag in defined
    ]
    others: dict[str, list[str]] = {}
    for flag in own:
        if type(flag).__name__ == "_FlagAlias":
            others.setdefault(str(flag.help).partition("Alias for --")[2].rstrip("."), []).append(flag.name)
    found = [flag for flag in own if type(flag).__name__ != "_FlagAlias"]
    return [{**_parameter(flag), "aliases": others.get(flag.name, [])} for flag in found]


def _is_of_a_library(module: str) -> bool:
    file = str(getattr(sys.modules.get(module), "__file__", ""))
    return module.split(".")[0] == "absl" or "site-packages" in file or "dist-packages" in file


def _parameter(flag: Flag) -> dict[str, object]:
    kind = flag.flag_type()
    flags = ["--" + flag.name, *(["-" + flag.short_name] if flag.short_name else [])]
    many = kind.startswith("multi ")
    kind = kind[6:] if many else kind
    is_csv = "comma separated" in kind
    is_spaced = "space separated" in kind
    is_bool = flag.boolean
    choices = _choices(flag) if "enum" in kind else []
    return {
        "name": flag.name,
        "flags": flags,
        "off": ["--no" + flag.name] if is_bool else [],
        "action": "switch" if is_bool else "append" if many else "store",
        "type": "str" if is_csv or is_spaced or kind == "string enum" else _TYPES.get(kind, ""),
        "nargs": "," if is_csv else " " if is_spaced else "",
        "default": _default(flag, choices),
        "choices": choices,
        "required": flag.default is None and any("value other than None" in v.message for v in flag.validators),
        "description": _help(flag),
        "converts": kind not in _TYPES and not is_csv and not is_spaced,
        "truth": ["true", "false"],
    }


def _default(flag: Flag, choices: list[object]) -> object:
    """The default; a member of an enum by the word that the parser takes for it."""
    default = json_values.plain(flag.default)
    return next((c for c in choices if str(c).lower() == str(default).lower()), default)


def _help(flag: Flag) -> str:
    """The help as the program has it, without what absl adds."""
    said = json_values.text(flag.help)
    if said.startswith("<") and ">: " in said:
        said = said.partition(">: ")[2]
    return said.partition("; repeat this option")[0]


def _choices(flag: Flag) -> list[object]:
    enum = getattr(flag.parser, "enum_class", None)
    if enum is None:
        return list(getattr(flag.parser, "enum_values", None) or [])
    is_exact = getattr(flag.parser, "_case_sensitive", False)
    return [name if is_exact else name.lower() for name in enum.__members__]
