"""`gage mark`."""

import click

from gage.cli import run_selection
from gage.cli.command import make_command


@make_command("mark", "gage mark 1", "gage mark --clear 1")
@run_selection.select_runs()
@run_selection.all_option
@click.option("-c", "--clear", is_flag=True, help="Remove the mark.")
@run_selection.yes_option
def command(selection: run_selection.RunSelection, clear: bool) -> None:
    """Mark runs, to find them later with 'gage list --where marked'."""
    runs = selection.find_to_change()
    runs.confirm("Remove the marks of these runs?" if clear else "Mark these runs?")
    if clear:
        runs.annotate("Unmarked", delete=["mark"])
    else:
        runs.annotate("Marked", {"mark": True})
