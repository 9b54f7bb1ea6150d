"""What a run's curves come to, as the run keeps it: `summaries/metrics.json` and `summaries/attrs.json`.

Knows these two files' shapes and reads them from anybody's store. Curves and where they come from are not its business.
"""

import math
import struct
from collections.abc import Mapping
from typing import NamedTuple

from gage.metrics.rollup import Point, Rollup
from gage.types.values import JSONValue

METRICS = "summaries/metrics.json"
ATTRIBUTES = "summaries/attrs.json"
PARTS = ("last", "first", "min", "max")


class Metric(NamedTuple):
    """One metric of a run. `points` counts its values; `step` and `time` (s since the epoch) of the last one are None
    where nothing tells. `min`, `max` and `mean` are None when no value is finite.
    """

    last: float
    first: float
    min: float | None
    max: float | None
    mean: float | None
    points: int
    step: int | None = None
    time: float | None = None


def to_json(rollups: Mapping[str, Rollup], numbers: Mapping[str, float]) -> dict[str, JSONValue]:
    """The content of `summaries/metrics.json`: series by name, then numbers that have no curve."""
    told: dict[str, JSONValue] = {name: _series(rollups[name]) for name in sorted(rollups)}
    told |= {name: {"count": 1, "last": {"value": numbers[name]}} for name in sorted(numbers) if name not in rollups}
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


def from_json(content: JSONValue) -> dict[str, Metric]:
    """The metrics that `summaries/metrics.json` tells. What is wrong in it is left out; never raises."""
    found: dict[str, Metric] = {}
    for name, said in content.items() if isinstance(content, Mapping) else ():
        metric = _metric(said)
        if metric is not None and isinstance(name, str):
            found[name] = metric
    return found


def _metric(said: JSONValue) -> Metric | None:
    if not isinstance(said, Mapping):
        return None
    points = {part: point for part in PARTS if isinstance(point := said.get(part), Mapping)}
    values = {part: number_of(point.get("value")) for part, point in points.items()}
    last = values.get("last")
    if last is None:
        return None
    first = values.get("first")
    count, step = said.get("count"), points["last"].get("step")
    is_bounded = "min" in values or "count" not in said or count == 1
    finite = last if is_bounded and math.isfinite(last) else None
    return Metric(
        last,
        last if first is None else first,
        values.get("min", finite),
        values.get("max", finite),
        number_of(said.get("mean")) if "mean" in said else finite,
        count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else 1,
        step if isinstance(step, int) and not isinstance(step, bool) else None,
        number_of(points["last"].get("time")),
    )


def number_of(value: object) -> float | None:
    """A number of a JSON file of Gage's, where NaN and infinities are text; None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return None
    texts = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return texts.get(value) if isinstance(value, str) else None
