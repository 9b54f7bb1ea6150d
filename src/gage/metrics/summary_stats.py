"""What one says of a whole series in a line: its last, first, least, greatest and mean value."""

from math import fsum, isfinite
from typing import NamedTuple

from gage.metrics.series_types import Series


class SeriesPoint(NamedTuple):
    """One point: `time` in seconds since the epoch. The value may be NaN or infinite."""

    value: float
    step: int
    time: float


class SeriesStats(NamedTuple):
    """`first` and `last` are as written; `min`, `max` and `mean` are over the finite values (None: there are none).

    `point_count` counts all points, `finite_count` the finite ones.
    """

    first: SeriesPoint
    last: SeriesPoint
    min: SeriesPoint | None
    max: SeriesPoint | None
    mean: float | None
    point_count: int
    finite_count: int


def compute_stats(series: Series) -> SeriesStats | None:
    """The rollup of a series; None when it has no points. Of equal values the earliest is taken."""
    values = series.values
    if not len(values):
        return None
    if len(values) == 1 and isfinite(values[0]):  # so it is while a run is followed
        only = _point(series, 0)
        return SeriesStats(only, only, only, only, only.value, 1, 1)
    least, greatest, total, finite = _extremes(series)
    mean = total / finite if finite else None
    return SeriesStats(_point(series, 0), _point(series, len(values) - 1), least, greatest, mean, len(values), finite)


def extend_stats(before: SeriesStats | None, series: Series) -> SeriesStats | None:
    """The rollup of a series of which `before` is the rollup so far and `series` what was added."""
    return join_stats(before, compute_stats(series))


def join_stats(before: SeriesStats | None, added: SeriesStats | None) -> SeriesStats | None:
    """The rollup of a series in two parts, of those of its parts."""
    if before is None or added is None:
        return before or added
    finite = before.finite_count + added.finite_count
    return SeriesStats(
        before.first,
        added.last,
        _better(before.min, added.min, 1),
        _better(before.max, added.max, -1),
        _mean(before, added),
        before.point_count + added.point_count,
        finite,
    )


def _mean(a: SeriesStats, b: SeriesStats) -> float | None:
    if a.mean is None or b.mean is None:
        return b.mean if a.mean is None else a.mean
    return a.mean + (b.mean - a.mean) * (b.finite_count / (a.finite_count + b.finite_count))


def _better(a: SeriesPoint | None, b: SeriesPoint | None, sign: int) -> SeriesPoint | None:
    if a is None or b is None:
        return b if a is None else a
    return b if sign * b.value < sign * a.value else a


def _extremes(series: Series) -> tuple[SeriesPoint | None, SeriesPoint | None, float, int]:
    values = list(series.values)
    total = sum(values)
    if isfinite(total):
        low, high = values.index(min(values)), values.index(max(values))
        return _point(series, low), _point(series, high), fsum(values), len(values)
    places = [at for at, value in enumerate(values) if isfinite(value)]
    if not places:
        return None, None, 0.0, 0
    low = min(places, key=values.__getitem__)
    high = max(places, key=values.__getitem__)
    return _point(series, low), _point(series, high), _sum([values[at] for at in places]), len(places)


def _sum(values: list[float]) -> float:
    try:
        return fsum(values)
    except OverflowError:
        return sum(values)


def _point(series: Series, at: int) -> SeriesPoint:
    return SeriesPoint(series.values[at], series.steps[at], series.times[at])
