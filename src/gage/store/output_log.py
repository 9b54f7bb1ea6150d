"""The log of a program's output: its lines, and a small record for each. Writes and reads it.

Knows bytes, two streams and times; not where the bytes come from or how they are shown.
"""

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gage.lib.files import write_all

if TYPE_CHECKING:
    from gage.store.meta import MetaReader

STDOUT, STDERR = 1, 2
"""Standard output and standard error."""

MISSING_SUFFIX = ".missing"
"""Ends the name of the member that counts the bytes of a phase's output that could not be stored."""

MAX_LINE_BYTES = 65536
"""A longer line is stored in pieces of this many bytes."""

IS_ERR, CONTINUES, NO_LINE_FEED, IS_GAP = 1, 2, 4, 8
"""Flags of a line. A gap is a line of Gage in the place of bytes that could not be stored."""

RECORD = struct.Struct(">QB")
"""A record of a line: when it ended in ms since the epoch, and its flags."""
_PARTIAL_INTERVAL_US = 1_000_000
_MAX_BUFFERED_LINE_BYTES = 1 << 20


class OutputLine(NamedTuple):
    """A line, or a piece of one: `stream` 1 or 2, `when` it ended in µs since the epoch, `data` without the line feed.

    Without `has_line_feed`, the line ended without one, or goes on in the stream's next record.
    """

    stream: int
    when: int
    data: bytes
    has_line_feed: bool = True


