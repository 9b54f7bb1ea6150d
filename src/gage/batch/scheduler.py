"""Carries out the runs of a batch, several at a time: hands them to workers, and says how far it is."""

import select
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from gage.batch.workers import Ended, Setting, Task, Worker

BEAT = 10.0
"""Seconds between signs of life of a batch."""
GOOD = ("completed", "staged")


class Watcher(Protocol):
    """Hears how a batch goes on."""

    def begun(self, number: int) -> None:
        """The task of that number begins."""

    def ended(self, ended: Ended, left: int) -> None:
        """A task has ended; so many are left."""

    def waited(self) -> None:
        """A second has passed in which nothing happened."""


@dataclass
class Outcome:
    """What became of a batch. `stopped` is the signal that ended it (0 = none); `skipped` tasks were not needed."""

    ended: list[Ended] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    stopped: int = 0

    @property
    def failed(self) -> list[Ended]:
        """Those that did not come to a good end."""
        return [e for e in self.ended if e.status not in GOOD]


def run_all(
    tasks: Sequence[Task],
    setting: Setting,
    jobs: int,
    watcher: Watcher,
    fail_fast: bool = False,
    needed: Callable[[Task], bool] | None = None,
    beat: Callable[[], None] = lambda: None,
) -> Outcome:
    """Carry out all tasks, `jobs` at a time; which of them have not begun when it is told to end, or when one fails and
    `fail_fast`, do not begin. `needed` says of each just before whether it has to be done.
    """
    return _Run(tasks, setting, max(min(jobs, len(tasks)), 1), watcher, fail_fast, needed, beat).go()


class _Run:
    """One batch under way."""

    def __init__(
        self,
        tasks: Sequence[Task],
        setting: Setting,
        jobs: int,
        watcher: Watcher,
        fail_fast: bool,
        needed: Callable[[Task], bool] | None,
        beat: Callable[[], None],
    ) -> None:
        self.tasks = tasks
        self.setting = setting
        self.jobs = jobs
        self.watcher = watcher
        self.fail_fast = fail_fast
        self.needed = needed
        self.beat = beat
        self.waiting = list(range(len(tasks)))[::-1]
        self.workers: dict[int, Worker] = {}
        self.outcome = Outcome()

    def go(self) -> Outcome:
        """Do it."""
        before = {
            n: signal.signal(n, self._hear) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if _is_heard(n)
        }
        try:
            self._work()
        finally:
            for worker in self.workers.values():
                worker.dismiss()
            for worker in self.workers.values():
                worker.wait()
            for number, handler in before.items():
                signal.signal(number, handler)
        return self.outcome

    def _work(self) -> None:
        for _ in range(self.jobs):
            self._begin_next(None)
        beaten = time.monotonic()
        while self.workers:
            ready, _, _ = select.select(list(self.workers), [], [], 1.0)
            for fd in ready:
                self._answer(self.workers[fd])
            if not ready:
                self.watcher.waited()
            if time.monotonic() - beaten >= BEAT:
                beaten = time.monotonic()
                self.beat()

    def _answer(self, worker: Worker) -> None:
        found = worker.take()
        if found is None:
            self._lose(worker)
            return
        for ended in found:
            self._note(ended)
        if worker.busy is None:
            self._begin_next(worker)

    def _lose(self, worker: Worker) -> None:
        """It has ended: as it should, or killed with a task that is lost, and that others need not suffer for."""
        del self.workers[worker.answers]
        lost = worker.busy
        worker.dismiss()
        worker.wait()
        if lost is not None:
            self._note(Ended(lost, "terminated", None, "The process that carried it out was killed"))
            self._begin_next(None)

    def _note(self, ended: Ended) -> None:
        self.outcome.ended.append(ended)
        if self.fail_fast and ended.status not in GOOD:
            self.waiting.clear()
        self.watcher.ended(ended, len(self.waiting))

    def _begin_next(self, worker: Worker | None) -> None:
        """Hand out the next task that is needed; a worker without one may go."""
        while self.waiting:
            number = self.waiting.pop()
            if self.needed and not self.needed(self.tasks[number]):
                self.outcome.skipped.append(number)
                continue
            if worker is None:
                worker = Worker(self.tasks, self.setting)
                self.workers[worker.answers] = worker
            self.watcher.begun(number)
            worker.give(number)
            return
        if worker is not None:
            worker.dismiss()

    def _hear(self, number: int, _: FrameType | None) -> None:
        """End what runs, and begin nothing more. Told again, the workers end it at once."""
        self.outcome.stopped = self.outcome.stopped or number
        self.waiting.clear()
        for worker in list(self.workers.values()):
            worker.signal(number)


def _is_heard(number: int) -> bool:
    """Whether a signal is ours: what is ignored (nohup) stays so."""
    return signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
