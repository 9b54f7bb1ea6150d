"""Gage is killed during a run: the store lists the run with the right status, checks and repairs."""

import os
import signal
import sys

import pytest
from runs import Project

from gage.lib import uuid7
from gage.runner import runner
from gage.runner.stdio import UserStreams
from gage.store import repair
from gage.store.check import check_run

SCRIPT = "print('loss: 1')\nopen('model.txt', 'w').write('x')\nopen('data/x.csv').read()\n"
STATUS_BEFORE = {
    "create": None,
    "stage_sourcecode": "terminated",
    "apply_config": "terminated",
    "stage_runtime": "terminated",
    "stage_dependencies": "terminated",
    "mark_staged": "terminated",
    "execute": "staged",
    "finish": "terminated",
}


class Deadly:
    """Events; the process is killed when the step begins, or with the `count`-th system event of it."""

    def __init__(self, step, count=0):
        self._step = step
        self._count = count

    def step(self, name):
        if name != self._step:
            return
        if not self._count:
            os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(self._audit)

    def _audit(self, event, _):
        if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"):
            self._count -= 1
            if self._count < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def output(self, *_):
        """Nobody looks."""

    notice = progress = output


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", "lr = 1\n" + SCRIPT)
    project.write("data/x.csv", "1\n")
    project.write("data/.nocopy", "")
    return project


def killed(project, events, id):
    """Run in a process of its own; whether it was killed."""
    plan = project.plan("train.py", "lr=2", label="first")
    child = os.fork()
    if child == 0:
        try:
            runner.run_plan(plan, project.store, id, events, UserStreams())
        except BaseException as e:
            sys.stderr.write(repr(e))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def leave_alone_for_a_while(store):
    """What nobody has written to for long is nobody's work in progress."""
    for path in (store.root, *store.root.rglob("*")):
        os.utime(path, (1e9, 1e9), follow_symlinks=False)


def test_expects_a_status_for_every_step():
    assert [step.__name__ for step in runner.STEPS] == list(STATUS_BEFORE)


@pytest.mark.parametrize("step", STATUS_BEFORE)
def test_run_killed_before_a_step_is_listed_with_its_config(project, step):
    id = uuid7.generate()
    assert killed(project, Deadly(step), id)
    expected = STATUS_BEFORE[step]
    assert list(project.store.list_ids()) == ([id] if expected else [])
    if expected:
        run = project.store.read(id)
        assert run.status == expected
        assert run.op.name == "train.py"
        assert run.config == {"lr": 2}
    leave_alone_for_a_while(project.store)
    told = repair.repair_store(project.store)
    if expected:
        after = project.store.read(id)
        assert (after.status, after.sealed) == (expected, expected == "terminated")
        assert check_run(project.store, id).ok
    else:
        assert not [name for name in os.listdir(project.store.root) if name.startswith(id)]
    if expected == "staged":
        assert told == []
        assert runner.start_staged(project.store, id, project.events, UserStreams()).status == "completed"
        assert project.events.streams[1] == b"loss: 1\n"


@pytest.mark.slow
def test_run_killed_in_the_last_step_is_complete_after_repair(project):
    """Once the end of the program is written down, it stays; the run is whole after the repair at the latest."""
    seen = set()
    for count in (*range(12), *range(12, 300, 4)):
        id = uuid7.generate()
        was_killed = killed(project, Deadly("finish", count + 1), id)
        run = project.store.read(id)
        seen.add((run.status, run.sealed))
        assert run.status in ("terminated", "completed")
        leave_alone_for_a_while(project.store)
        repair.repair_store(project.store)
        after = project.store.read(id)
        assert (after.status, after.sealed) == (run.status, True)
        report = check_run(project.store, id)
        assert report.ok, (count, report)
        assert project.read(after, "output/run") == "loss: 1\n"
        assert list(project.store.list_ids()).count(id) == 1
        if not was_killed:
            break
    assert count > 10
    assert seen == {("terminated", False), ("completed", False), ("completed", True)}
