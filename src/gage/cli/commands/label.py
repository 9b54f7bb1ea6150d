"""`gage label`."""

import click

from gage.cli import run_selection
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, reject_together, yes_option
from gage.types.errors import UsageError


@gage_command(
    "label", "gage label 1 'first that works'", "gage label --where error --set broken", "gage label 1:3 --clear"
)
@click.argument("words", metavar="[RUN]... [TEXT]", nargs=-1)
@run_selection.where_option
@run_selection.all_option
@click.option("-s", "--set", "text", metavar="TEXT", help="The label; all other words name runs.")
@click.option("-c", "--clear", is_flag=True, help="Remove the label.")
@yes_option
def command(
    words: tuple[str, ...], where: tuple[str, ...], everything: bool, text: str | None, clear: bool, yes: bool
) -> None:
    """Set the label of runs. The last word is the label, unless --set or --clear is used."""
    reject_together(("--set", text is not None), ("--clear", clear))
    if text is None and not clear:
        if not words or len(words) + bool(where) + everything < 2:
            raise UsageError("Missing label", "Try: gage label 1 'first that works'")
        *named, text = words
        words = tuple(named)
    if text is not None and not text.strip():
        raise UsageError("The label is empty", "Use --clear to remove a label")
    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, words, where, everything)
    if clear:
        run_selection.confirm(found, "Clear the labels of these runs?", yes)
        annotate(store, found, "Cleared the label of", delete=["label"])
    else:
        run_selection.confirm(found, "Label these runs?", yes)
        annotate(store, found, "Labelled", {"label": text})
