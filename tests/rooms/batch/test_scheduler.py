"""Workers that are killed, and errors in the middle of a batch."""

import os
import signal
from pathlib import Path

import pytest
from runs import Project

from gage.batch import scheduler as scheduler_module
from gage.batch.scheduler import Scheduler
from gage.batch.workers import TrialResult, TrialRun, Worker, WorkerContext, _run_trial
from gage.lib import uuid7
from gage.runner.provenance import ProvenanceProbe
from gage.types.events import SilentEvents
from gage.types.opdef import Exec


class Listener:
    """Records results, and kills the worker of the first trial or fails at the end of it."""

    def __init__(self, kill_first: bool = False, fail: bool = False) -> None:
        self.kill_first, self.fail = kill_first, fail
        self.results: list[TrialResult] = []

    def trial_started(self, number: int) -> None:
        if self.kill_first and number == 0:
            [worker] = self.scheduler.workers.values()
            os.kill(worker.pid, signal.SIGKILL)

    def trial_ended(self, ended: TrialResult) -> None:
        self.results.append(ended)
        if self.fail:
            raise RuntimeError("the listener fails")

    def tick(self) -> None:
        pass


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write("train.py", "print(1)\n")
    return project


def build_context(project: Project) -> WorkerContext:
    provenance = ProvenanceProbe.start(project.plan()).collect()
    return WorkerContext(project.store, "sam", provenance, SilentEvents())


def schedule(project: Project, listener: Listener, jobs: int) -> Scheduler:
    trials = [TrialRun(uuid7.generate(), project.plan()) for _ in range(2)]
    listener.scheduler = Scheduler(trials, build_context(project), listener, jobs)
    return listener.scheduler


def test_continues_after_a_worker_was_killed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "HEARTBEAT_SECONDS", 0.0)
    listener = Listener(kill_first=True)
    scheduler, heartbeats = schedule(project, listener, 1), []
    scheduler.heartbeat = lambda: heartbeats.append(1)
    outcome = scheduler.run()
    assert [(r.number, r.status) for r in outcome.results] == [(0, "terminated"), (1, "completed")]
    assert outcome.failed == [TrialResult(0, "terminated", None, "Its worker process was killed")]
    assert heartbeats


def test_waits_for_workers_after_an_error(project: Project) -> None:
    scheduler = schedule(project, Listener(fail=True), 2)
    with pytest.raises(RuntimeError, match="the listener fails"):
        scheduler.run()
    for worker in scheduler.workers.values():
        with pytest.raises(ChildProcessError):
            os.waitpid(worker.pid, 0)


def test_accepts_trials_and_signals_for_a_worker_that_has_ended(project: Project) -> None:
    worker = Worker([], build_context(project))
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.read_results() is None
    worker.assign(0)
    worker.close_input()
    worker.wait()
    worker.signal(signal.SIGTERM)


def test_reports_trials_that_cannot_start(project: Project) -> None:
    context = build_context(project)
    missing = _run_trial(0, TrialRun(uuid7.generate(), None), context)
    assert (missing.status, missing.exit) == ("error", None) and missing.reason
    plan = project.plan()._replace(command=Exec(args=("a\0b",)))
    rejected = _run_trial(1, TrialRun(uuid7.generate(), plan), context)
    assert (rejected.status, rejected.exit) == ("error", 126) and "NUL character" in rejected.reason
