"""An unusable index file causes no error; incomplete runs are ignored or listed as damaged."""

import multiprocessing
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import locate_index, make_run

from gage.index import database, location, snapshot, sync
from gage.index.index import open_index
from gage.store.store import RunStore
from gage.types.events import SilentEvents
from gage.types.filter import RunFilter

ALL_RUNS = RunFilter(limit=100)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    for number in range(3):
        make_run(tmp_path / "runs", config={"n": number}, label=f"run {number}")
    return RunStore(tmp_path / "runs")


def count_runs(store: RunStore) -> int:
    with open_index(store) as index:
        return index.find(ALL_RUNS).total


def is_on_disk(store: RunStore) -> bool:
    with open_index(store) as index:
        index.find(RunFilter())
        return database._read_path(index._db) != ""


def test_only_the_user_can_read_the_index(cache: Path, store: RunStore) -> None:
    umask = os.umask(0)
    try:
        assert count_runs(store) == 3
        with open_index(store) as index:
            index.find(RunFilter())
            files = [path for path in cache.rglob("*") if path.is_file()]
            assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    finally:
        os.umask(umask)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (cache, cache / "index")} == {0o700}


def test_locates_the_cache(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert location.find_cache_dir() == f"{home}/.cache/gage"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert str(location.find_cache_dir()).startswith(str(home))
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path))
    assert location.find_cache_dir() == str(tmp_path)


def test_two_paths_to_a_store_share_an_index(tmp_path: Path, store: RunStore) -> None:
    (tmp_path / "link").symlink_to(store.root)
    assert location.resolve_index_path(str(tmp_path / "link"), 1) == location.resolve_index_path(str(store.root), 1)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_replaces_a_file_that_is_not_an_index(cache: Path, store: RunStore, content: bytes) -> None:
    count_runs(store)
    locate_index(store).write_bytes(content)
    assert count_runs(store) == 3
    assert is_on_disk(store)


def test_replaces_a_damaged_index(cache: Path, store: RunStore) -> None:
    count_runs(store)
    path = locate_index(store)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\x55" * (len(data) - 4096))
    assert count_runs(store) == 3
    assert is_on_disk(store)


def test_replaces_an_index_damaged_while_open(cache: Path, store: RunStore) -> None:
    with open_index(store) as index:
        assert index.find(ALL_RUNS).total == 3
        with sqlite3.connect(locate_index(store)) as other:
            other.execute("DROP TABLE run")
        assert index.find(ALL_RUNS).total == 3


def test_replaces_an_index_of_another_version(cache: Path, store: RunStore) -> None:
    count_runs(store)
    with sqlite3.connect(locate_index(store)) as db:
        db.execute("PRAGMA user_version=999")
    assert count_runs(store) == 3
    assert is_on_disk(store)


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_does_not_wait_long_for_a_locked_index(
    cache: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT_SECONDS", 0.05)
    count_runs(store)
    db = sqlite3.connect(locate_index(store), isolation_level=None)
    db.execute(f"BEGIN {lock}")
    make_run(store)
    assert count_runs(store) == 4
    db.execute("ROLLBACK")
    db.close()
    assert is_on_disk(store)
    assert count_runs(store) == 4


def test_works_without_a_cache_directory(store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "file" / "cache"))
    assert count_runs(store) == 3
    monkeypatch.delenv("GAGE_CACHE")
    monkeypatch.setattr(location, "find_cache_dir", lambda: None)
    assert count_runs(store) == 3


def test_works_if_the_index_is_a_directory_or_link(cache: Path, store: RunStore, tmp_path: Path) -> None:
    path = locate_index(store)
    path.mkdir(parents=True)
    assert count_runs(store) == 3
    path.rmdir()
    path.symlink_to(tmp_path / "elsewhere")
    assert count_runs(store) == 3
    assert not (tmp_path / "elsewhere").exists()


def test_recreates_a_deleted_cache(cache: Path, store: RunStore) -> None:
    with open_index(store) as index:
        index.find(RunFilter())
        shutil.rmtree(cache)
        make_run(store)
        assert index.find(ALL_RUNS).total == 4
    assert count_runs(store) == 4


def test_detects_a_replaced_store(cache: Path, store: RunStore, tmp_path: Path) -> None:
    count_runs(store)
    store.root.rename(tmp_path / "old")
    make_run(store.root)
    assert count_runs(store) == 1


def test_detects_a_removed_store(cache: Path, store: RunStore) -> None:
    with open_index(store) as index:
        assert index.find(RunFilter()).total == 3
        shutil.rmtree(store.root)
        assert index.find(RunFilter()).total == 0


