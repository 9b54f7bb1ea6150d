"""`gage list`."""

import sys
from typing import TYPE_CHECKING, NamedTuple

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
        from gage.cli.columns import parse_columns, report_columns

        keys = () if columns is None else parse_columns(columns, result.runs)
        report_columns(keys, result.runs)
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
    _print_runs(result, columns, read_series)
    if result.total > len(result.runs):
        sys.stdout.flush()
        terminal.print_stderr(
            f"Showing {len(result.runs):,} of {result.total:,} runs", "Use --more, --limit N or --all to see more"
        )


def _print_runs(result: "QueryResult", option: str | None, read_series: "SeriesReader") -> None:
    runs, (columns, described) = result.runs, _choose_columns(result.runs, option)
    table = board.build_run_table(runs, result.positions, columns, read_series=read_series, described=described)
    terminal.print_table(*table)
    if option is not None:
        from gage.cli.columns import report_columns

        report_columns(columns, runs)


class _Layout(NamedTuple):
    """The columns of a listing, and the names of the values in its descriptions, () for the default ones."""

    columns: "Sequence[str]"
    described: "Sequence[str]" = ()


def _choose_columns(runs: "Sequence[Run]", option: str | None) -> _Layout:
    """Returns the columns of `--columns`. Without it, returns the columns that the Gage file sets for the operation of
    the runs, if they have the same one; else the columns in the user's config.
    """
    ops = {run.op.name for run in runs}
    op = ops.pop() if len(ops) == 1 else None
    of_gagefile, user = read_listing_columns(op) if op is not None else (), read_user_listing(op)
    if option is None and not of_gagefile and not any(user):
        return _Layout(board.DEFAULT_COLUMNS)
    from gage.cli.columns import parse_columns, select_filled

    if option is not None:
        return _Layout(parse_columns(option, runs), user.description)
    if of_gagefile := select_filled(of_gagefile, runs):
        columns = (*(c for c in board.DEFAULT_COLUMNS[:-1] if c not in of_gagefile), *of_gagefile)
    else:
        chosen = select_filled(user.columns, runs)
        columns = ("index", "name", *chosen) if chosen else board.DEFAULT_COLUMNS
    return _Layout(columns, user.description)


def _report_none(is_filtered: bool, collection: str) -> None:
    if is_filtered:
        terminal.print_stderr("No runs match", "Try: gage list")
    elif collection == "active":
        terminal.print_stderr("There are no runs yet", suggest_without_runs())
    else:
        terminal.print_stderr(f"There are no {'deleted' if collection == 'deleted' else 'archived'} runs")
