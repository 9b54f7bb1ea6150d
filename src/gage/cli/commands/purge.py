"""`gage purge`."""

from gage.cli import annotate, choose
from gage.cli.command import gage_command, yes_option


@gage_command("purge", "gage list --deleted", "gage purge 1", "gage purge --all --yes")
@choose.runs_argument
@choose.all_option
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Remove the files of deleted runs for good. This cannot be undone.

    An index is that of 'gage list --deleted'.
    """
    store = choose.open_store()
    found = choose.changed_runs(store, runs, where, everything, "deleted")
    choose.confirm(found, "Purge these runs? This cannot be undone.", yes, always=True)
    annotate.purge(store, found)
