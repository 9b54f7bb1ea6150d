"""Opens, creates and replaces the index's SQLite file. Knows tables; not what a run is.

Never fails: a file that cannot be used is replaced by a new one or by a database in memory.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gage.index import location

SCHEMA_VERSION = 15
"""Increased whenever the tables or their contents change their meaning."""

LOCK_TIMEOUT_SECONDS = 10.0
"""Seconds to wait for another process that is writing."""

CREATE_TABLES = """
CREATE TABLE folder (one INTEGER PRIMARY KEY CHECK (one = 1), inode, ctime, mtime, log, offset, chained_since);
CREATE TABLE run (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, parts INTEGER, user_stamp INTEGER, meta_stamp INTEGER,
    watch INTEGER, place TEXT, archive TEXT, created INTEGER, project TEXT, project_id TEXT, name TEXT, op TEXT,
    namespace TEXT, version TEXT, status TEXT, words TEXT, started INTEGER, stopped INTEGER);
CREATE TABLE record (n INTEGER PRIMARY KEY, json TEXT);
CREATE TABLE attr (k TEXT, v, n INTEGER, PRIMARY KEY (k, v, n)) WITHOUT ROWID;
CREATE TABLE metric (k TEXT, n INTEGER, last, first, min, max, mean, count, PRIMARY KEY (k, n)) WITHOUT ROWID;
CREATE INDEX run_listing ON run (place, created, id, project, archive, status, words);
CREATE INDEX run_place ON run (place);
CREATE INDEX run_name ON run (name);
CREATE INDEX run_op ON run (op);
CREATE INDEX run_parts ON run (parts, id);
CREATE INDEX run_watched ON run (watch, id) WHERE watch IS NOT NULL;
CREATE INDEX run_user ON run (created, id, user_stamp, parts) WHERE user_stamp <> -1;
"""


def connect(store: str) -> sqlite3.Connection:
    """Returns a connection to the index of the store at `store`; in memory if no file can be used. Never raises."""
    path = location.resolve_index_path(store, SCHEMA_VERSION) if Path(store).is_dir() else None
    if path is None:
        return _open_in_memory()
    for _ in range(2):
        try:
            return _open_file(path)
        except OSError:
            break
        except sqlite3.Error as e:
            if not is_broken(e) or not _remove_file(path):
                break
    return _open_in_memory()


def describe_problem(path: str) -> str:
    """Returns why the index cannot be stored at `path`, "" if it can."""
    try:
        _open_file(path).close()
    except OSError as e:
        return f"{path}: {e.strerror or e}"
    except sqlite3.Error as e:
        return "" if is_broken(e) else f"{path}: {e}"
    return ""


class ForeignVersion(sqlite3.DatabaseError):
    """The file was made by another version of Gage."""


def is_broken(error: sqlite3.Error) -> bool:
    """Returns whether the file is damaged, so that it has to be replaced. Python raises OperationalError without a code
    for text that is not UTF-8.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return isinstance(error, ForeignVersion | sqlite3.OperationalError)
    return code & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_MISMATCH,
    )


def replace_connection(db: sqlite3.Connection, error: sqlite3.Error, store: str) -> sqlite3.Connection:
    """Returns a connection to use instead of `db`, which failed with `error`: to a new file if the file is damaged,
    else (locked, read-only, disk full) to a copy in memory. Never raises.
    """
    path = _read_path(db)
    if path and is_broken(error):
        db.close()
        return connect(store) if _remove_file(path) else _open_in_memory()
    return _copy_in_memory(db)


def _read_path(db: sqlite3.Connection) -> str:
    try:
        return str(db.execute("PRAGMA database_list").fetchone()[2] or "")
    except (sqlite3.Error, TypeError):
        return ""


@contextmanager
def start_writing(db: sqlite3.Connection) -> Iterator[None]:
    """Runs the block as one write transaction, which is rolled back if the block raises."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _open_file(path: str) -> sqlite3.Connection:
    is_new = location.create_private_file(path)
    db = sqlite3.connect(path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None)
    try:
        if is_new:
            db.execute(f"PRAGMA journal_mode={'DELETE' if location.is_remote(path) else 'WAL'}")
        db.execute("PRAGMA synchronous=NORMAL")
        _create_tables(db)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _create_tables(db: sqlite3.Connection) -> None:
    if _read_version(db) == SCHEMA_VERSION:
        return
    with start_writing(db):
        version = _read_version(db)  # again: another process may have been faster
        if version == SCHEMA_VERSION:
            return
        if version:
            raise ForeignVersion
        for statement in CREATE_TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _read_version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _open_in_memory() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    _create_tables(db)
    return db


def _copy_in_memory(db: sqlite3.Connection) -> sqlite3.Connection:
    """Returns a database in memory with what can still be read of `db`."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        db.backup(memory)
        if _read_version(memory) == SCHEMA_VERSION:
            return memory
    except sqlite3.Error:
        pass  # the index is built again
    finally:
        db.close()
    memory.close()
    return _open_in_memory()


def _remove_file(path: str) -> bool:
    """Removes the file and SQLite's files beside it. Returns whether that worked."""
    try:
        for suffix in ("-wal", "-shm", "-journal", ""):
            Path(path + suffix).unlink(missing_ok=True)
    except OSError:
        return False
    return not os.path.lexists(path)
