"""Gage is killed during a run: the store lists the run with the right status, checks and repairs."""

import os

import pytest
from kills import KillAtStep, run_in_fork
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


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", "lr = 1\n" + SCRIPT)
    project.write("data/x.csv", "1\n")
    project.write("data/.nocopy", "")
    return project


def run_killed(project, events, id):
    """Executes a run in a fork. Returns whether it was killed."""
    plan = project.plan("train.py", "lr=2", label="first")
    return run_in_fork(lambda: runner.run_plan(plan, project.store, id, events, UserStreams()))


def age_files(store):
    """Makes all files look unchanged for long, as those of a process that has ended."""
    for path in (store.root, *store.root.rglob("*")):
        os.utime(path, (1e9, 1e9), follow_symlinks=False)


def test_expects_a_status_for_every_step():
    assert [step.__name__ for step in runner.STEPS] == list(STATUS_BEFORE)


@pytest.mark.parametrize("step", STATUS_BEFORE)
def test_run_killed_before_a_step_is_listed_with_its_config(project, step):
    id = uuid7.generate()
    assert run_killed(project, KillAtStep(step), id)
    expected = STATUS_BEFORE[step]
    assert list(project.store.list_ids()) == ([id] if expected else [])
    if expected:
        run = project.store.read(id)
        assert run.status == expected
        assert run.op.name == "train.py"
        assert run.config == {"lr": 2}
    age_files(project.store)
    messages = repair.repair_store(project.store)
    if expected:
        repaired = project.store.read(id)
        assert (repaired.status, repaired.sealed) == (expected, expected == "terminated")
        assert check_run(project.store, id).ok
    else:
        assert not [name for name in os.listdir(project.store.root) if name.startswith(id)]
    if expected == "staged":
        assert messages == []
        assert runner.start_staged(project.store, id, project.events, UserStreams()).status == "completed"
        assert project.events.streams[1] == b"loss: 1\n"


@pytest.mark.slow
def test_run_killed_in_the_last_step_is_complete_after_repair(project):
    """A recorded status does not change, and the run is sealed after the repair at the latest."""
    states = set()
    for count in (*range(12), *range(12, 300, 4)):
        id = uuid7.generate()
        was_killed = run_killed(project, KillAtStep("finish", count + 1), id)
        run = project.store.read(id)
        states.add((run.status, run.sealed))
        assert run.status in ("terminated", "completed")
        age_files(project.store)
        repair.repair_store(project.store)
        repaired = project.store.read(id)
        assert (repaired.status, repaired.sealed) == (run.status, True)
        report = check_run(project.store, id)
        assert report.ok, (count, report)
        assert project.read(repaired, "output/run") == "loss: 1\n"
        assert list(project.store.list_ids()).count(id) == 1
        if not was_killed:
            break
    print(f"killed at {count} events of the last step")
    assert count > 10
    assert states == {("terminated", False), ("completed", False), ("completed", True)}
