"""Curves of metrics as columns of numbers. A long series is sent in buckets, and again for the part that is zoomed."""

from collections.abc import Sequence
from typing import NamedTuple

from gage.index.load_series import load_series
from gage.metrics.downsample import downsample
from gage.metrics.series_types import Series
from gage.metrics.smoothing import smooth_values
from gage.store.store import RunStore
from gage.types.errors import GageError, UsageError
from gage.types.run import Run
from gage.types.values import JSONValue
from gage.view.curves_format import MAX_EXACT_POINTS, CurveWriter
from gage.view.raw_answer import RawAnswer
from gage.view.stores import ViewedStores

MAX_RUNS = 2_000
MAX_METRICS = 50
MAX_POINTS = 20_000
"""Points of one series that are sent unless the query says otherwise."""
CURVES_TYPE = "application/vnd.gage.curves"


class CurvesQuery(NamedTuple):
    """Which curves: the `metrics` of the `runs` (IDs).

    `first` and `last` limit the steps. A series with more than `points` points is thinned: its curve looks the same if
    it is drawn `points` / 4 pixels wide. `weight` smooths the whole series before, as TensorBoard does. `system`:
    resource use of the runs in place of their metrics.
    """

    runs: tuple[str, ...]
    metrics: tuple[str, ...]
    first: int | None = None
    last: int | None = None
    points: int = MAX_POINTS
    weight: float = 0.0
    system: bool = False


def read_curves(stores: ViewedStores, query: CurvesQuery) -> RawAnswer:
    """Curves of metrics, as columns of numbers."""
    if len(query.runs) > MAX_RUNS or len(query.metrics) > MAX_METRICS:
        raise UsageError(f"An answer has at most {MAX_RUNS:,} runs and {MAX_METRICS} metrics", "Ask for fewer")
    if not 0 <= query.weight < 1:
        raise UsageError(f"The weight must be at least 0 and less than 1, got {query.weight}", "")
    found = [
        (run, name, series)
        for store, run in stores.find_runs(query.runs)
        for name, series in _read_series(store, run, query.metrics, query.system)
    ]
    writer = CurveWriter(is_exact=sum(len(series.values) for _, _, series in found) <= MAX_EXACT_POINTS)
    curves: list[JSONValue] = [_write_curve(writer, query, *each) for each in found]
    return RawAnswer(writer.finish({"curves": curves}), CURVES_TYPE)


def _read_series(store: RunStore, run: Run, names: Sequence[str], system: bool) -> list[tuple[str, Series]]:
    try:
        loaded = load_series(store, run, system)
    except (GageError, OSError):
        return []
    known, found = set(loaded.names()), []
    for name in names:
        if name in known:
            found.append((name, loaded.series(name)))
    return found


def _write_curve(writer: CurveWriter, query: CurvesQuery, run: Run, name: str, series: Series) -> JSONValue:
    """Returns what the header says about a curve. `total` counts all its points, `sent` is how many are in the answer;
    `smoothed` are its smoothed values, thinned on their own steps.
    """
    raw = _thin(series, query)
    curve: dict[str, JSONValue] = {
        "run": run.id,
        "metric": name,
        "total": len(series.values),
        "steps": writer.add(raw.steps, is_exact=True),
        "times": writer.add(raw.times, is_exact=True),
        "values": writer.add(raw.values),
    }
    if query.weight:
        smooth = _thin(series._replace(values=smooth_values(series.values, query.weight)), query)
        curve |= {"smoothed_steps": writer.add(smooth.steps, is_exact=True), "smoothed": writer.add(smooth.values)}
    return curve


def _thin(series: Series, query: CurvesQuery) -> Series:
    if query.first is None and query.last is None and len(series.values) <= query.points:
        return series
    return downsample(series, max(query.points // 4, 1), query.first, query.last)
