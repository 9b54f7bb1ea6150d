"""How a record is built, so that the next ones built alike are read without looking at them field by field.

Only a time, a step, numbers and the checksum change; what a place adds to the checksum is known from tables, as
checksums are linear (`gage.lib.crc32c.compute_bit_effects`).
"""

import struct
from functools import cached_property, lru_cache
from typing import NamedTuple

from gage.lib.crc32c import build_byte_table, compute_bit_effects, split_byte_planes
from gage.metrics.series_types import SeriesBuilder
from gage.metrics.tf_wire import TfEvent

MAX_TEMPLATE_BYTES = 4096
"""The most bytes of a record that gets a shape."""
HEADER_BYTES = 12
FRAME_BYTES = 16
CRC_MASK_DELTA = 0xA282EAD8
MAX_UINT32 = 0xFFFFFFFF
_MOST_STEP = 9
_SINGLE = struct.Struct("<f")
_DOUBLE = struct.Struct("<d")
FLIPPED = bytes([value ^ 128 for value in range(256)])


def mask_crc(crc: int) -> int:
    """A checksum as TFRecord files store it."""
    return (_rotated(crc) + CRC_MASK_DELTA) & MAX_UINT32


def _rotated(crc: int) -> int:
    return (crc >> 15 | crc << 17) & MAX_UINT32


class _CrcTable(NamedTuple):
    """What each value of a byte adds, and the same as four planes for `bytes.translate`."""

    table: list[int]
    planes: tuple[bytes, bytes, bytes, bytes]


class VariableByte(NamedTuple):
    """A byte that changes: its place after the head, and what it adds."""

    at: int
    table: list[int]
    planes: tuple[bytes, bytes, bytes, bytes]


class _NumberField(NamedTuple):
    """A number of the record: its name, where it lies after the head, how it is written."""

    name: str
    at: int
    code: str


@lru_cache(maxsize=1024)
def _adds(distance: int) -> _CrcTable:
    """What a byte adds to the (rotated) checksum when so many bytes follow it."""
    table = build_byte_table(map(_rotated, compute_bit_effects(distance)))
    return _CrcTable(table, split_byte_planes(table))


@lru_cache(maxsize=4096)
def _variable_byte(at: int, distance: int) -> VariableByte:
    """The hole at a place that so many bytes follow: records share them."""
    return VariableByte(at, *_adds(distance))


class RecordTemplate:
    """How records of one kind are built. `size` is a record's whole length, `head` its first 12 bytes.

    Places (`time_at`, -1 for none; `steps`; `numbers`; `places` of all bytes that change, the last first) count after
    the head. `base` is the (rotated) checksum of the record with zeros in these places.
    """

    def __init__(self, head: bytes, data: bytes, sum: bytes, event: TfEvent) -> None:
        self.head = head
        self.size = len(data) + FRAME_BYTES
        self.numbers = [_NumberField(s.tag, s.at, s.code) for s in event.scalars]
        self.time_at, self.steps = event.time_at, range(event.step_at, event.step_end)
        spans = _spans(event)
        self.places = [at for begin, end in reversed(spans) for at in range(end - 1, begin - 1, -1)]
        self.variable_bytes = [_variable_byte(at, len(data) - 1 - at) for at in self.places]
        self.base = (int.from_bytes(sum, "little") - CRC_MASK_DELTA) & MAX_UINT32
        for at, table, _ in self.variable_bytes:
            self.base ^= table[data[at]]
        self._parts = _between(spans, data)

    @cached_property
    def mask(self) -> bytes:
        """255 for each byte of the record that never changes, else 0."""
        mask = bytearray(b"\xff" * HEADER_BYTES + bytes(self.size - HEADER_BYTES))
        for at, part in self._parts:
            mask[HEADER_BYTES + at : HEADER_BYTES + at + len(part)] = b"\xff" * len(part)
        return bytes(mask)

    @cached_property
    def blank(self) -> bytes:
        """The record with zeros for the bytes that change."""
        blank = bytearray(self.head + bytes(self.size - HEADER_BYTES))
        for at, part in self._parts:
            blank[HEADER_BYTES + at : HEADER_BYTES + at + len(part)] = part
        return bytes(blank)

    @cached_property
    def constant(self) -> list[tuple[int, bytes]]:
        """The bytes that never change, with their places from the record's beginning."""
        return [(at, self.blank[at : at + 1]) for at, is_so in enumerate(self.mask) if is_so]

    def key(self) -> tuple[int, bytes]:
        """The longest part that does not change: where it is after the head, and what it is."""
        return max(self._parts, key=lambda part: len(part[1]))

    def matches(self, data: bytes, at: int) -> bool:
        """Whether the record at a place, whose head is known to be this shape's, is built like this."""
        start = at + HEADER_BYTES
        for place, part in self._parts:
            if not data.startswith(part, start + place):
                return False
        if not self.steps:
            return True
        last = start + self.steps[-1]
        return data[last] < 128 and data[start + self.steps[0] : last].translate(FLIPPED).isascii()

    def read_record(self, data: bytes, at: int, series: dict[str, SeriesBuilder]) -> bool:
        """Read the one record at a place, which fits. False when its checksum is wrong."""
        start = at + HEADER_BYTES
        crc = self.base
        for place, table, _ in self.variable_bytes:
            crc ^= table[data[start + place]]
        if (crc + CRC_MASK_DELTA) & MAX_UINT32 != int.from_bytes(data[at + self.size - 4 : at + self.size], "little"):
            return False
        time = _DOUBLE.unpack_from(data, start + self.time_at)[0] if self.time_at >= 0 else 0.0
        step = 0
        for place in reversed(self.steps):
            step = step << 7 | data[start + place] & 127
        for name, place, code in self.numbers:
            packed = _SINGLE if code == "f" else _DOUBLE
            get_builder(series, name).add(step, time, packed.unpack_from(data, start + place)[0])
        return True


def can_be_template(data: bytes, event: TfEvent) -> bool:
    """Whether such records can have a shape: only numbers that lie there as they are."""
    return (
        bool(event.scalars)
        and not event.others
        and len(data) <= MAX_TEMPLATE_BYTES
        and event.step_end - event.step_at <= _MOST_STEP
        and all(s.code in ("f", "d") for s in event.scalars)
    )


def get_builder(series: dict[str, SeriesBuilder], name: str) -> SeriesBuilder:
    """The series of this name; a new one where there was none."""
    found = series.get(name)
    if found is None:
        found = series[name] = SeriesBuilder()
    return found


def _spans(event: TfEvent) -> list[tuple[int, int]]:
    """Where the bytes that change begin and end, the first first."""
    spans = [(event.time_at, event.time_at + 8)] if event.time_at >= 0 else []
    if event.step_end > event.step_at:
        spans.append((event.step_at, event.step_end))
    spans += [(scalar.at, scalar.at + (4 if scalar.code == "f" else 8)) for scalar in event.scalars]
    return sorted(spans)


def _between(spans: list[tuple[int, int]], data: bytes) -> list[tuple[int, bytes]]:
    """What is around the bytes that change: places and bytes."""
    begins = [0, *[end for _, end in spans]]
    ends = [*[begin for begin, _ in spans], len(data)]
    return [(begin, data[begin:end]) for begin, end in zip(begins, ends, strict=True) if begin < end]
