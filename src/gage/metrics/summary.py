"""What a run's curves come to, as `summaries/metrics.json` says it. Knows that file's shape and no curves."""

import struct
from collections.abc import Mapping, Sequence

from gage.metrics.rollup import Point, Rollup
from gage.types.values import JSONValue


def to_json(
    rollups: Mapping[str, Rollup], numbers: Mapping[str, float], main: Sequence[str] = ()
) -> dict[str, JSONValue]:
    """The content of the file: series by name, then numbers that have no curve. Those of `main` are told to matter."""
    told: dict[str, JSONValue] = {name: _series(rollups[name]) for name in sorted(rollups)}
    told |= {name: {"count": 1, "last": {"value": numbers[name]}} for name in sorted(numbers) if name not in rollups}
    for rank, name in enumerate(main, 1):
        said = told.get(name)
        if isinstance(said, dict):
            said["rank"] = rank
    return told


def _series(r: Rollup) -> JSONValue:
    points = {"last": r.last, "first": r.first, "min": r.min, "max": r.max}
    said: dict[str, JSONValue] = {"count": r.points}
    said |= {name: _point(point) for name, point in points.items() if point is not None}
    if r.mean is not None:
        said["mean"] = r.mean
    return said


def _point(point: Point) -> JSONValue:
    said: dict[str, JSONValue] = {"value": shortest(point.value), "step": point.step}
    if point.time:
        said["time"] = point.time
    return said


def shortest(value: float) -> float:
    """A number that was kept in four bytes, as its program had it: 0.1 and not 0.10000000149011612."""
    try:
        four = struct.pack("<f", value)
    except OverflowError:
        return value
    if struct.unpack("<f", four)[0] != value:
        return value
    return next((n for d in (6, 7, 8) if struct.pack("<f", n := float(f"{value:.{d}g}")) == four), value)
