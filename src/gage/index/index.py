"""Finds runs, quickly. Mirrors one store in SQLite; never writes the store, and can be deleted at any time.

A query first checks what its answer depends on: the store's directory and change log, unfinished runs, the runs about
to be shown, and runs with user attributes that could be among them. One thing can be late until the directory is listed
again, and only if more than `MAX_CHECKED_RUNS` runs have user attributes: `total` and the positions of a filtered
listing, when another tool adds an attribute to a directory that existed. The runs shown, and what a name means, are
never late.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from gage.index import database, freshness, rows, run_refs, where_sql
from gage.index.sync import HAS_USER_ATTRS, IndexSync
from gage.index.where_sql import SqlCondition
from gage.store.store import RunStore
from gage.types.errors import Ambiguous, NotFound
from gage.types.events import Events, SilentEvents
from gage.types.filter import RunFilter
from gage.types.run import OpRef, Run, Status
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.index.filter_hints import FilterProblem

Answer = TypeVar("Answer")

MAX_CHECKED_RUNS = 1000
"""Up to so many runs with user attributes are checked by every query."""
MAX_COMPARED_VALUES = 50
"""Config values that SQLite compares to find similar runs; the others are compared afterwards."""


class QueryResult(NamedTuple):
    """Runs, latest first. `positions` are their numbers in the collection's listing (1 = latest); `total` counts all
    runs that match, also those beyond the limit. `problem` is set if the filter has a name that no run has, or if
    no run meets one of its conditions.
    """

    runs: list[Run]
    total: int
    positions: list[int]
    problem: "FilterProblem | None" = None

    def require(self) -> "QueryResult":
        """Returns the result. Raises NotFound for the problem of a filter."""
        if self.problem is not None:
            raise NotFound(*self.problem)
        return self


def open_index(store: RunStore, events: Events | None = None) -> "Index":
    """Returns the index of `store`. Never raises: if no file can be used, the index is in memory.

    `events` receives progress if thousands of runs have to be read.
    """
    return Index(store, events or SilentEvents())


class Index:
    """Queries a store's runs. Each query first updates what its answer depends on."""

    def __init__(self, store: RunStore, events: Events) -> None:
        self._store = store
        self._events = events
        self._db = database.connect(str(store.root))

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def find(self, run_filter: RunFilter) -> QueryResult:
        """Returns the runs that match. Raises NotFound and Ambiguous for refs, StoreError for an unreadable store."""
        return self._query(lambda mirror: _find(mirror, run_filter))

    def find_same(
        self,
        op: OpRef,
        config: Mapping[str, JSONValue],
        statuses: tuple[Status, ...] = ("completed",),
    ) -> list[Run]:
        """Returns active runs, latest first, of the same operation, version and config, with one of `statuses`."""
        return self._query(lambda mirror: _find_same(mirror, op, config, statuses))

    def list_unsealed_ids(self) -> list[str]:
        """Returns the IDs of the runs that are not sealed, sorted. Lists the store only if the index is out of date."""
        found = self._query(lambda mirror: freshness.find_unsealed(mirror.db, mirror.root))
        return self._store.list_unsealed_ids() if found is None else found

    def _query(self, question: Callable[[IndexSync], Answer]) -> Answer:
        """Returns the answer. A file that fails meanwhile is replaced, in the end by a database in memory."""
        for _ in range(2):
            try:
                return question(IndexSync(self._db, self._store, self._events))
            except sqlite3.Error as e:
                self._db = database.replace_connection(self._db, e, str(self._store.root))
        return question(IndexSync(self._db, self._store, self._events))


def _find(mirror: IndexSync, run_filter: RunFilter) -> QueryResult:
    mirror.refresh()
    all_checked = where_sql.has_user_attr_terms(run_filter, _find_config_names(mirror.db, run_filter)) or _has_few(
        mirror.db
    )
    if all_checked:
        mirror.recheck_attributes()
    try:
        return _query_until_stable(mirror, run_filter, all_checked)
    except (NotFound, Ambiguous):
        if all_checked or not mirror.recheck_attributes():
            raise
    return _query_until_stable(mirror, run_filter, True)


def _has_few(db: sqlite3.Connection) -> bool:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM run WHERE {HAS_USER_ATTRS} LIMIT ?)"
    return bool(db.execute(sql, (MAX_CHECKED_RUNS + 1,)).fetchone()[0] <= MAX_CHECKED_RUNS)


def _query_until_stable(mirror: IndexSync, run_filter: RunFilter, all_checked: bool) -> QueryResult:
    """Queries until none of the runs that decide the answer has changed since it was read."""
    for _ in range(10):
        page, total = _select_page(mirror.db, run_filter)
        changed = mirror.recheck("n IN (SELECT value FROM json_each(?))", (json.dumps([n for n, _, _ in page]),))
        if not all_checked:
            decisive = _build_decisive_condition(page, run_filter, _find_config_names(mirror.db, run_filter))
            changed = mirror.recheck_attributes(decisive.sql, decisive.parameters) or changed
        if not changed:
            break
    positions = _count_positions(mirror.db, page, run_filter)
    return QueryResult(_load_runs(mirror.db, page), total, positions, _find_problem(mirror.db, run_filter, total))


