"""`gage watch`."""

import click

from gage.cli import choose, looks
from gage.cli.command import gage_command
from gage.cli.errors import INTERRUPTED
from gage.cli.live import Live
from gage.types.run import FINAL


@gage_command("watch", "gage watch", "gage watch lusab-babad")
@click.argument("run", metavar="[RUN]", default="")
@choose.where_option
def command(run: str, where: tuple[str, ...]) -> None:
    """Follow what a run prints, from its beginning to its end. Ctrl-C stops watching, not the run.

    Ends with the run's exit code. RUN is the latest if left out.
    """
    from gage.cli.printed import print_output
    from gage.cli.running import exit_code

    store = choose.open_store()
    found = choose.one(store, run, where)
    if found.status in FINAL:
        print_output(store, found.id)
    else:
        from gage.runner.follow import follow

        try:
            found = follow(store, found.id, Live(quiet=False))
        except KeyboardInterrupt:
            looks.tell(f"The run {found.name} goes on", f"To end it: gage stop {found.name}")
            raise click.exceptions.Exit(INTERRUPTED) from None
    looks.tell(f"The run {found.name} is {found.status}")
    if found.status in FINAL:
        raise click.exceptions.Exit(exit_code(found))
