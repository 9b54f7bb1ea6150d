"""`gage run X --help-op`: parameters, dependencies and an example."""

from typing import TYPE_CHECKING

from gage.cli.render import config_table, terminal

if TYPE_CHECKING:
    from gage.project.operation import Operation
    from gage.project.parameter_spec import ParameterSpec
    from gage.project.request import RunRequest
    from gage.project.run_config import RunConfig
    from gage.types.values import JSONValue


def print_operation_help(request: "RunRequest", as_json: bool) -> None:
    """Prints the parameters of the operation or script that the request names."""
    from gage.assignments import parse
    from gage.cli.render.spinner import Spinner
    from gage.project.operation import find_operation
    from gage.project.run_config import find_parameters, refine_parameters

    operation = find_operation(request)
    with Spinner(f"Reading the parameters of {request.target or 'the operation'}"):
        config = refine_parameters(operation, find_parameters(operation), parse.parse_assignments(request.assignments))
    if as_json:
        terminal.print_json(_operation_to_json(operation, config))
        return
    _print_header(operation)
    _print_parameters(config)
    _print_dependencies_and_example(operation, request.target, config_table.list_visible(config))


def _print_header(operation: "Operation") -> None:
    from gage.cli.run.preview import format_command

    op = operation.op
    version = f"  (version {op.version})" if op.version else ""
    terminal.print_stdout(terminal.paint(terminal.escape(op.name + version), "bold"))
    if op.description:
        terminal.print_stdout(terminal.escape(op.description))
    if op.run:
        terminal.print_stdout(f"Command: {terminal.escape(format_command(op.run))}")


def _print_parameters(config: "RunConfig") -> None:
    options, how = config_table.list_visible(config), config_table.describe_parser(config)
    terminal.print_stdout("")
    if options:
        terminal.print_stdout("Parameters")
    elif not how:
        terminal.print_stdout("No parameters")
    for o in options:
        terminal.print_stdout(f"  {terminal.escape(_format_parameter(o))}")
        if o.config.description:
            terminal.print_stdout(f"      {terminal.escape(o.config.description)}")
    if how:
        terminal.print_stdout(terminal.escape(how))


def _format_parameter(o: "ParameterSpec") -> str:
    from gage.board.formatting import format_value

    setting = o.config
    value = (
        setting.name
        if setting.value is None
        else f"{setting.name} = {format_value(config_table.mask_secret(o, setting.value))}"
    )
    is_elsewhere = o.where and not o.config.location.startswith(o.where.partition(":")[0])
    parts = [value, config_table.format_type(o), *config_table.format_limits(o), config_table.format_target(o)]
    return "  ".join(filter(None, [*parts, f"({o.where})" if is_elsewhere else ""]))


def _print_dependencies_and_example(operation: "Operation", target: str, options: "list[ParameterSpec]") -> None:
    op = operation.op
    needed = [*op.depends, *(f"{d.kind}: {d.select or d.path or d.url}" for d in op.dependencies)]
    if needed:
        terminal.print_stdout(f"\nDependencies\n  {terminal.escape(', '.join(needed))}")
    terminal.print_stdout(f"\nExample\n  {terminal.escape(_build_example(target, options))}")


def _build_example(target: str, options: "list[ParameterSpec]") -> str:
    import shlex

    from gage.assignments.placeholders import format_value

    words = ["gage", "run", *([target] if target else [])]
    needed = [
        f"{o.config.name}={_example_value(o)}"
        for o in options
        if o.required and not o.command and o.config.value is None
    ]
    shown = [
        o
        for o in options
        if o.config.value is not None and config_table.mask_secret(o, o.config.value) == o.config.value
    ]
    known = [f"{o.config.name}={format_value(o.config.value)}" for o in shown]
    return shlex.join([*words, *needed, *known[: max(2 - len(needed), 0)]])


def _example_value(o: "ParameterSpec") -> str:
    """Returns an example value for a required parameter."""
    if o.config.choices:
        return str(o.config.choices[0])
    return {"int": "1", "float": "0.1", "number": "0.1", "bool": "true", "list": "[1,2]"}.get(o.type, "VALUE")


def _operation_to_json(operation: "Operation", config: "RunConfig") -> "JSONValue":
    from gage.cli.run.preview import format_command

    op = operation.op
    return {
        "name": op.name,
        "description": op.description,
        "version": op.version,
        "command": format_command(op.run) if op.run else "",
        "config": [config_table.convert_parameter_to_json(o) for o in config_table.list_visible(config)],
        "depends": list(op.depends),
        "note": config_table.describe_parser(config),
    }
