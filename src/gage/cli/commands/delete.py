"""`gage delete`."""

import click

from gage.cli import run_selection
from gage.cli.annotate import annotate, purge
from gage.cli.command import gage_command, yes_option
from gage.types.errors import UsageError


@gage_command("delete", "gage delete 1", "gage delete --where error --yes")
@run_selection.runs_argument
@run_selection.all_option
@click.option("-p", "--permanent", is_flag=True, help="Remove their files at once. This cannot be undone.")
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, permanent: bool, yes: bool) -> None:
    """Delete runs. Their files stay until 'gage purge', and 'gage restore' brings them back."""
    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, runs, where, everything)
    live = [run for run in found.runs if run.status == "running"]
    if live:
        raise UsageError(f"The run {live[0].name} is still running", f"Try: gage stop {live[0].name}")
    if permanent:
        run_selection.confirm(found, "Remove the files of these runs? This cannot be undone.", yes, always=True)
        purge(store, found)
        return
    run_selection.confirm(found, "Delete these runs?", yes, always=True)
    annotate(store, found, "Deleted", {"deleted": True})
