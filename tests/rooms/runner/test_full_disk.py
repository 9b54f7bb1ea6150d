"""A full disk during a run: the program continues, the user is notified once, and the store is valid."""

import os
import re
import subprocess
import sys

import pytest
from runs import Project

from gage.lib import uuid7
from gage.runner import runner
from gage.runner.stdio import UserStreams
from gage.store.check import check_run
from gage.store.store import RunStore
from gage.types.errors import GageError

WRITE_MUCH = "import os\nfor i in range(4000):\n    os.write(1, b'x' * 1023 + b'\\n')\n"
FILL = """\
import errno, os
try:
    with open("big", "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
except OSError as e:
    assert e.errno == errno.ENOSPC
"""


@pytest.fixture
def project(tmp_path):
    """A project whose store is on a small disk of its own."""
    project = Project(tmp_path)
    root = project.store.root
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", root]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("A small disk cannot be mounted here")
    project.store = RunStore(root / "runs")
    yield project
    subprocess.run(["umount", root], check=True)


def test_survives_output_that_fills_the_disk(project):
    project.write("train.py", WRITE_MUCH + "open('x', 'w').close()\nraise SystemExit(3)\n")
    run = project.run()
    assert project.events.streams[1] == (b"x" * 1023 + b"\n") * 4000
    assert (run.status, run.exit) == ("error", 3)
    assert any("no longer stored, but the program continues" in notice for notice in project.events.notices)
    assert len([n for n in project.events.notices if "no longer stored" in n]) == 1
    stored_lines = [line for line in project.lines(run) if line == (1, b"x" * 1023)]
    assert 1000 < len(stored_lines) < 4000
    missing = (4000 - len(stored_lines)) * 1024
    assert project.read(run, "output/run.missing") == str(missing)
    cuts = [re.findall(rb"output cut: (\d+) bytes", line) for _, line in project.lines(run)]
    assert sum(int(number) for numbers in cuts for number in numbers) == missing


FREE_AND_GO_ON = """\
import os, time
deadline = time.monotonic() + 60
while not os.path.exists(SHOWN):
    time.sleep(0.01)
os.remove("big")
while b"missing" not in open(os.environ["RUN_DIR"] + ".meta/output/run", "rb").read():
    assert time.monotonic() < deadline
    time.sleep(0.05)
os.write(1, b"last\\n")
"""


def test_stores_output_again_when_space_is_free(project):
    """The program frees space when Gage has tried to store its output, which the file "shown" says."""
    shown = project.dir / "shown"
    collect = project.events.output
    project.events.output = lambda stream, data: (collect(stream, data), shown.touch())
    project.write("train.py", f"SHOWN = {str(shown)!r}\n{FILL}" + "os.write(1, b'lost\\n' * 2000)\n" + FREE_AND_GO_ON)
    run = project.run()
    assert project.events.streams[1] == b"lost\n" * 2000 + b"last\n"
    assert run.status == "completed"
    lines = [data for _, data in project.lines(run)]
    assert lines[-1] == b"last"
    gap = next(line for line in lines if b"output cut" in line)
    lost = 5 * (2000 - lines.count(b"lost"))
    assert gap == b"[gage: output cut: %d bytes missing]" % lost
    assert project.read(run, "output/run.missing") == str(lost)
    assert f"Output of run cut: {lost} bytes missing" in project.read(run, "log/runner")
    assert check_run(project.store, run.id).problems == (f"Output cut: {lost:,} bytes missing",)
    assert f"Output is stored again: {lost:,} bytes are missing" in project.events.notices
    env = {**os.environ, "GAGE_RUNS": str(project.store.root)}
    assert f"Output cut: {lost:,} bytes missing".encode() in project.gage("show", env=env).stdout
    assert b"output cut" in project.gage("cat", "--output", env=env).stdout


def test_keeps_the_exit_code_of_a_program_that_fills_the_disk(project):
    wait_source = "while not open(os.environ['RUN_DIR'] + '.meta/output/run').read(): time.sleep(0.01)\n"
    project.write("train.py", f"import os, time\nprint('begun', flush=True)\n{wait_source}{FILL}print('done')\n")
    run = project.run()
    assert project.events.streams[1] == b"begun\ndone\n"
    assert (run.status, run.exit) == ("completed", 0)
    assert b"begun" in [line for _, line in project.lines(run)]
    assert list(project.store.list_ids()) == [run.id]


def test_seals_the_run_when_space_is_free_again(project):
    project.write("train.py", FILL + WRITE_MUCH)
    run = project.run()
    assert run.status == "completed"
    (project.run_dir(run) / "big").unlink()
    assert project.gage("check", "--repair", env={**os.environ, "GAGE_RUNS": str(project.store.root)}).returncode == 0
    repaired = project.store.read(run.id)
    assert (repaired.status, repaired.sealed) == ("completed", True)
    assert check_run(project.store, run.id).problems == ("Output cut: 4,096,000 bytes missing",)


def test_stores_provenance_although_the_disk_is_full(project):
    project.write("train.py", FILL)
    run = project.run()
    assert run.status == "completed"
    assert project.json(run, "sys/packages.json")["pytest"]
    assert project.json(run, "sys/python.json")["executable"] == sys.executable


def test_reports_a_full_disk_at_start(project):
    with open(project.store.root.parent / "big", "wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    project.write("train.py", "print('never')\n")
    id = uuid7.generate()
    with pytest.raises(GageError) as error:
        runner.run_plan(project.plan(), project.store, id, project.events, UserStreams())
    assert "isk full" in error.value.message
    assert list(project.store.list_ids()) == []
    assert project.events.streams[1] == b""
