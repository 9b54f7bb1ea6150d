"""`gage purge`."""

from gage.cli import annotate, run_selection
from gage.cli.command import gage_command, yes_option


@gage_command("purge", "gage list --deleted", "gage purge 1", "gage purge --all --yes")
@run_selection.runs_argument
@run_selection.all_option
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Remove the files of deleted runs permanently. This cannot be undone.

    Positions are those of 'gage list --deleted'.
    """
    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, runs, where, everything, "deleted")
    run_selection.confirm(found, "Purge these runs? This cannot be undone.", yes, always=True)
    annotate.purge(store, found)
