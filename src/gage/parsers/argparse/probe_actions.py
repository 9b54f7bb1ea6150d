"""Turns parsers and actions of argparse into reports: their parameters and subcommands."""

from __future__ import annotations

import sys

from ..introspect.probe import json_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action, ArgumentParser
    from collections.abc import Iterator

_ACTIONS = {
    "_StoreAction": "store",
    "_StoreConstAction": "store_const",
    "_StoreTrueAction": "store_true",
    "_StoreFalseAction": "store_false",
    "_AppendAction": "append",
    "_AppendConstAction": "append_const",
    "_CountAction": "count",
    "_ExtendAction": "extend",
    "BooleanOptionalAction": "switch",
    "ActionYesNo": "switch",
}
_ACTIONS_WITHOUT_VALUE = ("_HelpAction", "_VersionAction")
_PARSER_NAMES = (
    ("transformers.", "HfArgumentParser"),
    ("simple_parsing.", "simple-parsing"),
    ("jsonargparse.", "jsonargparse"),
    ("lightning.", "LightningCLI"),
    ("pytorch_lightning.", "LightningCLI"),
)
"""The package of a parser's class → the parser's name."""
_NO_WORDS = ("false", "False", "0", "no", "")
"""Words that say that a value is off."""
_ADDED_HELP = " (default: %(default)s)"
"""What `BooleanOptionalAction` adds to a help text before Python 3.13."""


def describe_parser(parser: ArgumentParser, arguments: list[str]) -> dict[str, object]:
    """Returns the report of a parser."""
    parameters: list[dict[str, object]] = []
    commands: list[str] = []
    aliases: list[list[str]] = []
    _collect(parser, "", parameters, commands, _find_config_file_values(parser), aliases)
    return {
        "parser": name_parser(parser),
        "parameters": parameters,
        "commands": commands,
        "command_aliases": aliases,
        "command": _find_command(parser, arguments),
        "has_negative_options": bool(parser._has_negative_number_optionals),
        "file_prefix_chars": parser.fromfile_prefix_chars or "",
        "prefix_chars": parser.prefix_chars,
        "is_staged": _has_subgroups(parser),
    }


def _has_subgroups(parser: ArgumentParser) -> bool:
    """Returns whether simple-parsing takes one of several classes for a field."""
    wrappers = getattr(parser, "_wrappers", None) or []
    return any(getattr(field, "is_subgroup", False) for w in wrappers for field in getattr(w, "fields", []))


def _find_config_file_values(parser: ArgumentParser) -> dict[str, object]:
    """Returns destination → value, as ConfigArgParse has found them in files and environment variables."""
    values: dict[str, object] = {}
    for source, settings in getattr(parser, "_source_to_settings", {}).items():
        for action, value in settings.values() if not source.startswith(("command", "defaults")) else ():
            if action is not None:
                is_flag = action.nargs == 0 and isinstance(value, str)
                values.setdefault(action.dest, value.lower() in ("true", "yes", "1") if is_flag else value)
    return values


def name_parser(parser: ArgumentParser) -> str:
    """Returns the name of the parser, or of the package that is built on argparse."""
    modules = [c.__module__ + "." for c in type(parser).__mro__]
    for package, name in _PARSER_NAMES:
        if any(module.startswith(package) for module in modules):
            return name
    return "argparse"


def _collect(
    parser: ArgumentParser,
    command: str,
    parameters: list[dict[str, object]],
    commands: list[str],
    defaults: dict[str, object],
    aliases: list[list[str]],
) -> None:
    """Collects the parameters of a parser and those of its subcommands, each with its command's name; and the other
    names of commands, each with the first one.
    """
    defaults = {**defaults, **parser._defaults}
    for action in parser._actions:
        kind = type(action).__name__
        if kind == "_SubParsersAction":
            for (name, *others), sub in _list_subparsers(action):
                full = f"{command} {name}".strip()
                commands.append(full)
                aliases += [[f"{command} {other}".strip(), full] for other in others]
                _collect(sub, full, parameters, commands, defaults, aliases)
        elif kind not in _ACTIONS_WITHOUT_VALUE:
            parameters.append(describe_action(parser, action, command, defaults))


def _list_subparsers(action: Action) -> Iterator[tuple[list[str], ArgumentParser]]:
    """Yields each subcommand once: its names, and its parser."""
    names: dict[int, list[str]] = {}
    choices = dict(action.choices or {})
    for name, sub in choices.items():
        names.setdefault(id(sub), []).append(name)
    for each in names.values():
        yield each, choices[each[0]]


def _find_command(parser: ArgumentParser, arguments: list[str]) -> str:
    """Returns the subcommand that the arguments name, under its first name."""
    for action in parser._actions:
        if type(action).__name__ == "_SubParsersAction":
            choices = dict(action.choices or {})
            first_names = {id(sub): name for name, sub in reversed(choices.items())}
            for i, argument in enumerate(arguments):
                if argument in choices:
                    sub = choices[argument]
                    return f"{first_names[id(sub)]} {_find_command(sub, arguments[i + 1 :])}".strip()
    return ""


