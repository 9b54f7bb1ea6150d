"""jsonargparse, and LightningCLI on top of it: dotted keys with types; told when the command line comes to them."""

from __future__ import annotations

import sys

from . import argparse_parser, json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterator
    from types import ModuleType

_NOT_VALUES = ("_ActionPrintConfig", "ActionPrintConfig", "_HelpAction", "_VersionAction", "_ActionHelpClassPath")
_WHOLE = ("_ActionConfigLoad", "ActionConfigFile")


def patch(module: ModuleType) -> None:
    """Let parsers report themselves when they are about to parse."""
    made_by = module.ArgumentParser

    def parse_args(self: object, args: object = None, *more: object, **named: object) -> object:
        words = [str(a) for a in args] if isinstance(args, (list, tuple)) else sys.argv[1:]
        send_report.leave_with(lambda: _told(self, words))

    made_by.parse_args = parse_args


def _told(parser: object, words: list[str]) -> dict[str, object]:
    found: list[dict[str, object]] = []
    commands: list[str] = []
    _collect(parser, "", words, found, commands)
    named = next((w for w in words if w in commands), "")
    lightning = any("lightning" in c.__module__ for c in type(parser).__mro__)
    return {
        "parser": "LightningCLI" if lightning else "jsonargparse",
        "parameters": found,
        "commands": commands,
        "command": named,
        "stages": any(p.get("class") for p in found),
    }


def _collect(parser: object, path: str, words: list[str], found: list[dict[str, object]], commands: list[str]) -> None:
    for action in parser._actions:  # type: ignore[attr-defined]
        kind = type(action).__name__
        if "SubCommands" in kind:
            for name, sub in (getattr(action, "_name_parser_map", None) or {}).items():
                full = f"{path} {name}".strip()
                commands.append(full)
                _collect(sub, full, words, found, commands)
        elif kind not in _NOT_VALUES and not kind.startswith("_ActionHelp"):
            if kind == "_ActionConfigLoad":
                continue  # a whole group: its parts are there, too
            whole = _parameter(parser, action, path)
            found.append(whole)
            found.extend(_parts(action, whole, words))


def _parts(action: Action, whole: dict[str, object], words: list[str]) -> Iterator[dict[str, object]]:
    """What the class takes that a setting is an object of, by default or as the words say: `--model.dim` beside
    `--model`.
    """
    usual = _class_of(action.default)
    kind = _class_named(action, words) or usual
    if kind is None or not action.option_strings:
        return
    for name, hint, default, said in _parameters_of(kind):
        items = json_values.items(hint)
        given = getattr(action.default, "init_args", None) if kind is usual else None
        yield {
            **whole,
            "name": f"{whole['name']}.{name}",
            "dest": f"{whole['dest']}.{name}",
            "aliases": [f"{whole['name']}.init_args.{name}"],
            "flags": [f"{action.option_strings[-1]}.{name}"],
            "type": json_values.annotated(hint) if items is None else items,
            "nargs": "" if items is None else "[]",
            "default": json_values.plain(getattr(given, name, default)),
            "choices": json_values.literals(hint),
            "required": False,
            "description": said,
            "converts": hint is not None and not json_values.annotated(hint) and items is None,
        }


def _parameters_of(kind: type) -> Iterator[tuple[str, object, object, str]]:
    """Name, type, default and help of what a class is made with; also what it hands on by `**kwargs`, as jsonargparse
    itself finds it.
    """
    import inspect

    try:
        from importlib import import_module

        resolvers = import_module("jsonargparse._parameter_resolvers")
        found = resolvers.get_signature_parameters(kind, None)
    except Exception:
        types = json_values.types_of(kind)
        found = list(inspect.signature(kind).parameters.values())
    else:
        types = {p.name: p.annotation for p in found}
    for p in found:
        if p.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            default = None if p.default is inspect.Parameter.empty else p.default
            yield p.name, types.get(p.name), default, json_values.text(getattr(p, "doc", ""))


def _class_named(action: Action, words: list[str]) -> type | None:
    """The class that the command line names for a setting, by its name or with its module."""
    said = ""
    for i, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag in action.option_strings:
            said = value if equals else "".join(words[i + 1 : i + 2])
    return next((c for c in _classes(action) if said and said in (c.__name__, f"{c.__module__}.{c.__name__}")), None)


def _classes(action: Action) -> Iterator[type]:
    """All that are known by now of the type that a setting has."""
    hint = getattr(action, "_typehint", None)
    waiting = [c for c in (hint, *getattr(hint, "__args__", ())) if isinstance(c, type)]
    seen: set[type] = set()
    while waiting and len(seen) < 1000:
        one = waiting.pop(0)
        if one not in seen and one.__module__ not in ("builtins", "enum", "pathlib"):
            seen.add(one)
            yield one
            waiting += type.__subclasses__(one)


def _class_of(default: object) -> type | None:
    """The class of an object that is a default, or that a default describes."""
    path = getattr(default, "class_path", None)
    if isinstance(path, str):
        module, _, name = path.rpartition(".")
        found = getattr(sys.modules.get(module), name, None)
        return found if isinstance(found, type) else None
    plain = default is None or isinstance(default, (bool, int, float, str, list, tuple, dict, set, frozenset))
    is_own = type(default).__module__.partition(".")[0] not in (
        "builtins",
        "jsonargparse",
        "argparse",
        "enum",
        "pathlib",
    )
    return type(default) if is_own and not plain and json_values.plain(default) is None else None


def _parameter(parser: object, action: Action, path: str) -> dict[str, object]:
    found = argparse_parser.parameter(parser, action, path, {})  # type: ignore[arg-type]
    hint = getattr(action, "_typehint", None) or action.type
    kind = json_values.annotated(hint)
    items = json_values.items(hint) if found["action"] == "store" and not found["nargs"] else None
    if items is not None:
        kind = items
        found["nargs"] = "[]"
    if found["action"] == "store" and kind:
        found["type"] = kind
    found["flags"] = [f for f in action.option_strings if not f.endswith("+")]
    found["choices"] = found["choices"] or json_values.literals(hint)
    found["truth"] = ["true", "false"]
    found["converts"] = not found["type"] and hint is not None
    if type(action).__name__ in _WHOLE:
        found["type"] = "str"
        found["file"] = True
    found["class"] = bool(found["converts"]) and any(True for _ in _classes(action))
    return found
