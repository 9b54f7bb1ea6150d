"""What a program wrote, kept compactly: its lines, and a small record for each. Writes it and reads it.

Knows bytes, two streams and times. Where the bytes come from, and how they look to the user, is not its business.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gage.lib.files import write_all
from gage.store.meta import MetaReader

OUT, ERR = 1, 2
"""Standard output and standard error."""

LONGEST = 65536
"""A longer line is kept in pieces of this many bytes."""

IS_ERR, GOES_ON, UNENDED = 1, 2, 4

_RECORD = struct.Struct(">QB")
_PARTIAL_EVERY_US = 1_000_000
_MOST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A line, or a piece of one: `stream` 1 or 2, `when` it ended in µs since the epoch, `data` without its end.

    `goes_on`: the line continues in the stream's next record. `ended`: it had a line feed at its end.
    """

    stream: int
    when: int
    data: bytes
    goes_on: bool = False
    ended: bool = True


class OutputWriter:
    """Takes what a program writes, as it comes, and appends finished lines to two open files.

    A line that was rewritten with carriage returns is kept as it looked last. Needs at most 64 KB of memory for each
    stream. `keep_partial` is called at most once a second with the content of `<phase>.partial`: the unfinished lines.
    """

    def __init__(self, output: int, index: int, keep_partial: Callable[[bytes], None] | None = None) -> None:
        self._output = output
        self._index = index
        self._keep_partial = keep_partial
        self._rest = {OUT: b"", ERR: b""}
        self._kept = b"\n\n"
        self._kept_at = 0

    def write(self, stream: int, data: bytes, when: int) -> None:
        """The program wrote `data` (any bytes) to `stream` at `when`, µs since the epoch. Raises OSError."""
        for at in range(0, len(data), LONGEST):
            self._take(stream, data[at : at + LONGEST] if len(data) > LONGEST else data, when)
        self.tick(when)

    def tick(self, now: int) -> None:
        """Time goes by: keep the unfinished lines where others can see them. Call it at least every second."""
        if self._keep_partial is None or now - self._kept_at < _PARTIAL_EVERY_US:
            return
        partial = _as_looked(self._rest[OUT]) + b"\n" + _as_looked(self._rest[ERR]) + b"\n"
        if partial != self._kept:
            self._keep_partial(partial)
            self._kept = partial
        self._kept_at = now

    def finish(self, when: int) -> None:
        """The program is done: keep what was left unfinished. The files stay open."""
        for stream, rest in self._rest.items():
            if last := _as_looked(rest):
                self._append(stream, last + b"\n", when, UNENDED)
            self._rest[stream] = b""

    def _take(self, stream: int, data: bytes, when: int) -> None:
        end = data.rfind(b"\n") + 1
        if end:
            self._lines(stream, self._rest[stream] + data[:end], when)
            rest = data[end:]
        else:
            rest = self._rest[stream] + data
        if b"\r" in rest:
            rest = _without_rewritten(rest)
        while len(rest) > LONGEST:
            self._append(stream, rest[:LONGEST], when, GOES_ON)
            rest = rest[LONGEST:]
        self._rest[stream] = rest

    def _lines(self, stream: int, lines: bytes, when: int) -> None:
        """Keep finished lines: all at once where none has to be looked at."""
        if b"\r" in lines:
            lines = b"\n".join(_as_looked(line) for line in lines.split(b"\n"))
        if len(lines) <= LONGEST or max(map(len, lines.split(b"\n"))) <= LONGEST:
            self._append(stream, lines, when, 0, lines.count(b"\n"))
            return
        for line in lines[:-1].split(b"\n"):
            at = 0
            while len(line) - at > LONGEST:
                self._append(stream, line[at : at + LONGEST], when, GOES_ON)
                at += LONGEST
            self._append(stream, line[at:] + b"\n", when, 0)

    def _append(self, stream: int, data: bytes, when: int, flags: int, count: int = 1) -> None:
        write_all(self._output, data)
        write_all(self._index, _RECORD.pack(when // 1000, flags | (IS_ERR if stream == ERR else 0)) * count)


def _as_looked(line: bytes) -> bytes:
    """What a terminal shows last of a line: what came after the last carriage return that anything came after."""
    if b"\r" not in line:
        return line
    line = line.rstrip(b"\r")
    return line[line.rfind(b"\r") + 1 :]


def _without_rewritten(rest: bytes) -> bytes:
    """An unfinished line without what was written over. A carriage return at its end still waits for what comes."""
    last = _as_looked(rest)
    return last + b"\r" if rest.endswith(b"\r") else last


def lines(meta: MetaReader, phase: str) -> Iterator[OutputLine]:
    """All that was kept of a phase, in order, in constant memory. Nothing if the phase wrote nothing.

    Lines without a record (a writer was killed) come as standard output with the last known time. Raises StoreError.
    """
    name = f"output/{phase}"
    text = _Buffer(meta.chunks(name))
    index = _Buffer(meta.chunks(f"{name}.index"))
    known = IS_ERR if phase[:1].isdigit() else IS_ERR | GOES_ON | UNENDED
    when = 0
    while True:
        record = index.take(_RECORD.size)
        ms, flags = _RECORD.unpack(record) if len(record) == _RECORD.size else (when // 1000, 0)
        flags &= known
        data = text.take(LONGEST) if flags & GOES_ON else text.take_line()
        if not data:
            return
        when = min(ms, 1 << 50) * 1000
        ended = not flags & (UNENDED | GOES_ON) and data.endswith(b"\n")
        if not flags & GOES_ON:
            data = data.removesuffix(b"\n")
        yield OutputLine(ERR if flags & IS_ERR else OUT, when, data, bool(flags & GOES_ON), ended)


def partial(meta: MetaReader, phase: str) -> tuple[bytes, bytes]:
    """The lines that a running program has not finished, of standard output and of standard error, a second old."""
    text = meta.read(f"output/{phase}.partial", 4 * LONGEST) or b""
    out, _, err = text.partition(b"\n")
    return out, err.removesuffix(b"\n")


def phases(meta: MetaReader) -> list[str]:
    """The phases that have output, in the order in which they ran."""
    found = {name[7:] for name in meta.names() if name.startswith("output/") and "." not in name}
    return sorted(found, key=lambda phase: (_ORDER.index(phase) if phase in _ORDER else len(_ORDER), phase))


_ORDER = ("stage-sourcecode", "stage-runtime", "stage-dependencies", "run", "finalize")


class _Buffer:
    """Pieces of bytes, taken by count or by line."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._data = b""
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes, fewer at the end."""
        while len(self._data) - self._at < count and self._more():
            pass
        return self._cut(min(self._at + count, len(self._data)))

    def take_line(self) -> bytes:
        """The next line with its line feed; what is left at the end; a piece of one that is over 1 MB."""
        start = self._at
        while (end := self._data.find(b"\n", start)) < 0:
            start = len(self._data) - self._at
            if start > _MOST_LINE or not self._more():
                return self._cut(len(self._data))
        return self._cut(end + 1)

    def _cut(self, end: int) -> bytes:
        data = self._data[self._at : end]
        self._at = end
        return data

    def _more(self) -> bool:
        """Append the next piece; what was taken goes. False at the end."""
        for chunk in self._chunks:
            if chunk:
                self._data = self._data[self._at :] + chunk
                self._at = 0
                return True
        return False
