"""`gage config`."""

from typing import TYPE_CHECKING

import click

from gage.cli.command import json_option, make_command
from gage.cli.global_options import find_current_project, find_runs_dir, get_current_dir
from gage.cli.render import config_table, terminal
from gage.types.errors import ConfigError
from gage.types.table import Column

if TYPE_CHECKING:
    from gage.formats.config_source import ConfigSource
    from gage.project.run_config import RunConfig
    from gage.types.values import JSONValue

MAX_HEAD_BYTES = 1 << 16
"""How much of a file is read to detect its format."""

FILE_COLUMNS = (
    Column("name", "Name"),
    Column("value", "Value"),
    Column("line", "Line", "right"),
    Column("description", "Description"),
)


@make_command("config", "gage config train.py", "gage config train.py --explain", "gage config params.yaml")
@click.argument("target", metavar="[OPERATION|SCRIPT|FILE]", default="")
@click.option("--explain", is_flag=True, help="Show how each parameter was found.")
@json_option
def command(target: str, explain: bool, as_json: bool) -> None:
    """List the parameters of an operation or script: name, value, type, and where the value goes.

    A Python program with a parser is started to read it, and stopped there: see 'gage help config'.

    For a FILE of values, such as params.yaml, list the values that a Gage file can select from it.
    """
    from gage.cli.render.spinner import wait_for_parameters
    from gage.project.operation import find_operation
    from gage.project.request import RunRequest
    from gage.project.run_config import describe_no_parameters, find_parameters

    if source := _values_file(target):
        _print_file(target, source, as_json)
        return
    with wait_for_parameters(target):
        request = RunRequest(target, cwd=get_current_dir(), project=find_current_project(), store=find_runs_dir())
        operation = find_operation(request)
        config = find_parameters(operation)
        config = config._replace(note=describe_no_parameters(operation, config))
    how = config_table.describe_parser(config)
    if as_json:
        parser = config.program.parser if config.program else ""
        terminal.print_json({"parser": parser, "note": how, "config": config_table.convert_to_json(config)})
    elif not config_table.list_visible(config):
        terminal.print_stderr(f"{target or 'The operation'} has no parameters", config.note or "See 'gage help config'")
    else:
        _print(config, explain)
        if explain and how:
            terminal.print_stdout(f"\n{terminal.escape(how)}")
        elif config.note:
            terminal.print_stderr(config.note)


def _values_file(target: str) -> "ConfigSource | None":
    """Returns the reader of a file of values, or None for a program."""
    from gage.formats.registry import detect_config_source, is_program

    path = get_current_dir() / target
    if is_program(target) or not path.is_file():
        return None
    with path.open("rb") as file:
        return detect_config_source(target, file.read(MAX_HEAD_BYTES))


def _print_file(target: str, source: "ConfigSource", as_json: bool) -> None:
    from gage.board.formatting import format_value

    try:
        values = {n: f for n, f in source.read((get_current_dir() / target).read_bytes()).items() if not f.is_hidden}
    except ConfigError as e:
        raise ConfigError(f"{target}: {e.message}", e.hint) from None
    if as_json:
        listed: list[JSONValue] = [{"name": n, "value": f.value, "line": f.line} for n, f in values.items()]
        terminal.print_json({"file": target, "config": listed})
        return
    rows = [(n, format_value(f.value), f.line, f.description) for n, f in values.items()]
    terminal.print_table(FILE_COLUMNS, rows)
    terminal.print_stderr(
        "A run can set these values if its operation selects them", f'In the Gage file: config = "{target}"'
    )


def _print(config: "RunConfig", explain: bool) -> None:
    rows = [
        (
            spec.config.name,
            config_table.format_value(spec),
            ", ".join(filter(None, config_table.format_type(spec))),
            config_table.format_target(spec),
            config_table.describe_origin(spec, config) if explain else spec.config.description,
        )
        for spec in config_table.list_visible(config)
    ]
    titles = ["Name", "Value", "Type", "Goes to", "Found" if explain else "Description"]
    terminal.print_table([Column(title.lower(), title) for title in titles], rows)
