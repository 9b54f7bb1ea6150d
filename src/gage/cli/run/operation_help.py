"""`gage run X --help-op`: parameters, dependencies and an example."""

import shlex

from gage.assignments.parse import parse_assignments
from gage.assignments.placeholders import format_value
from gage.cli.render import config_table, terminal
from gage.cli.render.spinner import wait_for_parameters
from gage.project.operation import find_operation
from gage.project.parameter_spec import ParameterSpec
from gage.project.request import RunRequest
from gage.project.run_config import RunConfig, describe_no_parameters, find_parameters, refine_parameters
from gage.types.opdef import OpDef
from gage.types.values import JSONValue


def print_operation_help(request: RunRequest, as_json: bool) -> None:
    """Prints the parameters of the operation or script that the request names."""
    operation = find_operation(request)
    with wait_for_parameters(request.target):
        config = refine_parameters(operation, find_parameters(operation), parse_assignments(request.assignments))
        config = config._replace(note=describe_no_parameters(operation, config))
    if as_json:
        terminal.print_json(_operation_to_json(operation.op, config))
        return
    _print_header(operation.op)
    _print_parameters(config)
    _print_dependencies_and_example(operation.op, request.target, config_table.list_visible(config))


def _print_header(op: OpDef) -> None:
    version = f"  (version {op.version})" if op.version else ""
    terminal.print_stdout(terminal.paint(terminal.escape(op.name + version), "bold"))
    if op.description:
        terminal.print_stdout(terminal.escape_lines(op.description.strip()))
    if op.run:
        terminal.print_stdout(f"Command: {terminal.escape(op.run.to_line())}")


def _print_parameters(config: RunConfig) -> None:
    specs, how = config_table.list_visible(config), config_table.describe_parser(config)
    terminal.print_stdout("")
    if specs or not how:
        terminal.print_stdout("Parameters" if specs else "No parameters")
    for spec in specs:
        terminal.print_stdout(f"  {terminal.escape(_format_parameter(spec))}")
        if spec.config.description:
            terminal.print_stdout(f"      {terminal.escape(spec.config.description)}")
    if how:
        terminal.print_stdout(terminal.escape(how))


def _format_parameter(spec: ParameterSpec) -> str:
    name, value = spec.config.name, config_table.format_value(spec)
    is_elsewhere = spec.where and not spec.config.location.startswith(spec.where.partition(":")[0])
    parts = [f"{name} = {value}" if value else name, *config_table.format_type(spec), config_table.format_target(spec)]
    return "  ".join(filter(None, [*parts, f"({spec.where})" if is_elsewhere else ""]))


def _print_dependencies_and_example(op: OpDef, target: str, specs: list[ParameterSpec]) -> None:
    dependencies = [*op.depends, *(f"{d.kind}: {d.select or d.path or d.url}" for d in op.dependencies)]
    if dependencies:
        terminal.print_stdout(f"\nDependencies\n  {terminal.escape(', '.join(dependencies))}")
    terminal.print_stdout(f"\nExample\n  {terminal.escape(_build_example(target, specs))}")


def _build_example(target: str, specs: list[ParameterSpec]) -> str:
    """Returns a command line that sets the required parameters, and others up to two."""
    words = ["gage", "run", *([target] if target else [])]
    required = [spec for spec in specs if spec.required and not spec.command and spec.config.value is None]
    others = [spec for spec in specs if spec.config.value is not None and not config_table.is_secret(spec)]
    chosen = [*required, *others[: max(2 - len(required), 0)]]
    return shlex.join([*words, *(f"{spec.config.name}={_example_value(spec)}" for spec in chosen)])


def _example_value(spec: ParameterSpec) -> str:
    """Returns the value of a parameter, or an example for a required one."""
    if spec.config.value is not None:
        return format_value(spec.config.value)
    if spec.config.choices:
        return str(spec.config.choices[0])
    return {"int": "1", "float": "0.1", "number": "0.1", "bool": "true", "list": "[1,2]"}.get(spec.type, "VALUE")


def _operation_to_json(op: OpDef, config: RunConfig) -> JSONValue:
    return {
        "name": op.name,
        "description": op.description,
        "version": op.version,
        "command": op.run.to_line() if op.run else "",
        "config": config_table.convert_to_json(config),
        "depends": list(op.depends),
        "note": config_table.describe_parser(config),
    }