class OutputWriter:
    """Takes a program's output as it comes and appends finished lines to two open files.

    Of a line that was overwritten with carriage returns, the last state is stored. Needs at most 64 KB of memory for
    each stream. `save_partial` is called at most once a second with the content of `<phase>.partial`: the unfinished
    lines and the size of the output when they were unfinished. `listener` gets everything that is written, as it comes.

    Bytes that cannot be stored (a full disk) are counted, and `write` raises OSError for the first of them. `tick`
    tries again: a line that says how many bytes are missing stands in their place. `lost` counts all of them.
    """

    def __init__(
        self,
        output: int,
        index: int,
        save_partial: Callable[[bytes], None] | None = None,
        listener: Callable[[int, bytes, int], None] | None = None,
    ) -> None:
        self._output = output
        self._index = index
        self._save_partial = save_partial
        self._listener = listener
        self._rest = {STDOUT: b"", STDERR: b""}
        self._saved = b"\n\n"
        self._saved_at = 0
        self._ends = os.fstat(output).st_size, os.fstat(index).st_size
        self._missing = {STDOUT: 0, STDERR: 0}
        self._error: OSError | None = None
        self.lost = 0

    @property
    def is_full(self) -> bool:
        """Returns whether output cannot be stored now."""
        return any(self._missing.values())

    def write(self, stream: int, data: bytes, when: int) -> None:
        """The program wrote `data` (any bytes) to `stream` at `when`, µs since the epoch. Raises OSError."""
        if self._listener:
            self._listener(stream, data, when)
        for at in range(0, len(data), MAX_LINE_BYTES):
            self._take(stream, data[at : at + MAX_LINE_BYTES] if len(data) > MAX_LINE_BYTES else data, when)
        self._save_unfinished(when)
        error, self._error = self._error, None
        if error:
            raise error

    def tick(self, now: int) -> None:
        """Saves the unfinished lines, so that other processes can show them, and stores output again after a failure.
        Call it at least every second.
        """
        self._record_gap(now)
        self._save_unfinished(now)

    def _save_unfinished(self, now: int) -> None:
        if self._save_partial is None or now - self._saved_at < _PARTIAL_INTERVAL_US:
            return
        partial = _drop_overwritten(self._rest[STDOUT]) + b"\n" + _drop_overwritten(self._rest[STDERR]) + b"\n"
        if partial != b"\n\n":
            partial += b"%d\n" % self._ends[0]
        if partial != self._saved:
            with suppress(OSError):
                self._save_partial(partial)
                self._saved = partial
        self._saved_at = now

    def finish(self, when: int) -> None:
        """Stores the unfinished lines when the program has ended. The files stay open. May be called again."""
        self._record_gap(when)
        for stream, rest in self._rest.items():
            if last := _drop_overwritten(rest):
                self._append(stream, last + b"\n", when, NO_LINE_FEED)
            self._rest[stream] = b""

    def _take(self, stream: int, data: bytes, when: int) -> None:
        end = data.rfind(b"\n") + 1
        if end:
            self._lines(stream, self._rest[stream] + data[:end], when)
            rest = data[end:]
        else:
            rest = self._rest[stream] + data
        if b"\r" in rest:
            rest = _drop_overwritten_partial(rest)
        while len(rest) > MAX_LINE_BYTES:
            self._append(stream, rest[:MAX_LINE_BYTES], when, CONTINUES)
            rest = rest[MAX_LINE_BYTES:]
        self._rest[stream] = rest

    def _lines(self, stream: int, lines: bytes, when: int) -> None:
        """Stores finished lines: all at once if none is too long."""
        if b"\r" in lines:
            lines = b"\n".join(_drop_overwritten(line) for line in lines.split(b"\n"))
        if len(lines) <= MAX_LINE_BYTES or max(map(len, lines.split(b"\n"))) <= MAX_LINE_BYTES:
            self._append(stream, lines, when, 0, lines.count(b"\n"))
            return
        for line in lines[:-1].split(b"\n"):
            at = 0
            while len(line) - at > MAX_LINE_BYTES:
                self._append(stream, line[at : at + MAX_LINE_BYTES], when, CONTINUES)
                at += MAX_LINE_BYTES
            self._append(stream, line[at:] + b"\n", when, 0)

    def _append(self, stream: int, data: bytes, when: int, flags: int, count: int = 1) -> None:
        if self.is_full or not self._write_lines(stream, data, when, flags, count):
            self._missing[stream] += len(data)
            self.lost += len(data)

    def _record_gap(self, when: int) -> None:
        """Writes how many bytes are missing of a stream, if it can be written now."""
        for stream, missing in self._missing.items():
            line = b"[gage: output cut: %d bytes missing]\n" % missing
            if missing and self._write_lines(stream, line, when, IS_GAP, 1):
                self._missing[stream] = 0

    def _write_lines(self, stream: int, data: bytes, when: int, flags: int, count: int) -> bool:
        """Writes lines and their records, all of them or none. Returns whether they were written."""
        records = RECORD.pack(when // 1000, flags | (IS_ERR if stream == STDERR else 0)) * count
        try:
            write_all(self._output, data)
            write_all(self._index, records)
        except OSError as e:
            self._error = e
            for fd, end in zip((self._output, self._index), self._ends, strict=True):
                with suppress(OSError):
                    os.ftruncate(fd, end)
            return False
        self._ends = self._ends[0] + len(data), self._ends[1] + len(records)
        return True


def _drop_overwritten(line: bytes) -> bytes:
    """Returns the last state of a line on a terminal: the text after the last carriage return that text follows."""
    if b"\r" not in line:
        return line
    line = line.rstrip(b"\r")
    return line[line.rfind(b"\r") + 1 :]


def _drop_overwritten_partial(rest: bytes) -> bytes:
    """Returns the last state of an unfinished line. A carriage return at its end stays, as text may follow."""
    last = _drop_overwritten(rest)
    return last + b"\r" if rest.endswith(b"\r") else last


def read_lines(meta: "MetaReader", phase: str) -> Iterator[OutputLine]:
    """Yields the output of a phase, in order, in constant memory. Nothing if the phase wrote nothing.

    Lines without a record (the writer was killed) count as standard output with the last known time. Raises StoreError.
    """
    names = (f"output/{phase}", f"output/{phase}.index")
    text, index = (partial(next, filter(None, meta.iter_chunks(name)), b"") for name in names)
    reader = OutputReader(text, index, IS_ERR if phase[:1].isdigit() else IS_ERR | CONTINUES | NO_LINE_FEED)
    yield from reader.read_new()
    yield from reader.read_rest()


class OutputReader:
    """Reads the lines of an output from its two files, also while they are written.

    `read_text` and `read_index` return more bytes of them, b"" if there are none now. Records have `known` flags.
    """

    def __init__(
        self,
        read_text: Callable[[], bytes],
        read_index: Callable[[], bytes],
        known: int = IS_ERR | CONTINUES | NO_LINE_FEED,
    ) -> None:
        self._text = _ChunkBuffer(read_text)
        self._index = _ChunkBuffer(read_index)
        self._known = known
        self._record = b""
        self._when = 0

    def read_new(self) -> Iterator[OutputLine]:
        """Yields the lines that are whole and have a record."""
        while record := self._record or self._index.take(RECORD.size):
            ms, flags = RECORD.unpack(record)
            flags &= self._known
            data = self._text.take(MAX_LINE_BYTES) if flags & CONTINUES else self._text.take_line()
            self._record = b"" if data else record
            if not data:
                return
            self._when = min(ms, 1 << 50) * 1000
            has_line_feed = not flags & (NO_LINE_FEED | CONTINUES) and data.endswith(b"\n")
            line = data if flags & CONTINUES else data.removesuffix(b"\n")
            yield OutputLine(STDERR if flags & IS_ERR else STDOUT, self._when, line, has_line_feed)

    def read_rest(self) -> Iterator[OutputLine]:
        """Yields the text after all lines with a record, when nothing more will be written."""
        while data := self._text.take_line() or self._text.take_rest():
            yield OutputLine(STDOUT, self._when, data.removesuffix(b"\n"), data.endswith(b"\n"))


def read_partial(meta: "MetaReader", phase: str) -> tuple[bytes, bytes]:
    """Returns the unfinished lines of a running program, of both streams, at most a second old.

    Returns b"" for both if output was stored since they were saved: it may have ended them.
    """
    text = meta.read(f"output/{phase}.partial", 4 * MAX_LINE_BYTES) or b""
    out, err, size = [*text.split(b"\n"), b"", b"", b""][:3]
    is_current = size == b"%d" % (meta.get_size(f"output/{phase}") or 0)
    return (out, err) if is_current else (b"", b"")


def read_output(meta: "MetaReader") -> Iterator[tuple[int, bytes]]:
    """Yields the lines of all phases of a run with their streams; at the end of a phase, what is no full line yet."""
    for phase in list_phases(meta):
        for line in read_lines(meta, phase):
            yield line.stream, line.data + (b"\n" if line.has_line_feed else b"")
        yield from enumerate(read_partial(meta, phase), start=1)


def strip_colors(line: bytes) -> str:
    """Returns a line without the program's colours."""
    import re

    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line.decode("utf-8", "backslashreplace"))


