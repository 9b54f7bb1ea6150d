"""A run as its user sees it while it goes on: the program's output as it is, Gage's own words on standard error."""

import sys
import time
from collections import deque

from gage.cli.render import terminal

TAIL = 64 * 1024
PROGRESS_AFTER = 1.0
"""Seconds that work may take before its progress is shown."""


class Live:
    """Events on a terminal or in a pipe. Keeps the end of the output, to give advice after a failure."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self._tail: deque[bytes] = deque()
        self._kept = 0
        self._since = 0.0
        self._shown = False
        self._gone: set[int] = set()

    @property
    def tail(self) -> bytes:
        """The end of what the program wrote."""
        return b"".join(self._tail)

    def step(self, name: str) -> None:
        """A step begins: nothing is said."""
        self._since = time.monotonic()

    def output(self, stream: int, data: bytes) -> None:
        """Pass on what the program wrote. A reader that has gone away does not end the run."""
        self._keep(data)
        if self.quiet or stream in self._gone:
            return
        self._clear()
        file = sys.stderr if stream == 2 else sys.stdout
        try:
            file.buffer.write(data)
            file.flush()
        except (OSError, ValueError):
            self._gone.add(stream)

    def notice(self, text: str) -> None:
        """Tell it."""
        self._clear()
        terminal.tell(text)

    def progress(self, what: str, done: int, total: int) -> None:
        """Show long work on a terminal."""
        if done >= total:
            self._clear()
            self._since = time.monotonic()
        elif sys.stderr.isatty() and not self.quiet and time.monotonic() - self._since > PROGRESS_AFTER:
            sys.stderr.write(f"\r\x1b[K{terminal.safe(what)}: {100 * done // max(total, 1)} %")
            sys.stderr.flush()
            self._shown = True

    def _keep(self, data: bytes) -> None:
        self._tail.append(data[-TAIL:])
        self._kept += len(self._tail[-1])
        while self._kept - len(self._tail[0]) >= TAIL:
            self._kept -= len(self._tail.popleft())

    def _clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
