"""Reads `summaries/` of a run: its metrics and attributes. Ignores invalid entries: the store may be untrusted."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gage.types.errors import StoreError
from gage.types.run import NO_ATTRIBUTES, NO_METRICS, Attribute, Metric
from gage.types.values import NON_FINITE, JSONValue

if TYPE_CHECKING:
    from gage.store.meta import MetaReader

METRICS_MEMBER = "summaries/metrics.json"
ATTRIBUTES_MEMBER = "summaries/attrs.json"
OLD_SUMMARY_MEMBER = "summary.json"
"""The member that Gage 0.1 wrote instead of both."""

_POINT_NAMES = ("last", "first", "min", "max")


def read_summaries(meta: "MetaReader", old: bool) -> tuple[Mapping[str, Metric], Mapping[str, Attribute]]:
    """Returns the metrics and attributes of a run; `old`: as Gage 0.1 stored them. Never raises for invalid content."""
    if old:
        content = _read_json(meta, OLD_SUMMARY_MEMBER)
        if not isinstance(content, Mapping):
            return NO_METRICS, NO_ATTRIBUTES
        return _parse_old_metrics(content.get("metrics")), _parse_old_attributes(content.get("attributes"))
    metrics, facts = _read_json(meta, METRICS_MEMBER), _read_json(meta, ATTRIBUTES_MEMBER)
    return parse_metrics(metrics) if metrics else NO_METRICS, parse_attributes(facts) if facts else NO_ATTRIBUTES


def parse_metrics(content: JSONValue) -> dict[str, Metric]:
    """Returns the metrics in the content of `summaries/metrics.json`."""
    metrics: dict[str, Metric] = {}
    for name, entry in content.items() if isinstance(content, Mapping) else ():
        metric = _parse_metric(entry)
        if metric is not None:
            metrics[name] = metric
    return metrics


def encode_attributes(facts: Mapping[str, Attribute]) -> dict[str, JSONValue]:
    """Returns the content of `summaries/attrs.json`."""
    return {name: {"value": fact.value, "origin": fact.origin} for name, fact in facts.items()}


def _read_json(meta: "MetaReader", name: str) -> JSONValue:
    try:
        return meta.read_json(name)
    except StoreError:
        return None


def _parse_metric(entry: JSONValue) -> Metric | None:
    if not isinstance(entry, Mapping):
        return None
    points = {part: point for part in _POINT_NAMES if isinstance(point := entry.get(part), Mapping)}
    last = parse_number(points["last"].get("value")) if "last" in points else None
    if last is None:
        return None
    count, step = entry.get("count"), points["last"].get("step")
    rank = _parse_integer(entry.get("rank"))
    if len(points) == 1:
        return _single_value_metric(last)._replace(rank=rank)
    values = {part: parse_number(point.get("value")) for part, point in points.items()}
    first = values.get("first")
    return Metric(
        last,
        last if first is None else first,
        values.get("min"),
        values.get("max"),
        parse_number(entry.get("mean")),
        count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else 1,
        _parse_integer(step),
        parse_number(points["last"].get("time")),
        rank,
    )


def _parse_integer(value: JSONValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _single_value_metric(value: float) -> Metric:
    """Returns the metric of a number without a curve."""
    finite = value if math.isfinite(value) else None
    return Metric(value, value, finite, finite, finite)


def parse_number(value: JSONValue) -> float | None:
    """Returns a number from JSON, where NaN and infinities are text; None if it is not a number."""
    if isinstance(value, str):
        return NON_FINITE.get(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def parse_attributes(content: JSONValue) -> dict[str, Attribute]:
    """Returns the attributes in the content of `summaries/attrs.json`."""
    attributes: dict[str, Attribute] = {}
    for name, entry in content.items() if isinstance(content, Mapping) else ():
        if isinstance(entry, Mapping) and "value" in entry:
            origin = entry.get("origin")
            attributes[name] = Attribute(entry["value"], origin if isinstance(origin, str) else "")
    return attributes


def _parse_old_metrics(content: JSONValue) -> dict[str, Metric]:
    items = content.items() if isinstance(content, Mapping) else ()
    return {name: _single_value_metric(value) for name, entry in items if (value := parse_number(entry)) is not None}


def _parse_old_attributes(content: JSONValue) -> dict[str, Attribute]:
    return {name: Attribute(entry, "run") for name, entry in content.items()} if isinstance(content, Mapping) else {}
