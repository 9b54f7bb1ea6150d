"""A message while something takes long: shown after a second and removed when it is done."""

from types import TracebackType

from gage.cli.render import terminal
from gage.cli.render.status_line import StatusLine

DELAY_SECONDS = 1.0
"""Seconds until the message appears."""


def wait_for_parameters(target: str) -> "Spinner":
    """Returns the message while the parameters of an operation or script are read ("": the default operation)."""
    return Spinner(f"Reading the parameters of {target or 'the operation'}")


class Spinner:
    """Shows a message if the block takes long, on a terminal only: `with Spinner("Reading train.py"): …`."""

    def __init__(self, text: str) -> None:
        import threading

        self._line = StatusLine()
        self._timer = threading.Timer(DELAY_SECONDS, self._line.show, [terminal.escape(f"{text} ...")])
        self._timer.daemon = True

    def __enter__(self) -> None:
        if self._line.is_terminal:
            self._timer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        if self._timer.ident is not None:
            self._timer.join()
        self._line.clear()
