"""tyro: it makes an argparse parser of what it was given, and that one is told."""

from __future__ import annotations

import re
import sys

from . import argparse_parser, json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_KNOWN = ("prog", "description", "default", "use_underscores", "config", "registry")


def patch(_tyro: ModuleType) -> None:
    """Let `tyro.cli` report instead of parsing."""
    inner = sys.modules["tyro._cli"]
    real = inner._cli_impl

    def cli_impl(f: object, *args: object, **named: object) -> object:
        if not named.get("return_parser"):
            words = named.get("args")
            given = list(words) if isinstance(words, (list, tuple)) else sys.argv[1:]
            send_report.leave_with(lambda: _told(f, named, given))
        return real(f, *args, **named)

    vars(inner)["_cli_impl"] = cli_impl


def _told(f: object, named: dict[str, object], words: list[str]) -> dict[str, object]:
    import warnings

    warnings.simplefilter("ignore")
    from importlib import import_module

    fields: dict[str, list[object]] = {}
    _note_fields(fields)
    parser = import_module("tyro.extras").get_parser(f, **{k: v for k, v in named.items() if k in _KNOWN})
    report = {**argparse_parser.told(parser, words), "parser": "tyro"}
    for found in report["parameters"]:  # type: ignore[attr-defined]
        _complete(found, fields.get(found["dest"]) or [None])
    return report


def _note_fields(fields: dict[str, list[object]]) -> None:
    """Keep what each argument was made of: its type and default are no longer in the argparse parser."""
    made_by = sys.modules["tyro._arguments"].ArgumentDefinition
    real = made_by.add_argument

    def add_argument(self: object, *args: object, **named: object) -> object:
        fields.setdefault(self.get_output_key(), []).append(self.field)  # type: ignore[attr-defined]
        return real(self, *args, **named)

    made_by.add_argument = add_argument


def _complete(found: dict[str, object], fields: list[object]) -> None:
    """The type, default and text of a parameter as the program has them."""
    field = fields.pop(0) if len(fields) > 1 else fields[0]  # sub-commands have some of the same name
    found["nargs"] = "" if found["nargs"] == "1" else found["nargs"]
    found["description"] = re.sub(
        r"\s*\((?:default|repeatable|required|sets)\b[^()]*(?:\(.*\))?\)?$", "", str(found["description"])
    )
    found["description"] = re.sub(r"\(required\)$", "", str(found["description"])).strip()
    if found["description"] == found["name"]:
        found["description"] = ""
    kind = getattr(field, "type_stripped", None)
    default = getattr(field, "default", None)
    if "Missing" not in type(default).__name__ and "MISSING" not in str(default):
        found["default"] = json_values.plain(default)
    items = {json_values.annotated(a) for a in getattr(kind, "__args__", ()) if a is not ...}
    found["type"] = json_values.annotated(kind) or (items.pop() if found["nargs"] and len(items) == 1 else "")
    found["truth"] = ["True", "False"]
