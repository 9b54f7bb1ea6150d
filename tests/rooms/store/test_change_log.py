"""A reader of the change log never misses a change, whoever made it."""

import os
import subprocess
import sys
import threading
import time

import pytest
from nobody import as_nobody, open_folder
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


def settle(root):
    """Make the folder's last change old enough to be told from the next one."""
    os.utime(root, ns=(0, time.time_ns() - 60 * 10**9))


def position(store):
    settle(store.root)
    found = change_log.read_changes(store.root, None).position
    assert found is not None
    return found


def own_change(store, id):
    store.annotate([id], {"label": str(time.time_ns())}, author="sam")


def test_the_first_look_tells_nothing_and_gives_a_position(store):
    settle(store.root)
    found = change_log.read_changes(store.root, None)
    assert (found.is_complete, found.ids) == (False, frozenset())
    again = change_log.read_changes(store.root, found.position)
    assert (again.is_complete, again.ids) == (True, frozenset())


def test_own_changes_are_told_by_id(store):
    ids = [make_run(store), make_run(store)]
    at = position(store)
    own_change(store, ids[0])
    found = change_log.read_changes(store.root, at)
    assert (found.is_complete, found.ids) == (True, {ids[0]})
    own_change(store, ids[0])
    own_change(store, ids[1])
    later = change_log.read_changes(store.root, found.position)
    assert (later.is_complete, later.ids) == (True, set(ids))
    assert change_log.read_changes(store.root, later.position).ids == frozenset()


@pytest.mark.parametrize("how", ["add", "remove", "rename", "replace"])
def test_what_another_tool_does_breaks_the_chain(store, how):
    id = make_run(store)
    other = make_run(store)
    at = position(store)
    own_change(store, id)
    path = store.get_paths(other).meta_zip
    if how == "add":
        (store.root / f"{uuid7.generate()}.meta.zip").write_bytes(b"x")
    elif how == "remove":
        path.unlink()
    elif how == "rename":
        path.rename(store.root / "elsewhere")
    else:
        (store.root / ".new").write_bytes(b"x")
        (store.root / ".new").rename(path)
    own_change(store, id)
    assert not change_log.read_changes(store.root, at).is_complete


def test_a_foreign_change_right_before_or_after_an_own_one_is_not_missed(store):
    id = make_run(store)
    for first in (True, False):
        at = position(store)
        for foreign in (first, not first):
            if foreign:
                (store.root / uuid7.generate()).mkdir()
            else:
                own_change(store, id)
        assert not change_log.read_changes(store.root, at).is_complete


def test_a_foreign_change_in_the_same_tick_as_the_look_is_not_missed(store):
    (store.root / uuid7.generate()).mkdir()
    found = change_log.read_changes(store.root, None)
    assert found.position is None


def test_many_writers_at_once(store):
    ids = [make_run(store, run_dir=False) for _ in range(3)]
    at = position(store)
    code = (
        "import sys; from pathlib import Path; from gage.store.store import RunStore\n"
        "for n in range(10): RunStore(Path(sys.argv[1])).annotate([sys.argv[2]], {'label': str(n)}, author='x')"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, store.root, id]) for id in ids]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    found = change_log.read_changes(store.root, at)
    assert found.ids == set(ids) or not found.is_complete
    assert [store.read(id).label for id in ids] == ["9", "9", "9"]


def test_a_reader_beside_a_writer_sees_each_change_or_looks_for_itself(store):
    id = make_run(store, run_dir=False)
    at = position(store)
    stop = threading.Event()
    count = 0

    def write():
        nonlocal count
        while not stop.is_set():
            make_run(store, run_dir=False)
            own_change(store, id)
            count += 1

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(30):
        before = count
        found = change_log.read_changes(store.root, at)
        if found.is_complete and before:
            assert id in found.ids
    stop.set()
    writer.join()
    assert not change_log.read_changes(store.root, at).is_complete  # make_run notes nothing: it is a foreign tool here


def test_a_log_that_grew_too_long_is_replaced_and_noticed(store):
    id = make_run(store)
    own_change(store, id)
    at = position(store)
    log = store.root / CHANGE_LOG
    log.write_bytes(log.read_bytes() + b"x\n" * (change_log.MAX_LOG_BYTES // 2))
    own_change(store, id)
    assert log.stat().st_size < 1000
    assert not change_log.read_changes(store.root, at).is_complete
    at = position(store)
    own_change(store, id)
    assert change_log.read_changes(store.root, at).is_complete


def test_a_log_that_went_away_is_noticed(store):
    id = make_run(store)
    own_change(store, id)
    at = position(store)
    (store.root / CHANGE_LOG).unlink()
    settle(store.root)
    assert not change_log.read_changes(store.root, at).is_complete


@pytest.mark.parametrize(
    "text",
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
def test_a_log_with_noise_in_it_makes_the_reader_look_for_itself(store, text):
    own_change(store, make_run(store))
    at = position(store)
    with open(store.root / CHANGE_LOG, "ab") as log:
        log.write(text)
    assert not change_log.read_changes(store.root, at).is_complete


def test_a_log_that_is_a_link_or_a_pipe_is_not_touched(store, tmp_path):
    id = make_run(store)
    (tmp_path / "mine").write_text("mine")
    (store.root / CHANGE_LOG).symlink_to(tmp_path / "mine")
    at = position(store)
    own_change(store, id)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not change_log.read_changes(store.root, at).is_complete
    (store.root / CHANGE_LOG).unlink()
    os.mkfifo(store.root / CHANGE_LOG)
    assert not change_log.read_changes(store.root, at).is_complete
    own_change(store, id)
    assert store.read(id).label


def test_a_user_who_may_not_write_the_log_breaks_the_chain():
    with open_folder() as folder:
        store = RunStore(folder / "runs")
        id = make_run(store, project="")
        own_change(store, id)
        at = position(store)
        store.root.chmod(0o777)
        store.get_paths(id).user_dir.chmod(0o777)
        (store.root / CHANGE_LOG).chmod(0o444 if os.geteuid() else 0o644)
        as_nobody(lambda: change_log.record_changes(store.root, [id], change_log.read_dir_time(store.root)))
        assert not change_log.read_changes(store.root, at).is_complete


def test_a_store_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(OSError):
        change_log.read_changes(tmp_path / "none", None)


def test_the_last_position_still_holds_after_a_copy_of_the_store(store, tmp_path):
    own_change(store, make_run(store))
    at = position(store)
    subprocess.run(["cp", "-a", store.root, tmp_path / "copy"], check=True)
    assert not change_log.read_changes(tmp_path / "copy", at).is_complete
