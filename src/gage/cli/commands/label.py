"""`gage label`."""

import click

from gage.cli import run_selection
from gage.cli.command import make_command, reject_together
from gage.types.errors import NotFound, UsageError


@make_command(
    "label", "gage label 1 'first that works'", "gage label --where status=error --set broken", "gage label 1:3 --clear"
)
@run_selection.select_runs_to_change("[RUN]... [TEXT]")
@click.option("-s", "--set", "text", metavar="TEXT", help="The label; all other words name runs.")
@click.option("-c", "--clear", is_flag=True, help="Remove the label.")
def command(selection: run_selection.RunSelection, text: str | None, clear: bool) -> None:
    """Set the label of runs. The last word is the label, unless --set or --clear is used."""
    reject_together("--set", "--clear")
    if text is None and not clear:
        words = selection.words
        if not words or len(words) + bool(selection.where) + selection.everything < 2:
            raise UsageError("Missing label", "Try: gage label 1 'first that works'")
        selection, text = selection.with_words(words[:-1]), words[-1]
    if text is not None and not text.strip():
        raise UsageError("The label is empty", "Use --clear to remove a label")
    runs = selection.find_to_change()
    if clear:
        if not any(run.label for run in runs.runs):
            raise NotFound("No label to remove", "Try: gage list")
        runs.confirm("Clear the labels of these runs?").annotate("Cleared the label of", delete=["label"])
    else:
        runs.confirm("Label these runs?").annotate("Labelled", {"label": text})
