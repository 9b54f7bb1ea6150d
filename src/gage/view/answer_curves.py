"""Curves of metrics as columns of numbers. A long series is sent in buckets, and again for the part that is zoomed; of
a series that the page has, only the new points are sent.
"""

import math
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.metrics.downsample import find_visible_points
from gage.metrics.series_types import Series
from gage.metrics.smoothing import smooth_values
from gage.types.errors import UsageError
from gage.types.values import JSONValue
from gage.view.curves_format import MAX_EXACT_POINTS, CurveWriter
from gage.view.raw_answer import RawAnswer
from gage.view.stores import ViewedStores

MAX_RUNS = 2_000
MAX_METRICS = 50
MAX_POINTS = 20_000
"""Points of one series that are sent unless the query says otherwise."""
TOKEN_POINTS = 32
"""Points of a series that its token is made of, at most."""
CURVES_TYPE = "application/vnd.gage.curves"

_Header = dict[str, JSONValue]


class CurvesQuery(NamedTuple):
    """Which curves: the `metrics` of the `runs` (IDs).

    `first` and `last` limit the steps. A series with more than `points` points is thinned: its curve looks the same if
    it is drawn `points` / 4 pixels wide. `weight` smooths the whole series before, as TensorBoard does. `system`:
    resource use of the runs in place of their metrics. `known` and `tokens`: how many points the page has of each
    metric of the first run, of the second … (0: none), and the tokens of the answers with them. If these points are
    still the first ones of the series, only those after them are sent.
    """

    runs: tuple[str, ...]
    metrics: tuple[str, ...]
    first: int | None = None
    last: int | None = None
    points: int = MAX_POINTS
    weight: float = 0.0
    system: bool = False
    known: tuple[int, ...] = ()
    tokens: tuple[int, ...] = ()


class _PagePoints(NamedTuple):
    """The points that the page has of a series."""

    points: int
    token: int


def read_curves(stores: ViewedStores, query: CurvesQuery) -> RawAnswer:
    """Curves of metrics, as columns of numbers."""
    _check(query)
    known = _index_page_points(query)
    writer = CurveWriter(MAX_EXACT_POINTS)
    curves: list[JSONValue] = []
    runs = stores.series.recall_runs(query.runs, stores.find_runs) if query.known else stores.find_runs(query.runs)
    for store, run in runs:
        with stores.series.open(store, run, query.system) as series:
            for name in query.metrics:
                if name in series:
                    column = _write_curve(writer, query, series[name], known.get((run.id, name)))
                    curves.append({"run": run.id, "metric": name} | column)
    return RawAnswer(writer.finish({"curves": curves}), CURVES_TYPE)


def _check(query: CurvesQuery) -> None:
    if len(query.runs) > MAX_RUNS or len(query.metrics) > MAX_METRICS:
        raise UsageError(f"An answer has at most {MAX_RUNS:,} runs and {MAX_METRICS} metrics", "Ask for fewer")
    if not 0 <= query.weight < 1:
        raise UsageError(f"The weight must be at least 0 and less than 1, got {query.weight}", "")
    if len(query.known) != len(query.tokens) or len(query.known) not in (0, len(query.runs) * len(query.metrics)):
        raise UsageError("The lists known and tokens must have one number for each metric of each run", "")
    if query.known and (query.weight or query.first is not None or query.last is not None):
        raise UsageError("The parameter known cannot be given with first, last or weight", "")


def _index_page_points(query: CurvesQuery) -> Mapping[tuple[str, str], _PagePoints]:
    names = [(run, metric) for run in query.runs for metric in query.metrics]
    return {name: _PagePoints(*each) for name, *each in zip(names, query.known, query.tokens, strict=False)}


def _write_curve(
    writer: CurveWriter, query: CurvesQuery, series: Series, known: _PagePoints | None
) -> dict[str, JSONValue]:
    """Returns what the header says about a curve.

    `total` counts all its points, `within` those of the steps in the query; `start` is the number of points before the
    first one that is sent; `token` stands for all points; `smoothed` are the smoothed values at the steps of `values`.
    """
    total, start = len(series.values), 0
    if known and 0 < known.points <= total and known.token == compute_token(series, known.points):
        start = known.points
    steps, times, values = rest = Series(series.steps[start:], series.times[start:], series.values[start:])
    chosen = _choose_points(rest, query)
    curve: _Header = {"total": total, "start": start, "token": compute_token(series, total)}
    curve["within"] = _count_within(steps, query.first, query.last)
    if query.weight:
        smoothed = smooth_values(values, query.weight)
        if chosen is not None:
            chosen = sorted({*chosen, *(_choose_points(rest._replace(values=smoothed), query) or ())})
        curve["smoothed"] = writer.add(_take(smoothed, chosen))
    return curve | {
        "steps": writer.add(_take(steps, chosen), is_exact=True),
        "times": writer.add(_take(times, chosen), is_exact=True),
        "values": writer.add(_take(values, chosen)),
    }


def compute_token(series: Series, count: int) -> int:
    """Returns a checksum of the first `count` points, made of the last one and some of the others. A series that was
    rewritten, or that got points in its middle, has another one.
    """
    if count == 0:
        return 0
    numbers = array("d")
    for column in series:
        numbers.fromlist(list(column[: count - 1 : max(count // TOKEN_POINTS, 1)]))
        numbers.append(column[count - 1])
    return zlib.crc32(numbers.tobytes())


def _choose_points(series: Series, query: CurvesQuery) -> Sequence[int] | None:
    """Returns the positions of the points to send, None for all."""
    if query.first is None and query.last is None and len(series.values) <= query.points:
        return None
    return find_visible_points(series, max(query.points // 4, 1), query.first, query.last)


def _count_within(steps: Sequence[int], first: int | None, last: int | None) -> int:
    if first is None and last is None:
        return len(steps)
    low, high = -math.inf if first is None else first, math.inf if last is None else last
    return sum(low <= step <= high for step in steps)


def _take(column: Sequence[float], chosen: Sequence[int] | None) -> Sequence[float]:
    return column if chosen is None else [column[at] for at in chosen]
