"""TF event files: records out of bytes, as far as the file is written. No TensorFlow, nothing else to install.

The framing is TFRecord's: length (8 bytes, little-endian), its masked CRC-32C, the message, its masked CRC-32C. Memory
stays bounded whatever the file: it is read in pieces, and of a huge record only the beginning is kept.
"""

import os
import stat
from pathlib import Path

from gage.lib.crc32c import compute_crc32c
from gage.lib.files import READ_FLAGS
from gage.metrics.protobuf import MalformedMessage
from gage.metrics.series_cache import HeaderCache
from gage.metrics.series_types import EventItem, SeriesBuilder
from gage.metrics.tf_templates import FRAME_BYTES, HEADER_BYTES, RecordTemplate, can_be_template, get_builder, mask_crc
from gage.metrics.tf_vectorized import MIN_GROUPS, RecordGroup, heads_repeat
from gage.metrics.tf_wire import parse_event

READ_BYTES = 1 << 19
"""How much is read at once, in bytes."""
MAX_RECORD_BYTES = 1 << 22
"""A record longer than this is looked at in pieces, in bytes."""
MAX_GROUP_BYTES = 1 << 22
"""A turn of records that is longer is not waited for, in bytes."""
MAX_SERIES = 100_000
"""More names are not taken from a file: no program has so many, and each costs memory."""
_BEGINNING = 1 << 16
_MOST_SHAPES = 1 << 15
_HISTORY = 1 << 15
_MOST_NOTES = 5


class TemplateCache:
    """How the records that were met are built, and the heads of columns. Hand it to the next file: its records are
    likely built alike."""

    def __init__(self) -> None:
        self.groups: dict[int, RecordGroup] = {}
        self.headers: HeaderCache = {}
        self._many = 0
        self._by_head: dict[bytes, list[tuple[int, int, dict[bytes, RecordTemplate]]]] = {}

    def find_template(self, data: bytes, at: int) -> RecordTemplate | None:
        """The shape of the record at a place, if it is a known one."""
        for begin, end, by_part in self._by_head.get(data[at : at + HEADER_BYTES], ()):
            shape = by_part.get(data[at + begin : at + end])
            if shape and shape.matches(data, at):
                return shape
        return None

    def is_full(self) -> bool:
        """Whether so many kinds of records are known that no more should be learned: each costs memory."""
        return self._many >= _MOST_SHAPES

    def add(self, shape: RecordTemplate) -> None:
        """Know such records from now on."""
        self._many += 1
        place, part = shape.key()
        begin, end = place + HEADER_BYTES, place + HEADER_BYTES + len(part)
        known = self._by_head.setdefault(shape.head, [])
        for at, stop, by_part in known:
            if (at, stop) == (begin, end):
                by_part[part] = shape
                return
        known.append((begin, end, {part: shape}))


