"""Answers with small curves, for a column of a table."""

from typing import NamedTuple

from gage.index.load_series import load_series
from gage.metrics.downsample import downsample
from gage.store.store import RunStore
from gage.types.errors import GageError, UsageError
from gage.types.run import Run
from gage.types.values import JSONValue, replace_non_finite
from gage.view.stores import ViewedStores

MAX_RUNS = 200
MAX_POINTS = 400


class SparklinesQuery(NamedTuple):
    """The curve of a metric for each of the `runs` (IDs), with at most about `points` points."""

    runs: tuple[str, ...]
    metric: str
    points: int = 80


class Sparkline(NamedTuple):
    """The curve of a run. `total` counts all points; fewer are sent if there are more than the query asks for, which
    draw the same curve. A value that JSON does not have is a text.
    """

    run: str
    total: int
    steps: tuple[int, ...]
    values: tuple[JSONValue, ...]


class Sparklines(NamedTuple):
    """The curves of the runs that have the metric."""

    curves: tuple[Sparkline, ...]


def read_sparklines(stores: ViewedStores, query: SparklinesQuery) -> Sparklines:
    """Small curves of a metric."""
    if len(query.runs) > MAX_RUNS:
        raise UsageError(f"An answer has at most {MAX_RUNS} runs", f"Ask for fewer than {len(query.runs)}")
    points = min(max(query.points, 8), MAX_POINTS)
    curves = (_read_curve(store, run, query.metric, points) for store, run in stores.find_runs(query.runs))
    return Sparklines(tuple(curve for curve in curves if curve is not None))


def _read_curve(store: RunStore, run: Run, metric: str, points: int) -> Sparkline | None:
    if metric not in run.metrics:
        return None
    try:
        series = load_series(store, run).series(metric)
    except (GageError, OSError, KeyError):
        return None
    shown = downsample(series, max(points // 4, 1))
    values = tuple(replace_non_finite(value) for value in shown.values)
    return Sparkline(run.id, len(series.values), tuple(shown.steps), values)