def test_ignores_an_incomplete_run(cache: Path, store: RunStore) -> None:
    id = make_run(store, status="staged")
    marker = store.root / f"{id}.meta" / "initialized"
    text = marker.read_text()
    marker.unlink()
    assert count_runs(store) == 3
    marker.write_text(text)
    assert count_runs(store) == 4


def test_updates_a_damaged_run_that_is_repaired(cache: Path, store: RunStore) -> None:
    id = make_run(store)
    path = store.root / f"{id}.meta.zip"
    data = path.read_bytes()
    path.write_bytes(data[:100])
    with open_index(store) as index:
        result = index.find(ALL_RUNS)
        assert [(run.id, run.status) for run in result.runs if run.damage] == [(id, "damaged")]
        path.write_bytes(data)
        assert [run for run in index.find(ALL_RUNS).runs if run.damage] == []


def test_metadata_directory_and_zip_are_one_run(cache: Path, store: RunStore) -> None:
    id = make_run(store, status="staged")
    shutil.copy(make_zip(store), store.root / f"{id}.meta.zip")
    assert count_runs(store) == 5


def make_zip(store: RunStore) -> Path:
    return store.root / f"{make_run(store)}.meta.zip"


def test_ignores_names_that_are_not_runs(cache: Path, store: RunStore) -> None:
    (store.root / "00000000-0000-7000-8000-000000000000\n.meta.zip").write_text("")
    (store.root / "x.meta.zip").write_text("")
    (store.root / f"{'é' * 36}.meta").mkdir()
    (store.root / os.fsdecode(b"\xff\xfe.user")).mkdir()
    (store.root / "01A1EE56-0000-7000-8000-000000000001.meta.zip").write_text("")
    assert count_runs(store) == 3


class ProgressRecorder(SilentEvents):
    def __init__(self) -> None:
        self.progress_calls: list[tuple[int, int]] = []

    def progress(self, what: str, done: int, total: int) -> None:
        self.progress_calls.append((done, total))


def test_reports_progress_of_filling(cache: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "MAX_RUNS_PER_TRANSACTION", 2)
    monkeypatch.setattr(snapshot, "MIN_RUNS_TO_FORK", 2)
    events = ProgressRecorder()
    with open_index(store, events) as index:
        runs = index.find(ALL_RUNS).runs
    assert events.progress_calls == [(2, 3), (3, 3)]
    assert sorted(run.id for run in runs) == sorted(store.list_ids())
    assert [run.label for run in runs] == [store.read(run.id).label for run in runs]


def test_replaces_an_index_with_text_that_is_not_utf_8(cache: Path, store: RunStore) -> None:
    with open_index(store) as index:
        index.find(ALL_RUNS)
        index._db.execute("UPDATE run SET id = CAST(x'303ff0' || substr(id, 4) AS TEXT)")
        assert sorted(run.id for run in index.find_lazily(ALL_RUNS).runs) == sorted(store.list_ids())
    assert is_on_disk(store)


def test_continues_interrupted_filling(cache: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class InterruptedEvents(SilentEvents):
        def progress(self, what: str, done: int, total: int) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(sync, "MAX_RUNS_PER_TRANSACTION", 2)
    with open_index(store, InterruptedEvents()) as index:
        with pytest.raises(KeyboardInterrupt):
            index.find(ALL_RUNS)
        assert index._db.execute("SELECT count(*) FROM run").fetchone() == (2,)
    assert count_runs(store) == 3


def query_often(root: Path, totals: "multiprocessing.Queue[int]") -> None:
    counts = [count_runs(RunStore(root)) for _ in range(10)]
    totals.put(counts[-1])


def label_often(root: Path, id: str) -> None:
    store = RunStore(root)
    for number in range(20):
        store.annotate([id], {"label": f"{os.getpid()} {number}"})
        make_run(store, run_dir=False)


@pytest.fixture
def processes() -> Iterator[list[multiprocessing.Process]]:
    started: list[multiprocessing.Process] = []
    yield started
    for process in started:
        process.join(60)
        assert process.exitcode == 0


def test_many_processes_fill_one_index(cache: Path, store: RunStore, processes: list[multiprocessing.Process]) -> None:
    fork = multiprocessing.get_context("fork")
    totals = fork.Queue()
    id = next(store.list_ids())
    for target, argument in [(query_often, totals), (label_often, id)] * 3:
        process = fork.Process(target=target, args=(store.root, argument))
        process.start()
        processes.append(process)
    for process in processes:
        process.join(60)
    assert all(0 < totals.get(timeout=5) <= 63 for _ in range(3))
    assert count_runs(store) == 63
    assert is_on_disk(store)
    with open_index(store) as index:
        runs = index.find(ALL_RUNS).runs
    assert runs == [store.read(run.id) for run in runs]
