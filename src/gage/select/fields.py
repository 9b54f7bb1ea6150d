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
    """A value of the run itself. `type` decides how constants are read, `aliases` are other names in filters, `column`
    is the key of the column with this value in listings for programs ("" = `key`).
    """

    key: str
    type: FieldType = "text"
    column: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the value in filters, `--sort` and `--columns`."""
        return tuple(dict.fromkeys((self.key, *self.aliases, self.column or self.key)))


FIELDS = (
    RunField("id"),
    RunField("name"),
    RunField("op", column="operation"),
    RunField("namespace"),
    RunField("version"),
    RunField("status"),
    RunField("reason"),
    RunField("project"),
    RunField("project_id", aliases=("project-id",)),
    RunField("archive"),
    RunField("deleted_by"),
    RunField("label"),
    RunField("tag", column="tags"),
    RunField("mark", "flag", "marked"),
    RunField("comment", column="comments"),
    RunField("exit", "number"),
    RunField("parent"),
    RunField("relation"),
    RunField("batch", column="batch_name"),
    RunField("created", "time", "created_at"),
    RunField("staged", "time", "staged_at"),
    RunField("started", "time", "started_at"),
    RunField("stopped", "time", "stopped_at"),
    RunField("duration", "duration"),
    RunField("host"),
    RunField("user"),
    RunField("commit"),
    RunField("branch"),
    RunField("source_digest"),
    RunField("damage"),
    RunField("incomplete"),
)
"""The values of the run itself. Columns of listings and the index have the same ones."""

RUN_FIELDS = {name: field for field in FIELDS for name in field.names}
"""Names in filters → values of the run."""

COLUMN_KEYS = {name: field.column or field.key for name, field in RUN_FIELDS.items()}
"""Names in filters → keys of columns with these values in listings for programs."""

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
