"""`summaries/` of a run: its metrics and attributes. Reads anybody's store: what is wrong is left out."""

import math
from collections.abc import Mapping

from gage.store.meta import MetaReader
from gage.types.errors import StoreError
from gage.types.run import NO_ATTRIBUTES, NO_METRICS, Attribute, Metric
from gage.types.values import JSONValue

METRICS = "summaries/metrics.json"
ATTRIBUTES = "summaries/attrs.json"
OLD = "summary.json"
"""What Gage 0.1 kept instead of both."""

_PARTS = ("last", "first", "min", "max")
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def read(meta: MetaReader, old: bool) -> tuple[Mapping[str, Metric], Mapping[str, Attribute]]:
    """The metrics and attributes of a run; `old`: as Gage 0.1 kept them. Never raises for what is in the files."""
    if old:
        content = _json(meta, OLD)
        if not isinstance(content, Mapping):
            return NO_METRICS, NO_ATTRIBUTES
        return _plain_metrics(content.get("metrics")), _plain_facts(content.get("attributes"))
    metrics, facts = _json(meta, METRICS), _json(meta, ATTRIBUTES)
    return metrics_of(metrics) if metrics else NO_METRICS, facts_of(facts) if facts else NO_ATTRIBUTES


def metrics_of(content: JSONValue) -> dict[str, Metric]:
    """The metrics in the content of `summaries/metrics.json`."""
    found: dict[str, Metric] = {}
    for name, said in content.items() if isinstance(content, Mapping) else ():
        metric = _metric(said)
        if metric is not None:
            found[name] = metric
    return found


def told(facts: Mapping[str, Attribute]) -> dict[str, JSONValue]:
    """The content of `summaries/attrs.json`."""
    return {name: {"value": fact.value, "origin": fact.origin} for name, fact in facts.items()}


def _json(meta: MetaReader, name: str) -> JSONValue:
    try:
        return meta.read_json(name)
    except StoreError:
        return None


def _metric(said: JSONValue) -> Metric | None:
    if not isinstance(said, Mapping):
        return None
    points = {part: point for part in _PARTS if isinstance(point := said.get(part), Mapping)}
    last = number(points["last"].get("value")) if "last" in points else None
    if last is None:
        return None
    count, step = said.get("count"), points["last"].get("step")
    rank = _whole(said.get("rank"))
    if len(points) == 1:
        return _single(last)._replace(rank=rank)
    values = {part: number(point.get("value")) for part, point in points.items()}
    first = values.get("first")
    return Metric(
        last,
        last if first is None else first,
        values.get("min"),
        values.get("max"),
        number(said.get("mean")),
        count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else 1,
        _whole(step),
        number(points["last"].get("time")),
        rank,
    )


def _whole(value: JSONValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _single(value: float) -> Metric:
    """A number without a curve."""
    finite = value if math.isfinite(value) else None
    return Metric(value, value, finite, finite, finite)


def number(value: JSONValue) -> float | None:
    """A number of a file of Gage's, where NaN and infinities are text; None when it is none."""
    if isinstance(value, str):
        return _NOT_FINITE.get(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def facts_of(content: JSONValue) -> dict[str, Attribute]:
    """The attributes in the content of `summaries/attrs.json`."""
    found: dict[str, Attribute] = {}
    for name, said in content.items() if isinstance(content, Mapping) else ():
        if isinstance(said, Mapping) and "value" in said:
            origin = said.get("origin")
            found[name] = Attribute(said["value"], origin if isinstance(origin, str) else "")
    return found


def _plain_metrics(content: JSONValue) -> dict[str, Metric]:
    items = content.items() if isinstance(content, Mapping) else ()
    return {name: _single(value) for name, said in items if (value := number(said)) is not None}


def _plain_facts(content: JSONValue) -> dict[str, Attribute]:
    return {name: Attribute(said, "run") for name, said in content.items()} if isinstance(content, Mapping) else {}
