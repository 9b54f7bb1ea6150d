"""Reads TF event files: their records, as far as the file is written. No TensorFlow, nothing else to install.

The framing is TFRecord's: length (8 bytes, little-endian), its masked CRC-32C, the message, its masked CRC-32C. Memory
stays bounded whatever the file: it is read in pieces, and a huge record is left out.
"""

import os
import stat

from gage.lib.crc32c import compute_crc32c
from gage.lib.files import READ_FLAGS
from gage.metrics.protobuf import MalformedMessage
from gage.metrics.reader_api import ReadResult, build_series_prefix
from gage.metrics.series_cache import HeaderCache
from gage.metrics.series_types import EventItem, SeriesBuilder, build_series, get_builder
from gage.metrics.tf_templates import (
    FRAME_BYTES,
    HEADER_BYTES,
    RecordTemplate,
    can_be_template,
    mask_crc,
)
from gage.metrics.tf_vectorized import MIN_REPETITIONS, RecordGroup, has_repeated_headers
from gage.metrics.tf_wire import TfEvent, parse_event

READ_BYTES = 1 << 19
HEAD_BYTES = 48
"""The first bytes of a file: its first record, which holds the time when it was created."""
MAX_RECORD_BYTES = 1 << 24
"""A longer record is left out."""
MAX_GROUP_BYTES = 1 << 22
"""A longer group of records is not waited for."""
MAX_SERIES = 100_000
"""More names are not taken from a file: no program has so many, and each costs memory."""
_MAX_TEMPLATES = 1 << 15
_MAX_HISTORY = 1 << 15
_MAX_NOTES = 5


class TemplateCache:
    """The templates of the records that were read, and the headers of cached series. Pass it on to the next file: its
    records are probably of the same kinds.
    """

    def __init__(self) -> None:
        self.groups: dict[int, RecordGroup] = {}
        self.headers: HeaderCache = {}
        self._count = 0
        # header of the record → where the longest constant part is, and the templates by this part
        self._by_head: dict[bytes, list[tuple[int, int, dict[bytes, RecordTemplate]]]] = {}

    def find_template(self, data: bytes, at: int) -> RecordTemplate | None:
        """Returns the template of the record at a position; None if it is unknown."""
        for begin, end, by_part in self._by_head.get(data[at : at + HEADER_BYTES], ()):
            template = by_part.get(data[at + begin : at + end])
            if template and template.matches(data, at):
                return template
        return None

    def is_full(self) -> bool:
        """Returns whether there are so many templates that no more should be added: each costs memory."""
        return self._count >= _MAX_TEMPLATES

    def add(self, template: RecordTemplate) -> None:
        """Adds a template."""
        self._count += 1
        position, part = template.longest_part()
        begin, end = position + HEADER_BYTES, position + HEADER_BYTES + len(part)
        known = self._by_head.setdefault(template.head, [])
        for other_begin, other_end, by_part in known:
            if (other_begin, other_end) == (begin, end):
                by_part[part] = template
                return
        known.append((begin, end, {part: template}))


