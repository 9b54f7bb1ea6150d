"""Runs of programs with unusual behaviour."""

import os
import signal
import time
from types import SimpleNamespace

import pytest
from runs import is_alive
from waiting import wait_until

from gage.lib import uuid7
from gage.runner import process, runner
from gage.runner.stdio import UserStreams
from gage.types.errors import RunFailed

pytestmark = pytest.mark.measured


@pytest.fixture
def clock(project, monkeypatch):
    """The clock of a running process, which advances by an hour when the program prints something."""
    hours = []
    monkeypatch.setattr(process, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + 3600 * len(hours)))
    record = project.events.output

    def output(stream, data):
        record(stream, data)
        if not hours:
            hours.append(1)

    project.events.output = output


def test_kills_a_program_that_ignores_the_time_limit(project, clock, monkeypatch):
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.3)
    project.write(
        "train.py",
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\n"
        "time.sleep(60)\n",
    )
    run = project.run(max_time=60)
    assert (run.status, run.exit) == ("terminated", 143)
    assert project.lines(run) == [(1, b"deaf")]


def test_lets_a_program_save_at_its_time_limit(project, clock):
    project.write(
        "train.py",
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "try:\n    print('ready', flush=True)\n    time.sleep(60)\nfinally:\n    open('saved', 'w').close()\n",
    )
    run = project.run(max_time=60)
    assert (run.status, run.exit) == ("terminated", 143)
    assert (project.run_dir(run) / "saved").exists()


@pytest.mark.parametrize("failure", ["", "no such program"])
def test_delivers_a_signal_that_comes_while_the_program_is_started(project, monkeypatch, failure):
    def start(streams, command):
        program = start_program(streams, command)
        signal.raise_signal(signal.SIGTERM)
        if failure:
            program.kill()
            program.wait()
            raise RunFailed(failure, code=127)
        return program

    start_program = process.ProgramStreams.start
    monkeypatch.setattr(process.ProgramStreams, "start", start)
    project.write("train.py", "import time\ntime.sleep(60)\n")
    if failure:
        with pytest.raises(RunFailed, match="stopped before its program started"):
            project.run()
    else:
        project.run()
    assert (project.latest().status, project.latest().exit) == ("terminated", 143)


def test_does_not_wait_for_a_child_that_keeps_writing(project):
    project.write(
        "train.py",
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', "
        "'while True: print(\"x\" * 1000)'], stderr=subprocess.DEVNULL)\nprint(child.pid, file=sys.stderr)\n",
    )
    run = project.run()
    assert run.status == "completed"
    pid = int(project.events.streams[2])
    wait_until(lambda: not is_alive(pid))  # its output has no reader anymore


def test_accepts_a_program_that_closes_its_streams(project):
    project.write(
        "train.py",
        "import os, time\nprint('printed', flush=True)\nos.close(1)\nos.close(2)\ntime.sleep(0.3)\nos._exit(5)\n",
    )
    run = project.run()
    assert (run.status, run.exit) == ("error", 5)
    assert project.lines(run) == [(1, b"printed")]


def test_loses_no_output_when_readers_are_slow(project, clock):
    """The program ends long before the terminal has printed its output."""
    project.write("train.py", "import os\nfor i in range(16):\n    os.write(1, bytes([65 + i]) * 65535 + b'\\n')\n")
    record = project.events.output

    def output_slowly(stream, data):
        time.sleep(0.05)
        record(stream, data)

    project.events.output = output_slowly
    run = project.run()
    assert run.status == "completed"
    assert len(project.events.streams[1]) == 16 * 65536
    assert [line[:1] for _, line in project.lines(run)] == [bytes([65 + i]) for i in range(16)]


def test_forwards_other_signals(project):
    project.write(
        "train.py",
        "import signal, sys\ndef saved(*_):\n    print('saved')\n    sys.exit()\n"
        "signal.signal(signal.SIGUSR1, saved)\nprint('ready', flush=True)\nsignal.pause()\n",
    )
    process = project.spawn("run", "train.py")
    process.stdout.readline()
    process.send_signal(signal.SIGUSR1)
    output, _ = process.communicate(timeout=20)
    assert (process.returncode, output) == (0, b"saved\n")
    assert project.latest().status == "completed"


@pytest.mark.parametrize(
    "words, code, message",
    [
        (("./missing.sh",), 127, "Command not found"),
        (("./",), 126, "cannot be started"),
        (("x" * 300,), 126, "File name too long"),
        (("echo", "a" * 3_000_000), 126, "Argument list too long"),
    ],
    ids=["missing", "folder", "long name", "long arguments"],
)
def test_reports_commands_that_cannot_be_started(project, words, code, message):
    with pytest.raises(RunFailed) as error:
        project.run(command=words)
    assert message in error.value.message
    assert error.value.code == code
    run = project.latest()
    assert (run.status, run.exit, run.sealed) == ("error", code, True)


def test_rejects_a_nul_character_in_a_command(project):
    project.write("gage.toml", '[train]\nexec = ["echo", "a\\u0000b"]\n')
    with pytest.raises(RunFailed) as error:
        project.run("train")
    assert "NUL" in error.value.message
    assert project.latest().status == "error"


def test_removes_a_hook_script_after_use(project):
    project.write("gage.toml", "[train.exec]\nstage-runtime = '''#!/bin/sh -e\necho $0 $PWD'''\nrun = 'true'\n")
    run = project.run("train")
    (line,) = project.lines(run, "stage-runtime")
    script, folder = line[1].decode().split()
    assert folder == str(project.run_dir(run))
    assert not os.path.exists(script)
    with project.meta(run) as meta:
        assert not [name for name in meta.list_names() if name.startswith("script")]


def test_continues_when_output_cannot_be_stored(project):
    """The program removes the directory of its output while it runs."""
    project.write("train.py", "import os, shutil\nshutil.rmtree(os.environ['RUN_DIR'] + '.meta/output')\nprint('on')\n")
    run = project.run()
    assert project.events.streams[1] == b"on\n"
    assert run.status == "completed"


def test_starts_commands_in_their_directories(project):
    """The program starts in its `cwd`, which may have no files; hooks start in the run directory."""
    text = """
[train.exec]
stage-sourcecode = "pwd"
run = "pwd; echo $PWD"
"""
    project.write("gage.toml", text)
    plan = project.plan("train")._replace(cwd="deep/er")
    run = runner.run_plan(plan, project.store, uuid7.generate(), project.events, UserStreams())
    folder = str(project.run_dir(run)).encode()
    assert project.lines(run, "stage-sourcecode") == [(1, folder)]
    assert project.lines(run) == [(1, folder + b"/deep/er")] * 2
