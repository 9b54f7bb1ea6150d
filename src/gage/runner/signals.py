"""Signals to Gage while it carries out a run. Knows no program: `process` decides what a signal does to it."""

import signal
import time
from collections.abc import Callable
from types import FrameType

EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
"""Signal that ends a run → exit code of the run."""

REPEAT_SECONDS = 10.0
"""A second Ctrl-C key within these seconds kills the program."""
_SAME_EVENT_SECONDS = 0.3
"""Different signals within these seconds count once: a terminal that is closed sends several."""

_FORWARDED = (signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_DEFAULT_HANDLERS = (signal.SIG_DFL, signal.default_int_handler)


class Interrupted(KeyboardInterrupt):
    """A signal ended the run while none of its programs was running. `code` is the exit code.

    `finishing`: the run was being finished, and this was the second signal.
    """

    def __init__(self, number: int, finishing: bool = False) -> None:
        super().__init__()
        self.code = EXIT_CODES.get(signal.Signals(number), 143)
        self.finishing = finishing


class SignalState:
    """The first signal that a run received (`signal_number`, 0 = none); handles signals inside of `with`.

    While a program runs, `listener` gets every signal. Otherwise the first one raises Interrupted; while the run is
    `finishing`, only the second one does.
    """

    def __init__(self) -> None:
        self.signal_number = 0
        self.received_at = 0.0
        self.finishing = False
        self.listener: Callable[[int], None] | None = None
        self._previous_handlers: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "SignalState":
        for number in (*EXIT_CODES, *_FORWARDED):
            try:
                # a signal that is ignored (nohup), or that has a handler, stays so
                if signal.getsignal(number) in _DEFAULT_HANDLERS:
                    self._previous_handlers[number] = signal.signal(number, self._receive)
            except ValueError:
                break  # only the main thread can have handlers
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous_handlers.items():
            signal.signal(number, handler)
        self._previous_handlers.clear()

    @property
    def exit_code(self) -> int:
        """Returns the exit code of a run that a signal ended; 0 if none did."""
        return EXIT_CODES.get(signal.Signals(self.signal_number), 143) if self.signal_number else 0

    def record(self, number: int, within: float = float("inf")) -> bool:
        """Records a signal that ends the run. Returns True if it is the second one: then the run ends at once."""
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
