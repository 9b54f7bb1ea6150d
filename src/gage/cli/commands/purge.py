"""`gage purge`."""

from gage.cli import run_selection
from gage.cli.command import make_command


@make_command("purge", "gage list --deleted", "gage purge 1", "gage purge --all --yes")
@run_selection.select_runs_to_change()
def command(selection: run_selection.RunSelection) -> None:
    """Remove the files of deleted runs permanently. This cannot be undone.

    Positions are those of 'gage list --deleted'.
    """
    selection.find_to_change("deleted").confirm("Purge these runs? This cannot be undone.", always=True).purge()
