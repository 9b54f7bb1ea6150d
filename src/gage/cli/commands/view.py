"""`gage view`."""

import sys

import click

from gage.cli import run_selection
from gage.cli.command import make_command
from gage.cli.render import terminal


@make_command("view", "gage view", "gage view --where op=train", "gage view --host 0.0.0.0 --no-write")
@run_selection.select_runs("[RUN]...")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="PORT", help="Port (default: the first free one from 4100 on)."
)
@click.option(
    "--host", default="127.0.0.1", metavar="HOST", help="Address to listen at (default: 127.0.0.1, this machine only)."
)
@click.option("--no-open", is_flag=True, help="Print the address, and do not open it in a browser.")
@click.option("--no-write", is_flag=True, help="Refuse all changes of runs.")
def command(selection: run_selection.RunSelection, port: int | None, host: str, no_open: bool, no_write: bool) -> None:
    """Show runs in a web page."""
    from gage.view.serve import serve
    from gage.view.stores import ViewedStores

    def report(address: str) -> None:
        terminal.print_stdout(address)
        sys.stdout.flush()
        if not no_open:
            import webbrowser

            webbrowser.open(address)

    serve(ViewedStores((selection.store,), selection.where, not no_write), host, port, report)
