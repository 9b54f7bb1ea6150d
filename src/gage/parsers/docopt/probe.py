"""Probe of docopt: reports the pattern built from the usage text when docopt is about to parse."""

from __future__ import annotations

import re
import sys

from ..introspect.probe import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def patch(module: ModuleType) -> None:
    """Has docopt report its usage pattern instead of parsing."""
    real = module.parse_argv

    def parse_argv(*args: object, **named: object) -> object:
        caller = sys._getframe(1).f_locals
        pattern = caller.get("pattern")
        if pattern is not None:
            text = str(caller.get("docstring", caller.get("doc", "")))
            send_report.build_and_exit(lambda: _describe(pattern.fix(), text))
        return real(*args, **named)

    vars(module)["parse_argv"] = parse_argv


def _describe(pattern: object, text: str) -> dict[str, object]:
    """Returns the parameters of the usage patterns, by command where each pattern begins with one."""
    usages = [
        (p, leaves) for p in _list_patterns(pattern) for leaves in map(_without_help, _list_variants(p)) if leaves
    ]
    commands = [_find_command(leaves) for _, leaves in usages]
    has_commands = all(commands)
    required = [_list_required(p) for p, _ in usages]
    parameters: dict[tuple[str, str], dict[str, object]] = {}
    for i, (_, leaves) in enumerate(usages):
        command = commands[i] if has_commands else ""
        needed = required[i] if has_commands else set.intersection(*required)
        for leaf in leaves:
            name = _name(leaf)
            if type(leaf).__name__ == "Option":
                parameters.setdefault((command, name), {**_describe_option(leaf, text), "command": command})
            elif type(leaf).__name__ != "Command":
                argument = _describe_argument(name, getattr(leaf, "value", None))
                parameters.setdefault((command, name), {**argument, "command": command, "required": name in needed})
    if not has_commands:
        commands = [_join_commands(leaves) for _, leaves in usages]
    has_alternatives = len(usages) > 1 and (not has_commands or len({*commands}) < len(usages))
    return {
        "has_alternatives": has_alternatives or any(_has_choice(p) for p, _ in usages),
        "parser": "docopt",
        "parameters": list(parameters.values()),
        "commands": list(dict.fromkeys(filter(None, commands))),
    }


def _list_patterns(pattern: object) -> list[object]:
    """Returns the patterns of the lines of the usage."""
    inside = list(getattr(pattern, "children", []))
    if len(inside) == 1 and type(inside[0]).__name__ in ("Either", "Required"):
        return _list_patterns(inside[0])
    return inside if type(pattern).__name__ == "Either" else [pattern]


def _list_variants(pattern: object) -> list[list[object]]:
    """Returns the leaves of a pattern; a list for each of several commands, as in `mine (set|remove) <x>`."""
    inside = [_list_leaves(p) for p in getattr(pattern, "children", [])]
    for i, leaves in enumerate(inside):
        if len(leaves) > 1 and all(type(leaf).__name__ == "Command" for leaf in leaves):
            before = [x for one in inside[:i] for x in one]
            return [[*before, leaf, *(x for one in inside[i + 1 :] for x in one)] for leaf in leaves]
    return [_list_leaves(pattern)]


def _list_leaves(pattern: object) -> list[object]:
    flat = getattr(pattern, "flat", None)
    return list(flat()) if flat else [pattern]


def _list_required(pattern: object) -> set[str]:
    """Returns the names of the arguments without which the pattern does not match. docopt takes an empty list."""
    if type(pattern).__name__ == "Required":
        return {name for part in getattr(pattern, "children", []) for name in _list_required(part)}
    is_argument = type(pattern).__name__ == "Argument" and not isinstance(getattr(pattern, "value", None), list)
    return {_name(pattern)} if is_argument else set()


def _has_choice(pattern: object) -> bool:
    """Returns whether a pattern takes one of several arguments: `(<a>|<b>)`."""
    is_choice = type(pattern).__name__ == "Either"
    if is_choice and any(type(leaf).__name__ == "Argument" for leaf in _list_leaves(pattern)):
        return True
    return any(_has_choice(part) for part in getattr(pattern, "children", []))


def _without_help(leaves: list[object]) -> list[object]:
    """Returns the commands, options and arguments except those that only print help."""
    values = [leaf for leaf in leaves if _name(leaf) not in ("", "--help", "-h", "--version")]
    return [leaf for leaf in values if not (type(leaf).__name__ == "Command" and _name(leaf).startswith("-"))]


def _find_command(leaves: list[object]) -> str:
    """Returns the command that a pattern begins with; "" where it has none, or has parts of it between arguments."""
    names = _join_commands(leaves).split()
    arguments = [leaf for leaf in leaves if type(leaf).__name__ != "Option"]
    is_first = [_name(leaf) for leaf in arguments[: len(names)]] == names
    return " ".join(names) if is_first else ""


def _join_commands(leaves: list[object]) -> str:
    return " ".join(_name(leaf) for leaf in leaves if type(leaf).__name__ == "Command")


def _name(leaf: object) -> str:
    return str(getattr(leaf, "name", ""))


def _describe_argument(name: str, value: object) -> dict[str, object]:
    is_list = isinstance(value, list)
    return {
        "name": name.strip("<>") if name.startswith("<") else name.lower(),
        "type": "str",
        "nargs": "*" if is_list else "",
        "default": value if is_list else None,
        "dest": name,
    }


def _describe_option(option: object, text: str) -> dict[str, object]:
    short, long = getattr(option, "short", None), getattr(option, "long", None)
    longer = getattr(option, "longer", None)
    flags = [f for f in dict.fromkeys((long or longer, short)) if f]
    value = getattr(option, "value", None)
    parameter = {
        "name": flags[0].lstrip("-"),
        "flags": flags,
        "default": json_values.to_json(value),
        "description": _find_description(flags, text),
        "dest": getattr(option, "name", ""),
    }
    if not getattr(option, "argcount", 0):
        counts = isinstance(value, int) and not isinstance(value, bool)
        return {**parameter, "action": "count" if counts else "store_true", "type": "int" if counts else "bool"}
    return {**parameter, "action": "append" if isinstance(value, list) else "store", "type": "str"}


def _find_description(flags: list[str], text: str) -> str:
    """Returns the text behind an option, separated by two spaces, up to the next option."""
    for line in re.split(r"\n(?=[ \t]*-)", text):
        option = re.match(r"[ \t]*(-.*?)  +(\S.*)", line, re.S)  # "  -s, --speed=<kn>  How fast [default: 10]."
        if option and set(flags) & set(re.split(r"[\s,=]+", option.group(1))):
            description = re.split(r"\n[ \t]*\n", option.group(2))[0]
            return json_values.format_line(re.sub(r"\s*\[default: .*?\]", "", description))
    return ""
