"""Prints a run while it is running: the program's output unchanged, Gage's messages on standard error."""

import sys
import time
from collections import deque

from gage.cli.render import terminal
from gage.cli.render.status_line import StatusLine

MAX_TAIL_BYTES = 64 * 1024
PROGRESS_DELAY_SECONDS = 1.0
"""Seconds that work may take before its progress is shown."""


class LiveOutput:
    """Prints the events of a run. Keeps the end of the output, for a hint after a failure."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._step_began = 0.0
        self._line = StatusLine()
        self._closed_streams: set[int] = set()

    def end_line(self) -> bytes:
        """Ends the unfinished line that a program left on the terminal. Returns the end of the program's output."""
        tail = b"".join(self._tail)
        if tail and not tail.endswith(b"\n") and not self.quiet and sys.stderr.isatty():
            sys.stderr.write("\n")
        return tail

    def step(self, name: str) -> None:
        """Notes the start of a step; prints nothing."""
        self._step_began = time.monotonic()

    def output(self, stream: int, data: bytes) -> None:
        """Prints the program's output. A closed reader does not stop the run."""
        self._append_tail(data)
        if self.quiet or stream in self._closed_streams:
            return
        self._line.clear()
        file = sys.stderr if stream == 2 else sys.stdout
        try:
            file.buffer.write(data)
            file.flush()
        except (OSError, ValueError):
            self._closed_streams.add(stream)

    def notice(self, text: str) -> None:
        """Prints a notice."""
        self._line.clear()
        terminal.print_stderr(text)

    def progress(self, what: str, done: int, total: int) -> None:
        """Shows the progress of long work, on a terminal."""
        if done >= total:
            self._line.clear()
            self._step_began = time.monotonic()
        elif not self.quiet and time.monotonic() - self._step_began > PROGRESS_DELAY_SECONDS:
            self._line.show(f"{terminal.escape(what)}: {100 * done // max(total, 1)} %")

    def _append_tail(self, data: bytes) -> None:
        self._tail.append(data[-MAX_TAIL_BYTES:])
        self._tail_bytes += len(self._tail[-1])
        while self._tail_bytes - len(self._tail[0]) >= MAX_TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft())
