"""Suggests runs, tags, archives and attributes that start with a text. For completion, so it never takes long.

If too many runs changed since the index was updated, runs are searched by the names in the store's directory, and the
rest comes from the index as it is.
"""

import json
import os
import sqlite3
from heapq import nlargest
from types import TracebackType

from gage.index import database, file_stamps, freshness, rows, run_refs
from gage.index.sync import IndexSync
from gage.index.where_sql import SqlCondition, join_conditions
from gage.lib.uuid7 import name_from_id
from gage.select.fields import FIELDS
from gage.store.layout import is_run_id
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.events import SilentEvents
from gage.types.filter import Collection
from gage.types.run import FINAL_STATUSES, Run

MAX_READ_RUNS = 200
"""The most runs that are read for one key press; more are left to the next listing."""

LOCK_TIMEOUT_MS = 50
"""How long to wait for another process that is writing the index."""

MAX_OPERATION_RUNS = 500
"""Operations are suggested from so many of the latest runs."""

LAST_CHARACTER = "\U0010ffff"

_NEXT_NAME = "SELECT min(k) FROM attr WHERE k {} ? AND k < ?"
_NEXT_METRIC = "SELECT min(k) FROM metric WHERE k {} ? AND k < ?"
_NEXT_VALUE = "SELECT min(v) FROM attr WHERE k = ? AND v {} ? AND v < ?"


