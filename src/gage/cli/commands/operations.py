"""`gage operations`."""

from gage.board.formatting import format_value
from gage.board.run_table import format_operation
from gage.cli.command import json_option, make_command
from gage.cli.gagefile_warnings import warn_about_problems
from gage.cli.global_options import get_current_dir
from gage.cli.render import terminal
from gage.types.opdef import ConfigDef, GageFile, OpDef
from gage.types.run import OpRef
from gage.types.values import JSONValue


@make_command("operations", "gage operations", "gage -C ~/projects/digits operations --json")
@json_option
def command(as_json: bool) -> None:
    """List the operations of the project's Gage file, with their config."""
    from gage.project.find import find_project

    project = find_project(get_current_dir())
    gagefile = project.gagefile or GageFile("", {})
    operations = gagefile.operations
    if as_json:
        terminal.print_json(
            {
                "operations": [_as_json(op) for op in operations.values()],
                "problems": [
                    {"file": gagefile.path, "line": each.span.line, "message": each.message}
                    for each in gagefile.diagnostics
                ],
            }
        )
        return
    warn_about_problems(project)
    if project.gagefile is None:
        terminal.print_stderr(
            "No Gage file in this directory", "A script needs no Gage file: gage run train.py. See 'gage help gagefile'"
        )
    elif not operations:
        if any(each.disables for each in gagefile.diagnostics):
            terminal.print_stderr("No operation of the Gage file can be used")
        else:
            terminal.print_stderr("The Gage file defines no operations", "See 'gage help gagefile'")
    for op in operations.values():
        _print(op)


def _as_json(op: OpDef) -> JSONValue:
    return {
        "name": op.name,
        "description": op.description,
        "default": op.default,
        "version": op.version,
        "command": op.run.to_line() if op.run else "",
        "config": [{"keys": list(c.keys), "name": c.name, "description": c.description} for c in op.config],
    }


def _print(op: OpDef) -> None:
    default = "  (default)" if op.default else ""
    first, *others = terminal.escape_lines(op.description.strip()).split("\n")
    description = f"  {first}" if first else ""
    name = terminal.escape(format_operation(OpRef(op.name, version=op.version)))
    terminal.print_stdout(f"{terminal.paint(name, 'bold')}{terminal.paint(default, 'dim')}{description}")
    for line in others:
        terminal.print_stdout(f"  {line}".rstrip())
    for config in op.config:
        terminal.print_stdout(f"  {terminal.escape(_config(config))}")


def _config(config: ConfigDef) -> str:
    text = config.name or ", ".join(config.keys)
    text += f" = {format_value(config.default)}" if config.default is not None else ""
    text += f" (one of {', '.join(map(format_value, config.choices))})" if config.choices else ""
    return text + (f"  {config.description}" if config.description else "")
