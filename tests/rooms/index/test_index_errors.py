"""Errors while the index is opened, replaced or refreshed, and files that change meanwhile."""

import os
import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from stores import locate_index, make_run

from gage.index import database, file_stamps, rows, snapshot
from gage.index.index import open_index
from gage.index.suggestions import Suggestions
from gage.lib import uuid7
from gage.select.parse import parse_where
from gage.store import change_log, layout
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.filter import RunFilter


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))
    for number in range(3):
        make_run(tmp_path / "runs", config={"n": number})
    return RunStore(tmp_path / "runs")


def test_uses_memory_while_another_process_creates_the_index(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT_SECONDS", 0.05)
    path = locate_index(store)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "locked" in database.describe_problem(str(path))
    db = database.connect(str(store.root))
    assert database._read_path(db) == ""
    db.close()
    other.close()


def test_replaces_a_closed_connection(store: RunStore) -> None:
    db = database.connect(str(store.root))
    db.close()
    new = database.replace_connection(db, sqlite3.OperationalError("closed"), str(store.root))
    assert new.execute("SELECT count(*) FROM run").fetchone() == (0,)
    new.close()


def test_creates_no_tables_that_another_process_has_created(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = [0, database.SCHEMA_VERSION]
    monkeypatch.setattr(database, "_read_version", lambda db: versions.pop(0))
    db = sqlite3.connect(":memory:", isolation_level=None)
    database._create_tables(db)
    assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    db.close()


def test_removes_no_directory_instead_of_an_index(tmp_path: Path) -> None:
    assert not database._remove_file(str(tmp_path))
    assert tmp_path.is_dir()


def test_compares_many_directories_in_two_processes(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = sorted(store.list_ids())
    for id in ids:
        store.annotate([id], {"label": "x"})
        os.utime(store.get_paths(id).user_dir, (time.time() - 1000,) * 2)
    root = str(store.root)
    monkeypatch.setattr(file_stamps, "MIN_STAMPS_TO_FORK", 1)
    assert file_stamps.find_changed_user_dirs(root, ids, [0] * len(ids)) == ids


def test_reports_a_store_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs").symlink_to(tmp_path / "runs")
    with open_index(RunStore(tmp_path / "runs")) as index, pytest.raises(StoreError, match="Cannot read the runs"):
        index.find(RunFilter())


def test_reports_a_store_whose_changes_cannot_be_read(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(root: Path, since: object) -> None:
        os.listdir(root / "gone")

    monkeypatch.setattr(change_log, "read_changes", fail)
    with open_index(store) as index, pytest.raises(StoreError, match="No such file"):
        index.find(RunFilter())


def test_repeats_a_query_after_two_failures(store: RunStore) -> None:
    failures = [sqlite3.OperationalError("disk I/O error"), sqlite3.OperationalError("disk I/O error")]

    def query(mirror: object) -> str:
        if failures:
            raise failures.pop()
        return "result"

    with open_index(store) as index:
        assert index._query(query) == "result"


def test_writes_other_types_as_json() -> None:
    assert rows._encode({"a": {1}}) == '{"a":[1]}'


def test_run_that_disappears_is_not_listed(store: RunStore) -> None:
    run_snapshot = snapshot.take_snapshot(store, uuid7.generate(), file_stamps.PART_BITS[layout.META_ZIP])
    assert run_snapshot == snapshot.RunSnapshot(*run_snapshot[:4], None)


def test_suggests_runs_of_a_damaged_index(store: RunStore) -> None:
    with open_index(store) as index:
        runs = index.find(RunFilter()).runs
    path = locate_index(store)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\x55" * (len(data) - 4096))
    with Suggestions(store) as suggestions:
        assert [run.id for run in suggestions.runs("", 10)] == [run.id for run in runs]
        assert [run.id for run in suggestions.runs(runs[1].name, 1)] == [runs[1].id]
    shutil.rmtree(store.root)


def test_value_that_looks_like_a_list_is_text(store: RunStore) -> None:
    id = make_run(store, config={"shape": "[3"})
    with open_index(store) as index:
        assert [run.id for run in index.find(RunFilter(where=parse_where("shape=[3"))).runs] == [id]
