"""A process that is killed before any step of a run leaves a store that lists, checks and repairs."""

import os
import signal

import pytest
from runs import Project

from gage.runner import runner
from gage.runner.stdio import UserStreams
from gage.store.check import check_run
from gage.store.repair import repair_store
from gage.types.events import SilentEvents

ID = "01a20841-04b9-7230-81d7-6636d5042061"
NAMES = [step.__name__ for step in runner.STEPS]


class KilledBefore(SilentEvents):
    """Ends the process, with nothing cleared up, when a step is about to begin."""

    def __init__(self, name):
        self.name = name

    def step(self, name):
        if name == self.name:
            os.kill(os.getpid(), signal.SIGKILL)


def run_killed(project, events):
    """The run in a process of its own; how that ended."""
    plan = project.plan("train.py", "lr=0.5", depends=("data",), label="kept")
    child = os.fork()
    if child == 0:
        try:
            runner.run_plan(plan, project.store, ID, events, UserStreams())
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", "lr = 0.1\nopen('out.txt', 'w').write('x')\n")
    project.write("data/x.bin", b"\0" * 10)
    return project


@pytest.mark.parametrize("name", NAMES)
def test_run_killed_before_a_step_has_a_valid_status(project, name):
    assert run_killed(project, KilledBefore(name)) == signal.SIGKILL
    before = NAMES.index(name)
    if before == 0:
        assert list(project.store.list_ids()) == []
        return
    run = project.store.read(ID)
    assert run.status == ("staged" if name == "execute" else "terminated")
    assert list(project.store.list_ids()) == [ID]
    assert run.label == "kept"
    if name == "execute":
        assert project.start(run).status == "completed"
        return
    repair_store(project.store)
    repaired = project.store.read(ID)
    assert repaired.status == "terminated"
    assert check_run(project.store, ID).ok


def test_run_without_a_kill_completes(project):
    assert run_killed(project, KilledBefore("no step")) == 0
    assert project.store.read(ID).status == "completed"
    assert check_run(project.store, ID).ok


def lines_of_ending():
    from gage.runner import finish

    return finish.__file__


@pytest.mark.parametrize("number", [1, 5, 9, 14, 20, 30, 45, 60, 80])
def test_run_killed_in_the_last_step_can_be_repaired(project, number):
    """Before the n-th line that the last step executes."""
    import sys

    ending = lines_of_ending()
    plan = project.plan("train.py", "lr=0.5", depends=("data",))
    child = os.fork()
    if child == 0:
        left = [number]
        finishing = []

        def trace(frame, event, _):
            if frame.f_code.co_filename != ending:
                return None
            if frame.f_code.co_name == "finish":
                finishing.append(True)
            if event == "line" and finishing:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            sys.settrace(trace)
            runner.run_plan(plan, project.store, ID, SilentEvents(), UserStreams())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    run = project.store.read(ID)
    assert run.status in ("completed", "terminated")
    repair_store(project.store)
    again = project.store.read(ID)
    assert again.status in ("completed", "terminated")
    assert again.sealed
    assert check_run(project.store, ID).ok
    assert not project.store.get_paths(ID).meta_dir.exists()
