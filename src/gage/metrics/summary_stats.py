"""Statistics of a series: its first, last, least, greatest and mean value; also computed piece by piece."""

from collections.abc import Mapping
from math import isclose, isfinite
from typing import NamedTuple

from gage.metrics.series_types import Series


class SeriesPoint(NamedTuple):
    """One point: `time` in seconds since the epoch. The value may be NaN or infinite."""

    value: float
    step: int
    time: float


class SeriesStats(NamedTuple):
    """`first` and `last` are as written; `min`, `max` and `mean` are over the finite values (None if there are none).

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
    """Returns the statistics of a series; None when it has no points. Of equal values the earliest counts."""
    values = series.values
    if not len(values):
        return None
    if len(values) == 1 and isfinite(values[0]):  # the usual case while a run is followed
        only = _point(series, 0)
        return SeriesStats(only, only, only, only, only.value, 1, 1)
    low, high, total, finite = _extremes(series)
    mean = total / finite if finite else None
    return SeriesStats(_point(series, 0), _point(series, len(values) - 1), low, high, mean, len(values), finite)


def join_stats(before: SeriesStats | None, added: SeriesStats | None) -> SeriesStats | None:
    """Returns the statistics of two parts of a series together."""
    if before is None or added is None:
        return before or added
    return SeriesStats(
        before.first,
        added.last,
        _better(before.min, added.min, 1),
        _better(before.max, added.max, -1),
        _mean(before, added),
        before.point_count + added.point_count,
        before.finite_count + added.finite_count,
    )


def find_repeated_names(printed: Mapping[str, SeriesStats], logged: Mapping[str, SeriesStats]) -> set[str]:
    """Returns the printed series that are also logged under a longer name (`loss` and `out/loss`): with the same last,
    least and greatest value, as far as they are printed.
    """
    if not printed:
        return set()
    by_tail: dict[str, list[SeriesStats]] = {}
    for name, stats in logged.items():
        parts = name.split("/")
        for at in range(1, len(parts)):
            by_tail.setdefault("_".join(parts[at:]), []).append(stats)
    return {
        name
        for name, stats in printed.items()
        if any(_has_same_values(stats, other) for other in by_tail.get(name.replace("/", "_"), ()))
    }


def _has_same_values(printed: SeriesStats, logged: SeriesStats) -> bool:
    pairs = ((printed.last, logged.last), (printed.min, logged.min), (printed.max, logged.max))
    return all(a and b and isclose(a.value, b.value, rel_tol=0.005, abs_tol=0.00005) for a, b in pairs)


def _mean(a: SeriesStats, b: SeriesStats) -> float | None:
    if a.mean is None or b.mean is None:
        return b.mean if a.mean is None else a.mean
    return a.mean + (b.mean - a.mean) * (b.finite_count / (a.finite_count + b.finite_count))


def _better(a: SeriesPoint | None, b: SeriesPoint | None, sign: int) -> SeriesPoint | None:
    if a is None or b is None:
        return b if a is None else a
    return b if sign * b.value < sign * a.value else a


def _extremes(series: Series) -> tuple[SeriesPoint | None, SeriesPoint | None, float, int]:
    """Returns the least and greatest point, the sum and the count of the finite values."""
    values = list(series.values)
    finite = values if isfinite(sum(values)) else [value for value in values if isfinite(value)]
    if not finite:
        return None, None, 0.0, 0
    low, high = values.index(min(finite)), values.index(max(finite))
    return _point(series, low), _point(series, high), sum(finite), len(finite)


def _point(series: Series, at: int) -> SeriesPoint:
    return SeriesPoint(series.values[at], series.steps[at], series.times[at])
