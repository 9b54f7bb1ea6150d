"""Finds runs, quickly. Mirrors one store in SQLite; never writes the store, and can be deleted at any time.

A query first checks what its answer depends on: the store's directory and change log, unfinished runs, the runs about
to be shown, and runs with user attributes that could be among them. One thing can be late until the directory is listed
again, and only if more than `MAX_CHECKED_RUNS` runs have user attributes: `total` and the positions of a filtered
listing, when another tool adds an attribute to a directory that existed. The runs shown, and what a name means, are
never late.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from gage.index import database, freshness, rows, run_refs, where_sql
from gage.index.sync import HAS_USER_ATTRS, IndexSync
from gage.index.where_sql import Page, SqlCondition, build_numbers_condition
from gage.store.store import RunStore
from gage.types.errors import Ambiguous, NotFound
from gage.types.events import Events, SilentEvents
from gage.types.filter import RunFilter, SeriesReader, Where
from gage.types.run import OpRef, Run, Status
from gage.types.values import MAX_INTEGER, JSONValue, clean_text, normalize_value

if TYPE_CHECKING:
    from gage.index.filter_hints import FilterProblem
    from gage.index.stored_names import StoredNames
    from gage.index.stored_runs import StoredRuns

Answer = TypeVar("Answer")

MAX_CHECKED_RUNS = 1000
"""Up to so many runs with user attributes are checked by every query."""
MAX_LOADED_RUNS = 1000
"""The most runs that `Index.find_lazily` holds in memory."""
MAX_COMPARED_VALUES = 50
"""Config values that SQLite compares to find similar runs; the others are compared afterwards."""


class QueryResult(NamedTuple):
    """Runs, latest first. `positions` are their numbers in the collection's listing (1 = latest); `total` counts all
    runs that match, also those beyond the limit. `problem` is set if the filter has a name that no run has, or if
    no run meets one of its conditions; `ambiguity` if a name of the filter stands for values of two kinds.
    """

    runs: "list[Run] | StoredRuns"
    total: int
    positions: list[int]
    problem: "FilterProblem | None" = None
    ambiguity: "FilterProblem | None" = None

    def require(self) -> "QueryResult":
        """Returns the result. Raises NotFound for the problem of a filter."""
        if self.problem is not None:
            raise NotFound(*self.problem)
        return self

    def list_operations(self) -> set[str]:
        """Returns the names of the operations of the runs."""
        return {run.op.name for run in self.runs} if isinstance(self.runs, list) else self.runs.list_operations()

    def find_batches(self) -> list[int]:
        """Returns the indexes of the batches' own runs."""
        if isinstance(self.runs, list):
            return [index for index, run in enumerate(self.runs) if run.trials]
        return self.runs.find_batches()

    def sample_names(self, left_out: Collection[int] = ()) -> list[Run]:
        """Returns runs that have all names of config values and metrics in the order in which all runs have them. Runs
        at the indexes `left_out` do not count.
        """
        if isinstance(self.runs, list):
            return [run for index, run in enumerate(self.runs) if index not in left_out]
        return self.runs.sample_names(left_out)


class SeenRuns(NamedTuple):
    """The state at a call of `Index.find_changes`: the version of the index, and a hash of the content of each run."""

    version: tuple[int, int] | None = None
    contents: Mapping[str, int] = MappingProxyType({})


class RunChanges(NamedTuple):
    """The runs that match now.

    `ids` are in the order of the filter, and `positions` are those in the listing. `changed` has the runs that are new
    or whose content has changed. `seen` is for the next call.
    """

    ids: tuple[str, ...]
    positions: tuple[int, ...]
    changed: Mapping[str, Run]
    seen: SeenRuns


def open_index(store: RunStore, events: Events | None = None, read_series: SeriesReader | None = None) -> "Index":
    """Returns the index of `store`. Never raises: if no file can be used, the index is in memory.

    `events` receives progress if thousands of runs have to be read. `read_series` is asked for the points that a filter
    needs, such as `loss@100 < 1`; without it, such conditions are not met.
    """
    return Index(store, events or SilentEvents(), read_series)


