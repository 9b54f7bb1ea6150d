"""`gage tag`."""

import click

from gage.cli import run_selection
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, yes_option
from gage.types.errors import UsageError


@gage_command("tag", "gage tag 1 keep paper", "gage tag 1:5 --add old --remove new", "gage tag --where error --clear")
@click.argument("words", metavar="[RUN] [TAG]...", nargs=-1)
@run_selection.where_option
@click.option("--all", "everything", is_flag=True, help=run_selection.ALL_HELP)
@click.option("-a", "--add", metavar="TAG", multiple=True, help="Add TAG (repeatable).")
@click.option(
    "-r",
    "--remove",
    "-d",
    "--delete",
    metavar="TAG",
    multiple=True,
    help="Remove TAG (repeatable).",
)
@click.option("-c", "--clear", is_flag=True, help="Remove all other tags.")
@yes_option
def command(
    words: tuple[str, ...],
    where: tuple[str, ...],
    everything: bool,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    clear: bool,
    yes: bool,
) -> None:
    """Add or remove tags of runs. The words after RUN are tags; with an option, all words name runs."""
    if not (add or remove or clear):
        named = 0 if where or everything else 1
        words, add = words[:named], words[named:]
    if not (add or remove or clear):
        raise UsageError("Missing tag", "Try: gage tag 1 keep")
    if bad := [tag for tag in (*add, *remove) if not tag.strip()]:
        raise UsageError(f"{bad[0]!r} is not a tag", "A tag must not be empty")
    if both := sorted(set(add) & set(remove)):
        raise UsageError(f"The tag {both[0]!r} cannot be both added and removed", "Remove one of them")
    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, words, where, everything)
    run_selection.confirm(found, "Change the tags of these runs?", yes)
    gone = {tag for run in found.runs for tag in run.tags} if clear else set()
    annotate(
        store,
        found,
        "Tagged" if add else "Removed tags of",
        {f"tag:{tag}": True for tag in add},
        [f"tag:{tag}" for tag in sorted({*gone, *remove} - set(add))],
    )
