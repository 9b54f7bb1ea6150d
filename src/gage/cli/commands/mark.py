"""`gage mark`."""

import click

from gage.cli import run_selection
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, yes_option


@gage_command("mark", "gage mark 1", "gage mark --clear 1")
@run_selection.runs_argument
@run_selection.all_option
@click.option("-c", "--clear", is_flag=True, help="Remove the mark.")
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, clear: bool, yes: bool) -> None:
    """Mark runs, to find them later with 'gage list --where marked'."""
    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, runs, where, everything)
    run_selection.confirm(found, "Remove the marks of these runs?" if clear else "Mark these runs?", yes)
    if clear:
        annotate(store, found, "Unmarked", delete=["mark"])
    else:
        annotate(store, found, "Marked", {"mark": True})
