"""Finds the runs that the index has to read again. Reads the store's directory, its change log and the index; no run.

The directory's time changes with every entry that any tool adds or removes. The log tells which runs Gage changed
between two such times. If it leads from the time that the index knows to the present one, no other tool changed the
directory; if not, the directory is listed and compared.
"""

import errno
import os
import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

from gage.index import file_stamps
from gage.store import change_log, layout
from gage.types.errors import StoreError

MAX_CHAIN_SECONDS = 600
"""Seconds without a listing after which the directory is listed even if the log is complete."""


class StoreDirState(NamedTuple):
    """The state in which the index last saw the store's directory. Times in ns; `chained_since` in seconds (0: it was
    listed).

    No tool can set the time of the last change of state (`ctime`) back.
    """

    inode: int
    ctime: int
    mtime: int
    log: int
    offset: int
    chained_since: int


class StaleRuns(NamedTuple):
    """The runs to read again: run ID → its parts now. `dir_state` is the state to save (None: none that can be
    trusted); `is_listed`: the whole directory was listed.
    """

    runs: dict[str, int]
    dir_state: StoreDirState | None
    is_listed: bool


def find_stale_runs(db: sqlite3.Connection, root: str) -> StaleRuns:
    """Returns the runs that changed since the index was updated. Raises StoreError if the store cannot be listed."""
    return find_stale_in_log(db, root) or _compare_listing(db, root)


def find_stale_in_log(db: sqlite3.Connection, root: str) -> StaleRuns | None:
    """Returns the same without listing the directory; None if the log does not lead to the present state."""
    saved = load_dir_state(db)
    now = _stat_store(root)
    if now is None:
        return StaleRuns(dict.fromkeys(_load_ids(db), 0), None, True)
    if saved is None or now.st_ino != saved.inode or _is_chain_old(saved):
        return None
    changes = _read_changes(root, change_log.LogPosition(saved.mtime, saved.log, saved.offset))
    if not changes.is_complete or changes.position is None:
        return None
    if changes.position.time == saved.mtime:
        if now.st_ctime_ns != saved.ctime:
            return None
        since = saved.chained_since
    else:
        since = saved.chained_since or max(int(time.time()), 1)
    folder = _build_dir_state(now, changes.position, since)
    return StaleRuns({id: file_stamps.find_parts(root, id) for id in changes.ids}, folder, False)


def find_unsealed(db: sqlite3.Connection, root: str) -> list[str] | None:
    """Returns the IDs of the runs with a metadata directory and no zip file, sorted, without listing the directory;
    None if the log does not lead to the present state.
    """
    due = find_stale_in_log(db, root)
    if due is None or due.dir_state is None:
        return None
    meta, sealed = file_stamps.PART_BITS[layout.META], file_stamps.PART_BITS[layout.META_ZIP]
    known = db.execute("SELECT id, parts FROM run WHERE parts & ? AND NOT parts & ?", (meta, sealed))
    parts = {**dict(known), **due.runs}
    return sorted(id for id, bits in parts.items() if bits & meta and not bits & sealed)


def save_dir_state(db: sqlite3.Connection, folder: StoreDirState | None) -> None:
    """Saves the state for the next time. Call it inside a transaction."""
    if folder is None:
        db.execute("DELETE FROM folder")
    elif folder != load_dir_state(db):
        db.execute("INSERT OR REPLACE INTO folder VALUES (1, ?, ?, ?, ?, ?, ?)", folder)


def load_dir_state(db: sqlite3.Connection) -> StoreDirState | None:
    """Returns the saved state, None if there is none."""
    row = db.execute("SELECT inode, ctime, mtime, log, offset, chained_since FROM folder").fetchone()
    return StoreDirState(*row) if row else None


def _build_dir_state(now: os.stat_result, at: change_log.LogPosition, since: int) -> StoreDirState:
    return StoreDirState(now.st_ino, now.st_ctime_ns, at.time, at.log, at.offset, since)


def _stat_store(root: str) -> os.stat_result | None:
    try:
        info = os.stat(root)
        if os.path.isdir(root) and not os.access(root, os.X_OK):  # its entries could be listed, and none of them found
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return info
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as e:
        raise _build_read_error(root, e) from e


def _build_read_error(root: str, error: OSError) -> StoreError:
    return StoreError(f"Cannot read the runs in {root}: {error.strerror}", f"Try: ls -ld {root}")


def _read_changes(root: str, since: change_log.LogPosition | None) -> change_log.ChangesSince:
    try:
        return change_log.read_changes(Path(root), since)
    except OSError as e:
        raise _build_read_error(root, e) from e


def _is_chain_old(known: StoreDirState) -> bool:
    return known.chained_since > 0 and not 0 <= time.time() - known.chained_since < MAX_CHAIN_SECONDS


def _compare_listing(db: sqlite3.Connection, root: str) -> StaleRuns:
    """Compares the names in the directory with those that the index knows."""
    before = _stat_store(root)
    position = _read_changes(root, None).position
    try:
        names = {name for name in os.listdir(root) if len(name) > file_stamps.ID_LENGTH}
    except OSError as e:
        raise _build_read_error(root, e) from e
    changed = {file_stamps.parse_entry_name(name)[0] for name in names ^ _load_indexed_names(db)} - {""}
    folder = _build_dir_state(before, position, 0) if before and position else None
    if folder and before and file_stamps.is_recent(before):
        folder = folder._replace(ctime=0)
    return StaleRuns({id: file_stamps.list_parts(names, id) for id in changed}, folder, True)


def _load_indexed_names(db: sqlite3.Connection) -> set[str]:
    names: set[str] = set()
    for suffix, bit in file_stamps.PART_BITS.items():
        joined = db.execute("SELECT group_concat(id, ?) FROM run WHERE parts & ?", (suffix + "/", bit)).fetchone()[0]
        if joined:
            names.update((joined + suffix).split("/"))
    return names


def _load_ids(db: sqlite3.Connection) -> list[str]:
    return [id for (id,) in db.execute("SELECT id FROM run")]
