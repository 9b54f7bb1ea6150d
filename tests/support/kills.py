"""Runs code in forks that end in the middle of it, without any cleanup."""

import os
import signal
import sys
from collections.abc import Callable, Collection

from gage.types.events import SilentEvents

KILLED = 137
FILE_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")


def run_until_line(number: int, files: Collection[str], work: Callable[[], object]) -> bool:
    """Runs `work` in a fork that exits before the line `number` (from 0) that it executes in `files`.

    Returns whether it exited there; otherwise, `work` was completed.
    """
    child = os.fork()
    if child == 0:
        lines_left = number

        def trace(frame, event, _):
            nonlocal lines_left
            if frame.f_code.co_filename not in files:
                return None
            if event == "line":
                lines_left -= 1
                if lines_left < 0:
                    os._exit(KILLED)
            return trace

        try:
            sys.settrace(trace)
            work()
            sys.settrace(None)
        except BaseException:
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED)
    return code == KILLED


class KillAtStep(SilentEvents):
    """Kills the process when a step of a run starts, or after `count` file events in that step."""

    def __init__(self, step: str, count: int = 0) -> None:
        self._step = step
        self._count = count

    def step(self, name: str) -> None:
        """Kills the process, or starts to count its file events."""
        if name != self._step:
            return
        if not self._count:
            os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(self._audit)

    def _audit(self, event: str, _: object) -> None:
        if event in FILE_EVENTS:
            self._count -= 1
            if self._count < 0:
                os.kill(os.getpid(), signal.SIGKILL)


def run_in_fork(work: Callable[[], object]) -> bool:
    """Runs `work` in a fork. Returns whether it was killed; otherwise, `work` was completed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as e:
            sys.stderr.write(repr(e))
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL)
    return code == -signal.SIGKILL