def read_missing_bytes(meta: "MetaReader") -> int:
    """Returns how many bytes of the output of all phases could not be stored."""
    counts = (meta.read(name, 32) or b"" for name in meta.list_names() if name.endswith(MISSING_SUFFIX))
    return sum(int(count) for count in counts if count.isdigit())


def describe_missing_output(count: int) -> str:
    """Returns a sentence about bytes of output that could not be stored."""
    return f"Output cut: {count:,} bytes missing"


def list_phases(meta: "MetaReader") -> list[str]:
    """Returns the phases that have output, in the order in which they ran."""
    phases = {name[7:] for name in meta.list_names() if name.startswith("output/") and "." not in name}
    return sorted(
        phases, key=lambda phase: (_PHASE_ORDER.index(phase) if phase in _PHASE_ORDER else len(_PHASE_ORDER), phase)
    )


_PHASE_ORDER = ("stage-sourcecode", "stage-runtime", "stage-dependencies", "run", "finalize")


class _ChunkBuffer:
    """Bytes that `read` returns in pieces (b"": no more now), taken by count or by line."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._read = read
        self._data = b""
        self._at = 0

    def take(self, count: int) -> bytes:
        """Returns the next `count` bytes, b"" as long as there are fewer."""
        while len(self._data) - self._at < count:
            if not self._append_more():
                return b""
        return self._cut(self._at + count)

    def take_line(self) -> bytes:
        """Returns the next line with its line feed, or a piece of a line of over 1 MB; b"" as long as it is shorter."""
        start = self._at
        while (end := self._data.find(b"\n", start)) < 0:
            start = len(self._data) - self._at
            if start > _MAX_BUFFERED_LINE_BYTES:
                return self.take_rest()
            if not self._append_more():
                return b""
        return self._cut(end + 1)

    def take_rest(self) -> bytes:
        """Returns what has been read and not been taken."""
        return self._cut(len(self._data))

    def _cut(self, end: int) -> bytes:
        data = self._data[self._at : end]
        self._at = end
        return data

    def _append_more(self) -> bool:
        """Appends the next piece and drops what was taken. Returns False if there is none."""
        piece = self._read()
        if piece:
            self._data, self._at = self._data[self._at :] + piece, 0
        return bool(piece)
