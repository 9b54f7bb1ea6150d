"""`gage mark`."""

import click

from gage.cli import run_selection
from gage.cli.command import make_command
from gage.types.errors import NotFound


@make_command("mark", "gage mark 1", "gage mark --clear 1")
@run_selection.select_runs_to_change()
@click.option("-c", "--clear", is_flag=True, help="Remove the mark.")
def command(selection: run_selection.RunSelection, clear: bool) -> None:
    """Mark runs, to find them later with 'gage list --where marked'."""
    runs = selection.find_to_change()
    if clear:
        if not any(run.user_attrs.marked for run in runs.runs):
            raise NotFound("No mark to remove", "Try: gage list --where marked")
        runs.confirm("Remove the marks of these runs?").annotate("Unmarked", delete=["mark"])
    else:
        runs.confirm("Mark these runs?").annotate("Marked", {"mark": True})
