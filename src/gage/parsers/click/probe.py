"""Probe of click, and of Typer with its copy of it: the first command that creates a context reports its parameters."""

from __future__ import annotations

from ..introspect.probe import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Protocol

    class ProbedParameter(Protocol):
        """A parameter of click."""

        name: str
        opts: list[str]
        secondary_opts: list[str]
        param_type_name: str
        type: object
        nargs: int
        required: bool
        expose_value: bool

        envvar: str | Sequence[str] | None

        def get_default(self, context: Context, call: bool) -> object:
            """Returns the default, computed if it is a function."""

        def resolve_envvar_value(self, context: Context) -> str | None:
            """Returns the text of the environment variable that sets the parameter."""

        def consume_value(self, context: Context, options: dict[str, object]) -> tuple[object, object]:
            """Returns the value and where it is from."""

        def type_cast_value(self, context: Context, value: object) -> object:
            """Returns the value as the program gets it."""

    class Context(Protocol):
        """A context of click."""

        info_name: str
        auto_envvar_prefix: str | None

    class ContextClass(Protocol):
        """A class of contexts."""

        def __call__(
            self, command: ProbedCommand, info_name: str, parent: Context | None, **settings: object
        ) -> Context:
            """Returns a context for a command."""

    class ProbedCommand(Protocol):
        """A command of click; a group lists more commands."""

        params: list[ProbedParameter]
        context_settings: dict[str, object]
        context_class: ContextClass

        def list_commands(self, context: Context) -> list[str]:
            """Returns the names of a group's commands."""

        def get_command(self, context: Context, name: str) -> ProbedCommand | None:
            """Returns one of them."""


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
"""Names of click's types → names of types in reports."""


def patch(core: ModuleType) -> None:
    """Has the program's command report itself when it is about to parse."""
    command_class = next(c for c in core.Command.__mro__ if "make_context" in vars(c))
    real = command_class.make_context
    parser = "typer" if core.__name__.startswith("typer.") else ""

    def make_context(
        self: ProbedCommand, info_name: str, args: list[str], parent: object = None, **extra: object
    ) -> object:
        if parent is None:
            send_report.build_and_exit(
                lambda: _describe(self, info_name, list(args), parser or _name_parser(self), extra)
            )
        return real(self, info_name, args, parent, **extra)

    command_class.make_context = make_context


def _name_parser(command: ProbedCommand) -> str:
    return "typer" if any(c.__module__.startswith("typer.") for c in type(command).__mro__) else "click"


def _describe(
    command: ProbedCommand, name: str, args: list[str], parser: str, extra: dict[str, object]
) -> dict[str, object]:
    parameters: list[dict[str, object]] = []
    commands: list[str] = []
    prefix = {key: value for key, value in extra.items() if key == "auto_envvar_prefix"}
    command.context_settings = {**command.context_settings, **prefix}
    _collect(command, name, None, "", parameters, commands)
    return {
        "parser": parser,
        "parameters": parameters,
        "commands": commands,
        "command": _find_command(command, name, None, args),
        "is_chained": bool(getattr(command, "chain", False)),
    }


def _create_context(command: ProbedCommand, name: str, parent: Context | None) -> Context:
    settings = {k: v for k, v in command.context_settings.items() if k != "obj"}
    return command.context_class(command, info_name=name, parent=parent, **settings)


def _collect(
    command: ProbedCommand,
    name: str,
    parent: Context | None,
    path: str,
    parameters: list[dict[str, object]],
    commands: list[str],
) -> None:
    """Collects the parameters of a command and of its subcommands. `path` is its name within the program."""
    context = _create_context(command, name, parent)
    parameters += [_describe_parameter(p, context, path) for p in command.params if not _is_without_value(p)]
    for sub, subcommand in _list_subcommands(command, context).items():
        full = f"{path} {sub}".strip()
        commands.append(full)
        _collect(subcommand, sub, context, full, parameters, commands)


def _list_subcommands(command: ProbedCommand, context: Context) -> dict[str, ProbedCommand]:
    names = command.list_commands(context) if hasattr(command, "list_commands") else []
    subcommands = {name: command.get_command(context, name) for name in names}
    return {name: subcommand for name, subcommand in subcommands.items() if subcommand is not None}


def _find_command(command: ProbedCommand, name: str, parent: Context | None, args: Sequence[str]) -> str:
    """Returns the subcommand that the arguments name: the first that is not the value of an option."""
    context = _create_context(command, name, parent)
    subcommands = _list_subcommands(command, context)
    with_value = {f for p in command.params for f in p.opts if f.startswith("-") and not getattr(p, "is_flag", False)}
    for i, arg in enumerate(args):
        if arg in subcommands and (i == 0 or args[i - 1] not in with_value):
            return f"{arg} {_find_command(subcommands[arg], arg, context, args[i + 1 :])}".strip()
    return ""


def _is_without_value(parameter: ProbedParameter) -> bool:
    """Returns whether an option acts at once, like `--help` and `--version`."""
    names = {f.lstrip("-") for f in parameter.opts}
    is_flag = getattr(parameter, "is_flag", False) or not getattr(parameter, "opts", [])
    eager = getattr(parameter, "is_eager", False) and not parameter.expose_value and is_flag
    return eager or bool(names & {"help", "version", "install-completion", "show-completion"})


