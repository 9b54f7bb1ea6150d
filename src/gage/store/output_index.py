"""Where lines of a long output begin, so that a page of it is read without all that stands before.

Reads each byte once, and keeps a number for every 64 KB. Knows lines, times and streams; not how they are shown.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gage.lib.zipread import BOOKMARK_BYTES, Bookmark
from gage.store.meta import MetaReader
from gage.store.output_log import CONTINUES, IS_ERR, RECORD, STDERR, STDOUT

CHUNK_BYTES = 1 << 16
TIMED_RECORDS = 1 << 12
"""Lines for which one time is kept."""
SEARCHED_BYTES = 1 << 20


class PagedLine(NamedTuple):
    """A line: `stream` 1 or 2, `when` it ended in µs since the epoch, its first bytes; `is_cut`: it has more."""

    stream: int
    when: int
    data: bytes
    is_cut: bool


class OutputIndex:
    """The lines of the output of one phase, numbered from 0. Call `update` before anything else."""

    def __init__(self, phase: str) -> None:
        self._text, self._records = f"output/{phase}", f"output/{phase}.index"
        self._has_pieces = not phase[:1].isdigit()  # in old stores the flags mean something else
        self._bookmarks: tuple[list[Bookmark], list[Bookmark]] = [], []
        self._reset()

    def _reset(self) -> None:
        self._size = self._record_count = self._tail_lines = 0
        self._ends_with_line_feed = True
        self._before = array("Q", [0])
        self._pieces = array("Q")
        self._times = array("Q")
        for each in self._bookmarks:
            each.clear()

    @property
    def line_count(self) -> int:
        """The number of lines; an unfinished last line counts."""
        return self._before[-1] + self._tail_lines + (not self._ends_with_line_feed)

    def update(self, meta: MetaReader) -> None:
        """Reads what was written since the last call."""
        size, records = meta.get_size(self._text) or 0, (meta.get_size(self._records) or 0) // RECORD.size
        if size < self._size or records < self._record_count:
            self._reset()
        if size > self._size:
            self._count_lines(meta, size)
        if records > self._record_count:
            self._scan_records(meta, records)

    def _count_lines(self, meta: MetaReader, size: int) -> None:
        at = (len(self._before) - 1) * CHUNK_BYTES
        while at < size:
            data = self._read(meta, at, min(size - at, BOOKMARK_BYTES))
            if not data:
                break
            for start in range(0, len(data), CHUNK_BYTES):
                count = data.count(b"\n", start, start + CHUNK_BYTES)
                if start + CHUNK_BYTES <= len(data):
                    self._before.append(self._before[-1] + count)
                    count = 0
                self._tail_lines = count
            self._ends_with_line_feed = data.endswith(b"\n")
            at += len(data)
        self._size = at

    def _scan_records(self, meta: MetaReader, count: int) -> None:
        at = self._record_count - self._record_count % TIMED_RECORDS
        del self._times[at // TIMED_RECORDS :]
        while self._pieces and self._pieces[-1] + len(self._pieces) - 1 >= at:
            self._pieces.pop()
        while at < count:
            data = self._read_records(meta, at, min(count - at, TIMED_RECORDS * 64))
            if not data:
                break
            flags = data[RECORD.size - 1 :: RECORD.size]
            self._times.extend(
                RECORD.unpack_from(data, i * RECORD.size)[0] for i in range(0, len(flags), TIMED_RECORDS)
            )
            if self._has_pieces and any(flag & CONTINUES for flag in set(flags)):
                for i, flag in enumerate(flags):
                    if flag & CONTINUES:
                        self._pieces.append(at + i - len(self._pieces))
            at += len(flags)
        self._record_count = at

    def read_lines(self, meta: MetaReader, first: int, count: int, max_bytes: int) -> Iterator[PagedLine]:
        """Yields lines from number `first` on, of each its first `max_bytes` bytes at most."""
        last = min(first + count, self.line_count)
        if first >= last:
            return
        at, data, start = self._find_line(meta, first), b"", 0
        marks = self._read_marks(meta, first, last)
        for number in range(first, last):
            end = data.find(b"\n", start)
            if end < 0:
                at, data, start = at + start, self._read(meta, at + start, max(4 * max_bytes, CHUNK_BYTES)), 0
                end = data.find(b"\n")
            is_long = end < 0 and at + len(data) < self._size
            line = data[start : end if end >= 0 else None]
            stream, when = marks[number - first]
            yield PagedLine(stream, when, line[:max_bytes], is_long or len(line) > max_bytes)
            if is_long:
                at, data, start = self._find_line(meta, number + 1), b"", 0
            else:
                start = end + 1 if end >= 0 else len(data)

    def find_time(self, meta: MetaReader, when: int) -> int:
        """Returns the number of the first line that ended at `when` (µs since the epoch) or later."""
        block = max(bisect_left(self._times, when // 1000) - 1, 0)
        first = block * TIMED_RECORDS
        data = self._read_records(meta, first, min(TIMED_RECORDS, self._record_count - first))
        found = next(
            (i for i, (ms, _) in enumerate(RECORD.iter_unpack(data)) if ms * 1000 >= when), len(data) // RECORD.size
        )
        record = min(first + found, self._record_count)
        return min(self._count_lines_before(record), max(self.line_count - 1, 0))

    def search(self, meta: MetaReader, words: Sequence[bytes], first: int, ignores_case: bool) -> "MatchingLines":
        """Returns which lines from number `first` on contain one of the words. Reads `SEARCHED_BYTES` at most, so only
        the beginning of a line that is longer.
        """
        at = self._find_line(meta, first)
        data = self._read(meta, at, SEARCHED_BYTES)
        end = data.rfind(b"\n") + 1
        if end and at + len(data) < self._size:
            data = data[:end]
        text = data.lower() if ignores_case else data
        found: set[int] = set()
        for word in words:
            start, number = text.find(word), first
            counted = 0
            while start >= 0:
                number += text.count(b"\n", counted, start)
                found.add(number)
                counted = text.find(b"\n", start)
                start = text.find(word, counted) if counted >= 0 else -1
        next_line = first + max(data.count(b"\n"), 1) if at + len(data) < self._size else self.line_count
        return MatchingLines(sorted(found), next_line)

    def _find_line(self, meta: MetaReader, number: int) -> int:
        """Returns the offset at which a line begins; of a line after the last one, the size."""
        if number <= 0:
            return 0
        chunk = bisect_left(self._before, number) - 1
        data = self._read(meta, chunk * CHUNK_BYTES, CHUNK_BYTES)
        at = -1
        for _ in range(number - self._before[chunk]):
            at = data.find(b"\n", at + 1)
            if at < 0:
                return self._size
        return chunk * CHUNK_BYTES + at + 1

    def _read_marks(self, meta: MetaReader, first: int, last: int) -> list[tuple[int, int]]:
        """Returns the streams and times of lines. Lines without a record have the time of the last one."""
        begin = self._find_record(first)
        end = min(self._find_record(last - 1) + 1, self._record_count)
        data = self._read_records(meta, begin, end - begin) if end > begin else b""
        marks: list[tuple[int, int]] = []
        for number in range(first, last):
            at = (self._find_record(number) - begin) * RECORD.size
            if at + RECORD.size <= len(data):
                ms, flags = RECORD.unpack_from(data, at)
                marks.append((STDERR if flags & IS_ERR else STDOUT, min(ms, 1 << 50) * 1000))
            else:
                marks.append((STDOUT, marks[-1][1] if marks else self._read_last_time(meta)))
        return marks

    def _read_last_time(self, meta: MetaReader) -> int:
        data = self._read_records(meta, self._record_count - 1, 1) if self._record_count else b""
        return min(RECORD.unpack(data)[0], 1 << 50) * 1000 if data else 0

    def _find_record(self, line: int) -> int:
        """Returns the number of the record in which a line ends: long lines have several."""
        return line + bisect_right(self._pieces, line)

    def _count_lines_before(self, record: int) -> int:
        pieces = sum(1 for i, line in enumerate(self._pieces) if line + i < record)
        return record - pieces

    def _read(self, meta: MetaReader, at: int, count: int) -> bytes:
        return meta.read_part(self._text, at, count, self._bookmarks[0])

    def _read_records(self, meta: MetaReader, first: int, count: int) -> bytes:
        size = RECORD.size
        data = meta.read_part(self._records, first * size, count * size, self._bookmarks[1])
        return data[: len(data) // size * size]


class MatchingLines(NamedTuple):
    """The numbers of the lines that match, and the line from which to search on."""

    lines: list[int]
    next: int
