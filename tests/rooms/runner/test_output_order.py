"""Standard output and standard error are shown and stored in the order in which the program wrote them."""

import os
import re
import signal
import time

import psutil
import pytest
from runs import wait_for_exit

from gage.runner import process
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


def test_keeps_the_order_of_writes_while_output_is_shown_slowly(project):
    """Gage shows nothing for longer than the program runs: another process reads."""
    project.write("train.py", ALTERNATE.replace("0.05", "0.01"))
    shown = []
    project.events.output = lambda stream, data: (time.sleep(0 if shown else 1), shown.append(data.strip()))
    run = project.run()
    assert shown == IN_ORDER
    assert [line for _, line in project.lines(run)] == IN_ORDER


def test_reads_without_a_second_process(project, monkeypatch):
    def refuse():
        raise BlockingIOError("too many processes")

    monkeypatch.setattr(os, "fork", refuse)
    project.write("train.py", ALTERNATE)
    run = project.run()
    assert [line for _, line in project.lines(run)] == IN_ORDER


KILL_READER = """\
import os, psutil, time
for process in psutil.Process(os.getppid()).children():
    if process.pid != os.getpid():
        process.kill()
        process.wait(20)
os.write(1, b"a\\n")
time.sleep(0.2)
os.write(2, b"b\\n")
"""


def test_continues_when_the_reading_process_is_killed(project):
    project.write("train.py", KILL_READER)
    run = project.spawn("run", "train.py", "--yes")
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (0, b"a\n")
    assert b"b\n" in err
    assert b"some output may be missing" in err
    assert [line for _, line in project.lines(project.latest())] == [b"a", b"b"]
    assert "some output may be missing" in project.read(project.latest(), "log/runner")


def test_ends_the_reading_process_when_gage_is_killed(project):
    project.write("train.py", "import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    gage = project.spawn("run", "train.py", "--yes")
    assert gage.stdout.readline() == b"begun\n"
    program, reader = sorted(
        psutil.Process(gage.pid).children(), key=lambda each: each.cmdline()[1:3] == ["-m", "gage"]
    )
    os.kill(gage.pid, signal.SIGKILL)
    gage.communicate(timeout=20)
    reader.wait(20)
    program.kill()


def test_says_that_output_of_processes_that_go_on_is_not_recorded(project):
    project.write(
        "train.py", "import subprocess\nsubprocess.Popen(['sh', '-c', 'echo a; sleep 0.1; echo b; sleep 30'])\n"
    )
    run = project.run()
    assert [line for _, line in project.lines(run)] == [b"a", b"b"]
    assert any("their output is not recorded" in notice for notice in project.events.notices)
    assert "their output is not recorded" in project.read(run, "log/runner")


@pytest.mark.parametrize("has_reader", [True, False])
def test_reads_all_that_an_ended_program_left_however_late(project, monkeypatch, has_reader):
    """Both pipes are full, and the time to wait for other processes is over at once: the end is seen nevertheless."""
    if not has_reader:
        monkeypatch.setattr(os, "fork", lambda: (_ for _ in ()).throw(BlockingIOError()))
    monkeypatch.setattr(process, "DRAIN_SECONDS", -1)
    monkeypatch.setattr(ProcessPump, "_follow", lambda pump: pump.process.wait())
    size = 1 << 20
    project.write("train.py", f"import os\nos.write(1, b'a' * {size})\nos.write(2, b'b' * {size})\n")
    run = project.run()
    assert sum(len(line) for _, line in project.lines(run)) == 2 * size
    assert project.events.notices == []
