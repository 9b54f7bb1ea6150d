"""Lists the names of the values that the runs of a store have. Asks the index only."""

import sqlite3
from typing import NamedTuple

from gage.index.rows import ATTRIBUTE_PREFIX

MAX_NAMES = 20_000
"""Names of one kind that are listed: a run may have any number of metrics."""

_CONFIG = """
    SELECT k, count(*), min(v) IS NOT max(v) FROM attr
    WHERE k NOT LIKE '@%' AND {} GROUP BY k ORDER BY 2 DESC, 1 LIMIT ?
"""
_METRICS = """
    SELECT k, count(*), min(last) IS NOT max(last),
        min(last) FILTER (WHERE typeof(last) <> 'text' AND abs(last) <= 1.7e308),
        max(last) FILTER (WHERE typeof(last) <> 'text' AND abs(last) <= 1.7e308)
    FROM metric GROUP BY k ORDER BY 2 DESC, 1 LIMIT ?
"""


class StoredName(NamedTuple):
    """A name of a value: the number of runs that have it, and whether it has more than one value."""

    name: str
    runs: int
    differs: bool


class MetricName(NamedTuple):
    """The name of a metric: the number of runs that have it, whether its last values differ, and the least and greatest
    of those that are finite, None if there are none.
    """

    name: str
    runs: int
    differs: bool
    low: float | None
    high: float | None


class StoredNames(NamedTuple):
    """The names of config values, metrics and attributes, the most frequent first."""

    config: tuple[StoredName, ...]
    metrics: tuple[MetricName, ...]
    attributes: tuple[StoredName, ...]


def select_stored_names(db: sqlite3.Connection) -> StoredNames:
    """Returns the names in the index, also those of deleted and archived runs."""
    config = db.execute(_CONFIG.format("substr(k, 1, 1) <> ?"), (ATTRIBUTE_PREFIX, MAX_NAMES)).fetchall()
    attributes = db.execute(_CONFIG.format("substr(k, 1, 1) = ?"), (ATTRIBUTE_PREFIX, MAX_NAMES)).fetchall()
    metrics = db.execute(_METRICS, (MAX_NAMES,)).fetchall()
    return StoredNames(
        _build(config), tuple(MetricName(n, c, bool(d), *ends) for n, c, d, *ends in metrics), _build(attributes)
    )


def _build(rows: list[tuple[str, int, int]]) -> tuple[StoredName, ...]:
    return tuple(StoredName(name.removeprefix(ATTRIBUTE_PREFIX), count, bool(differs)) for name, count, differs in rows)
