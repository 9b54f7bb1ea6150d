"""The content of `summaries/metrics.json`: the statistics of a run's series. Knows the shape of that file."""

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import isfinite

from gage.metrics.summary_stats import SeriesPoint, SeriesStats, join_stats
from gage.types.values import JSONValue

Content = dict[str, JSONValue]


def build_metrics_content(
    stats: Mapping[str, SeriesStats], numbers: Mapping[str, float], main: Sequence[str] = ()
) -> Content:
    """Returns the content: series by name, then numbers that are not series. The metrics in `main` get a rank.

    A number with the name of a series, such as the final accuracy in `summary.json`, is its last value.
    """
    ranks: dict[str, Content] = {name: {"rank": rank} for rank, name in enumerate(main, 1)}
    content: Content = {name: ranks.get(name, {}) | _series_content(stats[name]) for name in sorted(stats)}
    for name in sorted(numbers):
        if name not in stats:
            content[name] = ranks.get(name, {}) | {"count": 1, "last": {"value": numbers[name]}}
        elif shorten_float(stats[name].last.value) != numbers[name]:
            content[name] = ranks.get(name, {}) | _series_content(_add_final_value(stats[name], numbers[name]))
    return content


def _add_final_value(stats: SeriesStats, value: float) -> SeriesStats:
    """Returns the statistics of a series with one more value, whose step is not known."""
    last = SeriesPoint(value, stats.last.step, stats.last.time)
    extreme, mean = (last, value) if isfinite(value) else (None, None)
    final = SeriesStats(last, last, extreme, extreme, mean, 1, int(isfinite(value)))
    return join_stats(stats, final) or final


def _series_content(stats: SeriesStats) -> Content:
    content: Content = {"count": stats.point_count}
    for name, point in (("last", stats.last), ("first", stats.first), ("min", stats.min), ("max", stats.max)):
        if point is not None:
            content[name] = _point_content(point)
    if stats.mean is not None:
        content["mean"] = stats.mean
    return content


def shorten_float(value: float) -> float:
    """Returns a number that was stored in four bytes as its program had it: 0.1 and not 0.10000000149011612."""
    try:
        stored = struct.pack("<f", value)
    except OverflowError:
        return value
    if struct.unpack("<f", stored)[0] == value:
        for digits in (6, 7, 8):
            shorter = float(f"{value:.{digits}g}")
            if struct.pack("<f", shorter) == stored:
                return shorter
    return value


@lru_cache(maxsize=1 << 16)
def _point_content(point: SeriesPoint) -> Content:
    """Returns the content for a point. Cached, as most points of thousands of series stay while a run goes on."""
    content: Content = {"value": shorten_float(point.value), "step": point.step}
    return {**content, "time": point.time} if point.time else content
