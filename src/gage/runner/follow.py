"""Shows what a run writes while it runs. Reads the run's files only, so that any process can do it."""

import os
import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from gage.lib.files import READ_FLAGS
from gage.store import output_log
from gage.store.meta import MetaReader
from gage.store.output_log import STDERR, STDOUT, OutputLine, OutputReader
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.events import Events
from gage.types.run import Run

POLL_SECONDS = 0.2
"""Seconds between reads."""


def follow_output(store: RunStore, id: str, events: Events) -> Run:
    """Sends the output of a run to `events` until it ends, and returns the ended run.

    An unfinished line is sent at once, and again after a carriage return when it changes. Raises StoreError when the
    run's files cannot be read.
    """
    paths = store.get_paths(id)
    senders = (_StreamSender(events, STDOUT), _StreamSender(events, STDERR))
    text, index = _GrowingFile(paths.meta_dir / "output/run"), _GrowingFile(paths.meta_dir / "output/run.index")
    try:
        reader = OutputReader(text.read, index.read)
        while (run := store.read(id)).status in ("pending", "running"):
            unfinished = _read_unfinished(store, id)  # before the lines: it may be older than they are, never newer
            _send_lines(senders, reader.read_new())
            for sender, line in zip(senders, unfinished, strict=True):
                sender.send_unfinished(line)
            time.sleep(POLL_SECONDS)
        if text.is_open:  # readable to its end even if the run was sealed meanwhile
            _send_lines(senders, reader.read_new())
        else:
            with MetaReader.open(paths) as meta:
                _send_lines(senders, output_log.read_lines(meta, "run"))
        return run
    finally:
        text.close()
        index.close()


def _send_lines(senders: Sequence["_StreamSender"], lines: Iterable[OutputLine]) -> None:
    """Sends consecutive lines of one stream together."""
    for stream, group in groupby(lines, lambda line: line.stream):
        senders[stream - 1].send_lines([line.data + b"\n" if line.has_line_feed else line.data for line in group])


def _read_unfinished(store: RunStore, id: str) -> tuple[bytes, bytes]:
    """Returns the unfinished lines of standard output and standard error."""
    try:
        with MetaReader.open(store.get_paths(id)) as meta:
            return output_log.read_partial(meta, "run")
    except StoreError:
        return b"", b""  # the run is being sealed


class _GrowingFile:
    """A file that another process appends to. It is opened as soon as it exists."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    @property
    def is_open(self) -> bool:
        return self._fd >= 0

    def read(self) -> bytes:
        """Returns new bytes, b"" if there are none now."""
        try:
            if self._fd < 0:
                self._fd = os.open(self._path, READ_FLAGS)
            return os.read(self._fd, 1 << 18)
        except OSError:
            return b""

    def close(self) -> None:
        """Closes the file if it is open."""
        if self._fd >= 0:
            os.close(self._fd)


class _StreamSender:
    """Sends the lines of one stream, and the states of its unfinished line, after each of which the cursor stays there.

    - `_shown`: the state that the cursor is behind, b"" at the start of a line.
    - `_last_line`: the last line that ended. `_has_ended`: that was after the unfinished line was read.
    - `_outdated`: what was read as the unfinished line before that; it may be a state of a line that has ended.
    """

    def __init__(self, events: Events, stream: int) -> None:
        self._events = events
        self._stream = stream
        self._shown = self._last_line = self._outdated = b""
        self._has_ended = False

    def send_lines(self, lines: list[bytes]) -> None:
        """Sends new lines, in which any unfinished line has ended."""
        self._send(b"".join(lines))
        self._shown, self._last_line, self._has_ended = b"", lines[-1], True

    def send_unfinished(self, line: bytes) -> None:
        """Sends the unfinished line if it has changed. What is stored of it is up to a second old."""
        if self._has_ended:
            self._has_ended, self._outdated = False, line
        is_outdated = line == self._outdated or self._last_line.startswith(line)
        if line and line != self._shown and not is_outdated:
            self._send(line)
            self._shown = line

    def _send(self, data: bytes) -> None:
        """Sends what follows the shown state, or all of `data` after a carriage return if it does not begin with it."""
        is_longer = data.startswith(self._shown)
        self._events.output(self._stream, data[len(self._shown) :] if is_longer else b"\r" + data)
