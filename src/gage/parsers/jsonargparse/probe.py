"""Probe of jsonargparse and of LightningCLI, which is built on it. Reports typed parameters, also those of classes:
`--model.dim`.
"""

from __future__ import annotations

import sys

from ..argparse.probe_actions import describe_action
from ..introspect.probe import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterator
    from types import ModuleType

_ACTIONS_WITHOUT_VALUE = (
    "_ActionPrintConfig",
    "ActionPrintConfig",
    "_HelpAction",
    "_VersionAction",
    "_ActionHelpClassPath",
)
_CONFIG_FILE_ACTIONS = ("_ActionConfigLoad", "ActionConfigFile")
_LIBRARIES = ("builtins", "jsonargparse", "argparse", "enum", "pathlib")


def patch(module: ModuleType) -> None:
    """Replaces the parse method, so that a parser reports itself when it is about to parse."""
    _use_own_search_path()

    def parse_args(self: object, args: object = None, *more: object, **named: object) -> object:
        arguments = [str(a) for a in args] if isinstance(args, (list, tuple)) else sys.argv[1:]
        send_report.build_and_exit(lambda: _describe(self, arguments))

    module.ArgumentParser.parse_args = parse_args


def _use_own_search_path() -> None:
    """Has typeshed_client use the search path of this process: it would start another Python to ask for the same.

    jsonargparse uses it for parameters without annotation, and leaves out all parameters of a class where it fails.
    """
    from importlib import import_module
    from pathlib import Path

    try:
        client = import_module("typeshed_client")
    except ImportError:
        return
    original = client.get_search_context

    def get_search_context(**options: object) -> object:
        if options.get("search_path") is None:
            options["search_path"] = [Path(path) for path in sys.path if path]
            options.pop("python_executable", None)
        return original(**options)

    vars(client)["get_search_context"] = get_search_context


def _describe(parser: object, args: list[str]) -> dict[str, object]:
    parameters: list[dict[str, object]] = []
    commands: list[str] = []
    _collect(parser, "", args, parameters, commands)
    is_lightning = any("lightning" in c.__module__ for c in type(parser).__mro__)
    return {
        "parser": "LightningCLI" if is_lightning else "jsonargparse",
        "parameters": parameters,
        "commands": commands,
        "command": next((arg for arg in args if arg in commands), ""),
        "is_staged": any(p.get("takes_class") for p in parameters),
    }


def _collect(
    parser: object, command: str, args: list[str], parameters: list[dict[str, object]], commands: list[str]
) -> None:
    for action in parser._actions:  # type: ignore[attr-defined]
        kind = type(action).__name__
        if "SubCommands" in kind:
            for name, sub in (getattr(action, "_name_parser_map", None) or {}).items():
                full = f"{command} {name}".strip()
                commands.append(full)
                _collect(sub, full, args, parameters, commands)
        elif kind not in _ACTIONS_WITHOUT_VALUE and not kind.startswith("_ActionHelp"):
            if kind == "_ActionConfigLoad":
                continue  # a group, whose members have actions of their own
            parameter = _describe_parameter(parser, action, command)
            parameters.append(parameter)
            parameters.extend(_describe_members(action, parameter, args))


def _describe_members(action: Action, parent: dict[str, object], args: list[str]) -> Iterator[dict[str, object]]:
    """Yields the parameters of the class that an argument is an object of, by default or as the command line names
    it: `--model.dim` beside `--model`.
    """
    default_class = _find_class(action.default)
    kind = _find_class_argument(action, args) or default_class
    if kind is None or not action.option_strings:
        return
    for name, hint, default, description in _list_init_parameters(kind):
        items = json_values.name_items(hint)
        init_args = getattr(action.default, "init_args", None) if kind is default_class else None
        yield {
            **parent,
            "name": f"{parent['name']}.{name}",
            "dest": f"{parent['dest']}.{name}",
            "aliases": [f"{parent['name']}.init_args.{name}"],
            "flags": [f"{action.option_strings[-1]}.{name}"],
            "type": json_values.name_hint(hint) if items is None else items,
            "nargs": "" if items is None else "[]",
            "default": json_values.to_json(getattr(init_args, name, default)),
            "choices": json_values.list_choices(hint),
            "required": False,
            "description": description,
            "has_converter": hint is not None and not json_values.name_hint(hint) and items is None,
        }


