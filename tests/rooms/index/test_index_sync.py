"""Detects changes by other tools that only one check of the index can detect."""

import json
import os
import time
from pathlib import Path

import pytest
from stores import make_run

from gage.index import file_stamps, freshness, index
from gage.index.index import open_index
from gage.lib import uuid7
from gage.store import change_log
from gage.store.store import RunStore
from gage.types.filter import RunFilter, RunRef, Term

EPOCH = 1_795_000_000_000_000
LATEST = RunFilter(limit=1)


@pytest.fixture(autouse=True)
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is as if it came long after the one before; no check is made only because there are few runs."""
    monkeypatch.setattr(file_stamps, "RECENT_NS", -1)
    monkeypatch.setattr(change_log, "RECENT_NS", -1)
    monkeypatch.setattr(index, "MAX_CHECKED_RUNS", 0)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """Runs 0 (latest) to 3, each with a label; the index knows them."""
    store = RunStore(tmp_path / "runs")
    for number in range(4):
        make_run(store, id=run_id(number), started=EPOCH - number * 1_000_000, label=f"label {number}")
    assert total(store) == 4
    return store


def run_id(number: int) -> str:
    return f"01a1ee56-{number:04x}-7000-8000-0000{number:08x}"


def find(store: RunStore, wanted: RunFilter) -> list[str]:
    with open_index(store) as opened:
        return [run.id for run in opened.find(wanted).runs]


def total(store: RunStore) -> int:
    with open_index(store) as opened:
        return opened.find(LATEST).total


def say(store: RunStore, number: int, **change: object) -> None:
    """Put a change into the folder of attributes that is there: the store's own folder is not touched."""
    file = store.root / f"{run_id(number)}.user" / f"{uuid7.generate()}.json"
    file.write_text(json.dumps({"author": "sam", "time": EPOCH, "set": change, "delete": []}))


def test_detects_a_run_despite_an_old_directory_time(store: RunStore) -> None:
    before = os.stat(store.root)
    make_run(store, project="")
    os.utime(store.root, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert total(store) == 5


def test_detects_an_attribute_despite_an_old_directory_time(store: RunStore) -> None:
    folder = store.root / f"{run_id(0)}.user"
    before = os.stat(folder)
    say(store, 0, label="mine")
    os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert find(store, RunFilter(where=(Term("mine", "label"),))) == [run_id(0)]


def test_detects_deletion_of_a_listed_run(store: RunStore) -> None:
    say(store, 0, deleted=True)
    assert find(store, LATEST) == [run_id(1)]


def test_detects_restoring_of_a_run_before_the_listed_ones(store: RunStore) -> None:
    store.annotate([run_id(0)], {"deleted": True})
    assert find(store, LATEST) == [run_id(1)]
    say(store, 0, deleted=False)
    assert find(store, LATEST) == [run_id(0)]
    assert find(store, RunFilter(refs=(RunRef("1", position=1),))) == [run_id(0)]


def test_detects_deletion_behind_a_deleted_run(store: RunStore) -> None:
    store.annotate([run_id(3)], {"deleted": True})
    deleted = RunFilter(collection="deleted", limit=1)
    assert find(store, deleted) == [run_id(3)]
    say(store, 2, deleted=True)
    assert find(store, deleted) == [run_id(2)]


def test_detects_a_label_that_a_filter_matches(store: RunStore) -> None:
    say(store, 3, label="mine")
    assert find(store, RunFilter(where=(Term("mine"),), limit=1)) == [run_id(3)]


def test_detects_a_label_that_a_filter_counts(store: RunStore) -> None:
    say(store, 0, label="mine")
    say(store, 3, label="mine")
    with open_index(store) as opened:
        assert opened.find(RunFilter(where=(Term("mine"),), limit=1)).total == 2


def test_detects_restoring_of_a_referenced_run(store: RunStore) -> None:
    store.annotate([run_id(3)], {"deleted": True})
    total(store)
    say(store, 3, deleted=False)
    assert find(store, RunFilter(refs=(RunRef(run_id(3)),), limit=1)) == [run_id(3)]


def test_detects_attributes_changed_with_the_directory(store: RunStore) -> None:
    say(store, 3, deleted=True)
    make_run(store)
    assert total(store) == 4


def test_detects_the_start_of_a_staged_run(store: RunStore) -> None:
    id = make_run(store, id=run_id(9), started=EPOCH - 9_000_000, status="staged")
    assert find(store, RunFilter(statuses=("running",))) == []
    running = make_run(RunStore(store.root.parent / "other"), status="running")
    meta = store.root.parent / "other" / f"{running}.meta"
    (meta / "proc" / "lock").rename(store.root / f"{id}.meta" / "proc" / "lock")
    (meta / "started").rename(store.root / f"{id}.meta" / "started")
    assert find(store, RunFilter(statuses=("running",))) == [id]


def test_own_changes_need_no_listing(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.annotate([run_id(0)], {"label": "first"})
    total(store)

    def never(*_: object) -> None:
        raise AssertionError("The folder was listed")

    monkeypatch.setattr(freshness, "_compare_listing", never)
    store.annotate([run_id(0), run_id(2)], {"label": "mine"})
    assert find(store, RunFilter(where=(Term("mine", "label"),))) == [run_id(0), run_id(2)]
    store.purge(run_id(1), "sam")
    assert total(store) == 3
    monkeypatch.undo()


def test_lists_the_directory_after_ten_minutes(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.annotate([run_id(0)], {"label": "first"})
    total(store)
    before = change_log.read_dir_time(store.root)
    make_run(store, project="")  # by another tool, in the moment in which Gage writes
    change_log.record_changes(store.root, [run_id(0)], before)
    assert total(store) == 4
    later = time.time() + freshness.MAX_CHAIN_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert total(store) == 5


def test_reads_again_if_a_directory_time_is_recent(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_stamps, "RECENT_NS", 1_000_000_000)
    monkeypatch.setattr(change_log, "RECENT_NS", 3_000_000_000)
    make_run(store)
    total(store)
    with open_index(store) as opened:
        assert freshness.load_dir_state(opened._db) is None


def test_reads_again_if_a_state_change_is_recent(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_stamps, "RECENT_NS", 1_000_000_000)
    make_run(store)
    os.utime(store.root, ns=(1, 1))
    total(store)
    with open_index(store) as opened:
        folder = freshness.load_dir_state(opened._db)
        assert folder is not None
        assert folder.ctime == 0


def test_second_query_writes_nothing(store: RunStore) -> None:
    with open_index(store) as opened, open_index(store) as other:
        opened.find(RunFilter())
        version = other._db.execute("PRAGMA data_version").fetchone()
        opened.find(RunFilter())
        opened.find(RunFilter(where=(Term("x"),)))
        assert other._db.execute("PRAGMA data_version").fetchone() == version
