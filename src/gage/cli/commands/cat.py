"""`gage cat`."""

import sys

import click

from gage.cli import run_selection
from gage.cli.command import make_command, reject_together
from gage.cli.render.print_output import print_output_to_stdout, write_bytes
from gage.types.errors import UsageError

PIECE = 1 << 18


@make_command("cat", "gage cat 1 model.txt", "gage cat 1 --output", "gage cat --path results/plot.png > plot.png")
@run_selection.select_runs("[RUN] [PATH]")
@click.option("-p", "--path", "-f", "--file", metavar="PATH", help="Path of the file, relative to the run directory.")
@click.option("-o", "--output", is_flag=True, help="Print all output of the run.")
@click.option("--stdout", is_flag=True, help="Print only what the run wrote to standard output.")
@click.option("--stderr", is_flag=True, help="Print only what the run wrote to standard error.")
def command(selection: run_selection.RunSelection, path: str | None, output: bool, stdout: bool, stderr: bool) -> None:
    """Print a file or the output of a run to standard output.

    With --path, --output, --stdout or --stderr, RUN defaults to the latest run.
    """
    reject_together("--path", "--output", "--stdout", "--stderr")
    streams = (1, 2) if output else (1,) if stdout else (2,) if stderr else ()
    needed = 0 if path is not None or streams else 1
    words = selection.words
    if len(words) > needed + 1:
        raise UsageError("Too many arguments", "Try: gage cat 1 model.txt")
    if needed and len(words) < 2 and not (words and selection.where):
        raise UsageError("Missing file", f"Try: gage cat {words[0] if words else 1} PATH, or --output")
    name = words[-1] if needed else path or ""
    run = selection.with_words(words[: len(words) - needed]).find_one()
    if streams:
        print_output_to_stdout(selection.store, run.id, streams)
        return
    from gage.store.run_files import open_run_file

    run_selection.warn_incomplete([run])
    with open_run_file(selection.store.get_paths(run.id).run_dir, name) as file:
        head = file.read(PIECE)
        if sys.stdout.isatty() and b"\x00" in head:
            raise UsageError(f"{name!r} is a binary file", f"Redirect it to a file: gage cat {run.name} {name} > FILE")
        while head:
            write_bytes(1, head)
            head = file.read(PIECE)
