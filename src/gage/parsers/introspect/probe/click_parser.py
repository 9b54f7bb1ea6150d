"""click, and Typer with its own copy of it: the first command whose context is made tells its parameters."""

from __future__ import annotations

from . import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Protocol

    class Parameter(Protocol):
        """What click's parameters have."""

        name: str
        opts: list[str]
        secondary_opts: list[str]
        param_type_name: str
        type: object
        nargs: int
        required: bool
        expose_value: bool

        def get_default(self, context: Context, call: bool) -> object:
            """The default, computed if it is a function."""

    class Context(Protocol):
        """click's context: opaque here."""

        info_name: str

    class MakesContext(Protocol):
        """A class of contexts."""

        def __call__(self, command: Command, info_name: str, parent: Context | None, **settings: object) -> Context:
            """A context for a command."""

    class Command(Protocol):
        """What click's commands have; groups know more commands."""

        params: list[Parameter]
        context_settings: dict[str, object]
        context_class: MakesContext

        def list_commands(self, context: Context) -> list[str]:
            """The names of the commands below."""

        def get_command(self, context: Context, name: str) -> Command | None:
            """One of them."""


_TYPES = {
    "integer": "int",
    "integer range": "int",
    "float": "float",
    "float range": "float",
    "boolean": "bool",
    "text": "str",
    "path": "str",
    "file": "str",
    "filename": "str",
    "directory": "str",
}
"""click's names of its types → ours."""


def patch(core: ModuleType) -> None:
    """Let the program's command report itself when it is about to parse."""
    made_by = next(c for c in core.Command.__mro__ if "make_context" in vars(c))
    real = made_by.make_context
    parser = "typer" if core.__name__.startswith("typer.") else ""

    def make_context(self: Command, info_name: str, args: list[str], parent: object = None, **extra: object) -> object:
        if parent is None:
            send_report.leave_with(lambda: _told(self, info_name, list(args), parser or _kind(self)))
        return real(self, info_name, args, parent, **extra)

    made_by.make_context = make_context


def _kind(command: Command) -> str:
    return "typer" if any(c.__module__.startswith("typer.") for c in type(command).__mro__) else "click"


def _told(command: Command, name: str, words: list[str], parser: str) -> dict[str, object]:
    found: list[dict[str, object]] = []
    commands: list[str] = []
    _collect(command, name, None, "", found, commands)
    return {
        "parser": parser,
        "parameters": found,
        "commands": commands,
        "command": _command(command, name, None, words),
    }


def _context(command: Command, name: str, parent: Context | None) -> Context:
    settings = {k: v for k, v in command.context_settings.items() if k != "obj"}
    return command.context_class(command, info_name=name, parent=parent, **settings)


def _collect(
    command: Command,
    name: str,
    parent: Context | None,
    path: str,
    found: list[dict[str, object]],
    commands: list[str],
) -> None:
    """The parameters of a command and of those below it."""
    context = _context(command, name, parent)
    for parameter in command.params:
        if not _says_only(parameter):
            found.append(_parameter(parameter, context, path))
    for sub, below in _below(command, context):
        full = f"{path} {sub}".strip()
        commands.append(full)
        _collect(below, sub, context, full, found, commands)


def _below(command: Command, context: Context) -> list[tuple[str, Command]]:
    names = command.list_commands(context) if hasattr(command, "list_commands") else []
    found = [(name, command.get_command(context, name)) for name in names]
    return [(name, below) for name, below in found if below is not None]


def _command(command: Command, name: str, parent: Context | None, words: Sequence[str]) -> str:
    """The sub-command that the words name: the first that is no option's value."""
    context = _context(command, name, parent)
    below = dict(_below(command, context))
    valued = {f for p in command.params for f in p.opts if f.startswith("-") and not getattr(p, "is_flag", False)}
    for i, word in enumerate(words):
        if word in below and (i == 0 or words[i - 1] not in valued):
            return f"{word} {_command(below[word], word, context, words[i + 1 :])}".strip()
    return ""


