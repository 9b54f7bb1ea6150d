"""`gage restore`."""

from gage.cli import choose
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, yes_option


@gage_command("restore", "gage list --deleted", "gage restore 1")
@choose.runs_argument
@choose.all_option
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Bring back deleted runs. An index is that of 'gage list --deleted'."""
    store = choose.open_store()
    found = choose.changed_runs(store, runs, where, everything, "deleted")
    choose.confirm(found, "Restore these runs?", yes)
    annotate(store, found, "Restored", delete=["deleted"])
