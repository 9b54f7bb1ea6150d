"""Lists the names of the values that the runs of a store have. Asks the index only."""

import os
import sqlite3
import time
from typing import NamedTuple

from gage.index.rows import ATTRIBUTE_PREFIX

MAX_NAMES = 20_000
"""Names of one kind that are listed: a run may have any number of metrics."""

MIN_AGE_NS = 100_000_000
"""A file that changed later than this ago may change again without another time."""

FileStamps = tuple[tuple[int, int], ...]

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


_cache: dict[str, tuple[FileStamps, StoredNames]] = {}


def select_stored_names(db: sqlite3.Connection) -> StoredNames:
    """Returns the names in the index, also those of deleted and archived runs. The answer is cached until the file of
    the index changes.
    """
    path = db.execute("PRAGMA database_list").fetchone()[2]
    stamps = _stamp_files(path) if path else None
    if stamps is None:
        return _select(db)
    if path not in _cache or _cache[path][0] != stamps:
        _cache[path] = (stamps, _select(db))
    return _cache[path][1]


def _stamp_files(path: str) -> FileStamps | None:
    """Returns size and time of the files of a database, None if one changed so recently that a change after this may
    have the same time.
    """
    stamps = []
    for name in (path, f"{path}-wal"):
        try:
            found = os.stat(name)
        except OSError:
            continue  # there is no log of writes
        if not found.st_size:
            continue  # it was created when the database was opened
        if time.time_ns() - found.st_mtime_ns < MIN_AGE_NS:
            return None
        stamps.append((found.st_size, found.st_mtime_ns))
    return tuple(stamps)


def _select(db: sqlite3.Connection) -> StoredNames:
    config = db.execute(_CONFIG.format("substr(k, 1, 1) <> ?"), (ATTRIBUTE_PREFIX, MAX_NAMES)).fetchall()
    attributes = db.execute(_CONFIG.format("substr(k, 1, 1) = ?"), (ATTRIBUTE_PREFIX, MAX_NAMES)).fetchall()
    metrics = db.execute(_METRICS, (MAX_NAMES,)).fetchall()
    return StoredNames(
        _build(config), tuple(MetricName(n, c, bool(d), *ends) for n, c, d, *ends in metrics), _build(attributes)
    )


def _build(rows: list[tuple[str, int, int]]) -> tuple[StoredName, ...]:
    return tuple(StoredName(name.removeprefix(ATTRIBUTE_PREFIX), count, bool(differs)) for name, count, differs in rows)