def _describe_parameter(parameter: ProbedParameter, context: Context, path: str) -> dict[str, object]:
    is_option = parameter.param_type_name == "option"
    flags = list(parameter.opts) if is_option else []
    off = list(parameter.secondary_opts) if is_option else []
    long = next((f for f in flags if f.startswith("--")), flags[0] if flags else "")
    default, is_from_environment = _find_default(parameter, context)
    kind = _name_type(parameter)
    result = {
        "name": long.lstrip("-") or parameter.name,
        "flags": flags,
        "off_flags": off,
        "action": "store",
        "type": kind,
        "nargs": _name_nargs(parameter),
        "default": default,
        "choices": _list_choices(parameter),
        "required": not is_from_environment
        and (bool(parameter.required) or (getattr(parameter, "prompt", None) is not None and default is None)),
        "description": json_values.format_line(getattr(parameter, "help", "")),
        "has_converter": not kind,
        "command": path,
        "dest": parameter.name,
        "bool_words": ["true", "false"],
    }
    if is_option:
        result.update(_describe_option(parameter, off, default))
    return result


def _describe_option(parameter: ProbedParameter, off: list[str], default: object) -> dict[str, object]:
    """Returns how an option takes its value."""
    const = json_values.to_json(_unset_to_none(vars(parameter).get("flag_value")))
    if getattr(parameter, "count", False):
        return {"action": "count", "type": "int", "default": default or 0, "nargs": "", "choices": []}
    if getattr(parameter, "is_flag", False):
        if off:
            return {"action": "switch", "type": "bool", "nargs": ""}
        if isinstance(const, bool) or const is None:
            action = "store_false" if const is False else "store_true"
            return {"action": action, "type": "bool", "default": default if isinstance(default, bool) else False}
        return {"action": "store_const", "const": const, "default": default}
    if getattr(parameter, "multiple", False):
        return {"action": "append"}
    if const is not None:
        return {"nargs": "?", "const": const}
    return {}


def _list_choices(parameter: ProbedParameter) -> list[object]:
    """Returns the names of an enum in click, its values in Typer: what may be typed."""
    typer_type = getattr(parameter, "type_descriptor", None)
    if typer_type is None:
        return [json_values.to_json(c) for c in getattr(parameter.type, "choices", None) or ()]
    return [json_values.to_json(getattr(c, "value", c)) for c in typer_type.choices or ()]


def _name_type(parameter: ProbedParameter) -> str:
    typer_type = getattr(parameter, "type_descriptor", None)
    if typer_type is not None:
        if typer_type.is_choice or typer_type.is_path:
            return "str"
        return json_values.name_hint(typer_type.annotation) or json_values.name_items(typer_type.annotation) or ""
    names = [getattr(parameter.type, "name", ""), *(c.__name__ for c in type(parameter.type).__mro__)]
    if getattr(parameter.type, "choices", None):
        return "str" if all(isinstance(c, str) for c in _list_choices(parameter)) else ""
    if "FuncParamType" in names:
        return json_values.name_type(getattr(parameter.type, "func", None))
    if "Path" in names:
        return "str"
    items = {_TYPES.get(t.name, "") for t in getattr(parameter.type, "types", ())}
    return items.pop() if len(items) == 1 else _TYPES.get(str(names[0]), "")


def _name_nargs(parameter: ProbedParameter) -> str:
    if parameter.nargs == -1:
        return "+" if parameter.required else "*"
    if parameter.nargs != 1:
        return str(parameter.nargs)
    return "?" if parameter.param_type_name == "argument" and not parameter.required else ""


def _find_default(parameter: ProbedParameter, context: Context) -> tuple[object, bool]:
    """Returns the value without an argument, and whether it comes from the environment."""
    is_from_environment = False
    try:
        is_from_environment = _has_variable(parameter, context)
        if is_from_environment:
            value, _ = parameter.consume_value(context, {})
            value = parameter.type_cast_value(context, value)
        else:
            value = parameter.get_default(context, call=True)
        value = _unset_to_none(value)
    except Exception:  # defaults and types may be functions of the program
        return None, is_from_environment
    is_typer = hasattr(parameter, "type_descriptor") or type(parameter).__module__.startswith("typer.")
    if is_typer and hasattr(value, "value"):
        value = value.value
    return json_values.to_json(value), is_from_environment


def _has_variable(parameter: ProbedParameter, context: Context) -> bool:
    """Returns whether an environment variable sets the parameter; notes the variables that can."""
    names = [parameter.envvar] if isinstance(parameter.envvar, str) else [*(parameter.envvar or ())]
    if context.auto_envvar_prefix and getattr(parameter, "allow_from_autoenv", False):
        names.append(f"{context.auto_envvar_prefix}_{parameter.name.upper()}")
    for name in names:
        send_report.record_variable(name)
    return bool(names) and parameter.resolve_envvar_value(context) is not None


def _unset_to_none(value: object) -> object:
    """Returns None for the mark of click 8.3 that means "not set"."""
    return None if type(value).__name__ == "Sentinel" else value
