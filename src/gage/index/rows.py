"""A run as rows of the index, and back. Knows what is stored of a run; refuses to know tables and files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from gage.lib.run_names import name_from_id
from gage.store.layout import is_run_id
from gage.types.run import NO_ATTRIBUTES, NO_METRICS, Attribute, Comment, Metric, OpRef, Run, UserAttrs
from gage.types.values import JSONValue

LARGEST = 2**63 - 1
MOST_METRICS = 1000
"""Metrics of a run that are kept: one run of many must not make every listing slow."""
MEASURED = "~"
"""What the names of metrics and of attributes start with in the table: they sort behind those of config values."""


def columns(run: Run) -> tuple[int | str, ...]:
    """place, archive, created, project, project_id, name, op, namespace, version, status, digest, words."""
    attrs = run.user_attrs
    words = "\n".join((run.op.name, attrs.label, *attrs.tags)).casefold()
    return (
        place(attrs),
        plain(attrs.archive),
        max(-LARGEST, min(run.created, LARGEST)),
        plain(run.project),
        plain(run.project_id),
        *map(plain, (run.name, run.op.name, run.op.namespace, run.op.version, run.status, run.source_digest, words)),
    )


def place(attrs: UserAttrs) -> str:
    """The collection that a run is in; "purged" for what is left of one that is gone."""
    if attrs.purged_by:
        return "purged"
    if attrs.deleted_by:
        return "deleted"
    return "archive" if attrs.archive else "active"


def attributes(run: Run) -> Iterator[tuple[str, int | float | str]]:
    """What a filter can ask for beside the columns: names with their values; Gage's own start with `@`."""
    attrs = run.user_attrs
    if attrs.label:
        yield "@label", plain(attrs.label)
    for tag in attrs.tags:
        yield "@tag", plain(tag)
    if attrs.marked:
        yield "@mark", "true"
    for name, value in attrs.other.items():
        yield plain(MEASURED + name), storable(value)
    if run.exit is not None:
        yield "@exit", storable(run.exit)
    if run.parent:
        yield "@parent", plain(run.parent)
        if is_run_id(run.parent):
            yield "@parent", name_from_id(run.parent)
    for name, value in run.config.items():
        yield plain(name), storable(value)
    for name, metric in islice(run.metrics.items(), MOST_METRICS):
        yield plain(MEASURED + name), storable(metric.last)
    for name, fact in islice(run.attributes.items(), MOST_METRICS):
        if name not in attrs.other:  # what a person says goes before
            yield plain(MEASURED + name), storable(fact.value)


def storable(value: JSONValue) -> int | float | str:
    """`value` as SQLite compares it: numbers as numbers, all else as text."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = -LARGEST <= value <= LARGEST if isinstance(value, int) else value - value == 0
        return value if fits else str(value)
    return plain(_encode_text(value))


def plain(text: str) -> str:
    """`text` without what is no text in UTF-8 (halves of surrogate pairs)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def to_text(run: Run) -> str:
    """All of a run, for `from_text`."""
    op, attrs = run.op, run.user_attrs
    user = [
        *(attrs.label, attrs.tags, attrs.marked, [[c.id, c.author, c.when, c.text] for c in attrs.comments]),
        *(attrs.archive, attrs.deleted_by, attrs.purged_by, attrs.project, attrs.project_id, attrs.other),
    ]
    whole = [
        *(run.id, run.name, [op.name, op.namespace, op.version], run.status, run.created, run.staged, run.started),
        *(run.stopped, run.exit, run.config, user, run.project, run.project_id, run.source_digest, run.parent),
        *(run.sealed, run.damage, run.changed_config),
        dict(islice(run.metrics.items(), MOST_METRICS)),
        dict(islice(run.attributes.items(), MOST_METRICS)),
    ]
    return _encode(whole)


def from_text(text: str) -> Run:
    """The run that `to_text` wrote."""
    id, name, op, status, created, staged, started, stopped, exit, config, user, *rest = _decode(text)[0]
    project, project_id, source_digest, parent, sealed, damage, changed, metrics, facts = rest
    label, tags, marked, comments, archive, deleted, purged, associated, associated_id, other = user
    attrs = UserAttrs(
        *(label, tuple(tags), marked, tuple(Comment(*c) for c in comments)),
        *(archive, deleted, purged, associated, associated_id, other),
    )
    times = (created, staged, started, stopped)
    chosen = None if changed is None else tuple(changed)
    return Run(
        *(id, name, OpRef(*op), status, *times, exit, config, attrs, project, project_id),
        *(source_digest, parent, sealed, damage, chosen),
        {name: Metric(*each) for name, each in metrics.items()} if metrics else NO_METRICS,
        {name: Attribute(*each) for name, each in facts.items()} if facts else NO_ATTRIBUTES,
    )


def _view(value: object) -> object:
    """A read-only view as what `json` knows."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Iterable) else str(value)


_decode = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder(separators=(",", ":"), default=_view).encode
_encode_text = json.JSONEncoder(separators=(",", ":"), default=_view, ensure_ascii=False).encode