class EventFile:
    """Reads the event file at `path`, which may still grow. What cannot be read is skipped and noted.

    `file` is its path relative to the run directory. Its directory is a prefix of the names of its series.
    """

    def __init__(self, path: str, file: str, templates: TemplateCache | None = None) -> None:
        self.file = file
        self.offset = 0
        self.ended = False
        self._path = path
        self._prefix = build_series_prefix(file)
        self._templates = templates or TemplateCache()
        self._notes: list[str] = []
        self._plugins: dict[str, str] = {}
        self._history: list[RecordTemplate | None] = []
        self._last: dict[int, tuple[int, int]] = {}  # template's id → index in the history, offset
        self._wanted_bytes = 0
        self._has_too_many_series = False
        self._skipped_records = 0
        self._head = b""  # of the file, which differs once another program has overwritten it

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new and complete since the last call. Raises OSError."""
        series: dict[str, SeriesBuilder] = {}
        items: list[EventItem] = []
        is_replaced = self._read_file(series, items)
        notes, self._notes = self._notes, []
        return ReadResult(series=build_series(series, self._prefix), items=items, notes=notes, replaces_all=is_replaced)

    def _read_file(self, series: dict[str, SeriesBuilder], items: list[EventItem]) -> bool:
        """Reads what is new. Returns whether the file was overwritten, so that it is read from its beginning."""
        is_replaced = False
        fd = os.open(self._path, READ_FLAGS)
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                if not self.ended:
                    self._end("not a regular file")
                return False
            head = os.pread(fd, HEAD_BYTES, 0)
            is_replaced = self.offset > 0 and bool(head) and not head.startswith(self._head)
            self._head = head or self._head
            if is_replaced:
                self.offset, self.ended = 0, False
                self._history, self._last, self._wanted_bytes = [], {}, 0
            if not self.ended and status.st_size < self.offset:
                self._end(f"shorter than the {self.offset} bytes that were read")
            if not self.ended:
                self._read(fd, status.st_size, series, items)
            return is_replaced
        finally:
            os.close(fd)

    def _read(self, fd: int, size: int, series: dict[str, SeriesBuilder], items: list[EventItem]) -> None:
        needed = 0
        while self.offset < size and not self.ended:
            size_to_read = min(max(READ_BYTES, self._wanted_bytes, needed), size - self.offset)
            data = os.pread(fd, size_to_read, self.offset)
            if len(data) < size_to_read:
                size = self.offset + len(data)
            done, needed = self._read_records(data, self.offset + len(data) < size, series, items)
            self.offset += done
            if self.offset + needed > size:
                return
            if needed > MAX_RECORD_BYTES:
                self._skip(self.offset, f"it is over {MAX_RECORD_BYTES >> 20} MB")
                self._remember(None, 0)
                self.offset, needed = self.offset + needed, 0

    def _read_records(
        self, data: bytes, has_more: bool, series: dict[str, SeriesBuilder], items: list[EventItem]
    ) -> tuple[int, int]:
        """Reads the whole records in `data`. Returns how many bytes they are, and how many the next record has (0:
        unknown).

        If the file `has_more` than `data`, a group that is not whole is left for the next call.
        """
        at, size = 0, len(data)
        while at + HEADER_BYTES <= size:
            template = self._templates.find_template(data, at)
            if template and at + template.size <= size:
                begin, stride = self._last_occurrence(template, at)
                if has_more and size - at < MIN_REPETITIONS * stride <= MAX_GROUP_BYTES:
                    self._wanted_bytes = 4 * MIN_REPETITIONS * stride
                    return at, 0
                group = self._find_group(template, begin, stride, data, at)
                group_bytes = group.read(data, at, series) if group else 0
                if group and group_bytes:
                    at += group_bytes
                    self._remember_group(group, self.offset + at - group.size)
                    continue
                if template.read_record(data, at, series):
                    self._remember(template, self.offset + at)
                    at += template.size
                    continue
            length = self._parse_length(data, at)
            if length is None:
                return at, 0
            whole = length + FRAME_BYTES
            if at + whole > size:
                return at, whole
            self._read_record(data[at : at + whole], self.offset + at, series, items)
            at += whole
        return at, HEADER_BYTES if at < size else 0

    def _last_occurrence(self, template: RecordTemplate, at: int) -> tuple[int, int]:
        """Returns where in the history the template was last (-1: nowhere), and how many bytes ago that was, or the
        size of its last group.
        """
        begin, offset = self._last.get(id(template), (-1, 0))
        if begin >= 0:
            return begin, self.offset + at - offset
        known = self._templates.groups.get(id(template))
        return -1, known.size if known else 0

    def _find_group(
        self, template: RecordTemplate, begin: int, stride: int, data: bytes, at: int
    ) -> RecordGroup | None:
        """Returns the group of records that probably repeats from here on, judged by what came before."""
        groups = self._templates.groups
        known = groups.get(id(template))
        if begin < 0 or (known and known.size == stride) or len(data) - at < MIN_REPETITIONS * stride:
            return known
        if not data.startswith(template.head, at + stride):
            return known
        since = [each for each in self._history[begin:] if each]
        if len(since) != len(self._history) - begin:
            return known
        names = [number.name for each in since for number in each.numbers]
        if len(set(names)) < len(names) or not has_repeated_headers(since, data, at, MIN_REPETITIONS):
            return known
        groups[id(template)] = RecordGroup(since)
        return groups[id(template)]

    def _remember_group(self, group: RecordGroup, offset: int) -> None:
        """Makes the history one occurrence of the group, at `offset`."""
        self._history = []
        self._last = {}
        for template in group.templates:
            self._remember(template, offset)
            offset += template.size

    def _remember(self, template: RecordTemplate | None, offset: int) -> None:
        if len(self._history) >= _MAX_HISTORY:
            self._history.clear()
            self._last.clear()
        if template:
            self._last[id(template)] = len(self._history), offset
        self._history.append(template)

    def _parse_length(self, data: bytes, at: int) -> int | None:
        """Returns the length of the record at a position; None if it is damaged: then nothing after it can be read."""
        if mask_crc(compute_crc32c(data[at : at + 8])) != int.from_bytes(data[at + 8 : at + HEADER_BYTES], "little"):
            self._end(f"broken at byte {self.offset + at}: nothing after it is read")
            return None
        return int.from_bytes(data[at : at + 8], "little")

    def _read_record(
        self, record: bytes, offset: int, series: dict[str, SeriesBuilder], items: list[EventItem]
    ) -> None:
        data = record[HEADER_BYTES:-4]
        template = None
        if mask_crc(compute_crc32c(data)) != int.from_bytes(record[-4:], "little"):
            self._skip(offset, "its checksum is wrong")
        elif event := self._parse_event(data, offset):
            self._add_scalars(event, series)
            self._add_items(event, offset, items)
            is_complete = all(scalar.tag in series for scalar in event.scalars)
            if is_complete and can_be_template(data, event) and not self._templates.is_full():
                template = RecordTemplate(record[:HEADER_BYTES], data, record[-4:], event)
                self._templates.add(template)
        self._remember(template, offset)

    def _parse_event(self, data: bytes, offset: int) -> TfEvent | None:
        """Returns the event in a record; None if it is skipped, with a note."""
        try:
            return parse_event(data, self._plugins)
        except MalformedMessage as error:
            self._skip(offset, f"it {error}")
            return None

    def _add_scalars(self, event: TfEvent, series: dict[str, SeriesBuilder]) -> None:
        for scalar in event.scalars:
            if len(series) < MAX_SERIES or scalar.tag in series:
                get_builder(series, scalar.tag).add(event.step, event.time, scalar.value)
            elif not self._has_too_many_series:
                self._has_too_many_series = True
                self._notes.append(f"There are over {MAX_SERIES:,} series: the others are left out")

    def _add_items(self, event: TfEvent, offset: int, items: list[EventItem]) -> None:
        for tag, kind, at, length in event.others:
            position = offset + HEADER_BYTES + at
            items.append(EventItem(kind, tag, event.step, event.time, self.file, position, length))

    def _skip(self, offset: int, why: str) -> None:
        self._skipped_records += 1
        if self._skipped_records <= _MAX_NOTES:
            self._notes.append(f"The record at byte {offset} is left out: {why}")
        elif self._skipped_records == _MAX_NOTES + 1:
            self._notes.append("More records are left out")

    def _end(self, why: str) -> None:
        self.ended = True
        self._notes.append(why)
