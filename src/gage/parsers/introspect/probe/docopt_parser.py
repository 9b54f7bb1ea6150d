"""docopt: when it has read its text and is about to parse, the pattern that it made of the text is told."""

from __future__ import annotations

import re
import sys

from . import json_values, send_report

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
            send_report.leave_with(lambda: _told(pattern.fix(), text))
        return real(*args, **named)

    vars(module)["parse_argv"] = parse_argv


def _told(pattern: object, text: str) -> dict[str, object]:
    """The patterns of the usage, each for the command that it begins with where all of them do."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    patterns = [leaves for p in _patterns(pattern) for leaves in map(_asked_for, _variants(p)) if leaves]
    commands = [_command(leaves) for leaves in patterns]
    apart = all(commands)
    for command, leaves in zip(commands, patterns):  # noqa: B905 - Python 3.8 has no strict
        for leaf in leaves:
            name = _name(leaf)
            key = (command if apart else "", name)
            if type(leaf).__name__ != "Command" and key not in found:
                is_option = type(leaf).__name__ == "Option"
                one = _option(leaf, text) if is_option else _argument(name, getattr(leaf, "value", None))
                found[key] = {**one, "command": key[0]}
    return {
        "parser": "docopt",
        "parameters": list(found.values()),
        "commands": list(dict.fromkeys(c for c in (commands if apart else map(_words, patterns)) if c)),
    }


def _patterns(pattern: object) -> list[object]:
    """Those of the usage's lines."""
    inside = list(getattr(pattern, "children", []))
    if len(inside) == 1 and type(inside[0]).__name__ in ("Either", "Required"):
        return _patterns(inside[0])
    return inside if type(pattern).__name__ == "Either" else [pattern]


def _variants(pattern: object) -> list[list[object]]:
    """The leaves of a pattern; one list for each of several commands: `mine (set|remove) <x>`."""
    inside = [_leaves(p) for p in getattr(pattern, "children", [])]
    for i, leaves in enumerate(inside):
        if len(leaves) > 1 and all(type(leaf).__name__ == "Command" for leaf in leaves):
            before = [x for one in inside[:i] for x in one]
            return [[*before, leaf, *(x for one in inside[i + 1 :] for x in one)] for leaf in leaves]
    return [_leaves(pattern)]


def _leaves(pattern: object) -> list[object]:
    flat = getattr(pattern, "flat", None)
    return list(flat()) if flat else [pattern]


def _asked_for(leaves: list[object]) -> list[object]:
    """Commands, options and arguments; none for those that only ask for help."""
    told = [leaf for leaf in leaves if _name(leaf) not in ("", "--help", "-h", "--version")]
    return [leaf for leaf in told if not (type(leaf).__name__ == "Command" and _name(leaf).startswith("-"))]


def _command(leaves: list[object]) -> str:
    """The command that a pattern is for; "" where it has none, or words of it between arguments."""
    names = _words(leaves).split()
    arguments = [leaf for leaf in leaves if type(leaf).__name__ != "Option"]
    is_first = [_name(leaf) for leaf in arguments[: len(names)]] == names
    return " ".join(names) if is_first else ""


def _words(leaves: list[object]) -> str:
    return " ".join(_name(leaf) for leaf in leaves if type(leaf).__name__ == "Command")


def _name(leaf: object) -> str:
    return str(getattr(leaf, "name", ""))


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
        "default": json_values.plain(value),
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
            return json_values.text(re.sub(r"\s*\[default: .*?\]", "", described))
    return ""
