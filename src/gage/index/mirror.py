"""Keeps the index like the store: reads what is due and writes it to the index. Never writes the store."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gage.index import database, entries, freshness, rows
from gage.store import layout
from gage.store.store import RunStore
from gage.types.errors import NotFound
from gage.types.run import FINAL, Run

CHUNK = 20_000
"""Runs that are put into the index at once; what is in stays, when the rest is interrupted."""

HAS_USER = f"user_stamp <> {entries.MISSING}"
"""Condition of the runs about which somebody may have said something."""

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
        due = freshness.due(self.db, self.root)
        if not due.runs and due.folder == freshness.known(self.db) and not self._going_on():
            return
        with database.writing(self.db):
            due = freshness.due(self.db, self.root)
            runs = self._due_now(due)
            for start in range(0, len(runs), CHUNK):
                if start:
                    self.db.execute("COMMIT")
                    self.db.execute("BEGIN IMMEDIATE")
                _put(self.db, [self._observe(id, parts) for id, parts in runs[start : start + CHUNK]])
            freshness.remember(self.db, due.folder)

    def recheck(self, where: str, parameters: Sequence[int | str]) -> bool:
        """Look at the runs that fit `where`, whether each is as it was read. True when one was another."""
        suspects = self._suspects(where, parameters)
        if not suspects:
            return False
        before = {id: self._stored(id) for id in suspects}
        if all(before[id] == _comparable(self._now(id)) for id in suspects):
            return False
        with database.writing(self.db):
            seen = [self._now(id) for id in suspects]
            _put(self.db, seen)
        return any(before[s.id][-1:] != _comparable(s)[-1:] for s in seen)

    def _due_now(self, due: freshness.Due) -> list[tuple[str, int]]:
        ids = self._going_on()
        if due.listed:
            ids += self._suspects(HAS_USER, ())
        found = {id: entries.parts_on_disk(self.root, id) for id in ids if id not in due.runs}
        return sorted((found | due.runs).items())

    def _suspects(self, where: str, parameters: Sequence[int | str]) -> list[str]:
        """Those whose stamps are not what they were, or tell nothing."""
        found = self.db.execute(f"SELECT id, parts, user_stamp, meta_stamp FROM run WHERE {where}", parameters)
        return [
            id
            for id, parts, user, meta in found
            if entries.UNSURE in (user, meta)
            or user != entries.user_stamp(self.root, id, parts)
            or meta != entries.meta_stamp(self.root, id, parts)
        ]

    def _going_on(self) -> list[str]:
        """Runs that are not final and not as the index has them."""
        found = self.db.execute("SELECT id, watch FROM run WHERE watch IS NOT NULL").fetchall()
        open_runs = [id for id, watch in found if not watch or watch != entries.watch_stamp(self.root, id)]
        return [id for id in open_runs if self._stored(id) != _comparable(self._now(id))]

    def _stored(self, id: str) -> tuple[int | str | None, ...]:
        """What the index has of a run, the content last."""
        sql = "SELECT parts, user_stamp, meta_stamp, watch, json FROM run LEFT JOIN record USING (n) WHERE id = ?"
        return tuple(self.db.execute(sql, (id,)).fetchone() or ())

    def _now(self, id: str) -> "Seen":
        return self._observe(id, entries.parts_on_disk(self.root, id))

    def _observe(self, id: str, parts: int) -> "Seen":
        """A run as it is now. Stamps are taken before it is read, so that a change meanwhile is seen next time."""
        stamps = (entries.user_stamp(self.root, id, parts), entries.meta_stamp(self.root, id, parts))
        is_open = parts & (entries.BIT[layout.META] | entries.BIT[layout.META_ZIP]) == entries.BIT[layout.META]
        watch = entries.watch_stamp(self.root, id) if is_open else entries.UNSURE
        try:
            run = self.store.read(id) if parts and self.store.exists(id) else None
        except NotFound:
            run = None
        if run is None:
            return Seen(id, parts, *stamps, entries.UNSURE if is_open else None, None)
        return Seen(id, parts, *stamps, _watch(run, watch), run)


class Seen(NamedTuple):
    """A run as it was read; `run` None when there is no run (yet) in what lies in the folder."""

    id: str
    parts: int
    user_stamp: int
    meta_stamp: int
    watch: int | None
    run: Run | None


def _comparable(seen: Seen) -> tuple[int | str | None, ...]:
    """As `Mirror._stored` has it."""
    return (*seen[1:5], rows.to_text(seen.run) if seen.run else None)


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
