"""Keeps the index like the store: reads what is due and writes it to the index. Never writes the store."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gage.index import database, entries, freshness, rows
from gage.store import layout
from gage.store.store import RunStore
from gage.types.run import FINAL, Run

CHUNK = 20_000
"""Runs that are put into the index at once; what is in stays, when the rest is interrupted."""

COLUMNS = (
    *("n", "id", "parts", "user_stamp", "meta_stamp", "watch", "place", "archive", "created", "project", "name"),
    *("op", "namespace", "version", "status", "digest", "words"),
)
_NOTHING = ("absent", "", 0, "", "", "", "", "", "", "", "")


class Mirror:
    """The index `db` of `store`."""

    def __init__(self, db: sqlite3.Connection, store: RunStore) -> None:
        self.db = db
        self.store = store
        self.root = str(store.root)

    def refresh(self) -> None:
        """See what was added or removed, what own writers changed, and what goes on. Raises `StoreError`."""
        if not self._is_stale():
            return
        with database.writing(self.db):
            due = freshness.due(self.db, self.root)
            runs = self._due_now(due)
            for start in range(0, len(runs) or 1, CHUNK):
                if start:
                    self.db.execute("COMMIT")
                    self.db.execute("BEGIN IMMEDIATE")
                self._read(dict(runs[start : start + CHUNK]))
            freshness.remember(self.db, due.folder)

    def recheck(self, where: str, parameters: Sequence[int | str]) -> bool:
        """Look at the runs that fit `where`, whether each is as it was read. True when one had changed."""
        if not self._changed(where, parameters):
            return False
        with database.writing(self.db):
            self._read({id: entries.parts_on_disk(self.root, id) for id in self._changed(where, parameters)})
        return True

    def _is_stale(self) -> bool:
        due = freshness.due(self.db, self.root)
        return bool(due.runs or due.folder != freshness.known(self.db) or self._going_on())

    def _due_now(self, due: freshness.Due) -> list[tuple[str, int]]:
        ids = dict.fromkeys(self._going_on())
        if due.listed:
            ids.update(dict.fromkeys(self._changed("user_stamp <> ?", (entries.MISSING,))))
        found = {id: entries.parts_on_disk(self.root, id) for id in ids if id not in due.runs}
        return sorted((found | due.runs).items())

    def _changed(self, where: str, parameters: Sequence[int | str]) -> list[str]:
        found = self.db.execute(f"SELECT id, parts, user_stamp, meta_stamp FROM run WHERE {where}", parameters)
        return [
            id
            for id, parts, user, meta in found
            if user != entries.user_stamp(self.root, id, parts) or meta != entries.meta_stamp(self.root, id, parts)
        ]

    def _going_on(self) -> list[str]:
        """Runs that are not final and not as the index has them."""
        watched = self.db.execute(
            "SELECT id, parts, watch, json FROM run LEFT JOIN record USING (n) WHERE watch IS NOT NULL"
        ).fetchall()
        return [id for id, parts, watch, json in watched if not self._is_as_it_was(id, parts, watch, json)]

    def _is_as_it_was(self, id: str, parts: int, watch: int, json: str | None) -> bool:
        if watch != entries.UNSURE:
            return watch == entries.watch_stamp(self.root, id)
        seen = self._observe(id, parts)
        return seen.watch == watch and json == (rows.to_text(seen.run) if seen.run else None)

    def _read(self, runs: dict[str, int]) -> None:
        """Read the runs and write them to the index. Inside a transaction."""
        _put(self.db, [self._observe(id, parts) for id, parts in runs.items()])

    def _observe(self, id: str, parts: int) -> "Seen":
        """A run as it is now. Stamps are taken before it is read, so that a change meanwhile is seen next time."""
        stamps = (entries.user_stamp(self.root, id, parts), entries.meta_stamp(self.root, id, parts))
        watch = entries.watch_stamp(self.root, id)
        if not self.store.exists(id):
            return Seen(id, parts, *stamps, entries.UNSURE if parts & entries.BIT[layout.META] else None, None)
        run = self.store.read(id)
        return Seen(id, parts, *stamps, _watch(run, watch), run)


class Seen(NamedTuple):
    """A run as it was read; `run` None when there is no run (yet) in what lies in the folder."""

    id: str
    parts: int
    user_stamp: int
    meta_stamp: int
    watch: int | None
    run: Run | None


def _watch(run: Run, stamp: int) -> int | None:
    """None when the run has ended for good; `UNSURE` when it must always be read again."""
    if run.status in FINAL and (run.sealed or run.stopped is not None):
        return None
    return stamp if run.status in ("staged", "terminated") else entries.UNSURE


def _put(db: sqlite3.Connection, seen: Sequence[Seen]) -> None:
    known = _forget_contents(db, (s.id for s in seen))
    db.executemany("DELETE FROM run WHERE n = ?", [(known[s.id],) for s in seen if not s.parts and s.id in known])
    kept = [s for s in seen if s.parts]
    last = db.execute("SELECT coalesce(max(n), 0) FROM run").fetchone()[0]
    numbered = [(known.get(s.id) or last + i, s) for i, s in enumerate(kept, 1)]
    db.executemany(
        f"INSERT OR REPLACE INTO run ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
        [(n, *s[:5], *(rows.columns(s.run) if s.run else _NOTHING)) for n, s in numbered],
    )
    runs = [(n, s.run) for n, s in numbered if s.run]
    db.executemany("INSERT INTO record VALUES (?, ?)", [(n, rows.to_text(run)) for n, run in runs])
    attributes = {(k, v, n) for n, run in runs for k, v in rows.attributes(run)}
    in_order = sorted(attributes, key=lambda a: (a[0], isinstance(a[1], str), a[1]))  # as in the table: quicker
    db.executemany("INSERT OR IGNORE INTO attr VALUES (?, ?, ?)", in_order)


def _forget_contents(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
    """Remove the records and attributes of the runs; the numbers that those had which were known."""
    known: dict[str, int] = {}
    for id in ids if db.execute("SELECT 1 FROM run").fetchone() else ():
        row = db.execute("SELECT n, json FROM run LEFT JOIN record USING (n) WHERE id = ?", (id,)).fetchone()
        if row is None:
            continue
        known[id] = row[0]
        if row[1] is not None:
            gone = [(k, v, row[0]) for k, v in rows.attributes(rows.from_text(row[1]))]
            db.executemany("DELETE FROM attr WHERE k = ? AND v = ? AND n = ?", gone)
            db.execute("DELETE FROM record WHERE n = ?", (row[0],))
    return known