class Index:
    """Queries a store's runs. Each query first updates what its answer depends on."""

    def __init__(self, store: RunStore, events: Events, read_series: SeriesReader | None = None) -> None:
        self._store = store
        self._events = events
        self._read_series = read_series
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
        return self._query(lambda mirror: _find(mirror, run_filter, self._read_series))

    def find_lazily(self, run_filter: RunFilter) -> QueryResult:
        """Does the same, but holds no runs in memory if they are many: `runs` reads them at each iteration, as they are
        now, until the index is closed. Raises the errors of `find`.
        """
        return self._query(lambda mirror: _find(mirror, run_filter, self._read_series, lazily=True))

    def find_changes(self, run_filter: RunFilter, seen: SeenRuns, thorough: bool = False) -> RunChanges | None:
        """Returns what changed of the runs that match since `seen`, None if nothing did. Without `thorough`, a change
        that another tool makes to user attributes may appear late. Raises the errors of `find`.
        """
        return self._query(lambda mirror: _find_changes(mirror, run_filter, seen, thorough, self._read_series))

    def find_same(
        self,
        op: OpRef,
        config: Mapping[str, JSONValue],
        statuses: tuple[Status, ...] = ("completed",),
    ) -> list[Run]:
        """Returns active runs, latest first, of the same operation, version and config, with one of `statuses`."""
        return self._query(lambda mirror: _find_same(mirror, op, config, statuses))

    def load(self, ids: Sequence[str]) -> list[Run]:
        """Returns the runs with these IDs that are in the store, also archived and deleted ones, in any order."""
        return self._query(lambda mirror: _load(mirror, ids))

    def complete_metrics(self, runs: Sequence[Run], names: Iterable[str]) -> list[Run]:
        """Returns runs that this index found, with the metrics `names` also where a run has thousands of metrics."""
        from gage.index.many_metrics import complete_metrics

        return self._query(lambda mirror: complete_metrics(mirror.db, runs, names))

    def list_stored_names(self) -> "StoredNames":
        """Returns the names of config values, metrics and attributes of the runs in the store."""
        from gage.index.stored_names import select_stored_names

        def select(mirror: IndexSync) -> "StoredNames":
            mirror.refresh()
            return select_stored_names(mirror.db)

        return self._query(select)

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


def _find(
    mirror: IndexSync, run_filter: RunFilter, read_series: SeriesReader | None, lazily: bool = False
) -> QueryResult:
    mirror.refresh()
    all_checked = not _is_lasting(mirror.db, run_filter) or _has_few(mirror.db)
    if all_checked:
        mirror.recheck_attributes()
    try:
        return _query_until_stable(mirror, run_filter, all_checked, read_series, lazily)
    except (NotFound, Ambiguous):
        if all_checked or not mirror.recheck_attributes():
            raise
    return _query_until_stable(mirror, run_filter, True, read_series, lazily)


def _find_changes(
    mirror: IndexSync, run_filter: RunFilter, seen: SeenRuns, thorough: bool, read_series: SeriesReader | None
) -> RunChanges | None:
    mirror.refresh()
    if thorough:
        mirror.recheck_attributes()
    version = _read_version(mirror.db), mirror.db.total_changes
    if version == seen.version:
        return None
    page, _ = _select_page(mirror.db, run_filter, read_series)
    positions = tuple(_count_positions(mirror.db, page, run_filter))
    ids, texts = tuple(id for _, _, id in page), _load_texts(mirror.db, page)
    evaluated = _load_evaluated(mirror.db, page)
    found = [evaluated.get(n, {}) for n, _, _ in page]
    contents = {id: hash((text, *metrics.items())) for id, text, metrics in zip(ids, texts, found, strict=True)}
    changed = {
        id: _add_evaluated(rows.decode_run(text), metrics)
        for id, text, metrics in zip(ids, texts, found, strict=True)
        if seen.contents.get(id) != contents[id]
    }
    return RunChanges(ids, positions, changed, SeenRuns(version, contents))


def _load(mirror: IndexSync, ids: Sequence[str]) -> list[Run]:
    mirror.refresh()
    there = "place NOT IN ('purged', 'absent') AND id IN (SELECT value FROM json_each(?))"
    sql = f"SELECT n, created, id FROM run WHERE {there}"
    return _load_runs(mirror.db, mirror.db.execute(sql, (json.dumps(list(ids)),)).fetchall())


def _has_few(db: sqlite3.Connection) -> bool:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM run WHERE {HAS_USER_ATTRS} LIMIT ?)"
    return bool(db.execute(sql, (MAX_CHECKED_RUNS + 1,)).fetchone()[0] <= MAX_CHECKED_RUNS)