def _find_problem(db: sqlite3.Connection, run_filter: RunFilter, total: int) -> "FilterProblem | None":
    """Returns what is wrong with the filter; None in a listing without runs, where any filter is as good."""
    if not run_filter.where:
        return None
    from gage.index import filter_hints

    listing = where_sql.build_listing_condition(run_filter)
    if db.execute(f"SELECT 1 FROM run WHERE {listing.sql} LIMIT 1", listing.parameters).fetchone() is None:
        return None
    unknown = filter_hints.find_unknown_name(db, run_filter.where)
    return unknown or (None if total else filter_hints.describe_no_match(db, run_filter.where, listing))


Page = list[tuple[int, int, str]]
"""Row number, time of creation and ID of runs, latest first."""


def _select_page(db: sqlite3.Connection, run_filter: RunFilter) -> tuple[Page, int]:
    listing = where_sql.build_listing_condition(run_filter)
    conditions = [listing, *where_sql.build_conditions(run_filter)]
    if run_filter.refs:
        numbers = run_refs.resolve_refs(db, run_filter.refs, listing)
        conditions.append(SqlCondition("n IN (SELECT value FROM json_each(?))", (json.dumps(sorted(numbers)),)))
    fits = where_sql.join_conditions(conditions)
    limit = -1 if run_filter.limit is None else max(run_filter.limit, 0)
    sql = f"SELECT n, created, id FROM run WHERE {fits.sql} {run_refs.ORDER} LIMIT ?"
    page = db.execute(sql, (*fits.parameters, limit)).fetchall()
    if limit < 0 or len(page) < limit:
        return page, len(page)
    return page, db.execute(f"SELECT count(*) FROM run WHERE {fits.sql}", fits.parameters).fetchone()[0]


def _find_config_names(db: sqlite3.Connection, run_filter: RunFilter) -> frozenset[str]:
    """Returns those of the filter's names that are names of config values."""
    names = {rows.clean_text(term.key) for term in run_filter.where if term.key}
    sql = "SELECT 1 FROM attr WHERE k = ? LIMIT 1"
    return frozenset(name for name in names if db.execute(sql, (name,)).fetchone())


def _build_decisive_condition(page: Page, run_filter: RunFilter, config: frozenset[str]) -> SqlCondition:
    """Returns the condition of the runs that would change the page if they were deleted, archived or restored: those
    that match in all that user attributes cannot change and, if the page is full or names its runs, come before its
    end.
    """
    conditions = [SqlCondition(HAS_USER_ATTRS), *where_sql.build_lasting_conditions(run_filter, config)]
    names_them = bool(run_filter.refs) and not any(ref.span for ref in run_filter.refs)
    if page and (names_them or len(page) == run_filter.limit):
        conditions.append(SqlCondition("(created, id) >= (?, ?)", page[-1][1:]))
    return where_sql.join_conditions(conditions)


def _load_runs(db: sqlite3.Connection, page: Page) -> list[Run]:
    cursor = db.execute(
        "SELECT n, json FROM record WHERE n IN (SELECT value FROM json_each(?))", (json.dumps([n for n, _, _ in page]),)
    )
    texts = dict(cursor.fetchall())
    return [rows.decode_run(texts[n]) for n, _, _ in page]


def _count_positions(db: sqlite3.Connection, page: Page, run_filter: RunFilter) -> list[int]:
    """Returns the positions in the listing; counts only the gaps between the runs."""
    if not (run_filter.refs or run_filter.where or run_filter.statuses or run_filter.project):
        return list(range(1, len(page) + 1))
    listing = where_sql.build_listing_condition(run_filter)
    positions: list[int] = []
    here, before = 0, (rows.MAX_INTEGER, "~")
    sql = f"SELECT count(*) FROM run WHERE {listing.sql} AND (created, id) < (?, ?) AND (created, id) >= (?, ?)"
    for _, created, id in page:
        here += db.execute(sql, (*listing.parameters, *before, created, id)).fetchone()[0]
        positions.append(here)
        before = (created, id)
    return positions


def _find_same(
    mirror: IndexSync, op: OpRef, config: Mapping[str, JSONValue], statuses: tuple[Status, ...]
) -> list[Run]:
    mirror.refresh()
    chosen = list(config.items())[:MAX_COMPARED_VALUES]
    sql = (
        "SELECT n, created, id FROM run WHERE place = 'active' AND op = ? AND namespace = ? AND version = ?"
        " AND status IN (SELECT value FROM json_each(?))"
        f"{' AND EXISTS (SELECT 1 FROM attr WHERE k = ? AND v = ? AND n = run.n)' * len(chosen)} {run_refs.ORDER}"
    )
    values = [part for name, value in chosen for part in (rows.clean_text(name), rows.to_sql_value(value))]
    parameters = (*map(rows.clean_text, op), json.dumps(statuses), *values)
    while True:
        page: Page = mirror.db.execute(sql, parameters).fetchall()
        shown = json.dumps([n for n, _, _ in page])
        if not mirror.recheck("n IN (SELECT value FROM json_each(?))", (shown,)):
            break
    text = _canonical(config)
    return [run for run in _load_runs(mirror.db, page) if _canonical(run.config) == text]


def _canonical(config: Mapping[str, JSONValue]) -> str:
    return json.dumps({name: rows.to_sql_value(value) for name, value in config.items()}, sort_keys=True)
