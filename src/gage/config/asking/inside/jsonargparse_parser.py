"""jsonargparse, and LightningCLI on top of it: dotted keys with types; told when the command line comes to them."""

from __future__ import annotations

import sys

from . import argparse_parser, leave, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from types import ModuleType

_NOT_VALUES = ("_ActionPrintConfig", "ActionPrintConfig", "_HelpAction", "_VersionAction", "_ActionHelpClassPath")
_WHOLE = ("_ActionConfigLoad", "ActionConfigFile")


def patch(module: ModuleType) -> None:
    """Let parsers report themselves when they are about to parse."""
    made_by = module.ArgumentParser

    def parse_args(self: object, args: object = None, *more: object, **named: object) -> object:
        words = [str(a) for a in args] if isinstance(args, (list, tuple)) else sys.argv[1:]
        leave.leave_with(lambda: _told(self, words))

    made_by.parse_args = parse_args


def _told(parser: object, words: list[str]) -> dict[str, object]:
    found: list[dict[str, object]] = []
    commands: list[str] = []
    _collect(parser, "", found, commands)
    named = next((w for w in words if w in commands), "")
    lightning = any("lightning" in c.__module__ for c in type(parser).__mro__)
    return {
        "parser": "LightningCLI" if lightning else "jsonargparse",
        "parameters": found,
        "commands": commands,
        "command": named,
    }


def _collect(parser: object, path: str, found: list[dict[str, object]], commands: list[str]) -> None:
    for action in parser._actions:  # type: ignore[attr-defined]
        kind = type(action).__name__
        if "SubCommands" in kind:
            for name, sub in (getattr(action, "_name_parser_map", None) or {}).items():
                full = f"{path} {name}".strip()
                commands.append(full)
                _collect(sub, full, found, commands)
        elif kind not in _NOT_VALUES and not kind.startswith("_ActionHelp"):
            if kind == "_ActionConfigLoad":
                continue  # a whole group: its parts are there, too
            found.append(_parameter(parser, action, path))


def _parameter(parser: object, action: Action, path: str) -> dict[str, object]:
    found = argparse_parser.parameter(parser, action, path, {})  # type: ignore[arg-type]
    hint = getattr(action, "_typehint", None) or action.type
    kind = values.annotated(hint)
    items = values.items(hint) if found["action"] == "store" and not found["nargs"] else None
    if items is not None:
        kind = items
        found["nargs"] = "[]"
    if found["action"] == "store" and kind:
        found["type"] = kind
    found["flags"] = [f for f in action.option_strings if not f.endswith("+")]
    found["choices"] = found["choices"] or values.literals(hint)
    found["truth"] = ["true", "false"]
    found["converts"] = not found["type"] and hint is not None
    if type(action).__name__ in _WHOLE:
        found["type"] = "str"
    return found
