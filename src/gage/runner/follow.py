"""Shows what a run writes while it runs. Reads the run's files only, so that any process can do it."""

import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from gage.lib.files import READ_FLAGS
from gage.store import output_log
from gage.store.meta import MetaReader
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.events import Events
from gage.types.run import Run

POLL_SECONDS = 0.2
"""Seconds between reads."""

_RECORD = struct.Struct(">QB")


def follow_output(store: RunStore, id: str, events: Events) -> Run:
    """Sends the output of a run to `events` until it ends, and returns the run as it is then.

    An unfinished line is sent at once, and again after a carriage return when it changes. Raises StoreError when the
    run's files cannot be read.
    """
    run = store.read(id)
    tail = OutputTail.open(store.get_paths(id).meta_dir)
    while run.status in ("pending", "running"):
        if tail is None:
            tail = OutputTail.open(store.get_paths(id).meta_dir)
        else:
            unfinished = _read_unfinished(store, id)  # before the lines: it may be older than they are, never newer
            tail.send_new(events)
            tail.send_unfinished(events, unfinished)
        time.sleep(POLL_SECONDS)
        run = store.read(id)
    if tail is None:
        _send_all(store, id, events)
    else:
        tail.send_new(events)
        tail.close()
    return run


def _send_all(store: RunStore, id: str, events: Events) -> None:
    with MetaReader.open(store.get_paths(id)) as meta:
        for line in output_log.read_lines(meta, "run"):
            events.output(line.stream, line.data + (b"\n" if line.has_line_feed else b""))


def _read_unfinished(store: RunStore, id: str) -> tuple[bytes, bytes]:
    try:
        with MetaReader.open(store.get_paths(id)) as meta:
            return output_log.read_partial(meta, "run")
    except StoreError:
        return b"", b""  # the run is being sealed


class OutputTail:
    """The open output files of a running program: they can be read to their end even if the run is sealed meanwhile."""

    def __init__(self, text: int, index: int) -> None:
        self._text = text
        self._index = index
        self._data = b""
        self._at = 0
        self._records = b""
        self._shown = [b"", b""]
        self._last = [b"", b""]
        self._ended = [False, False]
        self._stale = [b"", b""]

    @classmethod
    def open(cls, meta_dir: Path) -> "OutputTail | None":
        """Returns None while there is no output, or if the run has been sealed."""
        try:
            text = os.open(meta_dir / "output" / "run", READ_FLAGS)
        except OSError:
            return None
        try:
            return cls(text, os.open(meta_dir / "output" / "run.index", READ_FLAGS))
        except OSError:
            os.close(text)
            return None

    def close(self) -> None:
        """Closes the files of the output."""
        os.close(self._text)
        os.close(self._index)

    def send_new(self, events: Events) -> None:
        """Sends new lines; consecutive lines of one stream are sent together."""
        together: list[bytes] = []
        before = 0
        for stream, line, kept in self._lines():
            if stream != before or self._shown[stream - 1]:
                self._flush(events, before, together)
                before = stream
            together.append(line)
            if self._shown[stream - 1]:
                self._flush(events, stream, together)
            self._last[stream - 1] = kept
            self._ended[stream - 1] = True
        self._flush(events, before, together)

    def _flush(self, events: Events, stream: int, together: list[bytes]) -> None:
        if together:
            self._send(events, stream, b"".join(together))
            self._shown[stream - 1] = b""
            together.clear()

    def _lines(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yields stream, line as the program wrote it, and line as stored, of each new record."""
        while True:
            self._records += os.read(self._index, 1 << 16)
            at = 0
            while at + _RECORD.size <= len(self._records):
                flags = _RECORD.unpack_from(self._records, at)[1]
                line = self._next_line(flags)
                if line is None:
                    break  # the record is written before the line
                at += _RECORD.size
                yield (
                    2 if flags & output_log.IS_ERR else 1,
                    line[:-1] if flags & output_log.NO_LINE_FEED else line,
                    line,
                )
            self._records = self._records[at:]
            if not at:
                return

    def send_unfinished(self, events: Events, now: tuple[bytes, bytes]) -> None:
        """Sends unfinished lines that have changed.

        The stored text is up to a second old: it may be an earlier state of a line that has ended since.
        """
        for i, data in enumerate(now):
            if self._ended[i]:
                self._ended[i], self._stale[i] = False, data
            is_old = data == self._stale[i] or self._last[i].startswith(data)
            if data and data != self._shown[i] and not is_old:
                self._send(events, i + 1, data)
                self._shown[i] = data

    def _send(self, events: Events, stream: int, data: bytes) -> None:
        """Sends a line or its current state; only the rest, if what was sent is its beginning."""
        shown = self._shown[stream - 1]
        events.output(stream, data[len(shown) :] if data.startswith(shown) else b"\r" + data)

    def _next_line(self, flags: int) -> bytes | None:
        """Returns the bytes of a record; None while they are incomplete."""
        while True:
            if flags & output_log.CONTINUES:
                end = (
                    self._at + output_log.MAX_LINE_BYTES
                    if len(self._data) - self._at >= output_log.MAX_LINE_BYTES
                    else 0
                )
            else:
                end = self._data.find(b"\n", self._at) + 1
            if end:
                line, self._at = self._data[self._at : end], end
                return line
            more = os.read(self._text, 1 << 18)
            if not more:
                return None
            self._data, self._at = self._data[self._at :] + more, 0
