"""argparse, and all that is built on it: a parser tells its actions when it is about to parse."""

from __future__ import annotations

import sys

from . import call_sites, json_values, send_report

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
_SAYS = ("_HelpAction", "_VersionAction")
_KINDS = (
    ("transformers.", "HfArgumentParser"),
    ("simple_parsing.", "simple-parsing"),
    ("jsonargparse.", "jsonargparse"),
    ("lightning.", "LightningCLI"),
    ("pytorch_lightning.", "LightningCLI"),
)


_OTHERS = ("fire", "hydra", "tyro", "absl", "typer", "click", "IPython", "torch")
"""Packages that parse for themselves, or tell in another way."""


def patch(argparse: ModuleType) -> None:
    """Let every parser report itself at the moment it parses."""
    real = argparse.ArgumentParser.parse_known_args

    def parse_known_args(
        self: ArgumentParser, args: object = None, namespace: object = None, *more: object, **named: object
    ) -> object:
        if not report(self, args):
            return real(self, args, namespace, *more, **named)
        return _lenient(self, lambda: real(self, args, namespace, *more, **named))

    argparse.ArgumentParser.parse_known_args = parse_known_args  # parse_args calls it, too
    intermixed = argparse.ArgumentParser.parse_known_intermixed_args

    def parse_known_intermixed_args(
        self: ArgumentParser, args: object = None, *more: object, **named: object
    ) -> object:
        report(self, args)  # it takes positionals out of the parser for a while
        return intermixed(self, args, *more, **named)

    argparse.ArgumentParser.parse_known_intermixed_args = parse_known_intermixed_args


def report(parser: ArgumentParser, args: object) -> bool:
    """Tell what the parser takes and leave. Go on where the program parses another list, or (True) parses once more."""
    if call_sites.chooses_groups():
        return False
    frame = call_sites.caller()
    if frame is not None and str(frame.f_globals.get("__name__", "")).split(".")[0] in _OTHERS:
        return False
    known = "parse_known" in call_sites.line(frame)
    if args is not None and call_sites.is_fixed(call_sites.line(frame)):
        if call_sites.parses_again(frame):
            return False
        said = "The program's parser reads a list in the program, not the command line"
        send_report.leave({"parser": _kind(parser), "parameters": [], "note": said})
    words = [str(a) for a in args] if hasattr(args, "__iter__") else sys.argv[1:]
    found = told(parser, words) if known and call_sites.parses_again(frame) else None
    if found is None:
        send_report.leave_with(lambda: told(parser, words))
    send_report.tell(found)
    return True


def _lenient(parser: ArgumentParser, parse: Callable[[], object]) -> object:
    """Parse while nothing is required: what is may well be missing now, and the real command line has it."""
    actions = [a for a in parser._actions if a.required]
    groups = [g for g in parser._mutually_exclusive_groups if g.required]
    try:
        _require(False, actions, groups)
        return parse()
    finally:
        _require(True, actions, groups)


def _require(needed: bool, actions: list[Action], groups: list[_MutuallyExclusiveGroup]) -> None:
    for action in actions:
        action.required = needed
    for group in groups:
        group.required = needed


def _has_groups(parser: ArgumentParser) -> bool:
    """Whether simple-parsing takes one of several classes for a field."""
    wrappers = getattr(parser, "_wrappers", None) or []
    return any(getattr(f, "is_subgroup", False) for w in wrappers for f in getattr(w, "fields", []))


def told(parser: ArgumentParser, words: list[str]) -> dict[str, object]:
    """What a parser takes, as a report."""
    found: list[dict[str, object]] = []
    commands: list[str] = []
    _collect(parser, "", found, commands, _elsewhere(parser))
    return {
        "parser": _kind(parser),
        "parameters": found,
        "commands": commands,
        "command": _command(parser, words),
        "negative": bool(parser._has_negative_number_optionals),
        "from_file": parser.fromfile_prefix_chars or "",
        "stages": _has_groups(parser),
    }


def _elsewhere(parser: ArgumentParser) -> dict[str, object]:
    """What ConfigArgParse has found in files and variables, by destination."""
    found: dict[str, object] = {}
    for source, told in getattr(parser, "_source_to_settings", {}).items():
        for action, value in told.values() if not source.startswith(("command", "defaults")) else ():
            if action is not None:
                is_flag = action.nargs == 0 and isinstance(value, str)
                found.setdefault(action.dest, value.lower() in ("true", "yes", "1") if is_flag else value)
    return found


def _kind(parser: ArgumentParser) -> str:
    modules = [c.__module__ + "." for c in type(parser).__mro__]
    return next((name for start, name in _KINDS if any(m.startswith(start) for m in modules)), "argparse")


def _collect(
    parser: ArgumentParser,
    command: str,
    found: list[dict[str, object]],
    commands: list[str],
    defaults: dict[str, object],
) -> None:
    """The actions of a parser, and of those of its sub-commands, each with its command's name."""
    defaults = {**defaults, **parser._defaults}
    for action in parser._actions:
        kind = type(action).__name__
        if kind == "_SubParsersAction":
            for name, sub in _subparsers(action):
                full = f"{command} {name}".strip()
                commands.append(full)
                _collect(sub, full, found, commands, defaults)
        elif kind not in _SAYS:
            found.append(parameter(parser, action, command, defaults))


