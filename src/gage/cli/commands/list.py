"""`gage list`."""

import sys
from itertools import compress
from typing import TYPE_CHECKING

import click

from gage.board import run_table as board
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.global_options import read_listing_columns, read_user_listing, suggest_without_runs
from gage.cli.render import terminal
from gage.index.load_series import build_series_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gage.index.index import QueryResult
    from gage.types.filter import Collection, SeriesReader
    from gage.types.run import Run

PAGE = 20


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
@run_selection.columns_option
@click.option("--csv", "as_csv", is_flag=True, help="Print all runs but batches with all values, or --columns, as CSV.")
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
    result = selection.query_lazily(collection, archive or "", limit=None if is_unlimited else PAGE * (more + 1))
    if result.problem is not None:
        terminal.print_stderr(*result.problem)
    read_series = build_series_reader(selection.store)
    if as_json:
        _print_json(result, columns, read_series)
        return
    if as_csv or as_tsv:
        _print_csv(result, columns, read_series, "," if as_csv else "\t", has_batches=bool(selection.words))
        return
    if not result.runs:
        if result.problem is None:
            _report_none(bool(selection.where or selection.project), collection)
        return
    _print_runs(result, columns, read_series)
    if result.total > len(result.runs):
        sys.stdout.flush()
        terminal.print_stderr(
            f"Showing {len(result.runs):,} of {result.total:,} runs", "Use --more, --limit N or --all to see more"
        )


def _print_json(result: "QueryResult", option: str | None, read_series: "SeriesReader") -> None:
    facts = {"total": result.total}
    if option is None:
        terminal.print_json_rows("runs", map(board.convert_run_to_json, result.runs, result.positions), facts)
        return
    from gage.board.table_formats import convert_to_records
    from gage.board.value_columns import build_export_table

    runs = list(result.runs)
    table = build_export_table(runs, result.positions, _parse_columns(option, runs), read_series)
    terminal.print_json_rows("runs", convert_to_records(table), facts)


def _print_csv(
    result: "QueryResult", option: str | None, read_series: "SeriesReader", delimiter: str, has_batches: bool
) -> None:
    """Prints the runs as CSV; without `has_batches`, the rows of batches are left out."""
    from gage.board.table_formats import write_csv_rows
    from gage.board.value_columns import iter_export_rows, list_export_columns

    left_out = frozenset(() if has_batches else result.find_batches())
    runs = result.runs if option is None else list(result.runs)
    keys = list_export_columns(result.sample_names(left_out)) if option is None else _parse_columns(option, runs)
    counted = [index not in left_out for index in range(len(runs))]
    rows = iter_export_rows(compress(runs, counted), compress(result.positions, counted), keys, read_series)
    write_csv_rows(keys, rows, sys.stdout, delimiter)
    if left_out and not any(counted):
        hint = f"To include one, name it: gage list {result.positions[0]} {'--csv' if delimiter == ',' else '--tsv'}"
        terminal.print_stderr("All runs that match are batches, which are left out", hint)


def _parse_columns(option: str, runs: "Sequence[Run]") -> tuple[str, ...]:
    """Returns the columns of `--columns`; reports those that no run has."""
    from gage.cli.columns import parse_columns, report_columns

    keys = parse_columns(option, runs)
    report_columns(keys, runs)
    return keys


def _print_runs(result: "QueryResult", option: str | None, read_series: "SeriesReader") -> None:
    ops = result.list_operations()
    op = ops.pop() if len(ops) == 1 else None
    of_gagefile, user = read_listing_columns(op) if op is not None else (), read_user_listing(op)
    runs: Sequence[Run] = result.runs
    columns: Sequence[str] = board.DEFAULT_COLUMNS
    if option is not None or of_gagefile or user.columns:
        runs = list(runs)
        columns = _choose_columns(runs, option, of_gagefile, user.columns)
    table = board.build_run_table(runs, result.positions, columns, read_series=read_series, described=user.description)
    terminal.print_table(*table)
    if option is not None:
        from gage.cli.columns import report_columns

        report_columns(columns, runs)


def _choose_columns(
    runs: "Sequence[Run]", option: str | None, of_gagefile: "Sequence[str]", of_user: "Sequence[str]"
) -> tuple[str, ...]:
    """Returns the columns of `--columns`. Without it, returns the columns that the Gage file sets, else those of the
    user's config; columns that no run has are left out.
    """
    from gage.cli.columns import parse_columns, select_filled

    if option is not None:
        return parse_columns(option, runs)
    if of_gagefile := select_filled(of_gagefile, runs):
        return (*(c for c in board.DEFAULT_COLUMNS[:-1] if c not in of_gagefile), *of_gagefile)
    chosen = select_filled(of_user, runs)
    return ("index", "name", *chosen) if chosen else board.DEFAULT_COLUMNS


def _report_none(is_filtered: bool, collection: str) -> None:
    if is_filtered:
        terminal.print_stderr("No runs match", "Try: gage list")
    elif collection == "active":
        terminal.print_stderr("There are no runs yet", suggest_without_runs())
    else:
        terminal.print_stderr(f"There are no {'deleted' if collection == 'deleted' else 'archived'} runs")
