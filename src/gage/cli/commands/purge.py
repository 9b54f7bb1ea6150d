"""`gage purge`."""

import click

from gage.cli import choose, looks
from gage.cli.command import gage_command, refuse_together, yes_option
from gage.types.errors import NotFound


@gage_command("purge", "gage list --deleted", "gage purge 1", "gage purge --all --yes")
@choose.runs_argument
@click.option("-a", "--all", "everything", is_flag=True, help="Purge all deleted runs.")
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Remove the files of deleted runs for good. This cannot be undone.

    An index is that of 'gage list --deleted'.
    """
    refuse_together(("--all", everything), ("RUN", runs))
    store = choose.open_store()
    if everything:
        found = choose.find(store, (), where, "deleted")
        if not found.runs:
            raise NotFound("There are no deleted runs", "'gage delete' comes first")
    else:
        found = choose.changed_runs(store, runs, where, "deleted")
    choose.confirm(found, "Purge these runs? This cannot be undone.", yes, always=True)
    from gage.identity.user import author

    who = author()
    for run in found.runs:
        store.purge(run.id, who)
    looks.tell(f"Purged {choose.names(found.runs)}: this cannot be undone")
