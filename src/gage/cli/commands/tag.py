"""`gage tag`."""

import click

from gage.cli import run_selection
from gage.cli.command import make_command, yes_option
from gage.store.tags import check_tags
from gage.types.errors import NotFound, UsageError


@make_command(
    "tag", "gage tag 1 keep paper", "gage tag 1:5 --add old --remove new", "gage tag --where status=error --clear"
)
@run_selection.select_runs("[RUN] [TAG]...")
@click.option("--all", "everything", is_flag=True, help="All runs.")
@click.option("-a", "--add", metavar="TAG", multiple=True, help="Add TAG (repeatable).")
@click.option("-r", "--remove", "-d", "--delete", metavar="TAG", multiple=True, help="Remove TAG (repeatable).")
@click.option("-c", "--clear", is_flag=True, help="Remove all other tags.")
@yes_option
def command(selection: run_selection.RunSelection, add: tuple[str, ...], remove: tuple[str, ...], clear: bool) -> None:
    """Add or remove tags of runs. The words after RUN are tags; with an option, all words name runs."""
    if not (add or remove or clear):
        runs_count = 0 if selection.where or selection.everything else 1
        add, selection = selection.words[runs_count:], selection.with_words(selection.words[:runs_count])
    if not (add or remove or clear):
        raise UsageError("Missing tag", "Try: gage tag 1 keep")
    check_tags(add)
    if not all(tag.strip() for tag in remove):
        raise UsageError("'' is not a tag", "A tag must not be empty")
    if both := sorted(set(add) & set(remove)):
        raise UsageError(f"The tag {both[0]!r} cannot be both added and removed", "Remove one of them")
    runs = selection.find_to_change()
    runs.confirm("Change the tags of these runs?")
    for tag in remove:
        if not any(tag in run.tags for run in runs.runs):
            raise NotFound(f"No tag {tag!r} to remove", "Try: gage list")
    gone = {tag for run in runs.runs for tag in run.tags} if clear else set()
    deleted = [f"tag:{tag}" for tag in sorted({*gone, *remove} - set(add))]
    runs.annotate("Tagged" if add else "Removed tags of", {f"tag:{tag}": True for tag in add}, deleted)
