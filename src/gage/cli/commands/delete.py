"""`gage delete`."""

import click

from gage.cli import run_selection
from gage.cli.command import make_command


@make_command("delete", "gage delete 1", "gage delete --where status=error --yes")
@run_selection.select_runs_to_change()
@click.option("-p", "--permanent", is_flag=True, help="Remove their files at once. This cannot be undone.")
def command(selection: run_selection.RunSelection, permanent: bool) -> None:
    """Delete runs. Their files stay until 'gage purge', and 'gage restore' brings them back."""
    runs = selection.find_to_change().require_ended()
    if permanent:
        runs.confirm("Remove the files of these runs? This cannot be undone.", always=True).purge()
    else:
        runs.confirm("Delete these runs?", always=True).annotate("Deleted", {"deleted": True})
