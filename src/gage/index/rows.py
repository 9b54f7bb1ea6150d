"""Converts a run to rows of the index and back. Knows what is stored of a run; not tables and files."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import overload

from gage.lib.uuid7 import name_from_id
from gage.store.layout import is_run_id
from gage.types.run import NO_ATTRIBUTES, NO_METRICS, Attribute, Comment, Metric, OpRef, Run, UserAttrs
from gage.types.values import MAX_INTEGER, clean_text, convert_view, normalize_value

MAX_METRICS = 1000
"""The most metrics in the record of a run: one run with many must not make every listing slow."""
MAX_FILTERED_METRICS = 100_000
"""The most metrics of a run that filters know."""
EVALUATED_RUN = "@evaluates"
"""Name in the table `attr`. Its value is the ID of the run that an evaluation evaluates."""
HAS_EVALUATIONS = f"SELECT 1 FROM attr WHERE k = '{EVALUATED_RUN}' LIMIT 1"
TEXT_FIELDS = (
    *("reason", "relation", "host", "user", "commit", "branch", "source_digest", "damage", "incomplete"),
    "deleted_by",
)
"""Texts of the run itself that are not columns of the table `run`."""
ATTRIBUTE_PREFIX = "~"
"""Starts the names of attributes in the table, so that they sort after those of config values."""


def build_columns(run: Run) -> tuple[int | str | None, ...]:
    """Returns the columns of `run` from place on, in the order of the table."""
    attrs = run.user_attrs
    words = "\n".join((run.op.name, attrs.label, *attrs.tags)).casefold()
    return (
        find_collection(attrs),
        clean_text(attrs.archive),
        _limit(run.created),
        clean_text(run.project),
        clean_text(run.project_id),
        *map(
            clean_text,
            (run.name, run.op.name, run.op.namespace, run.op.version, run.status, words),
        ),
        _limit(run.started),
        _limit(run.stopped),
    )


@overload
def _limit(when: int) -> int: ...
@overload
def _limit(when: int | None) -> int | None: ...
def _limit(when: int | None) -> int | None:
    """Returns a time that SQLite can store."""
    return None if when is None else max(-MAX_INTEGER, min(when, MAX_INTEGER))


def find_collection(attrs: UserAttrs) -> str:
    """Returns the collection of a run; "purged" for the rest of a purged run."""
    if attrs.purged_by:
        return "purged"
    if attrs.deleted_by:
        return "deleted"
    return "archive" if attrs.archive else "active"


def iter_attributes(run: Run) -> Iterator[tuple[str, int | float | str]]:
    """Yields what a filter can name beside the columns: names with values. Built-in names start with `@`."""
    attrs = run.user_attrs
    yield from _iter_user_attributes(attrs)
    yield from _iter_run_values(run)
    for name, value in run.config.items():
        yield clean_text(name), normalize_value(value)
    for name, fact in islice(run.attributes.items(), MAX_METRICS):
        if name not in attrs.other:  # a user attribute wins
            yield clean_text(ATTRIBUTE_PREFIX + name), normalize_value(fact.value)


def _iter_user_attributes(attrs: UserAttrs) -> Iterator[tuple[str, int | float | str]]:
    if attrs.label:
        yield "@label", clean_text(attrs.label)
    for tag in attrs.tags:
        yield "@tag", clean_text(tag)
    if attrs.marked:
        yield "@mark", "true"
    for comment in attrs.comments:
        yield "@comment", clean_text(comment.text)
    for name, value in attrs.other.items():
        yield clean_text(ATTRIBUTE_PREFIX + name), normalize_value(value)


def _iter_run_values(run: Run) -> Iterator[tuple[str, int | float | str]]:
    if run.exit is not None:
        yield "@exit", normalize_value(run.exit)
    if run.staged is not None:
        yield "@staged", _limit(run.staged)
    for name in TEXT_FIELDS:
        if text := getattr(run.user_attrs if name == "deleted_by" else run, name):
            yield f"@{name}", clean_text(text)
    if run.parent:
        yield "@parent", clean_text(run.parent)
        if is_run_id(run.parent):
            yield "@parent", name_from_id(run.parent)
            if run.relation == "evaluation":
                yield EVALUATED_RUN, run.parent


def iter_metrics(run: Run) -> Iterator[tuple[int | float | str | None, ...]]:
    """Yields the name of each metric and the numbers of its summary, in the order of the table `metric`."""
    for name, m in islice(run.metrics.items(), MAX_FILTERED_METRICS):
        numbers = (m.last, m.first, m.min, m.max, m.mean, m.points)
        yield clean_text(name), *(None if number is None else normalize_value(number) for number in numbers)


def encode_run(run: Run) -> str:
    """Returns a run as text, for `decode_run`: the fields of each record in an array."""
    metrics, attributes = islice(run.metrics.items(), MAX_METRICS), islice(run.attributes.items(), MAX_METRICS)
    return _encode(run._replace(metrics=dict(metrics), attributes=dict(attributes), evaluated={}))


def decode_run(text: str) -> Run:
    """Returns the run that `encode_run` wrote."""
    id, name, op, status, created, staged, started, stopped, exit, config, user, *others = _decode(text)[0]
    *others, changed, metrics, facts, evaluated = others
    label, tags, marked, comments, *more = user
    times = (created, staged, started, stopped)
    attrs = UserAttrs(label, tuple(tags), marked, tuple(Comment(*each) for each in comments), *more)
    chosen = None if changed is None else tuple(changed)
    measured = {name: Metric(*each) for name, each in metrics.items()} if metrics else NO_METRICS
    attributes = {name: Attribute(*each) for name, each in facts.items()} if facts else NO_ATTRIBUTES
    last = (chosen, measured, attributes, evaluated)
    return Run._make((id, name, OpRef(*op), status, *times, exit, config, attrs, *others, *last))


_decode = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder(separators=(",", ":"), default=convert_view).encode
_encode_text = json.JSONEncoder(separators=(",", ":"), default=convert_view, ensure_ascii=False).encode
