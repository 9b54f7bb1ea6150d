"""Standard output and standard error are shown and stored in the order in which the program wrote them."""

import os
import re
import time

import pytest
from runs import wait_for_exit

from gage.runner.process import ProcessPump
from gage.runner.stream_watcher import StreamWatcher

ALTERNATE = """\
import os, time
for number in range(30):
    os.write(1 + number % 2, b"%d\\n" % number)
    time.sleep(0.05)
"""
IN_ORDER = [b"%d" % number for number in range(30)]


@pytest.fixture
def streams():
    """The reading and writing ends of two pipes."""
    pipes = [os.pipe() for _ in range(2)]
    for read, _ in pipes:
        os.set_blocking(read, False)
    yield pipes
    for read, write in pipes:
        os.close(read)
        os.close(write)


@pytest.mark.parametrize("first", [0, 1])
def test_returns_streams_in_the_order_of_their_writes(streams, first):
    watcher = StreamWatcher([read for read, _ in streams])
    for _ in range(3):
        for index in (first, 1 - first):
            os.write(streams[index][1], b"x")
        watcher.wait(1)
        readable = watcher.take_readable()
        assert readable == [streams[first][0], streams[1 - first][0]]
        for fd in readable:
            os.read(fd, 10)
    assert not watcher.has_readable()
    watcher.close()


def test_returns_a_stream_again_that_was_not_read_to_its_end(streams):
    (out, write_out), (err, write_err) = streams
    watcher = StreamWatcher([out, err])
    os.write(write_out, b"many")
    watcher.wait(1)
    assert watcher.take_readable() == [out]
    watcher.add_unread(out)
    os.write(write_err, b"x")
    watcher.wait(1)
    assert watcher.take_readable() == [out, err]
    watcher.close()


def test_keeps_the_order_of_writes_to_pipes(project):
    project.write("train.py", ALTERNATE)
    shown = []
    project.events.output = lambda stream, data: shown.append(data.strip())
    run = project.run()
    assert shown == IN_ORDER
    assert [line for _, line in project.lines(run)] == IN_ORDER


def test_keeps_the_order_of_writes_although_gage_is_late(project, monkeypatch):
    """Standard error is written first, standard output while Gage is busy with it."""
    project.write("train.py", "import os\nos.write(2, b'a\\n')\nos.write(1, b'b\\n')\n")
    tick, waited = ProcessPump._grab_keyboard, []
    monkeypatch.setattr(ProcessPump, "_grab_keyboard", lambda pump: (time.sleep(0.5), waited.append(1), tick(pump)))
    run = project.run()
    assert waited
    assert [line for _, line in project.lines(run)] == [b"a", b"b"]


def test_keeps_the_order_of_writes_to_a_terminal(project):
    project.write("train.py", ALTERNATE)
    child = project.spawn_on_terminal("run", "train.py", "--yes")
    wait_for_exit(child)
    assert re.findall(rb"^(\d+)\r?$", child.before, re.MULTILINE) == IN_ORDER
    assert [line for _, line in project.lines(project.latest())] == IN_ORDER
