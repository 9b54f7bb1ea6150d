"""Processes that carry out runs, one after the other each. Knows plans and numbers; which runs, and why, is not theirs.

A worker is a copy of this process (a fork): nothing is started or loaded again. It is told the number of a plan on a
pipe and answers with what became of it. Signals reach it from the process that made it, and it tells its program.
"""

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gage.runner import runner
from gage.runner.provenance import Provenance, ProvenanceProbe
from gage.runner.stdio import UserStreams
from gage.store.store import RunStore
from gage.types.errors import GageError, RunFailed
from gage.types.events import Events, SilentEvents
from gage.types.plan import RunPlan
from gage.types.run import Status

TrialAction = Literal["run", "stage", "start"]


@dataclass(frozen=True, slots=True)
class TrialRun:
    """One run to carry out: its ID, its plan (None for a run that is staged), and what to do with it."""

    id: str
    plan: RunPlan | None
    action: TrialAction = "run"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What became of the task `number`. `why` is said when Gage, and not the program, ended it."""

    number: int
    status: Status
    exit: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What all tasks have in common. `known` is what was asked of Git and Python; with `show` output is shown."""

    store: RunStore
    author: str
    provenance: Provenance
    events: Events
    show_output: bool = False


class Worker:
    """One process that works."""

    def __init__(self, tasks: Sequence[TrialRun], setting: WorkerContext) -> None:
        self.current: int | None = None
        told, self._trials_fd = os.pipe()
        self.results_fd, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._trials_fd)
            os.close(self.results_fd)
            _work(tasks, setting, told, answer)
        os.close(told)
        os.close(answer)
        self._rest = b""

    def assign(self, number: int) -> None:
        """Let it carry out the task of that number."""
        self.current = number
        try:
            os.write(self._trials_fd, b"%d\n" % number)
        except BrokenPipeError:
            pass  # it has ended: its answers end, too

    def read_results(self) -> list[TrialResult] | None:
        """What it has answered; None when it has ended, and no more is to come."""
        data = os.read(self.results_fd, 1 << 16)
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        if lines:
            self.current = None
        return [TrialResult(*json.loads(line)) for line in lines]

    def signal(self, number: int) -> None:
        """Hand a signal on."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def close_input(self) -> None:
        """It may go when it has done what it was given."""
        if self._trials_fd >= 0:
            os.close(self._trials_fd)
            self._trials_fd = -1

    def wait(self) -> None:
        """Until it has gone."""
        os.waitpid(self.pid, 0)
        os.close(self.results_fd)


def _work(tasks: Sequence[TrialRun], setting: WorkerContext, told: int, answer: int) -> None:
    """Work until there is no more to do; never returns."""
    code = 1
    try:
        os.setpgid(0, 0)  # a Ctrl-C is told by the process that made this one
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        with open(told, "rb", buffering=0) as numbers:
            for line in numbers:
                ended = _run_trial(int(line), tasks[int(line)], setting)
                os.write(answer, json.dumps([ended.number, ended.status, ended.exit, ended.reason]).encode() + b"\n")
        code = 0
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        os._exit(code)


def _run_trial(number: int, task: TrialRun, setting: WorkerContext) -> TrialResult:
    events: Events = setting.events if setting.show_output else SilentEvents()
    streams = UserStreams(os.isatty(1), os.isatty(2)) if setting.show_output else UserStreams()
    store = setting.store
    try:
        if task.plan is None:
            run = runner.start_staged(store, task.id, events, streams)
        elif task.action == "stage":
            run = runner.stage_plan(
                task.plan, store, task.id, events, setting.author, ProvenanceProbe.from_known(setting.provenance)
            )
        else:
            run = runner.run_plan(
                task.plan,
                store,
                task.id,
                events,
                streams,
                setting.author,
                ProvenanceProbe.from_known(setting.provenance),
            )
        return TrialResult(number, run.status, run.exit)
    except RunFailed as e:
        return TrialResult(number, "terminated" if e.code in (129, 130, 143) else "error", e.code, e.message)
    except GageError as e:
        return TrialResult(number, "error", None, e.message)
