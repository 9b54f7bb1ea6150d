"""`gage run X --help-op`: what can be set, what it reads, and an example."""

from typing import TYPE_CHECKING

from gage.cli.render import config_table, terminal

if TYPE_CHECKING:
    from gage.project.operation import Operation
    from gage.project.parameter_spec import ParameterSpec
    from gage.project.request import RunRequest
    from gage.project.run_config import RunConfig
    from gage.types.values import JSONValue


def print_help(request: "RunRequest", as_json: bool) -> None:
    """Tell all about the operation or script that the request names."""
    from gage.assignments import parse
    from gage.cli.render.spinner import Waiting
    from gage.project.operation import find_operation
    from gage.project.run_config import find_parameters, refine_parameters

    operation = find_operation(request)
    with Waiting(f"Looking at {request.target or 'the operation'}"):
        config = refine_parameters(find_parameters(operation), parse.parse(request.assignments))
    if as_json:
        terminal.say_json(_as_json(operation, config))
        return
    _print_head(operation)
    _print_config(config)
    _print_rest(operation, request.target, config_table.listed(config))


def _print_head(operation: "Operation") -> None:
    from gage.cli.run.preview import command_text

    op = operation.op
    version = f"  (version {op.version})" if op.version else ""
    terminal.say(terminal.paint(terminal.safe(op.name + version), "bold"))
    if op.description:
        terminal.say(terminal.safe(op.description))
    if op.run:
        terminal.say(f"Command: {terminal.safe(command_text(op.run))}")


def _print_config(config: "RunConfig") -> None:
    options, how = config_table.listed(config), config_table.about(config)
    terminal.say("")
    if options:
        terminal.say("Config")
    elif not how:
        terminal.say("It has no config")
    for o in options:
        terminal.say(f"  {terminal.safe(_line(o))}")
        if o.config.description:
            terminal.say(f"      {terminal.safe(o.config.description)}")
    if how:
        terminal.say(terminal.safe(how))


def _line(o: "ParameterSpec") -> str:
    from gage.board.formatting import show_value

    setting = o.config
    value = (
        setting.name
        if setting.value is None
        else f"{setting.name} = {show_value(config_table.masked(o, setting.value))}"
    )
    is_elsewhere = o.where and not o.config.location.startswith(o.where.partition(":")[0])
    parts = [value, config_table.type_of(o), *config_table.limits(o), config_table.goes_to(o)]
    return "  ".join(filter(None, [*parts, f"({o.where})" if is_elsewhere else ""]))


def _print_rest(operation: "Operation", target: str, options: "list[ParameterSpec]") -> None:
    op = operation.op
    needed = [*op.depends, *(f"{d.kind}: {d.select or d.path or d.url}" for d in op.dependencies)]
    if needed:
        terminal.say(f"\nDepends on\n  {terminal.safe(', '.join(needed))}")
    terminal.say(f"\nExample\n  {terminal.safe(_example(target, options))}")


def _example(target: str, options: "list[ParameterSpec]") -> str:
    import shlex

    from gage.assignments.placeholders import word

    words = ["gage", "run", *([target] if target else [])]
    needed = [f"{o.config.name}={_any(o)}" for o in options if o.required and not o.command and o.config.value is None]
    shown = [
        o for o in options if o.config.value is not None and config_table.masked(o, o.config.value) == o.config.value
    ]
    known = [f"{o.config.name}={word(o.config.value)}" for o in shown]
    return shlex.join([*words, *needed, *known[: max(2 - len(needed), 0)]])


def _any(o: "ParameterSpec") -> str:
    """Some value for a setting that needs one."""
    if o.config.choices:
        return str(o.config.choices[0])
    return {"int": "1", "float": "0.1", "number": "0.1", "bool": "true", "list": "[1,2]"}.get(o.type, "VALUE")


def _as_json(operation: "Operation", config: "RunConfig") -> "JSONValue":
    from gage.cli.run.preview import command_text

    op = operation.op
    return {
        "name": op.name,
        "description": op.description,
        "version": op.version,
        "command": command_text(op.run) if op.run else "",
        "config": [config_table.as_json(o) for o in config_table.listed(config)],
        "depends": list(op.depends),
        "note": config_table.about(config),
    }
