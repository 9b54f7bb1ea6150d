"""`gage archive`."""

import click

from gage.board.formatting import format_count
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.render import terminal
from gage.lib import times
from gage.lib.uuid7 import generate, name_from_id
from gage.types.errors import UsageError


@make_command("archive", "gage archive 3: --name before-summer", "gage archive --list", "gage archive --restore 1")
@run_selection.select_runs_to_change()
@click.option("-n", "--name", metavar="NAME", help="Name of the archive (default: a new one).")
@click.option("--rename", metavar="NAME", help="New name for the archive of --name.")
@click.option("-r", "--restore", is_flag=True, help="Move runs out of their archive (only of NAME, if given).")
@click.option("-l", "--list", "listing", is_flag=True, help="List the archives.")
@json_option
def command(
    selection: run_selection.RunSelection,
    name: str | None,
    rename: str | None,
    restore: bool,
    listing: bool,
    as_json: bool,
) -> None:
    """Move runs to a named archive; 'gage list --archive' shows them.

    With --restore, positions are those of 'gage list --archive'.
    """
    for other in ("--restore", "--list", "RUN", "--all"):
        reject_together("--rename", other)
    for other in ("--restore", "--name", "RUN", "--all"):
        reject_together("--list", other)
    if as_json and not listing:
        raise UsageError("--json requires --list", "Try: gage archive --list --json")
    if listing:
        _list(run_selection.find_archives(selection.store), as_json)
    elif restore:
        runs = selection.find_to_change("archive", name or "").confirm("Move these runs out of their archive?")
        runs.annotate("Restored from the archive:", delete=["archive"])
    elif rename is not None:
        if not name or not rename.strip():
            raise UsageError("Missing archive name", "Try: gage archive --name OLD --rename NEW")
        runs = selection._replace(everything=True).find_to_change("archive", name)
        runs.confirm(f"Rename the archive to {terminal.escape(rename)!r}?")
        runs.annotate(f"Moved to {rename!r}:", {"archive": rename})
    else:
        name = name_from_id(generate()) if name is None else name
        if not name.strip():
            raise UsageError("The archive name is empty", "Try: gage archive 1 --name before-summer")
        runs = selection.find_to_change().require_ended()
        runs.confirm(f"Move these runs to the archive {terminal.escape(name)!r}?")
        runs.annotate(f"Archived in {name!r}:", {"archive": name})


def _list(archives: dict[str, tuple[int, int]], as_json: bool) -> None:
    """Prints the archives: name → number of runs, and when one was last archived (µs since the epoch)."""
    if as_json:
        terminal.print_json(
            {
                "archives": [
                    {"name": name, "runs": count, "archived_at": times.format_iso(when)}
                    for name, (count, when) in archives.items()
                ]
            }
        )
    elif not archives:
        terminal.print_stderr("There are no archives")
    else:
        terminal.print_facts(
            {
                name: f"{format_count(count, 'run')}, archived {times.format_iso(when)}  ({times.format_age(when)})"
                for name, (count, when) in archives.items()
            }
        )
