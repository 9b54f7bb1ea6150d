"""`gage watch`."""

from typing import TYPE_CHECKING

import click

from gage.cli import choose, looks
from gage.cli.command import gage_command
from gage.cli.errors import INTERRUPTED
from gage.cli.live import Live
from gage.types.run import FINAL

if TYPE_CHECKING:
    from gage.store.store import RunStore
    from gage.types.run import Run


@gage_command("watch", "gage watch", "gage watch lusab-babad", "gage watch --metrics")
@click.argument("run", metavar="[RUN]", required=False)
@choose.where_option
@click.option("-m", "--metrics", is_flag=True, help="Its metrics as they change instead, a line a change.")
def command(run: str | None, where: tuple[str, ...], metrics: bool) -> None:
    """Follow what a run prints, from its beginning to its end. Ctrl-C stops watching, not the run.

    Ends with the run's exit code. RUN is the latest if left out.
    """
    from gage.cli.printed import print_output
    from gage.cli.running import exit_code

    store = choose.open_store()
    found = choose.one(store, run, where)
    if found.status in FINAL and not metrics:
        print_output(store, found.id)
    else:
        try:
            found = _follow(store, found, metrics)
        except KeyboardInterrupt:
            looks.tell(f"The run {found.name} goes on", f"To end it: gage stop {found.name}")
            raise click.exceptions.Exit(INTERRUPTED) from None
    looks.tell(f"The run {found.name} is {found.status}")
    if found.status in FINAL:
        raise click.exceptions.Exit(exit_code(found))


def _follow(store: "RunStore", run: "Run", metrics: bool) -> "Run":
    if metrics:
        from gage.cli import latest

        return latest.follow(store, run.id)
    from gage.runner.follow import follow

    return follow(store, run.id, Live(quiet=False))
