"""`gage restore`."""

from gage.cli import run_selection
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, yes_option


@gage_command("restore", "gage list --deleted", "gage restore 1")
@run_selection.runs_argument
@run_selection.all_option
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Restore deleted runs. Positions are those of 'gage list --deleted'."""
    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, runs, where, everything, "deleted")
    run_selection.confirm(found, "Restore these runs?", yes)
    annotate(store, found, "Restored", delete=["deleted"])
