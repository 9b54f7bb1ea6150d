"""Builds tables of the stored values of runs, for other programs. Lists their columns and finds those that differ."""

from collections.abc import Iterable, Iterator, Sequence

from gage.board.run_table import COLUMNS, CellContext
from gage.board.run_values import find_run_values
from gage.types.filter import SeriesReader
from gage.types.run import Run
from gage.types.table import Column, Table
from gage.types.values import JSONValue, is_same_value

EXPORT_COLUMNS = ("index", "name", "operation", "status", "started_at", "label", "tags")
"""Columns of a listing as CSV, before those of config values and metrics."""

ALIASES = {"op": "operation", "started": "started_at"}
"""Columns for people → those with the same values for programs."""


def list_value_columns(runs: Sequence[Run]) -> tuple[str, ...]:
    """Returns the keys of all config values and metrics of the runs, config first: their names, or `config.NAME` and
    `metric.NAME` where the name alone is another column, or both a config value and a metric.
    """
    config = dict.fromkeys(name for run in runs for name in run.config)
    metrics = dict.fromkeys(name for run in runs for name in run.metrics)
    keys = (
        *(f"config.{name}" if name in COLUMNS or name in metrics else name for name in config),
        *(f"metric.{name}" if name in COLUMNS or name in config else name for name in metrics),
    )
    return tuple(dict.fromkeys(keys))


def find_differing_columns(
    runs: Sequence[Run], keys: Sequence[str], read_series: SeriesReader | None = None
) -> tuple[str, ...]:
    """Returns the keys whose values are not equal in all runs. A missing value differs from every value, even from
    null. NaN equals NaN, and 1 equals 1.0.
    """
    return tuple(key for key in keys if _is_differing(runs, key, read_series))


def _is_differing(runs: Sequence[Run], key: str, read_series: SeriesReader | None) -> bool:
    cells = (find_column_values(run, position, key, read_series) for position, run in enumerate(runs))
    first = next(cells, ())
    return any(not _are_equal(cell, first) for cell in cells)


def get_column_value(run: Run, position: int, key: str, read_series: SeriesReader | None = None) -> JSONValue:
    """Returns the value that `find_column_values` describes, None if it is missing."""
    cell = find_column_values(run, position, key, read_series)
    return cell[0] if cell else None


def find_column_values(run: Run, position: int, key: str, read_series: SeriesReader | None) -> tuple[JSONValue, ...]:
    """Returns the value of a run under a key of `JSON_COLUMNS`, or of a metric, config value or attribute of that name,
    in a tuple, which is empty if the run has no such value.
    """
    key = ALIASES.get(key, key)
    if key in COLUMNS:
        return (COLUMNS[key][1](CellContext(run, position, now=0)),)
    return find_run_values(run, key, read_series)


def _are_equal(cell: tuple[JSONValue, ...], other: tuple[JSONValue, ...]) -> bool:
    return len(cell) == len(other) and all(map(is_same_value, cell, other))


def build_export_table(
    runs: Sequence[Run],
    positions: Sequence[int],
    columns: Sequence[str] = (),
    read_series: SeriesReader | None = None,
) -> Table:
    """Returns the values of the runs as they are stored; None where a run has no such value. Without `columns`, the
    table has `EXPORT_COLUMNS` and a column for each config value and metric.
    """
    keys = columns or list_export_columns(runs)
    rows = tuple(iter_export_rows(runs, positions, keys, read_series))
    return Table(tuple(Column(key, key) for key in keys), rows)


def list_export_columns(runs: Sequence[Run]) -> tuple[str, ...]:
    """Returns `EXPORT_COLUMNS` and the keys of all config values and metrics of the runs."""
    return tuple(dict.fromkeys((*EXPORT_COLUMNS, *list_value_columns(runs))))


def iter_export_rows(
    runs: Iterable[Run], positions: Iterable[int], keys: Sequence[str], read_series: SeriesReader | None = None
) -> Iterator[tuple[JSONValue, ...]]:
    """Yields the values of each run under the keys of columns."""
    named = [(key, key in COLUMNS or key in ALIASES) for key in keys]
    for run, position in zip(runs, positions, strict=True):
        yield _build_row(run, position, named, read_series)


def _build_row(
    run: Run, position: int, keys: Sequence[tuple[str, bool]], read_series: SeriesReader | None
) -> tuple[JSONValue, ...]:
    """Returns what `get_column_value` returns for each key, but faster for config values and metrics. `keys` has a flag
    for each key: whether it is a column of the run itself.
    """
    config, metrics = run.config, run.metrics
    cells = [
        config[key]
        if key in config and not is_own
        else metrics[key].last
        if key in metrics and not is_own
        else get_column_value(run, position, key, read_series)
        for key, is_own in keys
    ]
    return tuple(cells)