def _list_init_parameters(kind: type) -> Iterator[tuple[str, object, object, str]]:
    """Yields name, type, default and help of the parameters of a class; also of those behind its `**kwargs`, as
    jsonargparse itself finds them.
    """
    import inspect

    try:
        from importlib import import_module

        resolvers = import_module("jsonargparse._parameter_resolvers")
        parameters = resolvers.get_signature_parameters(kind, None)
    except Exception:  # a private function, which differs between versions
        hints = json_values.get_hints(kind)
        parameters = list(inspect.signature(kind).parameters.values())
    else:
        hints = {p.name: p.annotation for p in parameters}
    for p in parameters:
        if p.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            default = None if p.default is inspect.Parameter.empty else p.default
            yield p.name, hints.get(p.name), default, json_values.format_line(getattr(p, "doc", ""))


def _find_class_argument(action: Action, args: list[str]) -> type | None:
    """Returns the class that the command line names for an argument, with or without its module."""
    class_name = ""
    for i, arg in enumerate(args):
        flag, equals, value = arg.partition("=")
        if flag in action.option_strings:
            class_name = value if equals else "".join(args[i + 1 : i + 2])
    for kind in _list_classes(action):
        if class_name and class_name in (kind.__name__, f"{kind.__module__}.{kind.__name__}"):
            return kind
    return None


def _list_classes(action: Action) -> Iterator[type]:
    """Yields the classes imported so far that an argument may be an object of."""
    hint = getattr(action, "_typehint", None)
    waiting = [c for c in (hint, *getattr(hint, "__args__", ())) if isinstance(c, type)]
    seen: set[type] = set()
    while waiting and len(seen) < 1000:
        kind = waiting.pop(0)
        if kind not in seen and kind.__module__ not in ("builtins", "enum", "pathlib", "types", "typing"):
            seen.add(kind)
            yield kind
            waiting += type.__subclasses__(kind)


def _find_class(default: object) -> type | None:
    """Returns the class of a default that is an object, or that describes one (`class_path`)."""
    path = getattr(default, "class_path", None)
    if isinstance(path, str):
        module, _, name = path.rpartition(".")
        kind = getattr(sys.modules.get(module), name, None)
        return kind if isinstance(kind, type) else None
    is_plain = default is None or isinstance(default, (bool, int, float, str, list, tuple, dict, set, frozenset))
    is_own = type(default).__module__.partition(".")[0] not in _LIBRARIES
    return type(default) if is_own and not is_plain and json_values.to_json(default) is None else None


def _describe_parameter(parser: object, action: Action, command: str) -> dict[str, object]:
    parameter = describe_action(parser, action, command, {})  # type: ignore[arg-type]
    hint = getattr(action, "_typehint", None) or action.type
    kind = json_values.name_hint(hint)
    items = json_values.name_items(hint) if parameter["action"] == "store" and not parameter["nargs"] else None
    if items is not None:
        kind = items
        parameter["nargs"] = "[]"
    if parameter["action"] == "store" and kind:
        parameter["type"] = kind
    parameter["flags"] = [f for f in action.option_strings if not f.endswith("+")]
    parameter["choices"] = parameter["choices"] or json_values.list_choices(hint)
    parameter["bool_words"] = ["true", "false"]
    parameter["has_converter"] = not parameter["type"] and hint is not None
    if type(action).__name__ in _CONFIG_FILE_ACTIONS:
        parameter["type"] = "str"
        parameter["is_config_file"] = True
    parameter["takes_class"] = bool(parameter["has_converter"]) and any(True for _ in _list_classes(action))
    return parameter
