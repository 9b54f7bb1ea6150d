"""The status of a run follows from its files and its lock."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import make_run

from gage.lib import processes
from gage.store.status import MAX_HEARTBEAT_AGE_US, Lock, compute_status, is_live
from gage.store.store import RunStore

NOW = 1_795_424_880_000_000


@pytest.mark.parametrize(
    ("exit", "status"),
    [
        (0, "completed"),
        (1, "error"),
        (None, "error"),
        (255, "error"),
        *((code, "terminated") for code in (-1, -2, -9, -15, 129, 130, 137, 143)),
        (-11, "error"),
    ],
)
def test_status_of_a_stopped_run(exit, status):
    marks = {"initialized", "staged", "started", "stopped"}
    assert compute_status(marks, exit, None, NOW) == status
    assert compute_status(marks, exit, Lock.for_process(os.getpid()), NOW) == status


def test_status_of_a_run_that_did_not_stop():
    own_lock = Lock.for_process(os.getpid())
    assert compute_status({"initialized", "staged", "started"}, None, own_lock, NOW) == "running"
    assert compute_status({"initialized"}, None, own_lock, NOW) == "pending"
    assert compute_status({"initialized", "staged"}, None, own_lock, NOW) == "pending"
    assert compute_status({"initialized", "staged"}, None, None, NOW) == "staged"
    assert compute_status({"initialized"}, None, None, NOW) == "terminated"
    assert compute_status({"initialized", "staged", "started"}, None, None, NOW) == "terminated"


def test_lock_of_an_ended_process_is_not_live():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    lock = Lock.for_process(child.pid)
    assert is_live(lock, NOW)
    child.communicate(b"\n")
    assert not is_live(lock, NOW)


def test_lock_is_not_live_for_a_reused_process_id():
    own_lock = Lock.for_process(os.getpid())
    assert is_live(own_lock, NOW)
    assert not is_live(own_lock._replace(start=own_lock.start - 5), NOW)
    assert not is_live(own_lock._replace(boot="another"), NOW)
    assert not is_live(own_lock._replace(pid=-1), NOW)
    assert not is_live(own_lock._replace(pid=2**40), NOW)


def test_ignores_process_ids_of_another_host():
    other_lock = Lock.for_process(os.getpid())._replace(host="elsewhere")
    assert not is_live(other_lock, NOW)
    assert is_live(other_lock._replace(heartbeat=NOW - MAX_HEARTBEAT_AGE_US + 1), NOW)
    assert not is_live(other_lock._replace(heartbeat=NOW - MAX_HEARTBEAT_AGE_US), NOW)
    assert not is_live(other_lock._replace(heartbeat=NOW + MAX_HEARTBEAT_AGE_US), NOW)
    assert not is_live(Lock.for_process(os.getpid())._replace(boot="another", heartbeat=NOW), NOW)


def test_heartbeat_of_another_host_is_its_file_time(tmp_path):
    store = RunStore(tmp_path)
    lock = Lock.for_process(os.getpid())._replace(host="elsewhere")
    id = make_run(store, status="running", members={"proc/lock": lock.format()})
    assert store.read(id).status == "running"
    os.utime(store.get_paths(id).meta_dir / "proc" / "heartbeat", (1e9, 1e9))
    assert store.read(id).status == "terminated"


@given(
    st.binary(max_size=80)
    | st.sampled_from([b"1234", b"{}", b'{"host": 1, "boot": 2, "pid": "x", "start": 1}', b"null"])
)
def test_ignores_an_invalid_lock(data):
    assert Lock.parse(data, None) is None


def test_reads_back_a_lock():
    own_lock = Lock.for_process(os.getpid())
    assert Lock.parse(own_lock.format(), 5) == own_lock._replace(heartbeat=5)
    assert Lock.parse(None, 5) is None
    assert own_lock.host == processes.read_host_id()
    assert Lock.parse(b'{"host": "h", "boot": "b", "pid": 1e999, "start": 1}', None) is None
