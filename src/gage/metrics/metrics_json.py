"""What a run's curves come to, as `summaries/metrics.json` says it. Knows that file's shape and no curves."""

import json
import struct
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from gage.metrics.summary_stats import SeriesPoint, SeriesStats


class MetricsJson:
    """The content of the file from look to look: of series that did not change, and of points that stayed, the text is
    not made again. The metrics of `main` are told to matter.
    """

    def __init__(self, main: Sequence[str] = ()) -> None:
        self._ranks = {name: rank for rank, name in enumerate(main, 1)}
        self._series: dict[str, _Text] = {}

    def render(self, rollups: Mapping[str, SeriesStats], numbers: Mapping[str, float]) -> str:
        """JSON: series by name, then numbers that have no curve; "" when there is nothing. NaN and infinities, which
        JSON has not, are strings.
        """
        parts = [self._told(name, rollups[name]) for name in sorted(rollups)]
        for name in sorted(numbers):
            if name not in rollups:
                parts.append(f'{self._head(name)}"count": 1, "last": {{"value": {_number(numbers[name])}}}}}')
        return f"{{{', '.join(parts)}}}" if parts else ""

    def _told(self, name: str, rollup: SeriesStats) -> str:
        known = self._series.get(name)
        if known is None or known.rollup is not rollup:
            points = _points(rollup, known.points if known else ())
            said = ", ".join([f'"{part}": {text}' for part, _, text in points])
            mean = "" if rollup.mean is None else f', "mean": {_number(rollup.mean)}'
            head = known.head if known else self._head(name)
            text = f'{head}"count": {rollup.point_count}, {said}{mean}}}'
            known = self._series[name] = _Text(head, rollup, points, text)
        return known.text

    def _head(self, name: str) -> str:
        rank = f'"rank": {self._ranks[name]}, ' if name in self._ranks else ""
        return f"{json.dumps(name, ensure_ascii=False)}: {{{rank}"


class _Text(NamedTuple):
    """What was said of a series."""

    head: str
    rollup: SeriesStats
    points: "Sequence[tuple[str, SeriesPoint, str]]"
    text: str


def _points(
    rollup: SeriesStats, before: "Sequence[tuple[str, SeriesPoint, str]]"
) -> "list[tuple[str, SeriesPoint, str]]":
    """The points that are told, with their texts; `before`: those of the last time."""
    after: list[tuple[str, SeriesPoint, str]] = []
    for part, point in (("last", rollup.last), ("first", rollup.first), ("min", rollup.min), ("max", rollup.max)):
        if point is not None:
            text = ""
            for _, known, its_text in (*after, *before):
                if known is point:
                    text = its_text
                    break
            after.append((part, point, text or _point(point)))
    return after


def _point(point: SeriesPoint) -> str:
    time = f', "time": {_number(point.time)}' if point.time else ""
    return f'{{"value": {_number(shortest_float(point.value))}, "step": {point.step}{time}}}'


def _number(value: float) -> str:
    if isfinite(value):
        return repr(value)
    return '"NaN"' if value != value else '"Infinity"' if value > 0 else '"-Infinity"'


def shortest_float(value: float) -> float:
    """A number that was kept in four bytes, as its program had it: 0.1 and not 0.10000000149011612."""
    try:
        four = struct.pack("<f", value)
    except OverflowError:
        return value
    if struct.unpack("<f", four)[0] != value:
        return value
    return next((n for d in (6, 7, 8) if struct.pack("<f", n := float(f"{value:.{d}g}")) == four), value)