def _query_until_stable(
    mirror: IndexSync, run_filter: RunFilter, all_checked: bool, read_series: SeriesReader | None, lazily: bool
) -> QueryResult:
    """Queries until none of the runs that decide the answer has changed since it was read."""
    for _ in range(10):
        version = _read_version(mirror.db)
        page, total = _select_page(mirror.db, run_filter, read_series)
        changed = mirror.recheck(*build_numbers_condition(n for n, _, _ in page))
        if not all_checked:
            decisive = _build_decisive_condition(mirror.db, page, run_filter)
            changed = mirror.recheck_attributes(decisive.sql, decisive.parameters) or changed
        is_lazy = lazily and len(page) > MAX_LOADED_RUNS and _can_read_while_others_write(mirror.db)
        if not changed and (not is_lazy or _start_reading(mirror.db, version)):
            break
    runs = _open_runs(mirror, page) if mirror.db.in_transaction else _load_runs(mirror.db, page)
    positions = _count_positions(mirror.db, page, run_filter)
    problem, ambiguity = _explain_filter(mirror.db, run_filter, total)
    return QueryResult(runs, total, positions, problem, ambiguity)


def _read_version(db: sqlite3.Connection) -> int:
    """Returns a number that changes when another process has written the index."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _can_read_while_others_write(db: sqlite3.Connection) -> bool:
    return db.execute("PRAGMA journal_mode").fetchone()[0] in ("wal", "memory")


def _start_reading(db: sqlite3.Connection, version: int) -> bool:
    """Starts a transaction, so that what others write does not change what is read. Returns False, without a
    transaction, if another process has written the index since `version` was read.
    """
    db.execute("BEGIN")
    db.execute("SELECT 1 FROM run LIMIT 1").fetchone()
    if _read_version(db) == version:
        return True
    db.execute("ROLLBACK")
    return False


def _open_runs(mirror: IndexSync, page: Page) -> "StoredRuns":
    from gage.index.stored_runs import StoredRuns

    return StoredRuns(mirror.db, mirror.store, page, _load_evaluated(mirror.db, page))


def _explain_filter(
    db: sqlite3.Connection, run_filter: RunFilter, total: int
) -> tuple["FilterProblem | None", "FilterProblem | None"]:
    """Returns what is wrong with the filter, and which of its names has two meanings; None in a listing without runs,
    where any filter is as good.
    """
    if not run_filter.where:
        return None, None
    from gage.index import filter_hints

    listing = where_sql.build_listing_condition(run_filter)
    if not _has_runs(db, listing):
        return None, None
    problem = filter_hints.find_unknown_name(db, run_filter.where)
    if problem is None and not total:
        problem = filter_hints.describe_no_match(db, run_filter.where, listing)
    return problem, filter_hints.find_ambiguous_name(db, run_filter.where)


def _select_page(db: sqlite3.Connection, run_filter: RunFilter, read_series: SeriesReader | None) -> tuple[Page, int]:
    listing = where_sql.build_listing_condition(run_filter)
    conditions = [listing, *_build_conditions(db, run_filter, read_series)]
    if run_filter.refs:
        numbers = run_refs.resolve_refs(db, run_filter.refs, listing)
        conditions.append(build_numbers_condition(sorted(numbers)))
    fits = where_sql.join_conditions(conditions)
    if run_filter.sort:
        from gage.index.filter_hints import find_unknown_name
        from gage.index.sorting import sort_page

        unknown = find_unknown_name(db, (), run_filter.sort)
        if unknown and _has_runs(db, listing):
            raise NotFound(*unknown)

        page = db.execute(
            f"SELECT n, created, id FROM run WHERE {fits.sql} {run_refs.ORDER}", fits.parameters
        ).fetchall()
        end = None if run_filter.limit is None else run_filter.offset + run_filter.limit
        return sort_page(db, page, run_filter.sort, read_series)[run_filter.offset : end], len(page)
    limit = -1 if run_filter.limit is None else max(run_filter.limit, 0)
    sql = f"SELECT n, created, id FROM run WHERE {fits.sql} {run_refs.ORDER} LIMIT ? OFFSET ?"
    page = db.execute(sql, (*fits.parameters, limit, run_filter.offset)).fetchall()
    if not run_filter.offset and (limit < 0 or len(page) < limit):
        return page, len(page)
    return page, db.execute(f"SELECT count(*) FROM run WHERE {fits.sql}", fits.parameters).fetchone()[0]


def _has_runs(db: sqlite3.Connection, listing: SqlCondition) -> bool:
    return db.execute(f"SELECT 1 FROM run WHERE {listing.sql} LIMIT 1", listing.parameters).fetchone() is not None


def _build_conditions(
    db: sqlite3.Connection, run_filter: RunFilter, read_series: SeriesReader | None = None
) -> list[SqlCondition]:
    """Returns the conditions of the filter beside that of the listing."""
    conditions = where_sql.build_option_conditions(run_filter)
    if run_filter.where:
        from gage.index.condition_sql import ConditionBuilder

        builder = ConditionBuilder(db, read_series)
        conditions += [builder.build(where.condition) for where in run_filter.where]
    return conditions


def _is_lasting(db: sqlite3.Connection, run_filter: RunFilter) -> bool:
    """Returns whether user attributes do not decide which runs match."""
    return run_filter.project is None and len(_select_lasting(db, run_filter)) == len(run_filter.where)


def _select_lasting(db: sqlite3.Connection, run_filter: RunFilter) -> tuple[Where, ...]:
    """Returns those of the filters that user attributes cannot change."""
    if not run_filter.where:
        return ()
    from gage.index.condition_sql import is_lasting, list_config_names

    names = list_config_names(db, run_filter.where)
    return tuple(where for where in run_filter.where if is_lasting(where.condition, names))


def _build_decisive_condition(db: sqlite3.Connection, page: Page, run_filter: RunFilter) -> SqlCondition:
    """Returns the condition of the runs that would change the page if they were deleted, archived or restored: those
    that match in all that user attributes cannot change and, if the page is full or names its runs, come before its
    end.
    """
    lasting = run_filter._replace(where=_select_lasting(db, run_filter), project=None)
    conditions = [SqlCondition(HAS_USER_ATTRS), *_build_conditions(db, lasting)]
    names_them = bool(run_filter.refs) and not any(ref.span for ref in run_filter.refs)
    if page and not run_filter.sort and (names_them or len(page) == run_filter.limit):
        conditions.append(SqlCondition("(created, id) >= (?, ?)", page[-1][1:]))
    return where_sql.join_conditions(conditions)


def _load_runs(db: sqlite3.Connection, page: Page) -> list[Run]:
    evaluated = _load_evaluated(db, page)
    runs = map(rows.decode_run, _load_texts(db, page))
    return [_add_evaluated(run, evaluated.get(n)) for run, (n, _, _) in zip(runs, page, strict=True)]


def _load_evaluated(db: sqlite3.Connection, page: Page) -> dict[int, dict[str, float]]:
    """Returns the metrics of evaluations of the runs, by row number."""
    if db.execute(rows.HAS_EVALUATIONS).fetchone() is None:
        return {}
    from gage.index.evaluations import load_metrics

    return load_metrics(db, [n for n, _, _ in page])


def _add_evaluated(run: Run, evaluated: Mapping[str, float] | None) -> Run:
    return run._replace(evaluated=evaluated) if evaluated else run


def _load_texts(db: sqlite3.Connection, page: Page) -> list[str]:
    chosen = build_numbers_condition(n for n, _, _ in page)
    texts = dict(db.execute(f"SELECT n, json FROM record WHERE {chosen.sql}", chosen.parameters).fetchall())
    return [texts[n] for n, _, _ in page]


def _count_positions(db: sqlite3.Connection, page: Page, run_filter: RunFilter) -> list[int]:
    """Returns the positions in the listing; counts only the gaps between the runs."""
    is_filtered = run_filter.refs or run_filter.where or run_filter.statuses or run_filter.project
    if not is_filtered and not run_filter.sort:
        return list(range(run_filter.offset + 1, run_filter.offset + len(page) + 1))
    listing = where_sql.build_listing_condition(run_filter)
    positions: dict[int, int] = {}
    here, before = 0, (MAX_INTEGER, "~")
    sql = f"SELECT count(*) FROM run WHERE {listing.sql} AND (created, id) < (?, ?) AND (created, id) >= (?, ?)"
    for n, created, id in sorted(page, key=lambda row: row[1:], reverse=True):
        here += db.execute(sql, (*listing.parameters, *before, created, id)).fetchone()[0]
        positions[n] = here
        before = (created, id)
    return [positions[n] for n, _, _ in page]


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
    values = [part for name, value in chosen for part in (clean_text(name), normalize_value(value))]
    parameters = (*map(clean_text, op), json.dumps(statuses), *values)
    while True:
        page: Page = mirror.db.execute(sql, parameters).fetchall()
        if not mirror.recheck(*build_numbers_condition(n for n, _, _ in page)):
            break
    text = _canonical(config)
    return [run for run in _load_runs(mirror.db, page) if _canonical(run.config) == text]


def _canonical(config: Mapping[str, JSONValue]) -> str:
    return json.dumps({name: normalize_value(value) for name, value in config.items()}, sort_keys=True)
