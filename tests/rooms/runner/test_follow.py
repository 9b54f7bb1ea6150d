"""Following a run: output is passed on while it is written, each line once and unchanged."""

import os
import signal
import threading

import pytest
from runs import Recorder, is_alive
from waiting import wait_for_file_source, wait_until

from gage.runner.follow import follow_output
from gage.runner.stop import stop_run
from gage.types.errors import RunFailed

pytestmark = pytest.mark.measured


def start_run(project, *arguments, **options):
    process = project.spawn("run", *arguments, **options)
    wait_until(lambda: any(project.store.read(id).status == "running" for id in project.store.list_ids()))
    return process


class Follower(Recorder):
    """Records output, and creates `file` as soon as a stream ends with `text`."""

    def __init__(self, *files):
        super().__init__()
        self._files = dict(files)

    def output(self, stream, data):
        super().output(stream, data)
        for text, file in self._files.items():
            if self.streams[stream].endswith(text):
                file.touch()


def test_shows_all_output_in_order(project):
    """Covers fast and slow output, long lines, both streams, and bytes that are not text."""
    begun_file, half_file = project.dir / "begun", project.dir / "half"
    project.write(
        "train.py",
        f"""\
import os, time
out, err = (lambda data: os.write(1, data)), (lambda data: os.write(2, data))
out(b"begun\\n")
{wait_for_file_source(begun_file)}
for i in range(20000):
    out(b"line %d\\n" % i)
out(b"y" * 200000 + b"\\n")
err(b"warning \\xff\\n")
out(b"half ")
{wait_for_file_source(half_file)}
out(b"whole\\n")
out(b"no end")
""",
    )
    with open(project.dir / "output", "wb") as output_file:
        process = start_run(project, "train.py", stdout=output_file)
        events = Follower((b"begun\n", begun_file), (b"half ", half_file))
        run = follow_output(project.store, project.latest().id, events)
        process.communicate(timeout=60)
    assert run.status == "completed"
    assert events.streams[1] == (project.dir / "output").read_bytes()
    assert events.streams[2] == b"warning \xff\n"


def test_shows_progress_again_when_it_changes(project):
    go_file = project.dir / "go"
    project.write(
        "train.py",
        "import os, time\nos.write(2, b'\\r  0%')\n"
        + wait_for_file_source(go_file)
        + "os.write(2, b''.join(b'\\r%3d%%' % i for i in range(100)))\nos.write(2, b'\\r100%\\n')\n",
    )
    process = start_run(project, "train.py")
    events = Follower((b"  0%", go_file))
    follow_output(project.store, project.latest().id, events)
    process.communicate(timeout=60)
    assert events.streams[2].endswith(b"\r100%\n")
    assert 2 <= events.streams[2].count(b"%") <= 3  # not each state between two reads


def test_shows_output_of_a_finished_run(project):
    project.write("train.py", "import sys\nprint('a')\nprint('b', file=sys.stderr)\n")
    run = project.run()
    events = Recorder()
    assert follow_output(project.store, run.id, events).status == "completed"
    assert events.streams == {1: b"a\n", 2: b"b\n"}


def test_shows_output_after_gage_was_killed(project):
    project.write("train.py", "import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    process = start_run(project, "train.py")
    process.stdout.readline()
    events = Recorder()
    run = project.latest()
    thread = threading.Thread(target=follow_output, args=(project.store, run.id, events))
    thread.start()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    stop_run(project.store, project.store.read(run.id))
    thread.join(20)
    assert not thread.is_alive()
    assert events.streams[1] == b"ready\n"


def test_stops_a_program_after_gage_was_killed(project):
    project.write("train.py", "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n")
    process = start_run(project, "train.py")
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate()
    run = project.latest()
    assert run.status == "running"
    assert is_alive(pid)
    notices = []
    assert stop_run(project.store, run, notice=notices.append).status == "terminated"
    assert notices == [f"Run {run.name} had ended without Gage: stopped a process that was left of its program"]
    assert not is_alive(pid)
    with pytest.raises(RunFailed):
        stop_run(project.store, run)


def test_cannot_stop_a_run_on_another_machine(project):
    project.write("train.py", "pass\n")
    staged = project.stage()
    meta = project.store.get_paths(staged.id).meta_dir
    (meta / "started").write_text("1")
    (meta / "proc/lock").write_text(f'{{"host": "elsewhere", "boot": "x", "pid": {os.getpid()}, "start": 1.0}}')
    (meta / "proc/heartbeat").write_text("")
    run = project.store.read(staged.id)
    assert run.status == "running"
    with pytest.raises(RunFailed) as error:
        stop_run(project.store, run)
    assert "runs on another machine: elsewhere" in error.value.message
