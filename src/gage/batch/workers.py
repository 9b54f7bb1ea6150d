"""Worker processes, each of which runs trials one after the other. The scheduler decides which.

A worker is a fork of this process, so that nothing is loaded again. It reads numbers of trials from a pipe and writes
their results to another one. The scheduler forwards signals to it, and it forwards them to its program.
"""

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from gage.runner import runner
from gage.runner.provenance import Provenance, ProvenanceProbe
from gage.runner.stdio import UserStreams
from gage.store.store import RunStore
from gage.types.errors import GageError, RunFailed
from gage.types.events import Events, SilentEvents
from gage.types.plan import RunPlan
from gage.types.run import Status


@dataclass(frozen=True, slots=True)
class TrialRun:
    """The run that carries out a trial: its ID, and its plan (None if the run is staged already)."""

    id: str
    plan: RunPlan | None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The result of the trial `number`. `reason` is why it did not complete ("" = it did)."""

    number: int
    status: Status
    exit: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """The data that all trials of a batch share.

    With `only_stage`, they are staged but not started; with `show_output`, output of programs is shown.
    """

    store: RunStore
    author: str
    provenance: Provenance
    events: Events
    only_stage: bool = False
    show_output: bool = False


class Worker:
    """One worker process. `current` is the number of the trial that it runs."""

    def __init__(self, trials: Sequence[TrialRun], context: WorkerContext) -> None:
        self.current: int | None = None
        trial_input, self._trials_fd = os.pipe()
        self.results_fd, output = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._trials_fd)
            os.close(self.results_fd)
            _work(trials, context, trial_input, output)
        os.close(trial_input)
        os.close(output)
        self._rest = b""

    def assign(self, number: int) -> None:
        """Starts the trial of that number in the worker."""
        self.current = number
        try:
            os.write(self._trials_fd, b"%d\n" % number)
        except BrokenPipeError:
            pass  # it has ended, which `read_results` reports

    def read_results(self) -> list[TrialResult] | None:
        """Returns new results; None when the worker has ended."""
        data = os.read(self.results_fd, 1 << 16)
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        if lines:
            self.current = None
        return [TrialResult(*json.loads(line)) for line in lines]

    def signal(self, number: int) -> None:
        """Forwards a signal."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass  # it has ended

    def close_input(self) -> None:
        """Lets the worker end after its current trial."""
        if self._trials_fd >= 0:
            os.close(self._trials_fd)
            self._trials_fd = -1

    def wait(self) -> None:
        """Waits for the end of the worker."""
        os.waitpid(self.pid, 0)
        os.close(self.results_fd)


def _work(trials: Sequence[TrialRun], context: WorkerContext, trial_input: int, output: int) -> None:
    """Runs trials until the pipe is closed; never returns."""
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C is forwarded by the scheduler
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        with open(trial_input, "rb", buffering=0) as numbers:
            for line in numbers:
                ended = _run_trial(int(line), trials[int(line)], context)
                os.write(output, json.dumps([ended.number, ended.status, ended.exit, ended.reason]).encode() + b"\n")
        code = 0
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # the scheduler is gone, or has interrupted this worker between two trials
    finally:
        os._exit(code)


def _run_trial(number: int, trial: TrialRun, context: WorkerContext) -> TrialResult:
    events: Events = context.events if context.show_output else SilentEvents()
    streams = UserStreams(os.isatty(1), os.isatty(2)) if context.show_output else UserStreams()
    store, author = context.store, context.author
    probe = ProvenanceProbe.from_provenance(context.provenance)
    try:
        if trial.plan is None:
            run = runner.start_staged(store, trial.id, events, streams)
        elif context.only_stage:
            run = runner.stage_plan(trial.plan, store, trial.id, events, author, probe)
        else:
            run = runner.run_plan(trial.plan, store, trial.id, events, streams, author, probe)
        return TrialResult(number, run.status, run.exit, run.reason)
    except RunFailed as e:
        return TrialResult(number, "terminated" if e.code in (129, 130, 143) else "error", e.code, e.message)
    except GageError as e:
        return TrialResult(number, "error", None, e.message)
