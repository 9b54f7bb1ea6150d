"""Builds the table that compares runs: the values that differ, and the differences to a baseline.

Takes runs and returns a `Table`; knows neither where runs come from nor how a table is printed.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.board.run_table import ListedRun, build_run_table, pick_headline_metrics
from gage.board.run_values import is_computed
from gage.board.table_formats import format_delta
from gage.board.value_columns import build_export_table, find_differing_columns, list_value_columns
from gage.compare.metric import infer_direction
from gage.lib.mean_std import compute_difference
from gage.select.fields import METRIC_FUNCTIONS, RUN_FIELDS
from gage.select.parse import parse_value_name
from gage.types.filter import Call, Expression, FieldName, SeriesReader
from gage.types.run import Run
from gage.types.table import Column, Table
from gage.types.values import JSONValue, as_table

RUN_COLUMNS = ("op", "version", "status", "label", "tags")
"""Values of the run itself that the table shows if they differ."""


class ComparedColumns(NamedTuple):
    """The columns of a comparison, and the config values and metrics that are the same in all runs."""

    shown: tuple[str, ...]
    same: tuple[str, ...] = ()


def pick_columns(runs: Sequence[Run], is_everything: bool = False) -> ComparedColumns:
    """Returns the columns of a comparison, with the most telling metrics first: the values that differ, or all values
    with `is_everything` or for a single run.
    """
    keys = list_value_columns(runs)
    differing = set(find_differing_columns(runs, (*RUN_COLUMNS, *keys)))
    chosen = keys if is_everything or len(runs) < 2 else tuple(key for key in keys if key in differing)
    names = collect_names(runs)
    metrics = {key.removeprefix("metric."): key for key in chosen if find_metric(key, names) is not None}
    headline = [metrics[name] for name in pick_headline_metrics(metrics)]
    own = [key for key in RUN_COLUMNS if key in differing]
    shown = tuple(dict.fromkeys((*headline, *own, *chosen)))
    return ComparedColumns(shown, tuple(key for key in keys if key not in chosen))


class ValueNames(NamedTuple):
    """The names of the config values and of the metrics of runs."""

    config: frozenset[str]
    metrics: frozenset[str]


def collect_names(runs: Sequence[Run]) -> ValueNames:
    """Returns the names that some of the runs have."""
    return ValueNames(frozenset().union(*(run.config for run in runs)), frozenset().union(*(r.metrics for r in runs)))


def find_metric(key: str, names: ValueNames) -> Expression | None:
    """Returns the metric, or the function of one, that a column shows; None for another column."""
    if key in names.config or key in RUN_FIELDS:
        return None
    if key in names.metrics:
        return FieldName(key)
    if not is_computed(key) and not key.startswith("metric."):
        return None
    expression = parse_value_name(key)
    is_metric = isinstance(expression, FieldName) or (
        isinstance(expression, Call) and expression.function in METRIC_FUNCTIONS
    )
    return expression if is_metric else None


def build_comparison_table(
    runs: Sequence[ListedRun],
    keys: Sequence[str],
    baseline: Run | None = None,
    read_series: SeriesReader | None = None,
    is_for_people: bool = False,
) -> Table:
    """Returns the values of the runs. With a baseline, each metric is followed by a column with the differences to it.
    `is_for_people`: the cells are texts.
    """
    build = build_run_table if is_for_people else build_export_table
    several, positions = [each.run for each in runs], [each.position for each in runs]
    table = build(several, positions, keys, read_series=read_series)
    if baseline is None:
        return table
    exact = build_export_table(several, positions, keys, read_series) if is_for_people else table
    values = build_export_table([baseline], [0], keys, read_series).rows[0]
    names = collect_names(several)
    metrics = [find_metric(key, names) for key in keys]
    return add_deltas(table, exact, metrics, values, [run.id == baseline.id for run in several])


def add_deltas(
    table: Table,
    exact: Table,
    metrics: Sequence[Expression | None],
    baseline: Sequence[JSONValue],
    own: Sequence[bool],
) -> Table:
    """Inserts a column with differences after each metric of a table. `exact` has the values of the table; if `table`
    is another one, with texts for people, the differences are texts too. `metrics` has the metric of each column or
    None, `baseline` the values of the baseline, and `own` is True for its rows.
    """
    is_for_people = table is not exact
    columns: list[Column] = []
    cells: list[Sequence[JSONValue]] = []
    for at, (column, metric) in enumerate(zip(table.columns, metrics, strict=True)):
        columns.append(column)
        cells.append([row[at] for row in table.rows])
        if metric is not None:
            columns.append(Column(f"delta({column.key})", f"Δ {column.title}", "left", "delta"))
            deltas = _list_deltas([row[at] for row in exact.rows], baseline[at], own, infer_direction(metric))
            cells.append(list(map(_show_delta, deltas, own)) if is_for_people else deltas)
    return Table(tuple(columns), tuple(zip(*cells, strict=True)))


def _list_deltas(
    values: Sequence[JSONValue], baseline: JSONValue, own: Sequence[bool], lower: bool | None
) -> Sequence[Mapping[str, JSONValue] | None]:
    bound = _get_number(baseline)
    return [
        None if is_own else measure_delta(_get_number(value), bound, lower)
        for value, is_own in zip(values, own, strict=True)
    ]


def measure_delta(value: float | None, baseline: float | None, lower: bool | None) -> dict[str, JSONValue] | None:
    """Returns the difference of a value to that of the baseline, and whether the value is better: None if that is not
    known or the two are equal within rounding. Returns None if one of them is missing or not finite.
    """
    if value is None or baseline is None:
        return None
    delta = compute_difference(value, baseline)
    if not math.isfinite(delta):
        return None
    return {"value": delta, "better": None if lower is None or not delta else (delta < 0) == lower}


def _show_delta(delta: Mapping[str, JSONValue] | None, is_own: bool) -> str:
    return "baseline" if is_own else "" if delta is None else format_delta(delta)


def _get_number(cell: JSONValue) -> float | None:
    """Returns the number in a cell, the mean of a summary; None if it is not finite."""
    value = as_table(cell).get("mean") if isinstance(cell, Mapping) else cell
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None  # type: ignore[arg-type]  # a number
