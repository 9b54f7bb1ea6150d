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
from gage.runner.job import Streams
from gage.runner.provenance import Inquiry, Known
from gage.store.store import RunStore
from gage.types.errors import GageError, RunFailed
from gage.types.events import Events, SilentEvents
from gage.types.plan import RunPlan
from gage.types.run import Status

Do = Literal["run", "stage", "start"]


@dataclass(frozen=True, slots=True)
class Task:
    """One run to carry out: its ID, its plan (None for a run that is staged), and what to do with it."""

    id: str
    plan: RunPlan | None
    do: Do = "run"


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of the task `number`. `why` is said when Gage, and not the program, ended it."""

    number: int
    status: Status
    exit: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all tasks have in common. `known` is what was asked of Git and Python; with `show` output is shown."""

    store: RunStore
    author: str
    known: Known
    events: Events
    show: bool = False


class Worker:
    """One process that works."""

    def __init__(self, tasks: Sequence[Task], setting: Setting) -> None:
        self.busy: int | None = None
        told, self._tell = os.pipe()
        self.answers, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._tell)
            os.close(self.answers)
            _be_one(tasks, setting, told, answer)
        os.close(told)
        os.close(answer)
        self._rest = b""

    def give(self, number: int) -> None:
        """Let it carry out the task of that number."""
        self.busy = number
        try:
            os.write(self._tell, b"%d\n" % number)
        except BrokenPipeError:
            pass  # it has ended: its answers end, too

    def take(self) -> list[Ended] | None:
        """What it has answered; None when it has ended, and no more is to come."""
        data = os.read(self.answers, 1 << 16)
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        if lines:
            self.busy = None
        return [Ended(*json.loads(line)) for line in lines]

    def signal(self, number: int) -> None:
        """Hand a signal on."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def dismiss(self) -> None:
        """It may go when it has done what it was given."""
        if self._tell >= 0:
            os.close(self._tell)
            self._tell = -1

    def wait(self) -> None:
        """Until it has gone."""
        os.waitpid(self.pid, 0)
        os.close(self.answers)


def _be_one(tasks: Sequence[Task], setting: Setting, told: int, answer: int) -> None:
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
                ended = _carry_out(int(line), tasks[int(line)], setting)
                os.write(answer, json.dumps([ended.number, ended.status, ended.exit, ended.why]).encode() + b"\n")
        code = 0
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        os._exit(code)


def _carry_out(number: int, task: Task, setting: Setting) -> Ended:
    events: Events = setting.events if setting.show else SilentEvents()
    streams = Streams(os.isatty(1), os.isatty(2)) if setting.show else Streams()
    store = setting.store
    try:
        if task.plan is None:
            run = runner.start(store, task.id, events, streams)
        elif task.do == "stage":
            run = runner.stage(task.plan, store, task.id, events, setting.author, Inquiry.of(setting.known))
        else:
            run = runner.run(task.plan, store, task.id, events, streams, setting.author, Inquiry.of(setting.known))
        return Ended(number, run.status, run.exit)
    except RunFailed as e:
        return Ended(number, "terminated" if e.code in (129, 130, 143) else "error", e.code, e.message)
    except GageError as e:
        return Ended(number, "error", None, e.message)
