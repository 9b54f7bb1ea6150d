"""Runs the trials of a batch, several at a time: assigns them to workers and reports progress."""

import select
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from gage.batch.workers import TrialResult, TrialRun, Worker, WorkerContext

HEARTBEAT_SECONDS = 10.0
"""Seconds between heartbeats of a batch."""
SUCCESSFUL = ("completed", "staged")


class BatchListener(Protocol):
    """Receives the progress of a batch."""

    def trial_started(self, number: int) -> None:
        """Reports that the trial of that number starts."""

    def trial_ended(self, ended: TrialResult) -> None:
        """Reports that a trial has ended."""

    def tick(self) -> None:
        """Called after a second without results."""


@dataclass
class BatchOutcome:
    """The result of a batch. `signal_number` is the signal that ended it (0 = none); `skipped` trials did not run."""

    results: list[TrialResult] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    signal_number: int = 0

    @property
    def failed(self) -> list[TrialResult]:
        """Returns the results of trials that failed."""
        return [e for e in self.results if e.status not in SUCCESSFUL]


@dataclass
class Scheduler:
    """A batch whose trials run `jobs` at a time. After a signal, or a failure with `fail_fast`, no more trials start.

    `is_needed` decides just before its start whether a trial has to run.
    """

    trials: Sequence[TrialRun]
    context: WorkerContext
    listener: BatchListener
    jobs: int = 1
    fail_fast: bool = False
    is_needed: Callable[[TrialRun], bool] = lambda _: True
    heartbeat: Callable[[], None] = lambda: None
    outcome: BatchOutcome = field(default_factory=BatchOutcome)
    workers: dict[int, Worker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.waiting = list(range(len(self.trials)))[::-1]

    def run(self) -> BatchOutcome:
        """Runs the trials."""
        before = {
            n: signal.signal(n, self._receive_signal)
            for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
            if _has_default_handler(n)
        }
        try:
            self._schedule()
        finally:
            for worker in self.workers.values():
                worker.close_input()
            for worker in self.workers.values():
                worker.wait()
            for number, handler in before.items():
                signal.signal(number, handler)
        return self.outcome

    def _schedule(self) -> None:
        for _ in range(min(self.jobs, len(self.trials))):
            self._assign_next(None)
        beaten = time.monotonic()
        while self.workers:
            ready, _, _ = select.select(list(self.workers), [], [], 1.0)
            for fd in ready:
                self._read_results(self.workers[fd])
            if not ready:
                self.listener.tick()
            if time.monotonic() - beaten >= HEARTBEAT_SECONDS:
                beaten = time.monotonic()
                self.heartbeat()

    def _read_results(self, worker: Worker) -> None:
        results = worker.read_results()
        if results is None:
            self._remove_worker(worker)
            return
        for ended in results:
            self._record(ended)
        if worker.current is None:
            self._assign_next(worker)

    def _remove_worker(self, worker: Worker) -> None:
        """Removes a worker that has ended. If it was killed, its trial counts as terminated and the others continue."""
        del self.workers[worker.results_fd]
        lost = worker.current
        worker.close_input()
        worker.wait()
        if lost is not None:
            self._record(TrialResult(lost, "terminated", None, "Its worker process was killed"))
            self._assign_next(None)

    def _record(self, ended: TrialResult) -> None:
        self.outcome.results.append(ended)
        if self.fail_fast and ended.status not in SUCCESSFUL:
            self.waiting.clear()
        self.listener.trial_ended(ended)

    def _assign_next(self, worker: Worker | None) -> None:
        """Assigns the next trial that is needed. A worker without a trial may end."""
        while self.waiting:
            number = self.waiting.pop()
            if not self.is_needed(self.trials[number]):
                self.outcome.skipped.append(number)
                continue
            if worker is None:
                worker = Worker(self.trials, self.context)
                self.workers[worker.results_fd] = worker
            self.listener.trial_started(number)
            worker.assign(number)
            return
        if worker is not None:
            worker.close_input()

    def _receive_signal(self, number: int, _: FrameType | None) -> None:
        """Interrupts the running trials and starts no more. At the second signal, workers kill their programs."""
        self.outcome.signal_number = self.outcome.signal_number or number
        self.waiting.clear()
        for worker in list(self.workers.values()):
            worker.signal(number)


def _has_default_handler(number: int) -> bool:
    """Returns whether a signal may be handled: one that is ignored (nohup) stays so."""
    return signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