class EventFile:
    """One event file of a run, read on and on: `read` takes what is complete since the last time.

    `file` is its path relative to the run directory. What cannot be read is told in `notes` and passed over.
    """

    def __init__(self, run_dir: Path | str, file: str, shapes: TemplateCache) -> None:
        self.file = file
        self._path = os.path.join(run_dir, file)
        self._shapes = shapes
        self._plugins: dict[str, str] = {}
        self._history: list[RecordTemplate | None] = []
        self._last: dict[int, tuple[int, int]] = {}
        self._want = 0
        self._full = False
        self.offset = 0
        self.ended = False
        self.notes: list[str] = []
        self._wrong = 0

    def read(self, series: dict[str, SeriesBuilder], items: list[EventItem]) -> None:
        """Add the points that are new to `series` (by tag) and the rest to `items`. Raises OSError."""
        if self.ended:
            return
        fd = os.open(self._path, READ_FLAGS)
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                self._end("is not a file")
            elif status.st_size < self.offset:
                self._end(f"has become shorter than the {self.offset} bytes that were read")
            else:
                self._read(fd, status.st_size, series, items)
        finally:
            os.close(fd)

    def _read(self, fd: int, size: int, series: dict[str, SeriesBuilder], items: list[EventItem]) -> None:
        need = 0
        while self.offset < size and not self.ended:
            want = min(max(READ_BYTES, self._want, need), size - self.offset)
            data = os.pread(fd, want, self.offset)
            if len(data) < want:
                size = self.offset + len(data)
            done, need = self._records(data, self.offset + len(data) < size, series, items)
            self.offset += done
            if self.offset + need > size:
                return
            if need > MAX_RECORD_BYTES:
                self._huge(fd, need, items)
                need = 0

    def _records(
        self, data: bytes, more: bool, series: dict[str, SeriesBuilder], items: list[EventItem]
    ) -> tuple[int, int]:
        """Read what is whole in `data`: how many bytes that is, and how many the next record has (0: not known).

        When there is `more` than `data`, a turn that is not whole is left to the next time.
        """
        at, size = 0, len(data)
        shapes = self._shapes
        while at + HEADER_BYTES <= size:
            shape = shapes.find_template(data, at)
            if shape and at + shape.size <= size:
                begin, stride = self._seen(shape, at)
                if more and size - at < MIN_GROUPS * stride <= MAX_GROUP_BYTES:
                    self._want = 4 * MIN_GROUPS * stride
                    return at, 0
                turn = self._turn(shape, begin, stride, data, at)
                rows = turn.read(data, at, series) if turn else 0
                if turn and rows:
                    at += rows
                    self._again(turn, self.offset + at - turn.size)
                    continue
                if shape.read_record(data, at, series):
                    self._remember(shape, self.offset + at)
                    at += shape.size
                    continue
            length = self._length(data, at)
            if length < 0:
                return at, 0
            whole = length + FRAME_BYTES
            if at + whole > size:
                return at, whole
            self._record(data[at : at + whole], self.offset + at, series, items)
            at += whole
        return at, HEADER_BYTES if at < size else 0

    def _seen(self, shape: RecordTemplate, at: int) -> tuple[int, int]:
        """Where in the history this shape was met last (-1: nowhere), and how many bytes ago (or in its last turn)."""
        begin, offset = self._last.get(id(shape), (-1, 0))
        if begin >= 0:
            return begin, self.offset + at - offset
        known = self._shapes.groups.get(id(shape))
        return -1, known.size if known else 0

    def _turn(self, shape: RecordTemplate, begin: int, stride: int, data: bytes, at: int) -> RecordGroup | None:
        """The records that come in turn from here on, as far as one can tell from what came before."""
        turns = self._shapes.groups
        known = turns.get(id(shape))
        if begin < 0 or (known and known.size == stride) or len(data) - at < MIN_GROUPS * stride:
            return known
        if not data.startswith(shape.head, at + stride):
            return known
        since = [each for each in self._history[begin:] if each]
        names = [number.name for each in since for number in each.numbers]
        if (
            len(since) != len(self._history) - begin
            or len(set(names)) < len(names)
            or not heads_repeat(since, data, at, MIN_GROUPS)
        ):
            return known
        turns[id(shape)] = RecordGroup(since)
        return turns[id(shape)]

    def _again(self, turn: RecordGroup, offset: int) -> None:
        """Remember that a turn was met last at this offset."""
        self._history = []
        self._last = {}
        for shape in turn.templates:
            self._remember(shape, offset)
            offset += shape.size

    def _remember(self, shape: RecordTemplate | None, offset: int) -> None:
        if len(self._history) >= _HISTORY:
            self._history.clear()
            self._last.clear()
        if shape:
            self._last[id(shape)] = len(self._history), offset
        self._history.append(shape)

    def _length(self, data: bytes, at: int) -> int:
        """The length of the record at a place; -1 when it cannot be trusted, and with it nothing after it."""
        if mask_crc(compute_crc32c(data[at : at + 8])) != int.from_bytes(data[at + 8 : at + HEADER_BYTES], "little"):
            self._end(f"is broken at byte {self.offset + at}: nothing after it is read")
            return -1
        return int.from_bytes(data[at : at + 8], "little")

    def _record(self, whole: bytes, offset: int, series: dict[str, SeriesBuilder], items: list[EventItem]) -> None:
        data = whole[HEADER_BYTES:-4]
        if mask_crc(compute_crc32c(data)) != int.from_bytes(whole[-4:], "little"):
            self._skip(offset, "its checksum is wrong")
            self._remember(None, 0)
            return
        try:
            found = parse_event(data, self._plugins)
        except MalformedMessage as error:
            self._skip(offset, f"it {error}")
            self._remember(None, 0)
            return
        for scalar in found.scalars:
            if len(series) < MAX_SERIES or scalar.tag in series:
                get_builder(series, scalar.tag).add(found.step, found.time, scalar.value)
            elif not self._full:
                self._full = True
                self.notes.append(f"There are over {MAX_SERIES:,} series: the others are left out")
        for other in found.others:
            items.append(
                EventItem(
                    other.kind,
                    other.tag,
                    found.step,
                    found.time,
                    self.file,
                    offset + HEADER_BYTES + other.at,
                    other.length,
                )
            )
        shape = None
        if (
            can_be_template(data, found)
            and not self._shapes.is_full()
            and all(one.tag in series for one in found.scalars)
        ):
            shape = RecordTemplate(whole[:HEADER_BYTES], data, whole[-4:], found)
            self._shapes.add(shape)
        self._remember(shape, offset)

    def _huge(self, fd: int, whole: int, items: list[EventItem]) -> None:
        """Pass over a huge record: its checksum is made piece by piece, and its name is at its beginning."""
        begin, end = self.offset + HEADER_BYTES, self.offset + whole - 4
        crc, at = 0, begin
        while at < end:
            piece = os.pread(fd, min(READ_BYTES, end - at), at)
            if not piece:
                return self._end("became shorter while it was read")
            crc, at = compute_crc32c(piece, crc), at + len(piece)
        if mask_crc(crc) != int.from_bytes(os.pread(fd, 4, end), "little"):
            self._skip(self.offset, "its checksum is wrong")
        else:
            self._beginning(os.pread(fd, _BEGINNING, begin), end - begin, items)
        self._remember(None, 0)
        self.offset += whole
        return None

    def _beginning(self, data: bytes, whole: int, items: list[EventItem]) -> None:
        try:
            found = parse_event(data, self._plugins, whole)
        except MalformedMessage as error:
            return self._skip(self.offset, f"it {error}")
        for other in found.others:
            at = self.offset + HEADER_BYTES + other.at
            items.append(EventItem(other.kind, other.tag, found.step, found.time, self.file, at, other.length))
        return None

    def _skip(self, offset: int, why: str) -> None:
        self._wrong += 1
        if self._wrong <= _MOST_NOTES:
            self.notes.append(f"The record at byte {offset} is left out: {why}")
        elif self._wrong == _MOST_NOTES + 1:
            self.notes.append("More records are left out")

    def _end(self, why: str) -> None:
        self.ended = True
        self.notes.append(f"It {why}")
