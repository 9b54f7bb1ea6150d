"""`gage archive`."""

from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, json_option, reject_together, yes_option
from gage.cli.render import terminal
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.types.run import Run


@gage_command("archive", "gage archive 3: --name before-summer", "gage archive --list", "gage archive --restore 1")
@run_selection.runs_argument
@run_selection.all_option
@click.option("-n", "--name", metavar="NAME", help="Name of the archive.")
@click.option("-r", "--restore", is_flag=True, help="Move runs out of their archive (only of NAME, if given).")
@click.option("-l", "--list", "listing", is_flag=True, help="List the archives.")
@yes_option
@json_option
def command(
    runs: tuple[str, ...],
    where: tuple[str, ...],
    everything: bool,
    name: str | None,
    restore: bool,
    listing: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Move runs to a named archive; 'gage list --archive' shows them.

    With --restore, positions are those of 'gage list --archive'.
    """
    reject_together(("--list", listing), ("--restore", restore))
    for other in (("--name", name), ("RUN", runs), ("--all", everything)):
        reject_together(("--list", listing), other)
    if as_json and not listing:
        raise UsageError("--json requires --list", "Try: gage archive --list --json")
    store = run_selection.open_store()
    if listing:
        _list(_archives(run_selection.find_runs(store, (), collection="archive").runs), as_json)
    elif restore:
        found = run_selection.find_runs_to_change(store, runs, where, everything, "archive", name or "")
        run_selection.confirm(found, "Move these runs out of their archive?", yes)
        annotate(store, found, "Restored from the archive:", delete=["archive"])
    else:
        if name is None or not name.strip():
            raise UsageError("Missing archive name", "Try: gage archive 1 --name before-summer")
        found = run_selection.find_runs_to_change(store, runs, where, everything)
        run_selection.confirm(found, f"Move these runs to the archive {terminal.escape(name)!r}?", yes)
        annotate(store, found, f"Archived in {name!r}:", {"archive": name})


def _archives(runs: "list[Run]") -> dict[str, int]:
    counts: dict[str, int] = {}
    for run in runs:
        counts[run.user_attrs.archive] = counts.get(run.user_attrs.archive, 0) + 1
    return dict(sorted(counts.items()))


def _list(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        terminal.print_json({"archives": [{"name": name, "runs": count} for name, count in counts.items()]})
    elif not counts:
        terminal.print_stderr("There are no archives")
    else:
        terminal.print_facts(
            {terminal.escape(name): terminal.format_count(count, "run") for name, count in counts.items()}
        )
