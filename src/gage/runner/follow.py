"""Shows what a run writes while it runs. Reads the run's files only, so that any process can do it."""

import os
import time
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from gage.lib.files import READ_FLAGS
from gage.store import output_log
from gage.store.meta import MetaReader
from gage.store.output_log import OutputLine, OutputReader
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
    text, index = _GrowingFile(paths.meta_dir / "output/run"), _GrowingFile(paths.meta_dir / "output/run.index")
    try:
        reader, sender = OutputReader(text.read, index.read), _OutputSender(events)
        while (run := store.read(id)).status in ("pending", "running"):
            unfinished = _read_unfinished(store, id)  # before the lines: it may be older than they are, never newer
            sender.send_lines(reader.read_new())
            sender.send_unfinished(unfinished)
            time.sleep(POLL_SECONDS)
        if text.is_open:  # readable to its end even if the run was sealed meanwhile
            sender.send_lines(reader.read_new())
        else:
            with MetaReader.open(paths) as meta:
                sender.send_lines(output_log.read_lines(meta, "run"))
        return run
    finally:
        text.close()
        index.close()


def _read_unfinished(store: RunStore, id: str) -> tuple[bytes, bytes]:
    try:
        with MetaReader.open(store.get_paths(id)) as meta:
            return output_log.read_partial(meta, "run")
    except StoreError:
        return b"", b""  # the run is being sealed


class _GrowingFile:
    """A file that is written now, and opened as soon as it exists."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    @property
    def is_open(self) -> bool:
        return self._fd >= 0

    def read(self) -> bytes:
        """Returns more bytes; b"" if there are none now."""
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


class _OutputSender:
    """Sends lines, and unfinished ones as they change. Remembers of each stream what the user sees of its last line."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._shown = [b"", b""]
        self._last = [b"", b""]
        self._ended = [False, False]
        self._stale = [b"", b""]

    def send_lines(self, lines: Iterable[OutputLine]) -> None:
        """Sends new lines; consecutive lines of one stream are sent together."""
        for stream, group in groupby(lines, lambda line: line.stream):
            texts = [line.data + b"\n" if line.has_line_feed else line.data for line in group]
            self._send(stream, b"".join(texts))
            self._shown[stream - 1] = b""
            self._last[stream - 1] = texts[-1]
            self._ended[stream - 1] = True

    def send_unfinished(self, now: tuple[bytes, bytes]) -> None:
        """Sends unfinished lines that have changed.

        The stored text is up to a second old: it may be an earlier state of a line that has ended since.
        """
        for i, data in enumerate(now):
            if self._ended[i]:
                self._ended[i], self._stale[i] = False, data
            is_old = data == self._stale[i] or self._last[i].startswith(data)
            if data and data != self._shown[i] and not is_old:
                self._send(i + 1, data)
                self._shown[i] = data

    def _send(self, stream: int, data: bytes) -> None:
        """Sends lines or the state of one; only the rest, if what was sent is their beginning."""
        shown = self._shown[stream - 1]
        self._events.output(stream, data[len(shown) :] if data.startswith(shown) else b"\r" + data)
