"""Updates the index: reads the runs of the store that changed, and writes them. Never writes the store."""

import sqlite3
from collections.abc import Iterable, Sequence

from gage.index import database, file_stamps, freshness, rows
from gage.index.snapshot import RunSnapshot, take_snapshot, take_snapshots
from gage.store import layout
from gage.store.store import RunStore
from gage.types.events import Events

MAX_RUNS_PER_TRANSACTION = 5_000
"""The runs written in one transaction; if filling is interrupted, the transactions so far stay."""

HAS_USER_ATTRS = f"user_stamp <> {file_stamps.MISSING}"
"""SQL condition of the runs that have a directory of user attributes."""

COLUMNS = (
    "n, id, parts, user_stamp, meta_stamp, watch, place, archive, created, project, project_id, name,"
    " op, namespace, version, status, words, started, stopped"
)


class IndexSync:
    """Updates the index `db` of `store` for one query."""

    def __init__(self, db: sqlite3.Connection, store: RunStore, events: Events) -> None:
        self.db = db
        self.store = store
        self.events = events
        self.root = str(store.root)

    def refresh(self, most: int | None = None) -> bool:
        """Reads runs that were added, removed, changed by Gage or are unfinished. Raises StoreError.

        Returns False, and reads nothing, if more than `most` runs would have to be read.
        """
        due = freshness.find_stale_in_log(self.db, self.root)
        if due and not due.runs and due.dir_state == freshness.load_dir_state(self.db) and not self._find_progressed():
            return True
        with database.start_writing(self.db):
            due = freshness.find_stale_runs(self.db, self.root)
            runs = self._list_stale(due)
            if most is not None and len(runs) > most:
                return False
            for start in range(0, len(runs), MAX_RUNS_PER_TRANSACTION):
                if start:
                    self.db.execute("COMMIT")
                    self.db.execute("BEGIN IMMEDIATE")
                    self.events.progress("Looking through the runs", start, len(runs))
                _write_snapshots(self.db, take_snapshots(self.store, runs[start : start + MAX_RUNS_PER_TRANSACTION]))
            freshness.save_dir_state(self.db, due.dir_state)
        if len(runs) > MAX_RUNS_PER_TRANSACTION:
            self.events.progress("Looking through the runs", len(runs), len(runs))
        return True

    def recheck(self, where: str, parameters: Sequence[int | float | str] = ()) -> bool:
        """Reads those of the runs that fit `where` again that changed. Returns whether one has other content now."""
        recorded = self.db.execute(f"SELECT id, parts, user_stamp, meta_stamp FROM run WHERE {where}", parameters)
        return self._reread(
            [
                id
                for id, parts, user, meta in recorded
                if not user
                or not meta
                or user != file_stamps.stamp_user_attrs(self.root, id, parts)
                or meta != file_stamps.stamp_meta(self.root, id, parts)
            ]
        )

    def recheck_attributes(self, where: str = HAS_USER_ATTRS, parameters: Sequence[int | float | str] = ()) -> bool:
        """Does the same for user attributes only, which is all that can change of most runs."""
        return self._reread(self._find_changed_attrs(where, parameters))

    def _find_changed_attrs(self, where: str, parameters: Sequence[int | float | str] = ()) -> list[str]:
        """Returns the runs that fit `where` and whose user attributes changed since they were read."""
        marks = file_stamps.PART_BITS[layout.MOVE_MARKS]
        sql = f"SELECT group_concat(id), group_concat(user_stamp) FROM run WHERE {where} AND NOT parts & {marks}"
        ids, stamps = self.db.execute(sql, parameters).fetchone()
        changed = []
        if ids:
            changed = file_stamps.find_changed_user_dirs(self.root, ids.split(","), list(map(int, stamps.split(","))))
        sql = f"SELECT id, parts, user_stamp FROM run WHERE {where} AND parts & {marks}"
        for id, parts, stamp in self.db.execute(sql, parameters):
            if not stamp or stamp != file_stamps.stamp_user_attrs(self.root, id, parts):
                changed.append(id)
        return changed

    def _reread(self, ids: list[str]) -> bool:
        if not ids:
            return False
        before = {id: self._load_stored(id) for id in ids}
        if all(before[id] == _to_stored(self._take_snapshot(id)) for id in ids):
            return False
        with database.start_writing(self.db):
            seen = [self._take_snapshot(id) for id in ids]
            _write_snapshots(self.db, seen)
        return any(before[s.id][-1:] != (s.text,) for s in seen)

    def _list_stale(self, due: freshness.StaleRuns) -> list[tuple[str, int]]:
        ids = self._find_progressed()
        if due.is_listed:
            ids += self._find_changed_attrs(HAS_USER_ATTRS)
        progressed = {id: file_stamps.find_parts(self.root, id) for id in ids if id not in due.runs}
        return sorted((progressed | due.runs).items())

    def _find_progressed(self) -> list[str]:
        """Returns the unfinished runs that differ from the index."""
        watched = self.db.execute("SELECT id, watch FROM run WHERE watch IS NOT NULL").fetchall()
        open_runs = [id for id, watch in watched if not watch or watch != file_stamps.stamp_liveness(self.root, id)]
        return [id for id in open_runs if self._load_stored(id) != _to_stored(self._take_snapshot(id))]

    def _load_stored(self, id: str) -> tuple[int | str | None, ...]:
        """Returns what the index stores of a run, the content last."""
        sql = "SELECT parts, user_stamp, meta_stamp, watch, json FROM run LEFT JOIN record USING (n) WHERE id = ?"
        return tuple(self.db.execute(sql, (id,)).fetchone() or ())

    def _take_snapshot(self, id: str) -> RunSnapshot:
        return take_snapshot(self.store, id, file_stamps.find_parts(self.root, id))


