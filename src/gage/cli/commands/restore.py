"""`gage restore`."""

from gage.cli import run_selection
from gage.cli.command import make_command


@make_command("restore", "gage list --deleted", "gage restore 1")
@run_selection.select_runs_to_change()
def command(selection: run_selection.RunSelection) -> None:
    """Restore deleted runs. Positions are those of 'gage list --deleted'."""
    selection.find_to_change("deleted").confirm("Restore these runs?").annotate("Restored", delete=["deleted"])
