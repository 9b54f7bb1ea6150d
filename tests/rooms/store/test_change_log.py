"""A reader of the change log never misses a change by any process."""

import os
import subprocess
import sys
import threading
import time

import pytest
from nobody import as_nobody, readable_directory
from stores import make_run

from gage.lib import uuid7
from gage.store import change_log
from gage.store.layout import CHANGE_LOG
from gage.store.store import RunStore


@pytest.fixture
def store(tmp_path):
    store = RunStore(tmp_path / "runs")
    store.ensure_exists()
    return store


def age_directory(root):
    """Makes the last change of a directory old enough to differ from the next one."""
    os.utime(root, ns=(0, time.time_ns() - 60 * 10**9))


def read_position(store):
    age_directory(store.root)
    position = change_log.read_changes(store.root, None).position
    assert position is not None
    return position


def change_label(store, id):
    store.annotate([id], {"label": str(time.time_ns())}, author="sam")


def test_first_read_returns_a_position_without_changes(store):
    age_directory(store.root)
    first = change_log.read_changes(store.root, None)
    assert (first.is_complete, first.ids) == (False, frozenset())
    second = change_log.read_changes(store.root, first.position)
    assert (second.is_complete, second.ids) == (True, frozenset())


def test_returns_ids_of_own_changes(store):
    ids = [make_run(store), make_run(store)]
    since = read_position(store)
    change_label(store, ids[0])
    first = change_log.read_changes(store.root, since)
    assert (first.is_complete, first.ids) == (True, {ids[0]})
    change_label(store, ids[0])
    change_label(store, ids[1])
    second = change_log.read_changes(store.root, first.position)
    assert (second.is_complete, second.ids) == (True, set(ids))
    assert change_log.read_changes(store.root, second.position).ids == frozenset()


@pytest.mark.parametrize("change", ["add", "remove", "rename", "replace"])
def test_detects_a_change_by_another_tool(store, change):
    id = make_run(store)
    other = make_run(store)
    since = read_position(store)
    change_label(store, id)
    path = store.get_paths(other).meta_zip
    if change == "add":
        (store.root / f"{uuid7.generate()}.meta.zip").write_bytes(b"x")
    elif change == "remove":
        path.unlink()
    elif change == "rename":
        path.rename(store.root / "elsewhere")
    else:
        (store.root / ".new").write_bytes(b"x")
        (store.root / ".new").rename(path)
    change_label(store, id)
    assert not change_log.read_changes(store.root, since).is_complete


def test_detects_a_foreign_change_beside_an_own_one(store):
    id = make_run(store)
    for first in (True, False):
        since = read_position(store)
        for foreign in (first, not first):
            if foreign:
                (store.root / uuid7.generate()).mkdir()
            else:
                change_label(store, id)
        assert not change_log.read_changes(store.root, since).is_complete


def test_detects_a_foreign_change_in_the_same_clock_tick(store):
    (store.root / uuid7.generate()).mkdir()
    changes = change_log.read_changes(store.root, None)
    assert changes.position is None


def test_many_writers_change_one_store(store):
    ids = [make_run(store, run_dir=False) for _ in range(3)]
    since = read_position(store)
    code = (
        "import sys; from pathlib import Path; from gage.store.store import RunStore\n"
        "for n in range(10): RunStore(Path(sys.argv[1])).annotate([sys.argv[2]], {'label': str(n)}, author='x')"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, store.root, id]) for id in ids]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    changes = change_log.read_changes(store.root, since)
    assert changes.ids == set(ids) or not changes.is_complete
    assert [store.read(id).label for id in ids] == ["9", "9", "9"]


def test_reader_sees_each_change_of_a_concurrent_writer(store):
    id = make_run(store, run_dir=False)
    since = read_position(store)
    stop = threading.Event()
    count = 0

    def write():
        nonlocal count
        while not stop.is_set():
            make_run(store, run_dir=False)
            change_label(store, id)
            count += 1

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(30):
        before = count
        changes = change_log.read_changes(store.root, since)
        if changes.is_complete and before:
            assert id in changes.ids
    stop.set()
    writer.join()
    assert not change_log.read_changes(store.root, since).is_complete  # make_run records no change, as a foreign tool


def test_replaces_a_long_log(store):
    id = make_run(store)
    change_label(store, id)
    since = read_position(store)
    log = store.root / CHANGE_LOG
    log.write_bytes(log.read_bytes() + b"x\n" * (change_log.MAX_LOG_BYTES // 2))
    change_label(store, id)
    assert log.stat().st_size < 1000
    assert not change_log.read_changes(store.root, since).is_complete
    since = read_position(store)
    change_label(store, id)
    assert change_log.read_changes(store.root, since).is_complete


def test_detects_a_removed_log(store):
    id = make_run(store)
    change_label(store, id)
    since = read_position(store)
    (store.root / CHANGE_LOG).unlink()
    age_directory(store.root)
    assert not change_log.read_changes(store.root, since).is_complete


@pytest.mark.parametrize(
    "line",
    [
        b"noise\n",
        b"../../etc 1 2\n",
        b"\xff\xfe\n",
        b"01a207a9-83e5-717a-8c01-c651a23fbbde 5\n",
        b"01a207a9-83e5-717a-8c01-c651a23fbbde " + b"9" * 5000 + b" 1\n",
        b"01a207a9-83e5-717a-8c01-c651a23fbbde 1 1",
        b"01a207a9-83e5-717a-8c01-c651a23fbbde 1 2\n",
        b"01a207a9-83e5-717a-8c01-c651a23fbbde \xc2\xb2 1\n",
    ],
)
def test_detects_a_broken_log(store, line):
    change_label(store, make_run(store))
    since = read_position(store)
    with open(store.root / CHANGE_LOG, "ab") as log:
        log.write(line)
    assert not change_log.read_changes(store.root, since).is_complete


def test_does_not_touch_a_log_that_is_a_link_or_pipe(store, tmp_path):
    id = make_run(store)
    (tmp_path / "mine").write_text("mine")
    (store.root / CHANGE_LOG).symlink_to(tmp_path / "mine")
    since = read_position(store)
    change_label(store, id)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not change_log.read_changes(store.root, since).is_complete
    (store.root / CHANGE_LOG).unlink()
    os.mkfifo(store.root / CHANGE_LOG)
    assert not change_log.read_changes(store.root, since).is_complete
    change_label(store, id)
    assert store.read(id).label


def test_detects_changes_by_a_user_who_cannot_write_the_log():
    with readable_directory() as folder:
        store = RunStore(folder / "runs")
        id = make_run(store, project="")
        change_label(store, id)
        since = read_position(store)
        store.root.chmod(0o777)
        store.get_paths(id).user_dir.chmod(0o777)
        (store.root / CHANGE_LOG).chmod(0o444 if os.geteuid() else 0o644)
        as_nobody(lambda: change_log.record_changes(store.root, [id], change_log.read_dir_time(store.root)))
        assert not change_log.read_changes(store.root, since).is_complete


def test_reports_a_missing_store(tmp_path):
    with pytest.raises(OSError):
        change_log.read_changes(tmp_path / "none", None)


def test_position_is_valid_after_copying_the_store(store, tmp_path):
    change_label(store, make_run(store))
    since = read_position(store)
    subprocess.run(["cp", "-a", store.root, tmp_path / "copy"], check=True)
    assert not change_log.read_changes(tmp_path / "copy", since).is_complete
