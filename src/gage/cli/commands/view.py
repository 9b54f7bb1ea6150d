"""`gage view`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gage.board.formatting import format_size
from gage.cli import run_selection
from gage.cli.command import make_command, reject_together
from gage.cli.global_options import get_current_dir, open_stores
from gage.cli.render import terminal
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.view.stores import ViewedStores


@make_command(
    "view",
    "gage view",
    "gage view 1:10",
    "gage view --where op=train",
    "gage view --runs ~/a/.gage/runs --runs ~/b/.gage/runs",
    "gage view --host 0.0.0.0 --no-write",
    "gage view 1:10 --export runs.html",
)
@run_selection.select_runs("[RUN]...")
@click.option("--port", type=click.IntRange(0, 65535), metavar="PORT", help="Port (default: a free one from 4100 on).")
@click.option("--host", default="127.0.0.1", metavar="HOST", help="Address to listen at (default: this machine only).")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--no-write", is_flag=True, help="Refuse all changes to runs.")
@click.option(
    "--export", metavar="PATH", help="Write the page with these runs into a file or directory, and start no server."
)
def command(
    selection: run_selection.RunSelection,
    port: int | None,
    host: str,
    no_open: bool,
    no_write: bool,
    export: str | None,
) -> None:
    """Show runs in a web page.

    Prints the address of the page and opens it. The page shows new runs and new values while it is open. RUN and
    --where limit it to some runs, and --runs can be given several times. Ctrl-C ends the server. See 'gage help view'.
    """
    for option in ("--port", "--host", "--no-open"):
        reject_together("--export", option)
    try:
        from gage.view.serve import serve
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in ("starlette", "uvicorn"):
            raise  # a mistake in Gage itself
        message = f"The package {error.name}, which the page needs, is not installed"
        raise UsageError(message, "Install it: pip install 'gage-ml[view]'") from None
    if export is not None:
        _export(_select(selection, can_write=False), export)
        return
    serve(_select(selection, can_write=not no_write), host, port, lambda address: _report(address, no_open))


def _export(stores: "ViewedStores", target: str) -> None:
    from gage.view.export import export_page

    if not target:
        raise UsageError("The name of the file is empty", "Try: gage view --export runs.html")
    if len(stores.stores) > 1:
        raise UsageError("Several stores cannot be exported together", "Name one store with --runs")
    path = export_page(stores, get_current_dir() / Path(target).expanduser())
    terminal.print_stderr(f"Wrote {path} ({format_size(path.stat().st_size)})")


def _select(selection: run_selection.RunSelection, can_write: bool) -> "ViewedStores":
    from gage.select.parse import parse_where
    from gage.view.stores import ViewedStores

    stores = open_stores()
    if not selection.words:
        parse_where(selection.where)  # a wrong filter ends the command
        return ViewedStores(stores, selection.where, can_write)
    if len(stores) > 1:
        raise UsageError("RUN and several stores cannot be used together", "Name one store with --runs")
    ids = tuple(run.id for run in selection.find_to_read())
    return ViewedStores(stores, (), can_write, ids)


def _report(address: str, no_open: bool) -> None:
    """Prints the address, and opens it in a browser."""
    terminal.print_stdout(address)
    sys.stdout.flush()
    if not no_open and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"):
        import webbrowser

        webbrowser.open(address)
