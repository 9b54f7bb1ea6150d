"""argparse, and all that is built on it: a parser reports its actions when it is about to parse."""

from __future__ import annotations

import sys

from ..introspect.probe import call_sites, json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action, ArgumentParser, _MutuallyExclusiveGroup
    from collections.abc import Callable, Iterator
    from types import ModuleType

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
_OTHER_PARSERS = ("fire", "hydra", "tyro", "absl", "typer", "click", "IPython", "torch")
"""Packages that use argparse for arguments of their own, or have their own probe."""
_ADDED_HELP = " (default: %(default)s)"
"""What `BooleanOptionalAction` adds to a help text before Python 3.13."""


def patch(argparse: ModuleType) -> None:
    """Has every parser report itself when it is about to parse."""
    real = argparse.ArgumentParser.parse_known_args

    def parse_known_args(
        self: ArgumentParser, args: object = None, namespace: object = None, *more: object, **named: object
    ) -> object:
        if not report_parser(self, args):
            return real(self, args, namespace, *more, **named)
        return _parse_without_required(self, lambda: real(self, args, namespace, *more, **named))

    argparse.ArgumentParser.parse_known_args = parse_known_args  # parse_args calls it as well
    intermixed = argparse.ArgumentParser.parse_known_intermixed_args

    def parse_known_intermixed_args(
        self: ArgumentParser, args: object = None, *more: object, **named: object
    ) -> object:
        report_parser(self, args)  # now, as it removes positionals from the parser while it parses
        return intermixed(self, args, *more, **named)

    argparse.ArgumentParser.parse_known_intermixed_args = parse_known_intermixed_args


def report_parser(parser: ArgumentParser, args: object) -> bool:
    """Reports a parser that is about to parse `args`, or the command line if that is None. Usually ends the process.

    Returns False, without a report, for a parser that is not the program's own: one of a library, of a simple-parsing
    subgroup, or one that reads a literal list while another call parses the command line. Returns True after the
    report if the program parses what is left with a second parser (`parse_known_args`).
    """
    if call_sites.is_subgroup_parser():
        return False
    frame = call_sites.find_caller()
    if frame is not None and str(frame.f_globals.get("__name__", "")).split(".")[0] in _OTHER_PARSERS:
        return False
    line = call_sites.read_line(frame)
    if args is not None and call_sites.is_literal_call(line):
        if call_sites.has_other_parse_call(frame):
            return False
        note = "The program's parser reads a list in the program, not the command line"
        send_report.send_and_exit({"parser": _name_parser(parser), "parameters": [], "note": note})
    arguments = [str(a) for a in args] if hasattr(args, "__iter__") else sys.argv[1:]
    if "parse_known" in line and call_sites.has_other_parse_call(frame):
        send_report.send(describe_parser(parser, arguments))
    else:
        send_report.build_and_exit(lambda: describe_parser(parser, arguments))
    return True


def _parse_without_required(parser: ArgumentParser, parse: Callable[[], object]) -> object:
    """Parses while nothing is required: it may be missing during introspection and be there in the real run."""
    everything: list[Action | _MutuallyExclusiveGroup] = [*parser._actions, *parser._mutually_exclusive_groups]
    required = [each for each in everything if each.required]
    try:
        for each in required:
            each.required = False
        return parse()
    finally:
        for each in required:
            each.required = True


def _has_subgroups(parser: ArgumentParser) -> bool:
    """Returns whether simple-parsing takes one of several classes for a field."""
    wrappers = getattr(parser, "_wrappers", None) or []
    return any(getattr(field, "is_subgroup", False) for w in wrappers for field in getattr(w, "fields", []))


def describe_parser(parser: ArgumentParser, arguments: list[str]) -> dict[str, object]:
    """Returns the report of a parser."""
    parameters: list[dict[str, object]] = []
    commands: list[str] = []
    _collect(parser, "", parameters, commands, _config_file_values(parser))
    return {
        "parser": _name_parser(parser),
        "parameters": parameters,
        "commands": commands,
        "command": _find_command(parser, arguments),
        "has_negative_options": bool(parser._has_negative_number_optionals),
        "file_prefix_chars": parser.fromfile_prefix_chars or "",
        "is_staged": _has_subgroups(parser),
    }


