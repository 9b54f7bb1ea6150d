"""A message while something takes long: shown after a second and removed when it is done."""

import sys
from types import TracebackType

from gage.cli.render import terminal

DELAY_SECONDS = 1.0
"""Seconds until the message appears."""


class Spinner:
    """Shows a message if the block takes long, on a terminal only: `with Spinner("Reading train.py"): …`."""

    def __init__(self, text: str) -> None:
        import threading

        self._text = f"{text} ..."
        self._is_shown = False
        self._timer = threading.Timer(DELAY_SECONDS, self._show)
        self._timer.daemon = True

    def __enter__(self) -> None:
        if sys.stderr.isatty():
            self._timer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        if self._timer.ident is not None:
            self._timer.join()
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _show(self) -> None:
        self._is_shown = True
        sys.stderr.write(terminal.escape(self._text))
        sys.stderr.flush()