class Suggestions:
    """Suggestions from one store's index. Use it in a `with`."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._db = database.connect(str(store.root))
        self._db.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT_MS}")
        self._is_current = self._refresh()

    def _refresh(self) -> bool:
        """Updates the index. Returns False, without reading a run, if it lacks too many of them."""
        try:
            if freshness.load_dir_state(self._db) is None and len(self._list_ids("")) > MAX_READ_RUNS:
                return False
            return IndexSync(self._db, self._store, SilentEvents()).refresh(MAX_READ_RUNS)
        except sqlite3.OperationalError:
            return True  # another process is writing it now: its present content will do
        except sqlite3.Error as e:
            self._db = database.replace_connection(self._db, e, str(self._store.root))
            return IndexSync(self._db, self._store, SilentEvents()).refresh(MAX_READ_RUNS)

    def __enter__(self) -> "Suggestions":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    def runs(
        self, start: str, most: int, collection: Collection = "active", statuses: tuple[str, ...] = ()
    ) -> list[Run]:
        """Returns at most `most` runs whose name or ID starts with `start`, the latest first."""
        if not self._is_current:
            return self._read_runs(start.lower(), most, collection, statuses)
        conditions = [SqlCondition("place = ?", (collection,))]
        if statuses:
            conditions.append(SqlCondition("status IN (SELECT value FROM json_each(?))", (json.dumps(statuses),)))
            if not FINAL_STATUSES & set(statuses):
                conditions.append(
                    SqlCondition("n IN (SELECT n FROM run INDEXED BY run_watched WHERE watch IS NOT NULL)")
                )
        if not start:
            return self._records("run", conditions, run_refs.ORDER, most)
        # A single letter fits so many that the latest of them are found soonest by going back in time.
        way = "run_name" if len(start) > 1 else "run_listing"
        named = self._records(
            f"run INDEXED BY {way}", [*conditions, _build_prefix_condition("name", start)], run_refs.ORDER, most
        )
        if len(named) == most:
            return named
        by_id = "run INDEXED BY sqlite_autoindex_run_1"
        ids = self._records(
            by_id, [*conditions, _build_prefix_condition("id", start)], "ORDER BY id DESC", most - len(named)
        )
        return [*named, *(run for run in ids if run not in named)]

    def _records(self, table: str, conditions: list[SqlCondition], order: str, most: int) -> list[Run]:
        fits = join_conditions(conditions)
        numbers = f"SELECT n, created, id FROM {table} WHERE {fits.sql} {order} LIMIT ?"
        sql = f"SELECT json FROM ({numbers}) JOIN record USING (n) {order}"
        return [rows.decode_run(text) for (text,) in self._db.execute(sql, (*fits.parameters, most))]

    def _read_runs(self, start: str, most: int, collection: Collection, statuses: tuple[str, ...]) -> list[Run]:
        """Returns the same as `runs`, but of the latest MAX_READ_RUNS that have the prefix, without the index."""
        runs: list[Run] = []
        for id in nlargest(MAX_READ_RUNS, self._list_ids(start)):
            try:
                run = self._store.read(id)
            except GageError:
                continue  # removed meanwhile, or not readable
            if rows.find_collection(run.user_attrs) == collection and (not statuses or run.status in statuses):
                runs.append(run)
            if len(runs) == most:
                break
        return runs

    def _list_ids(self, start: str) -> set[str]:
        """Returns the IDs in the store's directory whose run name or ID starts with `start`."""
        try:
            names = os.listdir(self._store.root)
        except OSError:
            return set()
        ids = {name[: file_stamps.ID_LENGTH] for name in names if len(name) > file_stamps.ID_LENGTH}
        return {id for id in ids if is_run_id(id) and (id.startswith(start) or name_from_id(id).startswith(start))}

    def tags(self, start: str, most: int) -> list[str]:
        """Returns tags that are in use and start with `start`, sorted."""
        return self._step_through_texts(_NEXT_VALUE, ("@tag",), start, most)

    def archives(self, start: str, most: int) -> list[str]:
        """Returns names of archives that start with `start`, sorted."""
        archived = "SELECT DISTINCT archive FROM run WHERE place = 'archive'"
        sql = f"{archived} AND archive >= ? AND archive < ? ORDER BY 1 LIMIT ?"
        return [name for (name,) in self._db.execute(sql, (start, start + LAST_CHARACTER, most))]

    def operations(self, start: str, most: int) -> list[str]:
        """Returns operations of the latest runs, sorted."""
        latest = f"SELECT op FROM run WHERE place = 'active' {run_refs.ORDER} LIMIT {MAX_OPERATION_RUNS}"
        sql = f"SELECT DISTINCT op FROM ({latest}) WHERE op >= ? AND op < ? ORDER BY 1 LIMIT ?"
        return [name for (name,) in self._db.execute(sql, (start, start + LAST_CHARACTER, most))]

    def config_names(self, start: str, most: int) -> list[str]:
        """Returns names of config values that runs have, sorted."""
        names = self._step_through_texts(_NEXT_NAME, (), start, most + len(FIELDS) + 1)  # with those of the run itself
        return [name for name in names if not name.startswith(("@", rows.ATTRIBUTE_PREFIX))][:most]

    def measured_names(self, start: str, most: int) -> list[str]:
        """Returns names of metrics, then of attributes that runs have, sorted."""
        attributes = self._step_through_texts(_NEXT_NAME, (), rows.ATTRIBUTE_PREFIX + start, most)
        metrics = self._step_through_texts(_NEXT_METRIC, (), start, most)
        names = dict.fromkeys((*metrics, *(name.removeprefix(rows.ATTRIBUTE_PREFIX) for name in attributes)))
        return list(names)[:most]

    def config_values(self, name: str, start: str, most: int) -> list[str]:
        """Returns the values of `name` as text: numbers by size, then texts."""
        numbers: list[str] = []
        (number,) = self._db.execute("SELECT min(v) FROM attr WHERE k = ?", (name,)).fetchone()
        while isinstance(number, int | float) and len(numbers) < most:
            numbers.append(str(number))
            (number,) = self._db.execute("SELECT min(v) FROM attr WHERE k = ? AND v > ?", (name, number)).fetchone()
        texts = self._step_through_texts(_NEXT_VALUE, (name,), start, most)
        return [*(text for text in numbers if text.startswith(start)), *texts]

    def _step_through_texts(self, sql: str, before: tuple[str, ...], start: str, most: int) -> list[str]:
        """Returns distinct texts from `start` on, each found by one step in the table's order."""
        texts: list[str] = []
        at, sign = start, ">="
        while len(texts) < most:
            (text,) = self._db.execute(sql.format(sign), (*before, at, start + LAST_CHARACTER)).fetchone()
            if text is None:
                break
            texts.append(text)
            at, sign = text, ">"
        return texts


def _build_prefix_condition(column: str, start: str) -> SqlCondition:
    low = start.lower()
    return SqlCondition(f"{column} >= ? AND {column} < ?", (low, low + LAST_CHARACTER))