def _config_file_values(parser: ArgumentParser) -> dict[str, object]:
    """Returns what ConfigArgParse has found in files and variables, by destination."""
    values: dict[str, object] = {}
    for source, settings in getattr(parser, "_source_to_settings", {}).items():
        for action, value in settings.values() if not source.startswith(("command", "defaults")) else ():
            if action is not None:
                is_flag = action.nargs == 0 and isinstance(value, str)
                values.setdefault(action.dest, value.lower() in ("true", "yes", "1") if is_flag else value)
    return values


def _name_parser(parser: ArgumentParser) -> str:
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
) -> None:
    """Collects the parameters of a parser and those of its sub-commands, each with its command's name."""
    defaults = {**defaults, **parser._defaults}
    for action in parser._actions:
        kind = type(action).__name__
        if kind == "_SubParsersAction":
            for name, sub in _list_subparsers(action):
                full = f"{command} {name}".strip()
                commands.append(full)
                _collect(sub, full, parameters, commands, defaults)
        elif kind not in _ACTIONS_WITHOUT_VALUE:
            parameters.append(describe_action(parser, action, command, defaults))


def _list_subparsers(action: Action) -> Iterator[tuple[str, ArgumentParser]]:
    """Yields each sub-command once, under its first name."""
    seen: set[int] = set()
    for name, sub in dict(action.choices or {}).items():
        if id(sub) not in seen:
            seen.add(id(sub))
            yield name, sub


def _find_command(parser: ArgumentParser, arguments: list[str]) -> str:
    """Returns the sub-command that the arguments name, under its first name."""
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
    flags = list(action.option_strings)
    long = next((f for f in flags if len(f) > 1 and f[:1] == f[1:2]), flags[0] if flags else "")
    name = long.lstrip(parser.prefix_chars) if long else action.dest
    kind = _name_action(action)
    names = {f.lstrip("-") for f in flags}
    off = [f for f in flags if _strip_no(f).lstrip("-") in names] if kind == "switch" else []
    default = _find_default(action, defaults)
    if kind == "store_false" and action.dest.replace("_", "-") != name.replace("_", "-"):
        name = action.dest  # `--no-cache` turns `cache` off
    choices = list(action.choices)[:1000] if action.choices is not None else []
    parameter = {
        "name": name or action.dest,
        "flags": [f for f in flags if f not in off],
        "off_flags": off,
        "action": kind,
        "type": "bool" if kind in ("switch", "store_true", "store_false") else json_values.name_type(action.type),
        "nargs": _name_nargs(action, kind),
        "default": json_values.to_argument(default, action.type),
        "const": json_values.to_argument(action.const, action.type),
        "choices": [json_values.to_argument(c, action.type) for c in choices],
        "required": _is_required(parser, action, default) and action.dest not in _config_file_values(parser),
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
    if action.nargs is None or kind in ("switch", "count") or action.nargs == 0:
        return ""
    return {"A...": "+"}.get(str(action.nargs), str(action.nargs))


def _is_required(parser: ArgumentParser, action: Action, default: object) -> bool:
    """Returns whether a value is required; argparse itself requires it even if there is a default."""
    if not action.required or (not action.option_strings and action.nargs in ("?", "*", "...")):
        return False
    return default is None or _name_parser(parser) == "argparse"


def _find_default(action: Action, defaults: dict[str, object]) -> object:
    """Returns the default as the program gets it: argparse converts text."""
    default = defaults.get(action.dest, action.default)
    if default is sys.modules["argparse"].SUPPRESS:
        return None
    if isinstance(default, str) and action.type in (int, float):
        try:
            return action.type(default)
        except ValueError:
            pass
    return default


def _describe_bool(parser: ArgumentParser, action: Action, default: object) -> dict[str, object]:
    """Returns the words of a converter that makes true and false of text, like `str2bool`."""
    converter = parser._registry_get("type", action.type, action.type)  # a program may register a name for it
    is_bool = isinstance(default, bool) or "bool" in str(getattr(converter, "__name__", converter)).lower()
    words = json_values.find_bool_words(converter) if is_bool else None
    return {"type": "bool", "bool_words": list(words)} if words else {}


def _expand_help(parser: ArgumentParser, action: Action, kind: str) -> str:
    """Returns the help with values for `%(default)s` and its like, or unchanged where they do not fit."""
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
    except Exception:
        pass
    return json_values.format_line(text).replace("<__TEMP__>", "").strip()  # simple-parsing's mark of a missing help
