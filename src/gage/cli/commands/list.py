"""`gage list`."""

import sys
from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import gage_command, json_option, limit_option, reject_together
from gage.cli.global_options import read_listing_columns
from gage.cli.render import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gage.types.run import Run

PAGE = 20


@gage_command(
    "list", "gage list", "gage list --where completed --where lr=0.1", "gage list --project . --columns lr,loss"
)
@run_selection.runs_argument
@click.option("-m", "--more", count=True, help=f"Show {PAGE} more runs (repeatable).")
@limit_option
@click.option("-a", "--all", "everything", is_flag=True, help="Show all runs.")
@click.option("-d", "--deleted", is_flag=True, help="Show deleted runs.")
@click.option(
    "-A",
    "--archive",
    metavar="[NAME]",
    is_flag=False,
    flag_value="",
    help="Show archived runs (only of NAME, if given).",
)
@run_selection.project_option
@click.option(
    "-c",
    "--columns",
    metavar="NAME,...",
    help="Columns: config values, metrics, attributes or keys of 'gage list --json'.",
)
@json_option
def command(
    runs: tuple[str, ...],
    where: tuple[str, ...],
    more: int,
    limit: int | None,
    everything: bool,
    deleted: bool,
    archive: str | None,
    project: str | None,
    columns: str | None,
    as_json: bool,
) -> None:
    """List runs, newest first.

    RUN is a position in the listing, a name, an ID, the beginning of either, or a slice such as 1:5.
    """
    reject_together(("--more", more), ("--limit", limit), ("--all", everything))
    reject_together(("--json", as_json), ("--columns", columns is not None))
    reject_together(("--deleted", deleted), ("--archive", archive is not None))
    most = None if everything else limit or PAGE * (more + 1)
    if runs and limit is None and not more:
        most = None
    collection = "deleted" if deleted else "active" if archive is None else "archive"
    store = run_selection.open_store()
    found = run_selection.find_runs(store, runs, where, collection, archive or "", most, project=project)  # type: ignore[arg-type]  # one of three
    from gage.board import run_table as board

    if as_json:
        table = board.build_run_table(found.runs, found.positions, found.total, board.JSON_COLUMNS)
        keys = [c.key for c in table.columns]
        rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
        terminal.print_json({"runs": rows, "total": found.total})
        return
    if not found.runs:
        _tell_none(bool(where or project), collection)
        return
    shown = _columns(found.runs, columns)
    terminal.print_table(board.build_run_table(found.runs, found.positions, found.total, shown))
    for column in shown:
        near = board.suggest_column(column, found.runs)
        if near is not None:
            terminal.print_stderr(f"No listed run has {column!r}", f"Did you mean {near!r}?" if near else "")
    if found.total > len(found.runs):
        sys.stdout.flush()
        terminal.print_stderr(
            f"Showing {len(found.runs):,} of {found.total:,} runs", "Use --more, --limit N or --all to see more"
        )


def _columns(runs: "Sequence[Run]", asked: str | None) -> "Sequence[str]":
    """What was asked for; else what the Gage file says of the one operation that all the runs are of."""
    from gage.board import run_table as board

    if asked is not None:
        named = [name.strip() for name in asked.split(",") if name.strip()]
        return ("index", "name", *(name for name in named if name not in ("index", "name")))
    ops = {run.op.name for run in runs}
    wanted = read_listing_columns(ops.pop()) if len(ops) == 1 else ()
    known = [c for c in wanted if c in board.COLUMNS or any(board.get_run_value(run, c) is not None for run in runs)]
    return (*(c for c in board.DEFAULT_COLUMNS[:-1] if c not in known), *known) if known else board.DEFAULT_COLUMNS


def _tell_none(is_filtered: bool, collection: str) -> None:
    if is_filtered:
        terminal.print_stderr("No runs match", "Try: gage list")
    elif collection == "active":
        terminal.print_stderr("There are no runs yet", "Try: gage run SCRIPT")
    else:
        terminal.print_stderr(f"There are no {'deleted' if collection == 'deleted' else 'archived'} runs")
