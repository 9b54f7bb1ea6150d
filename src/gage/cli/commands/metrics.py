"""`gage metrics`."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from gage.board.formatting import format_count, format_number
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.render import terminal
from gage.index import load_series
from gage.types.errors import NotFound, UsageError
from gage.types.table import Column

if TYPE_CHECKING:
    from gage.metrics.series import RunSeries
    from gage.store.store import RunStore
    from gage.types.run import Metric, Run
    from gage.types.values import JSONValue

NUMBERS = {"last": "Last", "min": "Min", "max": "Max", "mean": "Mean", "step": "Step", "values": "Values"}
COLUMNS = (
    Column("name", "Run"),
    Column("metric", "Metric"),
    *(Column(key, title, "right") for key, title in NUMBERS.items()),
)
POINT = ("run", "series", "step", "time", "value")
"""The fields of an exported value; time is in seconds since the epoch, empty if the log has none."""

Points = Iterator[tuple[str, str, int | None, float | None, float]]


@make_command("metrics", "gage metrics", "gage metrics 1:3 --series 'val*'", "gage metrics 1 --series loss --csv")
@run_selection.select_runs()
@click.option(
    "-s", "--series", metavar="METRIC", multiple=True, help="Only this metric, or those that match a glob (repeatable)."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print every value as CSV.")
@json_option
@click.option("--parquet", metavar="FILE", help="Write every value to a Parquet file.")
@click.option("--system", is_flag=True, help="Show CPU, memory, disk, network and GPU use instead.")
def command(
    selection: run_selection.RunSelection,
    series: tuple[str, ...],
    as_csv: bool,
    as_json: bool,
    parquet: str | None,
    system: bool,
) -> None:
    """Show the metrics of runs (default: the latest), or export all their values."""
    reject_together("--csv", "--json", "--parquet")
    if taken := next((name for name in series if name in ("--csv", "--json", "--parquet", "--system")), ""):
        raise UsageError("--series requires a value", f"Try: gage metrics 1 --series loss {taken}")
    runs = _find_runs(selection)
    run_selection.warn_incomplete(runs)
    if not (as_csv or as_json or parquet is not None or system):
        _print_table(runs, series)
        return
    points = _points(selection.store, runs, series, system)
    if as_json:
        terminal.print_json([dict(zip(POINT, point, strict=True)) for point in points])
    elif parquet is not None:
        _write_parquet(points, parquet)
    else:
        _write_csv(points)


def _find_runs(selection: run_selection.RunSelection) -> "Sequence[Run]":
    """Returns the runs. Raises NotFound, with the option to use if a word is a metric of the latest run."""
    try:
        return selection.find_or_latest()
    except NotFound as error:
        latest = run_selection.RunSelection().find_latest()
        names = [word for word in selection.words if any(word in run.metrics for run in latest)]
        if not names:
            raise
        others = [word for word in selection.words if word not in names]
        words = " ".join([*others, *(f"--series {name}" for name in names)])
        raise NotFound(error.message, f"To show a metric: gage metrics {words}") from None


def _print_table(runs: "Sequence[Run]", patterns: Sequence[str]) -> None:
    rows = [
        (run.name, name, *_row(run.metrics[name]))
        for run in runs
        for name in load_series.select_names(sorted(run.metrics), patterns)
    ]
    if not rows:
        raise load_series.build_no_metric_error(patterns, sorted({name for run in runs for name in run.metrics}))
    terminal.print_table(COLUMNS, rows)


def _row(metric: "Metric") -> "tuple[JSONValue, ...]":
    numbers = (metric.last, metric.min, metric.max, metric.mean)
    return (*("" if n is None else format_number(n) for n in numbers), metric.step, metric.points)


def _points(store: "RunStore", runs: "Sequence[Run]", patterns: Sequence[str], system: bool) -> Points:
    """Yields every value of the runs. Raises NotFound if there are none."""
    from gage.metrics.metrics_json import shorten_float

    names: set[str] = set()
    is_matched = False
    for run in runs:
        read = load_series.load_series(store, run, system)
        for note in read.notes:
            terminal.print_stderr(f"{run.name}: {note}")
        names.update(read.names())
        for name in load_series.select_names(read.names(), patterns):
            is_matched = True
            steps, times, values = read.series(name)
            for step, when, value in zip(steps, times, values, strict=True):
                yield run.id, name, step, when or None, shorten_float(value)
        for name, value in () if system else _list_final_values(run, read, patterns):
            is_matched = True
            yield run.id, name, None, None, value
    if not is_matched:
        raise load_series.build_no_metric_error(patterns, sorted(names))


def _list_final_values(run: "Run", read: "RunSeries", patterns: Sequence[str]) -> "Iterator[tuple[str, float]]":
    """Yields the numbers that are no points of a series, such as those of `metrics.json`."""
    from gage.metrics.metrics_json import shorten_float

    names = set(read.names())
    for name in load_series.select_names(sorted(run.metrics), patterns):
        last = run.metrics[name].last
        values = read.series(name).values if name in names else ()
        is_point = len(values) and (shorten_float(values[-1]) == last or values[-1] != values[-1])
        if not is_point and run.metrics[name].points == len(values) + 1:
            yield name, last


def _write_csv(points: Points) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    first = next(points)
    writer.writerow(POINT)
    writer.writerow(first)
    writer.writerows(points)


def _write_parquet(points: Points, path: str) -> None:
    from gage.board.parquet_file import write_parquet_columns

    count = write_parquet_columns(dict(zip(POINT, map(list, zip(*points, strict=True)), strict=True)), path)
    terminal.print_stderr(f"Wrote {format_count(count, 'value')} to {path}")
