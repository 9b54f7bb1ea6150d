"""What a run is told from outside: signals to Gage. Knows no program; who carries one out says what to do then."""

import signal
import time
from collections.abc import Callable
from types import FrameType

EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, getattr(signal, "SIGHUP", signal.SIGTERM): 129}
"""Signals that end a run, and the exit code that it has then."""

REPEAT_SECONDS = 10.0
"""A second Ctrl-C key within these seconds means: at once."""
_SAME_EVENT_SECONDS = 0.3
"""Seconds within which two different signals tell the same: a terminal that goes away sends several."""

_FORWARDED = ("SIGQUIT", "SIGUSR1", "SIGUSR2")
_DEFAULT_HANDLERS = (signal.SIG_DFL, signal.default_int_handler)


class Interrupted(KeyboardInterrupt):
    """The run was told to end while no program of it was running. `code` is its exit code.

    `finishing`: it was being put in order, and was told twice.
    """

    def __init__(self, number: int, finishing: bool = False) -> None:
        super().__init__()
        self.code = EXIT_CODES.get(signal.Signals(number), 143)
        self.finishing = finishing


class SignalState:
    """The first thing the run was told (`number`, 0 = nothing yet), from `with` on to its end.

    While a program runs, `listener` gets every signal. Else the first raises Stopped, unless `finishing`:
    then the run is being put in order, and only a second one breaks that off.
    """

    def __init__(self) -> None:
        self.signal_number = 0
        self.received_at = 0.0
        self.finishing = False
        self.listener: Callable[[int], None] | None = None
        self._previous_handlers: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "SignalState":
        others = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
        for number in (*EXIT_CODES, *others):
            try:
                # what is ignored (nohup) stays so, and what somebody else listens to is theirs
                if signal.getsignal(number) in _DEFAULT_HANDLERS:
                    self._previous_handlers[number] = signal.signal(number, self._receive)
            except ValueError:
                break  # no signals outside of the main thread
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous_handlers.items():
            signal.signal(number, handler)
        self._previous_handlers.clear()

    @property
    def exit_code(self) -> int:
        """The exit code of a run that was told to end; 0 if it was not."""
        return EXIT_CODES.get(signal.Signals(self.signal_number), 143) if self.signal_number else 0

    def record(self, number: int, within: float = float("inf")) -> bool:
        """Note that the run was told to end; whether that means at once, because it was told before."""
        now = time.monotonic()
        passed = now - self.received_at
        if self.signal_number and (number != self.signal_number and passed < _SAME_EVENT_SECONDS):
            return False
        second = bool(self.signal_number) and passed < within
        self.signal_number, self.received_at = self.signal_number or number, now
        return second

    def _receive(self, number: int, _: FrameType | None) -> None:
        if self.listener is not None:
            self.listener(number)
        elif signal.Signals(number) in EXIT_CODES and (self.record(number) or not self.finishing):
            was_finishing, self.finishing = self.finishing, True
            raise Interrupted(self.signal_number, was_finishing)
