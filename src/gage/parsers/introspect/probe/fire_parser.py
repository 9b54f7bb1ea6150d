"""Fire: the component that it was given tells the parameters of its functions."""

from __future__ import annotations

import inspect

from . import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


def patch(core: ModuleType) -> None:
    """Let the component be reported instead of being called."""

    def fire(component: object, args: list[str], flags: object, context: dict[str, object], *more: object) -> object:
        send_report.leave_with(lambda: _told(_own(context) if component is None else component, args))

    vars(core)["_Fire"] = fire


def _told(component: object, args: list[str]) -> dict[str, object]:
    found: list[dict[str, object]] = []
    commands: list[str] = []
    is_open: list[str] = []
    _collect(component, "", found, commands, is_open)
    return {
        "parser": "fire",
        "parameters": found,
        "commands": commands,
        "command": _command(args, commands),
        "open": is_open,
    }


def _own(context: dict[str, object]) -> dict[str, object]:
    """What a program defines itself, of all names that it has."""
    name = context.get("__name__")
    return {n: v for n, v in context.items() if callable(v) and getattr(v, "__module__", None) == name}


def _command(args: list[str], commands: list[str]) -> str:
    named: list[str] = []
    for word in args:
        if " ".join([*named, word.replace("-", "_")]) in commands:
            named.append(word.replace("-", "_"))
    return " ".join(named)


def _collect(
    component: object,
    path: str,
    found: list[dict[str, object]],
    commands: list[str],
    is_open: list[str],
    depth: int = 3,
) -> None:
    if inspect.isclass(component) or inspect.isroutine(component):
        found.extend(_parameters(component, path))
        is_open += [path] if _takes_any(component) else []
    if depth == 0 or len(commands) > 200 or inspect.isroutine(component):
        return
    for name, member in _members(component):
        full = f"{path} {name}".strip()
        commands.append(full)
        _collect(member, full, found, commands, is_open, depth - 1)


def _takes_any(function: Callable[..., object]) -> bool:
    try:
        return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False


def _members(component: object) -> Iterator[tuple[str, object]]:
    """The functions and groups below a component, in the order of the source."""
    if isinstance(component, dict):
        members = [(str(n), m) for n, m in component.items()]
    elif inspect.isclass(component):
        members = [(n, m) for c in reversed(component.__mro__[:-1]) for n, m in vars(c).items()]
    elif inspect.ismodule(component):
        members = list(_own(vars(component)).items())
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


def _parameters(function: Callable[..., object], path: str) -> Iterator[dict[str, object]]:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    said = _described(function)
    types = json_values.types_of(function)
    is_method = (
        not inspect.isclass(function) and "." in getattr(function, "__qualname__", "").rpartition("<locals>.")[2]
    )
    for i, (name, p) in enumerate(signature.parameters.items()):
        if p.kind is p.VAR_KEYWORD or (i == 0 and is_method and name in ("self", "cls")):
            continue
        rest = p.kind is p.VAR_POSITIONAL
        default = None if p.default is p.empty else p.default
        items = None if rest else json_values.items(types.get(name), default)
        yield {
            "name": name,
            "flags": [] if rest else ["--" + name],
            "type": "" if rest else json_values.annotated(types.get(name), default) if items is None else items,
            "nargs": "*" if rest else "" if items is None else "[]",
            "default": json_values.plain(default),
            "choices": json_values.literals(types.get(name)),
            "required": p.default is p.empty and not rest,
            "description": said.get(name, ""),
            "command": path,
            "truth": ["True", "False"],
            "converts": True,  # where no type is said, Fire reads the text as Python
        }


def _described(function: Callable[..., object]) -> dict[str, str]:
    """What the docstring says about each argument, as Fire's own help reads it."""
    from importlib import import_module

    texts = [inspect.getdoc(function), inspect.getdoc(getattr(function, "__init__", None))]
    found: dict[str, str] = {}
    for text in filter(None, texts):
        for arg in import_module("fire.docstrings").parse(text).args or []:
            found.setdefault(arg.name.lstrip("*"), json_values.text(arg.description))
    return found