def _to_stored(seen: RunSnapshot) -> tuple[int | str | None, ...]:
    """Returns a snapshot in the form of `IndexSync._load_stored`."""
    return (*seen[1:5], seen.text)


def _write_snapshots(db: sqlite3.Connection, seen: Sequence[RunSnapshot]) -> None:
    """Writes snapshots to the index. Call it inside a transaction."""
    known = _delete_contents(db, (s.id for s in seen))
    db.executemany("DELETE FROM run WHERE n = ?", [(known[s.id],) for s in seen if not s.parts and s.id in known])
    existing = [s for s in seen if s.parts]
    last = db.execute("SELECT coalesce(max(n), 0) FROM run").fetchone()[0]
    numbered = [(known.get(s.id) or last + i, s) for i, s in enumerate(existing, 1)]
    db.executemany(
        f"INSERT OR REPLACE INTO run ({COLUMNS}) VALUES ({', '.join('?' * (COLUMNS.count(',') + 1))})",
        [(n, *s[:5], *s.columns) for n, s in numbered],
    )
    db.executemany("INSERT INTO record VALUES (?, ?)", [(n, s.text) for n, s in numbered if s.text])
    attributes = [(k, v, n) for n, s in numbered for k, v in s.attributes]
    attributes.sort(key=lambda a: (a[0], isinstance(a[1], str), a[1]))  # as in the table: quicker
    db.executemany("INSERT OR IGNORE INTO attr VALUES (?, ?, ?)", attributes)
    metrics = [(name, n, *numbers) for n, s in numbered for name, *numbers in s.metrics]
    metrics.sort(key=lambda m: m[:2])
    db.executemany("INSERT OR IGNORE INTO metric VALUES (?, ?, ?, ?, ?, ?, ?, ?)", metrics)


def _delete_contents(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
    """Deletes the records and attributes of the runs. Returns the row numbers of those that the index has."""
    known: dict[str, int] = {}
    for id in ids if db.execute("SELECT 1 FROM run").fetchone() else ():
        row = db.execute("SELECT n, json FROM run LEFT JOIN record USING (n) WHERE id = ?", (id,)).fetchone()
        if row is None:
            continue
        known[id] = row[0]
        if row[1] is not None:
            run = rows.decode_run(row[1])
            gone = [(k, v, row[0]) for k, v in rows.iter_attributes(run)]
            db.executemany("DELETE FROM attr WHERE k = ? AND v = ? AND n = ?", gone)
            if len(run.metrics) < rows.MAX_METRICS:
                names = [(metric[0], row[0]) for metric in rows.iter_metrics(run)]
                db.executemany("DELETE FROM metric WHERE k = ? AND n = ?", names)
            else:  # the record has only some of the names
                db.execute("DELETE FROM metric WHERE n = ?", (row[0],))
            db.execute("DELETE FROM record WHERE n = ?", (row[0],))
    return known
