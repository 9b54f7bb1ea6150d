"""`gage open`."""

import sys

import click

from gage.cli import run_selection
from gage.cli.command import make_command, reject_together, split_command
from gage.cli.render import terminal
from gage.store.run_files import resolve_run_path
from gage.types.errors import NotFound


@make_command("open", "gage open", "gage open 1 plot.png", "gage open 1 --cmd code", "gage open 1 --print")
@run_selection.select_run
@click.argument("file", metavar="[PATH]", default="")
@click.option("-p", "--path", metavar="PATH", help="Path of the file, relative to the run directory.")
@click.option("-c", "--cmd", metavar="CMD", help="Open it with this command.")
@click.option("--print", "only_print", is_flag=True, help="Print the path and open nothing.")
def command(
    selection: run_selection.RunSelection, file: str, path: str | None, cmd: str | None, only_print: bool
) -> None:
    """Open a run directory, or one of its files, with the desktop's default program.

    RUN defaults to the latest run.
    """
    reject_together("--cmd", "--print")
    reject_together("PATH", "--path")
    run_dir = selection.store.get_paths(selection.find_one().id).run_dir
    target = str(resolve_run_path(run_dir, path or file or "."))
    if only_print:
        terminal.print_path(target)
        return
    import subprocess

    words = split_command(cmd, "--cmd") if cmd else ["open" if sys.platform == "darwin" else "xdg-open"]
    try:
        code = subprocess.run([*words, target], check=False).returncode
    except FileNotFoundError:
        raise NotFound(f"Command not found: {words[0]}", "Use --cmd CMD to choose another, or --print") from None
    raise click.exceptions.Exit(code)
