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
from gage.select.parse import parse_where
from gage.store import change_log
from gage.store.store import RunStore
from gage.types.filter import RunFilter, RunRef

EPOCH = 1_795_000_000_000_000
LATEST = RunFilter(limit=1)


@pytest.fixture(autouse=True)
def treat_times_as_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes each step look as if it came long after the previous one, and disables checks for stores of few runs."""
    monkeypatch.setattr(file_stamps, "RECENT_NS", -1)
    monkeypatch.setattr(change_log, "RECENT_NS", -1)
    monkeypatch.setattr(index, "MAX_CHECKED_RUNS", 0)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """Creates runs 0 (latest) to 3, each with a label, and indexes them."""
    store = RunStore(tmp_path / "runs")
    for number in range(4):
        make_run(store, id=build_run_id(number), started=EPOCH - number * 1_000_000, label=f"label {number}")
    assert count_runs(store) == 4
    return store


def build_run_id(number: int) -> str:
    return f"01a1ee56-{number:04x}-7000-8000-0000{number:08x}"


def find(store: RunStore, run_filter: RunFilter) -> list[str]:
    with open_index(store) as runs_index:
        return [run.id for run in runs_index.find(run_filter).runs]


def count_runs(store: RunStore) -> int:
    with open_index(store) as runs_index:
        return runs_index.find(LATEST).total


def write_change_file(store: RunStore, number: int, **change: object) -> None:
    """Writes a change into the directory of user attributes, which leaves the time of the store as it was."""
    file = store.root / f"{build_run_id(number)}.user" / f"{uuid7.generate()}.json"
    file.write_text(json.dumps({"author": "sam", "time": EPOCH, "set": change, "delete": []}))


def test_detects_a_run_despite_an_old_directory_time(store: RunStore) -> None:
    before = os.stat(store.root)
    make_run(store, project="")
    os.utime(store.root, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert count_runs(store) == 5


def test_detects_an_attribute_despite_an_old_directory_time(store: RunStore) -> None:
    folder = store.root / f"{build_run_id(0)}.user"
    before = os.stat(folder)
    write_change_file(store, 0, label="mine")
    os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert find(store, RunFilter(where=parse_where("label=mine"))) == [build_run_id(0)]


def test_detects_deletion_of_a_listed_run(store: RunStore) -> None:
    write_change_file(store, 0, deleted=True)
    assert find(store, LATEST) == [build_run_id(1)]


def test_detects_restoring_of_a_run_before_the_listed_ones(store: RunStore) -> None:
    store.annotate([build_run_id(0)], {"deleted": True})
    assert find(store, LATEST) == [build_run_id(1)]
    write_change_file(store, 0, deleted=False)
    assert find(store, LATEST) == [build_run_id(0)]
    assert find(store, RunFilter(refs=(RunRef("1", position=1),))) == [build_run_id(0)]


def test_detects_deletion_behind_a_deleted_run(store: RunStore) -> None:
    store.annotate([build_run_id(3)], {"deleted": True})
    deleted = RunFilter(collection="deleted", limit=1)
    assert find(store, deleted) == [build_run_id(3)]
    write_change_file(store, 2, deleted=True)
    assert find(store, deleted) == [build_run_id(2)]


def test_detects_a_label_that_a_filter_matches(store: RunStore) -> None:
    write_change_file(store, 3, label="mine")
    assert find(store, RunFilter(where=parse_where("mine"), limit=1)) == [build_run_id(3)]


def test_detects_a_label_that_a_filter_counts(store: RunStore) -> None:
    write_change_file(store, 0, label="mine")
    write_change_file(store, 3, label="mine")
    with open_index(store) as runs_index:
        assert runs_index.find(RunFilter(where=parse_where("mine"), limit=1)).total == 2


def test_detects_restoring_of_a_referenced_run(store: RunStore) -> None:
    store.annotate([build_run_id(3)], {"deleted": True})
    count_runs(store)
    write_change_file(store, 3, deleted=False)
    assert find(store, RunFilter(refs=(RunRef(build_run_id(3)),), limit=1)) == [build_run_id(3)]


def test_detects_attributes_changed_with_the_directory(store: RunStore) -> None:
    write_change_file(store, 3, deleted=True)
    make_run(store)
    assert count_runs(store) == 4


def test_detects_the_start_of_a_staged_run(store: RunStore) -> None:
    id = make_run(store, id=build_run_id(9), started=EPOCH - 9_000_000, status="staged")
    assert find(store, RunFilter(statuses=("running",))) == []
    running = make_run(RunStore(store.root.parent / "other"), status="running")
    meta = store.root.parent / "other" / f"{running}.meta"
    (meta / "proc" / "lock").rename(store.root / f"{id}.meta" / "proc" / "lock")
    (meta / "started").rename(store.root / f"{id}.meta" / "started")
    assert find(store, RunFilter(statuses=("running",))) == [id]


def test_own_changes_need_no_listing(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.annotate([build_run_id(0)], {"label": "first"})
    count_runs(store)

    def fail(*_: object) -> None:
        raise AssertionError("The directory was listed")

    monkeypatch.setattr(freshness, "_compare_listing", fail)
    store.annotate([build_run_id(0), build_run_id(2)], {"label": "mine"})
    assert find(store, RunFilter(where=parse_where("label=mine"))) == [build_run_id(0), build_run_id(2)]
    store.purge(build_run_id(1), "sam")
    assert count_runs(store) == 3
    monkeypatch.undo()


def test_lists_the_directory_after_ten_minutes(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.annotate([build_run_id(0)], {"label": "first"})
    count_runs(store)
    before = change_log.read_dir_time(store.root)
    make_run(store, project="")  # by another tool, while Gage writes
    change_log.record_changes(store.root, [build_run_id(0)], before)
    assert count_runs(store) == 4
    later = time.time() + freshness.MAX_CHAIN_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert count_runs(store) == 5


def test_reads_again_if_a_directory_time_is_recent(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_stamps, "RECENT_NS", 1_000_000_000)
    monkeypatch.setattr(change_log, "RECENT_NS", 3_000_000_000)
    make_run(store)
    count_runs(store)
    with open_index(store) as runs_index:
        assert freshness.load_dir_state(runs_index._db) is None


def test_reads_again_if_a_state_change_is_recent(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_stamps, "RECENT_NS", 1_000_000_000)
    make_run(store)
    os.utime(store.root, ns=(1, 1))
    count_runs(store)
    with open_index(store) as runs_index:
        folder = freshness.load_dir_state(runs_index._db)
        assert folder is not None
        assert folder.ctime == 0


def test_second_query_writes_nothing(store: RunStore) -> None:
    with open_index(store) as runs_index, open_index(store) as other:
        runs_index.find(RunFilter())
        version = other._db.execute("PRAGMA data_version").fetchone()
        runs_index.find(RunFilter())
        runs_index.find(RunFilter(where=parse_where("x")))
        assert other._db.execute("PRAGMA data_version").fetchone() == version
