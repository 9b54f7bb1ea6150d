"""`gage purge`."""

from gage.cli import run_selection
from gage.cli.command import make_command


@make_command("purge", "gage list --deleted", "gage purge 1", "gage purge --all --yes")
@run_selection.select_runs()
@run_selection.all_option
@run_selection.yes_option
def command(selection: run_selection.RunSelection) -> None:
    """Remove the files of deleted runs permanently. This cannot be undone.

    Positions are those of 'gage list --deleted'.
    """
    runs = selection.find_to_change("deleted")
    runs.confirm("Purge these runs? This cannot be undone.", always=True)
    runs.purge()
