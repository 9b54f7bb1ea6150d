"""The statistics of a run's series as the text of `summaries/metrics.json`. Knows the shape of that file."""

import json
import struct
from collections.abc import Mapping, Sequence
from math import isfinite

from gage.metrics.summary_stats import SeriesPoint, SeriesStats
from gage.types.values import JSONValue

Content = dict[str, JSONValue]


class MetricsJson:
    """Renders the file again and again while a run goes on. The metrics in `main` get a rank: they matter most.

    A run may have thousands of series, so what was made of statistics and points is reused while they are the same
    objects as at the last time.
    """

    def __init__(self, main: Sequence[str] = ()) -> None:
        self._ranks = {name: rank for rank, name in enumerate(main, 1)}
        self._known: dict[str, tuple[SeriesStats, Content]] = {}

    def render(self, stats: Mapping[str, SeriesStats], numbers: Mapping[str, float]) -> str:
        """Returns a JSON object: series by name, then numbers that are not series; "" when there are none.

        NaN and infinities, which JSON lacks, are strings.
        """
        contents: Content = {name: self._series_content(name, stats[name]) for name in sorted(stats)}
        for name in sorted(numbers):
            if name not in stats:
                contents[name] = self._rank(name) | {"count": 1, "last": {"value": _number_content(numbers[name])}}
        return json.dumps(contents, ensure_ascii=False) if contents else ""

    def _series_content(self, name: str, stats: SeriesStats) -> Content:
        known, known_content = self._known.get(name, (None, {}))
        if known is stats:
            return known_content
        content = self._rank(name)
        content["count"] = stats.point_count
        content["last"] = last = _point_content(stats.last)
        for key, point, known_point in (
            ("first", stats.first, known and known.first),
            ("min", stats.min, known and known.min),
            ("max", stats.max, known and known.max),
        ):
            if point is stats.last:
                content[key] = last
            elif point is not None:
                content[key] = known_content[key] if point is known_point else _point_content(point)
        if stats.mean is not None:
            content["mean"] = _number_content(stats.mean)
        self._known[name] = stats, content
        return content

    def _rank(self, name: str) -> Content:
        return {"rank": self._ranks[name]} if name in self._ranks else {}


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


def _point_content(point: SeriesPoint) -> Content:
    content: Content = {"value": _number_content(shorten_float(point.value)), "step": point.step}
    if point.time:
        content["time"] = _number_content(point.time)
    return content


def _number_content(value: float) -> float | str:
    if isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
