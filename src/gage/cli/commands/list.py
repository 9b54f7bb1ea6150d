"""`gage list`."""

import re
import sys
from typing import TYPE_CHECKING

import click

from gage.board import run_table as board
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.global_options import read_listing_columns, suggest_without_runs
from gage.cli.render import terminal
from gage.index.load_series import build_series_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gage.types.filter import Collection
    from gage.types.run import Run

PAGE = 20
FILTER_NAMES = {
    "tag": "tags",
    "batch": "batch_name",
    "mark": "marked",
    "project-id": "project_id",
    "created": "created_at",
    "stopped": "stopped_at",
}
"""Names in filters that are not keys of columns."""


@make_command("list", "gage list", "gage list --where completed --where lr=0.1", "gage list --columns lr,loss --csv")
@run_selection.select_runs()
@click.option("-m", "--more", count=True, help=f"Show {PAGE} more runs (repeatable).")
@run_selection.limit_option
@run_selection.sort_option
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
    "-c", "--columns", metavar="NAME,...", help="Columns: config values, metrics, attributes or keys of --json."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print all runs with all values, or --columns, as CSV.")
@click.option("--tsv", "as_tsv", is_flag=True, help="Like --csv, separated by tabs.")
@json_option
def command(
    selection: run_selection.RunSelection,
    more: int,
    deleted: bool,
    archive: str | None,
    columns: str | None,
    as_csv: bool,
    as_tsv: bool,
    as_json: bool,
) -> None:
    """List runs, newest first.

    RUN is a position in the listing, a name, an ID, the beginning of either, or a slice such as 1:5.
    """
    reject_together("--more", "--limit", "--all")
    reject_together("--csv", "--tsv", "--json")
    reject_together("--deleted", "--archive")
    is_unlimited = selection.everything or ((selection.words or as_csv or as_tsv or as_json) and not more)
    collection: Collection = "deleted" if deleted else "active" if archive is None else "archive"
    result = selection.query(collection, archive or "", limit=None if is_unlimited else PAGE * (more + 1))
    if result.problem is not None:
        terminal.print_stderr(*result.problem)
    read_series = build_series_reader(selection.store)
    if as_json and columns is None:
        rows = map(board.convert_run_to_json, result.runs, result.positions)
        terminal.print_json({"runs": list(rows), "total": result.total})
        return
    if as_csv or as_tsv or as_json:
        from gage.board.table_formats import convert_to_records, write_csv
        from gage.board.value_columns import build_export_table

        _report_other_values(result.runs, columns)
        keys = () if columns is None else _parse_columns(columns, result.runs)
        table = build_export_table(result.runs, result.positions, keys, read_series)
        if as_json:
            terminal.print_json({"runs": convert_to_records(table), "total": result.total})
        else:
            write_csv(table, sys.stdout, "," if as_csv else "\t")
        return
    if not result.runs:
        if result.problem is None:
            _report_none(bool(selection.where or selection.project), collection)
        return
    shown = _columns(result.runs, columns)
    terminal.print_table(*board.build_run_table(result.runs, result.positions, shown, read_series=read_series))
    _report_other_values(result.runs, columns)
    for column in shown:
        near = board.suggest_column(column, result.runs)
        if near is not None:
            terminal.print_stderr(f"No listed run has {column!r}", _suggest_column(column, near))
    if result.total > len(result.runs):
        sys.stdout.flush()
        terminal.print_stderr(
            f"Showing {len(result.runs):,} of {result.total:,} runs", "Use --more, --limit N or --all to see more"
        )


def _columns(runs: "Sequence[Run]", option: str | None) -> "Sequence[str]":
    """Returns the columns of `--columns`; without it those that the Gage file sets for the operation of all runs."""
    if option is not None:
        return _parse_columns(option, runs)
    ops = {run.op.name for run in runs}
    columns = read_listing_columns(ops.pop()) if len(ops) == 1 else ()
    if not columns:
        return board.DEFAULT_COLUMNS
    from gage.board.run_values import get_run_value

    filled = [c for c in columns if c in board.COLUMNS or any(get_run_value(run, c) is not None for run in runs)]
    return (*(c for c in board.DEFAULT_COLUMNS[:-1] if c not in filled), *filled) if filled else board.DEFAULT_COLUMNS


def _parse_columns(option: str, runs: "Sequence[Run]") -> "tuple[str, ...]":
    """Returns the names in `--columns`, after position and name. A filter's name for a column stands for it, unless a
    value of the runs has that name.
    """
    from gage.select.tokens import remove_backticks

    named = [remove_backticks(name.strip()) for name in _split_names(option)]
    named = [FILTER_NAMES.get(n, n) if board.suggest_column(n, runs) is not None else n for n in named]
    return tuple(dict.fromkeys(("index", "name", *filter(None, named))))


def _split_names(option: str) -> "list[str]":
    """Returns the names between commas that are not in backticks or, as in `mean(loss, 10)`, in parentheses."""
    parts, depth = [""], 0
    for text in re.findall(r"`[^`]*`|.", option, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(text, 0)
        if text == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += text
    return parts


def _report_other_values(runs: "Sequence[Run]", option: str | None) -> None:
    """Reports the columns of `--columns` whose name also stands for values that they do not show."""
    for column in () if option is None else _parse_columns(option, runs)[2:]:
        other = board.suggest_qualified_name(column, runs)
        if other is not None:
            kind = "parameter" if other.startswith("config.") else "metric"
            terminal.print_stderr(f"{column!r} is also a {kind} of these runs", f"--columns {other} shows it")


def _suggest_column(column: str, near: str) -> str:
    """Returns the hint for an unknown column; `near` is the most similar one ("" = none)."""
    if column in (
        "command",
        "cmd",
        "git",
        "commit",
        "branch",
        "sha",
        "files",
        "run_dir",
        "cwd",
        "host",
        "user",
        "author",
    ):
        return "'gage show' shows it"
    return f"Did you mean {near!r}?" if near else ""


def _report_none(is_filtered: bool, collection: str) -> None:
    if is_filtered:
        terminal.print_stderr("No runs match", "Try: gage list")
    elif collection == "active":
        terminal.print_stderr("There are no runs yet", suggest_without_runs())
    else:
        terminal.print_stderr(f"There are no {'deleted' if collection == 'deleted' else 'archived'} runs")
