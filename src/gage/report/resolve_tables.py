"""Resolves blocks that show a row for each run."""

import math
from collections.abc import Sequence

from gage.board import run_table
from gage.board.run_table import COLUMNS
from gage.board.value_columns import find_differing_columns, get_column_value
from gage.compare.groups import is_seed_name
from gage.compare.metric import infer_direction
from gage.lib import times
from gage.report.items import Item, TextItem
from gage.report.run_query import RunQuery
from gage.report.source import BlockSettings
from gage.report.table_text import build_table_item
from gage.select.parse import parse_value_name
from gage.types.errors import NotFound
from gage.types.run import Run
from gage.types.table import Column, Table
from gage.types.values import JSONValue

MAX_CONFIG_COLUMNS = 5
MAX_ROWS = 1000
"""Rows of a table without a limit."""
TIMES = ("started", "created_at", "staged_at", "started_at", "stopped_at")
"""Columns that show a date instead of an age, since a report is read later than it is made."""


def resolve_table(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns the table of runs. Raises GageError."""
    found = query.find(settings.where, settings.sort)
    if not found.runs:
        return (TextItem(found.reason, "note"),)
    runs = found.runs[: settings.limit or MAX_ROWS]
    columns = settings.columns or pick_columns(found.runs)
    for column in columns:
        near = run_table.suggest_column(column, found.runs)
        if near is not None:
            raise NotFound(f"No run has {column!r}", f"Did you mean {near!r}?" if near else "")
    baseline = query.find_run(settings.baseline, settings.where) if settings.baseline else None
    if baseline is not None:
        runs = (baseline, *(run for run in runs if run.id != baseline.id))
    table = build_table(runs, columns, query, baseline)
    rest = len(found.runs) - len(runs)
    note = (TextItem(f"{rest:,} more runs are not shown", "note"),) if rest > 0 else ()
    item = build_table_item(table, settings.format, lambda column: _is_measured(column.key, found.runs))
    return (item, *note)


def pick_columns(runs: Sequence[Run]) -> tuple[str, ...]:
    """Returns the columns of a table without the setting `columns`: name, differing values, and main metrics."""
    own = find_differing_columns(runs, ("op", "label"))
    config = sorted({name for run in runs for name in run.config}, key=lambda name: (is_seed_name(name), name))
    keys = [f"config.{name}" if name in COLUMNS else name for name in config]
    differing = find_differing_columns(runs, keys)[:MAX_CONFIG_COLUMNS]
    metrics = run_table.pick_headline_metrics({name for run in runs for name in run.metrics}, 3)
    metric_keys = [f"metric.{name}" if name in COLUMNS or name in config else name for name in metrics]
    return ("name", *own, *differing, *metric_keys, *find_differing_columns(runs, ("status",)))


def build_table(runs: Sequence[Run], keys: Sequence[str], query: RunQuery, baseline: Run | None = None) -> Table:
    """Returns a table with unformatted numbers. With a baseline, a column beside each metric has the difference."""
    columns: list[Column] = []
    cells: list[list[JSONValue]] = [[] for _ in runs]
    shown = run_table.build_run_table(runs, [0] * len(runs), [key for key in keys if key in COLUMNS])
    texts = dict(zip((key for key in keys if key in COLUMNS), zip(*shown.rows, strict=True), strict=True))
    for key in keys:
        values = _list_values(runs, key, query, texts.get(key, ()))
        is_number = all(value is None or isinstance(value, int | float) for value in values)
        title = COLUMNS[key][0].title if key in COLUMNS else key
        columns.append(Column(key, title, "right" if is_number and key not in COLUMNS else "left"))
        for row, value in zip(cells, values, strict=True):
            row.append(value)
        if baseline is not None and _is_metric(key, runs):
            columns.append(Column(f"delta({key})", f"Δ {title}", "right", "delta"))
            first = get_column_value(baseline, 0, key, query.read_series)
            for run, row, value in zip(runs, cells, values, strict=True):
                row.append(None if run.id == baseline.id else _compute_delta(key, first, value))
    return Table(tuple(columns), tuple(map(tuple, cells)))


def _list_values(runs: Sequence[Run], key: str, query: RunQuery, texts: Sequence[JSONValue]) -> Sequence[JSONValue]:
    if key in TIMES:
        return [_format_time(run, key) for run in runs]
    return texts if key in COLUMNS else [get_column_value(run, 0, key, query.read_series) for run in runs]


def _format_time(run: Run, key: str) -> str:
    moments = {"created_at": run.created, "staged_at": run.staged, "stopped_at": run.stopped}
    when = moments.get(key, run.started)
    return "" if when is None else times.format_iso(when)[:16].replace("T", " ")


def _is_measured(key: str, runs: Sequence[Run]) -> bool:
    """Returns whether a column shows a metric or a function of metrics: `format` of a block applies to these."""
    return _is_metric(key, runs) or (key not in COLUMNS and key.endswith(")") and not key.startswith("delta("))


def _is_metric(key: str, runs: Sequence[Run]) -> bool:
    name = key.removeprefix("metric.")
    is_config = key in COLUMNS or any(key in run.config for run in runs)
    return not is_config and any(name in run.metrics for run in runs)


def _compute_delta(key: str, before: JSONValue, after: JSONValue) -> JSONValue:
    """Returns a difference and whether it is better, None if one of the values is not a finite number."""
    if not isinstance(before, int | float) or not isinstance(after, int | float) or not math.isfinite(after - before):
        return None
    lower_is_better = infer_direction(parse_value_name(key.removeprefix("metric.")))
    better = None if lower_is_better is None or after == before else (after < before) == lower_is_better
    return {"value": after - before, "better": better}
