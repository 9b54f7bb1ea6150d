"""`gage associate`."""

from pathlib import Path

import click

from gage.cli import choose
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, yes_option
from gage.types.errors import NotFound, UsageError


@gage_command("associate", "gage associate 1 ~/projects/digits", "gage associate --all .")
@click.argument("words", metavar="[RUN]... DIR", nargs=-1)
@choose.where_option
@choose.all_option
@click.option("-r", "--remove", is_flag=True, help="Take back what was said; then all words name runs.")
@yes_option
def command(words: tuple[str, ...], where: tuple[str, ...], everything: bool, remove: bool, yes: bool) -> None:
    """Say which project runs belong to, when the project has moved or the runs come from elsewhere."""
    if remove:
        store = choose.open_store()
        found = choose.changed_runs(store, words, where, everything)
        choose.confirm(found, "Associate these runs with the project that they were made in?", yes)
        annotate(store, found, "Took away the project of", delete=["project"])
        return
    if len(words) + bool(where) + everything < 2:
        raise UsageError("A run or the project's folder is missing", "Try: gage associate 1 .")
    *runs, folder = words
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise NotFound(f"There is no folder {folder}", "Give the project's folder, such as .")
    store = choose.open_store()
    found = choose.changed_runs(store, runs, where, everything)
    choose.confirm(found, f"Associate these runs with {path.absolute()}?", yes)
    annotate(store, found, f"Associated with {path.resolve()}:", {"project": str(path.resolve())})
