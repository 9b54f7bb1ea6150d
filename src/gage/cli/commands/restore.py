"""`gage restore`."""

import click

from gage.cli import run_selection
from gage.cli.command import make_command


@make_command("restore", "gage list --deleted", "gage restore 1")
@run_selection.select_runs_to_change()
@click.option(
    "-A", "--archive", metavar="NAME", help="Move runs out of the archive NAME, as 'gage archive --restore' does."
)
def command(selection: run_selection.RunSelection, archive: str | None) -> None:
    """Restore deleted runs. Positions are those of 'gage list --deleted'."""
    if archive is not None:
        runs = selection.find_to_change("archive", archive).confirm("Move these runs out of their archive?")
        runs.annotate("Restored from the archive:", delete=["archive"])
        return
    selection.find_to_change("deleted").confirm("Restore these runs?").annotate("Restored", delete=["deleted"])
