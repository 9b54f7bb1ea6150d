"""`gage cat`."""

import sys

import click

from gage.cli import run_selection
from gage.cli.command import gage_command, reject_together
from gage.cli.render.print_output import print_output, write_bytes
from gage.types.errors import UsageError

PIECE = 1 << 18


@gage_command("cat", "gage cat 1 model.txt", "gage cat 1 --output", "gage cat --path results/plot.png > plot.png")
@click.argument("words", metavar="[RUN] [PATH]", nargs=-1)
@run_selection.where_option
@click.option("-p", "--path", "-f", "--file", metavar="PATH", help="Path of the file, relative to the run directory.")
@click.option("-o", "--output", is_flag=True, help="Print the output of the run.")
def command(words: tuple[str, ...], where: tuple[str, ...], path: str | None, output: bool) -> None:
    """Print a file or the output of a run.

    With --path or --output, RUN defaults to the latest run.
    """
    reject_together(("--path", path), ("--output", output))
    needed = 0 if path is not None or output else 1
    if len(words) > needed + 1:
        raise UsageError("Too many arguments", "Try: gage cat 1 model.txt")
    if needed and len(words) < 2 and not (words and where):
        raise UsageError("Missing file", f"Try: gage cat {words[0] if words else 1} PATH, or --output")
    store = run_selection.open_store()
    name = words[-1] if needed else path or ""
    run = run_selection.find_run(store, words[0] if len(words) > needed else None, where)
    if output:
        print_output(store, run.id)
        return
    from gage.cli.run_files import open_run_file

    with open_run_file(store.get_paths(run.id).run_dir, name) as file:
        head = file.read(PIECE)
        if sys.stdout.isatty() and b"\x00" in head:
            raise UsageError(f"{name!r} is a binary file", f"Redirect it to a file: gage cat {run.name} {name} > FILE")
        while head:
            write_bytes(1, head)
            head = file.read(PIECE)
