"""Probe of Fire: reports the parameters of the functions in its component."""

from __future__ import annotations

import inspect

from ..introspect.probe import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


def patch(core: ModuleType) -> None:
    """Has Fire report its component instead of calling it."""

    def fire(component: object, args: list[str], flags: object, context: dict[str, object], *more: object) -> object:
        send_report.build_and_exit(lambda: _describe(_list_own(context) if component is None else component, args))

    vars(core)["_Fire"] = fire


def _describe(component: object, args: list[str]) -> dict[str, object]:
    parameters: list[dict[str, object]] = []
    commands: list[str] = []
    open_commands: list[str] = []
    _collect(component, "", parameters, commands, open_commands)
    return {
        "parser": "fire",
        "parameters": parameters,
        "commands": commands,
        "command": _find_command(args, commands),
        "open_commands": open_commands,
    }


def _list_own(context: dict[str, object]) -> dict[str, object]:
    """Returns the functions and classes that a module defines itself."""
    name = context.get("__name__")
    return {n: v for n, v in context.items() if callable(v) and getattr(v, "__module__", None) == name}


def _find_command(args: list[str], commands: list[str]) -> str:
    names: list[str] = []
    for arg in args:
        if " ".join([*names, arg.replace("-", "_")]) in commands:
            names.append(arg.replace("-", "_"))
    return " ".join(names)


def _collect(
    component: object,
    command: str,
    parameters: list[dict[str, object]],
    commands: list[str],
    open_commands: list[str],
    depth: int = 3,
) -> None:
    if inspect.isclass(component) or inspect.isroutine(component):
        parameters.extend(_describe_parameters(component, command))
        open_commands += [command] if _takes_any_option(component) else []
    if depth == 0 or len(commands) > 200 or inspect.isroutine(component):
        return
    for name, member in _list_members(component):
        full = f"{command} {name}".strip()
        commands.append(full)
        _collect(member, full, parameters, commands, open_commands, depth - 1)


def _takes_any_option(function: Callable[..., object]) -> bool:
    try:
        return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False


def _list_members(component: object) -> Iterator[tuple[str, object]]:
    """Yields the functions and groups below a component, in the order of the source."""
    if isinstance(component, dict):
        members = [(str(n), m) for n, m in component.items()]
    elif inspect.isclass(component):
        members = [(n, m) for c in reversed(component.__mro__[:-1]) for n, m in vars(c).items()]
    elif inspect.ismodule(component):
        members = list(_list_own(vars(component)).items())
    elif component is None or isinstance(component, (str, int, float, list, tuple)):
        members = []
    else:
        members = [*vars(type(component)).items(), *getattr(component, "__dict__", {}).items()]
    for name, member in dict(members).items():
        real = getattr(member, "__func__", member)  # static and class methods
        if not name.startswith("_") and (inspect.isroutine(real) or inspect.isclass(real) or _is_group(real)):
            yield name, real


def _is_group(member: object) -> bool:
    plain = member is None or isinstance(member, (str, bytes, int, float, list, tuple, set, property))
    return not plain and (isinstance(member, dict) or hasattr(member, "__dict__")) and not inspect.ismodule(member)


def _describe_parameters(function: Callable[..., object], command: str) -> Iterator[dict[str, object]]:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    descriptions = _read_docstring(function)
    hints = json_values.get_hints(function)
    is_method = (
        not inspect.isclass(function) and "." in getattr(function, "__qualname__", "").rpartition("<locals>.")[2]
    )
    for i, (name, p) in enumerate(signature.parameters.items()):
        if p.kind is p.VAR_KEYWORD or (i == 0 and is_method and name in ("self", "cls")):
            continue
        is_rest = p.kind is p.VAR_POSITIONAL
        default = None if p.default is p.empty else p.default
        hint = hints.get(name)
        items = None if is_rest else json_values.name_items(hint, default)
        yield {
            "name": name,
            "flags": [] if is_rest else ["--" + name],
            "type": "" if is_rest else json_values.name_hint(hint, default) if items is None else items,
            "nargs": "*" if is_rest else "" if items is None else "[]",
            "default": json_values.to_json(default),
            "choices": json_values.list_choices(hint),
            "required": p.default is p.empty and not is_rest,
            "description": descriptions.get(name, ""),
            "command": command,
            "bool_words": ["True", "False"],
            "has_converter": True,  # Fire reads the text as a Python literal where it can
        }


def _read_docstring(function: Callable[..., object]) -> dict[str, str]:
    """Returns the description of each argument in the docstring, as Fire's own help reads it."""
    from importlib import import_module

    texts = [inspect.getdoc(function), inspect.getdoc(getattr(function, "__init__", None))]
    descriptions: dict[str, str] = {}
    for text in filter(None, texts):
        for arg in import_module("fire.docstrings").parse(text).args or []:
            descriptions.setdefault(arg.name.lstrip("*"), json_values.format_line(arg.description))
    return descriptions