def describe_action(
    parser: ArgumentParser, action: Action, command: str, defaults: dict[str, object]
) -> dict[str, object]:
    """Returns one action as a parameter. `defaults` are those of the parser, which override the action's own."""
    kind = _name_action(action)
    flags, off_flags = _split_flags(action, kind)
    default = _find_default(action, defaults)
    choices = list(action.choices)[:1000] if action.choices is not None else []
    parameter = {
        "name": _name_parameter(parser, action, kind),
        "flags": flags,
        "off_flags": off_flags,
        "action": kind,
        "type": "bool" if kind in ("switch", "store_true", "store_false") else json_values.name_type(action.type),
        "nargs": _name_nargs(action, kind),
        "default": json_values.to_argument(default, action.type),
        "const": json_values.to_argument(action.const, action.type),
        "choices": [json_values.to_argument(choice, action.type) for choice in choices],
        "required": _is_required(parser, action, default) and action.dest not in _find_config_file_values(parser),
        "is_config_file": bool(getattr(action, "is_config_file_arg", False)),
        "description": _expand_help(parser, action, kind),
        "has_converter": action.type is not None,
        "command": command,
        "dest": action.dest,
    }
    if action.type is bool:
        parameter.update({"type": "bool", "bool_words": ["True", ""]})
    elif kind == "store" and action.type is not None and not parameter["type"]:
        parameter.update(_describe_bool(parser, action, default))
    return parameter


def _name_parameter(parser: ArgumentParser, action: Action, kind: str) -> str:
    """Returns the name of the first long option, else of the first option. `--no-cache`, which turns `cache` off, is
    named `cache`; an argument without options is named after its destination.
    """
    flags = action.option_strings
    flag = next((f for f in flags if len(f) > 1 and f[:1] == f[1:2]), flags[0] if flags else "")
    name = flag.lstrip(parser.prefix_chars)
    turns_off = kind == "store_false" and action.dest.replace("_", "-") != name.replace("_", "-")
    return action.dest if turns_off or not name else name


def _split_flags(action: Action, kind: str) -> tuple[list[str], list[str]]:
    """Returns the options that set the value, and those of a switch that turn it off: `--no-x` beside `--x`."""
    flags = list(action.option_strings)
    names = {flag.lstrip("-") for flag in flags}
    off_flags = [flag for flag in flags if _strip_no(flag).lstrip("-") in names] if kind == "switch" else []
    return [flag for flag in flags if flag not in off_flags], off_flags


def _strip_no(flag: str) -> str:
    """Returns `--x` for `--no-x` and `--a.x` for `--a.no_x`, and another text for any other flag."""
    import re

    return re.sub(r"^(--(?:.*\.)?)no[-_]?(?=.)", r"\1", flag) if "no" in flag else ""


def _name_action(action: Action) -> str:
    for kind in type(action).__mro__:
        if kind.__name__ in _ACTIONS:
            return _ACTIONS[kind.__name__]
    return "store" if action.nargs != 0 else "store_const"


def _name_nargs(action: Action, kind: str) -> str:
    if kind == "switch" and action.nargs == "?":
        return "?"  # `--x false` of simple-parsing
    if action.nargs is None or kind in ("switch", "count") or action.nargs == 0:
        return ""
    return {"A...": "+"}.get(str(action.nargs), str(action.nargs))


def _is_required(parser: ArgumentParser, action: Action, default: object) -> bool:
    """Returns whether a value is required; argparse itself requires it even if there is a default."""
    if not action.required or (not action.option_strings and action.nargs in ("?", "*", "...")):
        return False
    return default is None or name_parser(parser) == "argparse"


def _find_default(action: Action, defaults: dict[str, object]) -> object:
    """Returns the default as the program gets it: argparse converts text."""
    default = defaults.get(action.dest, action.default)
    if default is sys.modules["argparse"].SUPPRESS:
        return None
    if isinstance(default, str) and action.type in (int, float):
        try:
            return action.type(default)
        except ValueError:
            pass  # argparse reports it when the option is not given
    return default


def _describe_bool(parser: ArgumentParser, action: Action, default: object) -> dict[str, object]:
    """Returns the type and words of a converter from text to booleans, such as `str2bool`; {} for other converters."""
    converter = parser._registry_get("type", action.type, action.type)  # a program may register a name for it
    is_bool = isinstance(default, bool) or "bool" in str(getattr(converter, "__name__", converter)).lower()
    yes, no = json_values.find_bool_words(converter) if is_bool else ([], [])
    if not yes or not no:
        return {}
    no_word = next((word for word in no if word in _NO_WORDS), no[0])
    return {"type": "bool", "bool_words": [yes[0], no_word], "true_words": yes, "false_words": no}


def _expand_help(parser: ArgumentParser, action: Action, kind: str) -> str:
    """Returns the help text with `%(default)s` and the like replaced by values; unchanged if that fails."""
    text, suppressed = action.help or "", sys.modules["argparse"].SUPPRESS
    if text is suppressed:
        return ""
    if kind == "switch" and text.endswith(_ADDED_HELP):
        text = text[: -len(_ADDED_HELP)]
    values = {n: getattr(v, "__name__", v) for n, v in vars(action).items() if v is not suppressed}
    if action.choices is not None:
        values["choices"] = ", ".join(map(str, action.choices))
    try:
        text = text % {**values, "prog": parser.prog} if "%" in text else text
    except Exception:  # the values are objects of the program
        pass
    return json_values.format_line(text).replace("<__TEMP__>", "").strip()  # simple-parsing's mark of a missing help
