"""docopt: when it has read its text and is about to parse, the pattern that it made of the text is told."""

from __future__ import annotations

import re
import sys

from . import leave, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """Let the usage pattern be reported when the command line comes to it."""
    real = module.parse_argv

    def parse_argv(*args: object, **named: object) -> object:
        around = sys._getframe(1).f_locals
        pattern = around.get("pattern")
        if pattern is not None:
            text = str(around.get("docstring", around.get("doc", "")))
            leave.leave_with(lambda: _told(pattern.fix().flat(), text))
        return real(*args, **named)

    vars(module)["parse_argv"] = parse_argv


def _told(leaves: list[object], text: str) -> dict[str, object]:
    found: dict[str, dict[str, object]] = {}
    commands: list[str] = []
    for leaf in leaves:
        kind = type(leaf).__name__
        name = str(getattr(leaf, "name", ""))
        if kind == "Command":
            commands += [] if name.startswith("-") else [name]
        elif name and name not in found and name not in ("--help", "-h", "--version"):
            found[name] = _option(leaf, text) if kind == "Option" else _argument(name, getattr(leaf, "value", None))
    return {
        "parser": "docopt",
        "parameters": list(found.values()),
        "commands": list(dict.fromkeys(commands)),
    }


def _argument(name: str, value: object) -> dict[str, object]:
    many = isinstance(value, list)
    return {
        "name": name.strip("<>") if name.startswith("<") else name.lower(),
        "type": "str",
        "nargs": "*" if many else "",
        "default": value if many else None,
        "dest": name,
    }


def _option(option: object, text: str) -> dict[str, object]:
    short, long = getattr(option, "short", None), getattr(option, "long", None)
    longer = getattr(option, "longer", None)
    flags = [f for f in dict.fromkeys((long or longer, short)) if f]
    value = getattr(option, "value", None)
    found = {
        "name": flags[0].lstrip("-"),
        "flags": flags,
        "default": values.plain(value),
        "description": _description(flags, text),
        "dest": getattr(option, "name", ""),
    }
    if not getattr(option, "argcount", 0):
        counts = isinstance(value, int) and not isinstance(value, bool)
        return {**found, "action": "count" if counts else "store_true", "type": "int" if counts else "bool"}
    return {**found, "action": "append" if isinstance(value, list) else "store", "type": "str"}


def _description(flags: list[str], text: str) -> str:
    """What the text says behind an option, two spaces away from it, until the next one."""
    for line in re.split(r"\n(?=[ \t]*-)", text):
        said = re.match(r"[ \t]*(-.*?)  +(\S.*)", line, re.S)
        if said and set(flags) & set(re.split(r"[\s,=]+", said.group(1))):
            described = re.split(r"\n[ \t]*\n", said.group(2))[0]
            return values.text(re.sub(r"\s*\[default: .*?\]", "", described))
    return ""