def _says_only(parameter: Parameter) -> bool:
    """Whether it is `--help`, `--version` or the like: does something at once, and is no value."""
    names = {f.lstrip("-") for f in parameter.opts}
    is_flag = getattr(parameter, "is_flag", False) or not getattr(parameter, "opts", [])
    eager = getattr(parameter, "is_eager", False) and not parameter.expose_value and is_flag
    return eager or bool(names & {"help", "version", "install-completion", "show-completion"})


def _parameter(parameter: Parameter, context: Context, path: str) -> dict[str, object]:
    is_option = parameter.param_type_name == "option"
    flags = list(parameter.opts) if is_option else []
    off = list(parameter.secondary_opts) if is_option else []
    long = next((f for f in flags if f.startswith("--")), flags[0] if flags else "")
    default = _default(parameter, context)
    kind = _type(parameter)
    found = {
        "name": long.lstrip("-") or parameter.name,
        "flags": flags,
        "off": off,
        "action": "store",
        "type": kind,
        "nargs": _nargs(parameter),
        "default": default,
        "choices": _choices(parameter),
        "required": bool(parameter.required) or (getattr(parameter, "prompt", None) is not None and default is None),
        "description": json_values.text(getattr(parameter, "help", "")),
        "converts": not kind,
        "command": path,
        "dest": parameter.name,
        "truth": ["true", "false"],
    }
    if is_option:
        found.update(_taken(parameter, off, default))
    return found


def _taken(parameter: Parameter, off: list[str], default: object) -> dict[str, object]:
    """How an option takes its value."""
    const = json_values.plain(_known(vars(parameter).get("flag_value")))
    if getattr(parameter, "count", False):
        return {"action": "count", "type": "int", "default": default or 0, "nargs": "", "choices": []}
    if getattr(parameter, "is_flag", False):
        if off:
            return {"action": "switch", "type": "bool", "nargs": ""}
        if isinstance(const, bool) or const is None:
            usual = default if isinstance(default, bool) else False
            return {"action": "store_false" if const is False else "store_true", "type": "bool", "default": usual}
        return {"action": "store_const", "const": const, "default": default}
    if getattr(parameter, "multiple", False):
        return {"action": "append"}
    if const is not None:
        return {"nargs": "?", "const": const}
    return {}


def _choices(parameter: Parameter) -> list[object]:
    """What may be typed: an enum's names in click, its values in Typer."""
    typed = getattr(parameter, "type_descriptor", None)
    found = (typed.choices if typed is not None else getattr(parameter.type, "choices", None)) or ()
    return [json_values.plain(getattr(c, "value", c) if typed is not None else c) for c in found]


def _typed(annotation: object) -> str:
    """Typer's own description of a type: that of the items for lists and tuples of one type."""
    items = {json_values.annotated(a) for a in getattr(annotation, "__args__", ())}
    return json_values.annotated(annotation) or (items.pop() if len(items) == 1 else "")


def _type(parameter: Parameter) -> str:
    typed = getattr(parameter, "type_descriptor", None)
    if typed is not None:
        return "str" if typed.is_choice or typed.is_path else _typed(typed.annotation)
    names = [getattr(parameter.type, "name", ""), *(c.__name__ for c in type(parameter.type).__mro__)]
    if getattr(parameter.type, "choices", None):
        return "str" if all(isinstance(c, str) for c in _choices(parameter)) else ""
    if "FuncParamType" in names:
        return json_values.type_name(getattr(parameter.type, "func", None))
    if "Path" in names:
        return "str"
    items = {_TYPES.get(t.name, "") for t in getattr(parameter.type, "types", ())}
    return items.pop() if len(items) == 1 else _TYPES.get(str(names[0]), "")


def _nargs(parameter: Parameter) -> str:
    if parameter.nargs == -1:
        return "+" if parameter.required else "*"
    if parameter.nargs != 1:
        return str(parameter.nargs)
    return "?" if parameter.param_type_name == "argument" and not parameter.required else ""


def _default(parameter: Parameter, context: Context) -> object:
    try:
        value = _known(parameter.get_default(context, call=True))
    except Exception:
        return None
    typer = hasattr(parameter, "type_descriptor") or type(parameter).__module__.startswith("typer.")
    if typer and hasattr(value, "value"):
        value = value.value
    return json_values.plain(value)


def _known(value: object) -> object:
    """click's own mark for nothing is nothing."""
    return None if type(value).__name__ == "Sentinel" else value
