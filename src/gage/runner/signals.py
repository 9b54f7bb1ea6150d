"""What a run is told from outside: signals to Gage. Knows no program; who carries one out says what to do then."""

import signal
import time
from collections.abc import Callable
from types import FrameType

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, getattr(signal, "SIGHUP", signal.SIGTERM): 129}
"""Signals that end a run, and the exit code that it has then."""

TWICE = 10.0
"""A second Ctrl-C key within these seconds means: at once."""
_SAME = 0.3
"""Seconds within which two different signals tell the same: a terminal that goes away sends several."""

_PASSED_ON = ("SIGQUIT", "SIGUSR1", "SIGUSR2")
_DEFAULT = (signal.SIG_DFL, signal.default_int_handler)


class Stopped(KeyboardInterrupt):
    """The run was told to end while no program of it was running. `code` is its exit code.

    `finishing`: it was being put in order, and was told twice.
    """

    def __init__(self, number: int, finishing: bool = False) -> None:
        super().__init__()
        self.code = CODES.get(signal.Signals(number), 143)
        self.finishing = finishing


class Told:
    """The first thing the run was told (`number`, 0 = nothing yet), from `with` on to its end.

    While a program runs, `listener` gets every signal. Else the first raises Stopped, unless `finishing`:
    then the run is being put in order, and only a second one breaks that off.
    """

    def __init__(self) -> None:
        self.number = 0
        self.at = 0.0
        self.finishing = False
        self.listener: Callable[[int], None] | None = None
        self._before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "Told":
        others = [getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)]
        for number in (*CODES, *others):
            try:
                # what is ignored (nohup) stays so, and what somebody else listens to is theirs
                if signal.getsignal(number) in _DEFAULT:
                    self._before[number] = signal.signal(number, self._hear)
            except ValueError:
                break  # no signals outside of the main thread
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    @property
    def code(self) -> int:
        """The exit code of a run that was told to end; 0 if it was not."""
        return CODES.get(signal.Signals(self.number), 143) if self.number else 0

    def is_second(self, number: int, within: float = float("inf")) -> bool:
        """Note that the run was told to end; whether that means at once, because it was told before."""
        now = time.monotonic()
        passed = now - self.at
        if self.number and (number != self.number and passed < _SAME):
            return False
        second = bool(self.number) and passed < within
        self.number, self.at = self.number or number, now
        return second

    def _hear(self, number: int, _: FrameType | None) -> None:
        if self.listener is not None:
            self.listener(number)
        elif signal.Signals(number) in CODES and (self.is_second(number) or not self.finishing):
            was_finishing, self.finishing = self.finishing, True
            raise Stopped(self.number, was_finishing)