def _subparsers(action: Action) -> Iterator[tuple[str, ArgumentParser]]:
    """Each sub-command once, under its first name."""
    seen: set[int] = set()
    for name, sub in dict(action.choices or {}).items():
        if id(sub) not in seen:
            seen.add(id(sub))
            yield name, sub


def _command(parser: ArgumentParser, words: list[str]) -> str:
    """The sub-command that the words name."""
    named = next((a for a in parser._actions if type(a).__name__ == "_SubParsersAction"), None)
    if named is None:
        return ""
    choices = dict(named.choices or {})
    first = {id(sub): name for name, sub in reversed(choices.items())}
    for i, word in enumerate(words):
        if word in choices:
            return f"{first[id(choices[word])]} {_command(choices[word], words[i + 1 :])}".strip()
    return ""


def parameter(parser: ArgumentParser, action: Action, command: str, defaults: dict[str, object]) -> dict[str, object]:
    """One action as a parameter. `defaults` are those of the parser, which count more than the action's own."""
    flags = list(action.option_strings)
    long = next((f for f in flags if len(f) > 1 and f[:1] == f[1:2]), flags[0] if flags else "")
    name = long.lstrip(parser.prefix_chars) if long else action.dest
    kind = _action(action)
    names = {f.lstrip("-") for f in flags}
    off = [f for f in flags if _without_no(f).lstrip("-") in names] if kind == "switch" else []
    default = _default(parser, action, defaults)
    if kind == "store_false" and action.dest.replace("_", "-") != name.replace("_", "-"):
        name = action.dest  # `--no-cache` turns `cache` off
    found = {
        "name": name or action.dest,
        "flags": [f for f in flags if f not in off],
        "off": off,
        "action": kind,
        "type": "bool" if kind in ("switch", "store_true", "store_false") else json_values.type_name(action.type),
        "nargs": _nargs(action),
        "default": json_values.word(default, action.type),
        "const": json_values.word(action.const, action.type),
        "choices": [json_values.word(c, action.type) for c in list(action.choices)[:1000]]
        if action.choices is not None
        else [],
        "required": _is_required(parser, action, default) and action.dest not in _elsewhere(parser),
        "file": bool(getattr(action, "is_config_file_arg", False)),
        "description": _help(parser, action),
        "converts": action.type is not None,
        "command": command,
        "dest": action.dest,
    }
    if action.type is bool or (kind == "store" and action.type is not None and not found["type"]):
        found.update(_bool(parser, action, default))
    return found


def _without_no(flag: str) -> str:
    """`--no-x` as `--x`, `--a.no_x` as `--a.x`; another text for any other flag."""
    import re

    return re.sub(r"^(--(?:.*\.)?)no[-_]?(?=.)", r"\1", flag) if "no" in flag else ""


def _action(action: Action) -> str:
    names = [c.__name__ for c in type(action).__mro__]
    kind = next((_ACTIONS[n] for n in names if n in _ACTIONS), "")
    if not kind:
        kind = "store" if action.nargs != 0 else "store_const"
    return kind


def _nargs(action: Action) -> str:
    if action.nargs is None or _action(action) in ("switch", "count") or action.nargs == 0:
        return ""
    return {"A...": "+"}.get(str(action.nargs), str(action.nargs))


def _is_required(parser: ArgumentParser, action: Action, default: object) -> bool:
    """Whether it has to be said; argparse wants what is required even where that has a default."""
    if not action.required or (not action.option_strings and action.nargs in ("?", "*", "...")):
        return False
    return default is None or _kind(parser) == "argparse"


def _default(parser: ArgumentParser, action: Action, defaults: dict[str, object]) -> object:
    """The default as the program gets it: text goes through the type, as the parser has it."""
    default = defaults.get(action.dest, action.default)
    if isinstance(default, str):
        if default == "==SUPPRESS==":
            return None
        if action.type in (int, float):
            try:
                return action.type(default)
            except ValueError:
                return default
    return default


def _bool(parser: ArgumentParser, action: Action, default: object) -> dict[str, object]:
    """For a type that makes true and false of words: which words those are."""
    kind = parser._registry_get("type", action.type, action.type)  # a program may give a name to its own type
    if action.type is bool:
        return {"type": "bool", "truth": ["True", ""]}
    looks = isinstance(default, bool) or "bool" in str(getattr(kind, "__name__", kind)).lower()
    words = json_values.truth(kind) if looks else None
    return {"type": "bool", "truth": list(words)} if words else {}


_ADDED = " (default: %(default)s)"
"""What `BooleanOptionalAction` puts behind a help text before Python 3.13."""


def _help(parser: ArgumentParser, action: Action) -> str:
    """The help as the program shows it, or as it is written where its pattern does not fit."""
    if not action.help or action.help == "==SUPPRESS==":
        return ""
    if _action(action) == "switch" and action.help.endswith(_ADDED):
        action.help = action.help[: -len(_ADDED)]
    try:
        from argparse import HelpFormatter  # without what the parser's own one adds

        return json_values.text(HelpFormatter(parser.prog)._expand_help(action)).replace("<__TEMP__>", "").strip()
    except Exception:
        return json_values.text(action.help)
