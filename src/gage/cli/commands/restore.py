"""`gage restore`."""

from gage.cli import run_selection
from gage.cli.command import make_command


@make_command("restore", "gage list --deleted", "gage restore 1")
@run_selection.select_runs()
@run_selection.all_option
@run_selection.yes_option
def command(selection: run_selection.RunSelection) -> None:
    """Restore deleted runs. Positions are those of 'gage list --deleted'."""
    runs = selection.find_to_change("deleted")
    runs.confirm("Restore these runs?")
    runs.annotate("Restored", delete=["deleted"])
