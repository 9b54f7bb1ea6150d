"""`gage associate`."""

from pathlib import Path

import click

from gage.cli import choose
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, yes_option
from gage.types.errors import NotFound, UsageError


@gage_command("associate", "gage associate 1 ~/projects/digits", "gage associate --where train .")
@click.argument("words", metavar="[RUN]... DIR", nargs=-1, required=True)
@choose.where_option
@yes_option
def command(words: tuple[str, ...], where: tuple[str, ...], yes: bool) -> None:
    """Say which project runs belong to, when the project has moved or the runs come from elsewhere."""
    *runs, folder = words
    path = Path(folder).expanduser()
    if not runs and not where:
        raise UsageError("A run or the project's folder is missing", "Try: gage associate 1 .")
    if not path.is_dir():
        raise NotFound(f"There is no folder {folder}", "Give the project's folder, such as .")
    store = choose.open_store()
    found = choose.changed_runs(store, runs, where)
    choose.confirm(found, f"Associate these runs with {path.absolute()}?", yes)
    annotate(store, found, f"Associated with {path.resolve()}:", {"project": str(path.resolve())})
