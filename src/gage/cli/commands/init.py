"""`gage init`."""

import os

import click

from gage.cli.command import make_command
from gage.cli.global_options import get_current_dir
from gage.cli.render import terminal
from gage.types.errors import UsageError


@make_command("init", "gage init", "gage init --print")
@click.option("--print", "only_print", is_flag=True, help="Print the file instead of writing it.")
def command(only_print: bool) -> None:
    """Create a Gage file, gage.toml, for the scripts in this directory."""
    from gage.gagefile.file_names import GAGEFILE_NAMES
    from gage.lib.files import write_atomic
    from gage.project.gagefile_template import render_gagefile_template

    directory = get_current_dir()
    existing = [name for name in GAGEFILE_NAMES if os.path.lexists(directory / name)]
    if existing and not only_print:
        raise UsageError(f"A Gage file already exists: {existing[0]}", "To print a new one: gage init --print")
    text = render_gagefile_template(directory)
    if only_print:
        terminal.print_stdout(text.rstrip("\n"))
        return
    write_atomic(directory / "gage.toml", text.encode())
    terminal.print_stderr("Created gage.toml", "To list its operations: gage operations")
