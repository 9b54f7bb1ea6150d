"""A run that is killed before any of its steps, or in the last one, leaves a store that can be checked and repaired."""

import os
import signal
import sys

import pytest
from kills import KillAtStep, run_in_fork
from runs import Project

from gage.runner import finish, runner
from gage.runner.stdio import UserStreams
from gage.store.check import check_run
from gage.store.repair import repair_store
from gage.types.events import SilentEvents

ID = "01a20841-04b9-7230-81d7-6636d5042061"
NAMES = [step.__name__ for step in runner.STEPS]


def run_killed(project, events):
    """Executes the run in a fork. Returns whether it was killed."""
    plan = project.plan("train.py", "lr=0.5", depends=("data",), label="kept")
    return run_in_fork(lambda: runner.run_plan(plan, project.store, ID, events, UserStreams()))


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", "lr = 0.1\nopen('out.txt', 'w').write('x')\n")
    project.write("data/x.bin", b"\0" * 10)
    return project


@pytest.mark.parametrize("name", NAMES)
def test_run_killed_before_a_step_has_a_valid_status(project, name):
    assert run_killed(project, KillAtStep(name))
    if name == NAMES[0]:
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
    assert not run_killed(project, KillAtStep("no step"))
    assert project.store.read(ID).status == "completed"
    assert check_run(project.store, ID).ok


@pytest.mark.parametrize("number", [1, 5, 9, 14, 20, 30, 45, 60, 80])
def test_run_killed_in_the_last_step_can_be_repaired(project, number):
    """Kills the run before a line of the last step."""
    plan = project.plan("train.py", "lr=0.5", depends=("data",))
    child = os.fork()
    if child == 0:
        lines_left = [number]
        finishing = []

        def trace(frame, event, _):
            if frame.f_code.co_filename != finish.__file__:
                return None
            if frame.f_code.co_name == "finish":
                finishing.append(True)
            if event == "line" and finishing:
                lines_left[0] -= 1
                if lines_left[0] < 0:
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
    repaired = project.store.read(ID)
    assert repaired.status in ("completed", "terminated")
    assert repaired.sealed
    assert check_run(project.store, ID).ok
    assert not project.store.get_paths(ID).meta_dir.exists()
