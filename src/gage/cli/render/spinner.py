"""A message while something takes long: shown after a second, with the seconds so far, and removed at the end."""

from types import TracebackType

from gage.cli.render import terminal
from gage.cli.render.status_line import StatusLine

DELAY_SECONDS = 1.0
"""Seconds until the message appears, and between its changes."""


def wait_for_parameters(target: str) -> "Spinner":
    """Returns the message while the parameters of an operation or script are read ("": the default operation)."""
    return Spinner(f"Starting {target or 'the program'} up to its parser, to read its parameters")


class Spinner:
    """Shows a message if the block takes long, on a terminal only: `with Spinner("Reading train.py"): …`."""

    def __init__(self, text: str) -> None:
        import threading

        self._line = StatusLine()
        self._text = terminal.escape(f"{text} ...")
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show_repeatedly, daemon=True)

    def __enter__(self) -> None:
        if self._line.is_terminal:
            self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._line.clear()

    def _show_repeatedly(self) -> None:
        import time

        start = time.monotonic()
        while not self._done.wait(DELAY_SECONDS):
            seconds = int(time.monotonic() - start)
            self._line.show(f"{self._text} {seconds} s" if seconds > 1 else self._text)
