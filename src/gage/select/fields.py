"""The values of a run that a filter and `--sort` name beside config, metrics and attributes.

Knows names and types; not where the values are.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from gage.types.filter import (
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Comparison,
    Condition,
    Expression,
    FieldName,
    Membership,
    Not,
    State,
)

FieldType = Literal["text", "number", "time", "duration", "flag"]


class RunField(NamedTuple):
    """A value of the run itself: its column in listings, and the type that decides how constants are read."""

    key: str
    type: FieldType = "text"


RUN_FIELDS: dict[str, RunField] = {
    "id": RunField("id"),
    "name": RunField("name"),
    "op": RunField("op"),
    "operation": RunField("op"),
    "namespace": RunField("namespace"),
    "version": RunField("version"),
    "status": RunField("status"),
    "project": RunField("project"),
    "project-id": RunField("project_id"),
    "archive": RunField("archive"),
    "label": RunField("label"),
    "tag": RunField("tag"),
    "tags": RunField("tag"),
    "mark": RunField("mark", "flag"),
    "marked": RunField("mark", "flag"),
    "exit": RunField("exit", "number"),
    "parent": RunField("parent"),
    "batch": RunField("batch"),
    "created": RunField("created", "time"),
    "started": RunField("started", "time"),
    "stopped": RunField("stopped", "time"),
    "duration": RunField("duration", "duration"),
}
"""Names in filters → values of the run."""

KINDS = {
    "run": "run",
    "config": "config",
    "metric": "metric",
    "attr": "attribute",
    "attribute": "attribute",
    "eval": "evaluation",
}
"""What may stand before a name and a dot → the kind of value."""

FUNCTIONS = {
    "last": (1, 1),
    "first": (1, 1),
    "min": (1, 1),
    "max": (1, 1),
    "mean": (1, 2),
    "count": (1, 1),
    "at": (2, 2),
    "argmin": (1, 1),
    "argmax": (1, 1),
    "abs": (1, 1),
    "len": (1, 1),
}
"""Functions of filters → the least and the most arguments."""

SUMMARY_FUNCTIONS = ("last", "first", "min", "max", "mean", "count")
"""Functions whose values are in the summary of a metric."""

METRIC_FUNCTIONS = (*SUMMARY_FUNCTIONS, "at", "argmin", "argmax")
"""Functions whose first argument is a metric."""


def iter_fields(node: Condition | Expression, with_metrics: bool = True) -> Iterator[FieldName]:
    """Yields the names in a condition, from left to right; without `with_metrics`, those in functions of metrics, such
    as `min(loss)`, are left out: they cannot mean anything else.
    """
    match node:
        case FieldName():
            yield node
        case AllOf(conditions) | AnyOf(conditions):
            for each in conditions:
                yield from iter_fields(each, with_metrics)
        case Not(condition):
            yield from iter_fields(condition, with_metrics)
        case Comparison(left, _, right) | Arithmetic(_, left, right):
            yield from iter_fields(left, with_metrics)
            yield from iter_fields(right, with_metrics)
        case Membership(left, _) | State(left, _):
            yield from iter_fields(left, with_metrics)
        case Call(function, arguments) if with_metrics or function in ("abs", "len"):
            for argument in arguments:
                yield from iter_fields(argument, with_metrics)
