"""Templates of records in TF event files: records of the same form are read without parsing their fields.

Only a time, a step, numbers and the checksum vary between them. What a byte contributes to the checksum comes from
tables, as checksums are linear (`gage.lib.crc32c.compute_bit_effects`).
"""

import struct
from functools import cached_property, lru_cache
from typing import NamedTuple

from gage.lib.crc32c import build_byte_table, compute_bit_effects, split_byte_planes
from gage.metrics.series_types import SeriesBuilder, get_builder
from gage.metrics.tf_wire import TfEvent

MAX_TEMPLATE_BYTES = 4096
"""Longer records get no template."""
HEADER_BYTES = 12
"""The length of a record (8 bytes) and its checksum (4) come before the message."""
FRAME_BYTES = 16
"""The header, and the checksum of the message after it."""
CRC_MASK_DELTA = 0xA282EAD8
MAX_UINT32 = 0xFFFFFFFF
_MAX_STEP_BYTES = 9
_FLOAT32 = struct.Struct("<f")
_FLOAT64 = struct.Struct("<d")
FLIP_HIGH_BIT = bytes([value ^ 128 for value in range(256)])


def mask_crc(crc: int) -> int:
    """Returns a checksum as TFRecord files store it: rotated, plus a constant."""
    return (_rotate(crc) + CRC_MASK_DELTA) & MAX_UINT32


def _rotate(crc: int) -> int:
    return (crc >> 15 | crc << 17) & MAX_UINT32


class VariableByte(NamedTuple):
    """A byte that varies: its position in the message, and what each of its values contributes to the checksum.

    `planes` is `table`, split for `bytes.translate`.
    """

    at: int
    table: list[int]
    planes: tuple[bytes, bytes, bytes, bytes]


class _NumberField(NamedTuple):
    """A number of the record: its name, its position in the message, its struct format."""

    name: str
    at: int
    code: str


@lru_cache(maxsize=1024)
def _build_crc_table(distance: int) -> tuple[list[int], tuple[bytes, bytes, bytes, bytes]]:
    """Returns what a byte contributes to the rotated checksum when so many bytes follow it, as table and planes."""
    table = build_byte_table(map(_rotate, compute_bit_effects(distance)))
    return table, split_byte_planes(table)


@lru_cache(maxsize=4096)
def _variable_byte(at: int, distance: int) -> VariableByte:
    """Returns the byte at a position that so many bytes follow. Templates share them."""
    return VariableByte(at, *_build_crc_table(distance))


class RecordTemplate:
    """The form of records of one kind. `size` is a record's whole length, `head` its header.

    Positions (`time_at`, -1 for none; `steps`; `numbers`; `variable_bytes`, the last first) count from the beginning of
    the message. `base_crc` is the rotated checksum of the message with zeros for the bytes that vary.
    """

    def __init__(self, head: bytes, data: bytes, sum: bytes, event: TfEvent) -> None:
        self.head = head
        self.size = len(data) + FRAME_BYTES
        self.numbers = [_NumberField(s.tag, s.at, s.code) for s in event.scalars]
        self.time_at, self.steps = event.time_at, range(event.step_at, event.step_end)
        spans = _variable_spans(event)
        places = [at for begin, end in reversed(spans) for at in range(end - 1, begin - 1, -1)]
        self.variable_bytes = [_variable_byte(at, len(data) - 1 - at) for at in places]
        self.base_crc = (int.from_bytes(sum, "little") - CRC_MASK_DELTA) & MAX_UINT32
        for at, table, _ in self.variable_bytes:
            self.base_crc ^= table[data[at]]
        self._parts = _constant_parts(spans, data)

    @cached_property
    def mask(self) -> bytes:
        """255 for each byte of the record that never varies, else 0."""
        mask = bytearray(b"\xff" * HEADER_BYTES + bytes(self.size - HEADER_BYTES))
        for at, part in self._parts:
            mask[HEADER_BYTES + at : HEADER_BYTES + at + len(part)] = b"\xff" * len(part)
        return bytes(mask)

    @cached_property
    def blank(self) -> bytes:
        """The record with zeros for the bytes that vary."""
        blank = bytearray(self.head + bytes(self.size - HEADER_BYTES))
        for at, part in self._parts:
            blank[HEADER_BYTES + at : HEADER_BYTES + at + len(part)] = part
        return bytes(blank)

    @cached_property
    def constant_bytes(self) -> list[tuple[int, bytes]]:
        """The bytes that never vary, with their positions in the record."""
        return [(at, self.blank[at : at + 1]) for at, is_so in enumerate(self.mask) if is_so]

    def longest_part(self) -> tuple[int, bytes]:
        """Returns the longest part that does not vary, with its position in the message."""
        return max(self._parts, key=lambda part: len(part[1]))

    def matches(self, data: bytes, at: int) -> bool:
        """Returns whether the record at a position, whose header is known to be `head`, has this form."""
        start = at + HEADER_BYTES
        for place, part in self._parts:
            if not data.startswith(part, start + place):
                return False
        if not self.steps:
            return True
        last = start + self.steps[-1]
        return data[last] < 128 and data[start + self.steps[0] : last].translate(FLIP_HIGH_BIT).isascii()

    def read_record(self, data: bytes, at: int, series: dict[str, SeriesBuilder]) -> bool:
        """Reads the record at a position, which matches. Returns False when its checksum is wrong."""
        start = at + HEADER_BYTES
        crc = self.base_crc
        for place, table, _ in self.variable_bytes:
            crc ^= table[data[start + place]]
        if (crc + CRC_MASK_DELTA) & MAX_UINT32 != int.from_bytes(data[at + self.size - 4 : at + self.size], "little"):
            return False
        time = _FLOAT64.unpack_from(data, start + self.time_at)[0] if self.time_at >= 0 else 0.0
        step = 0
        for place in reversed(self.steps):
            step = step << 7 | data[start + place] & 127
        for name, place, code in self.numbers:
            packed = _FLOAT32 if code == "f" else _FLOAT64
            get_builder(series, name).add(step, time, packed.unpack_from(data, start + place)[0])
        return True


def can_be_template(data: bytes, event: TfEvent) -> bool:
    """Returns whether a record can be a template: it holds nothing but float numbers."""
    return (
        bool(event.scalars)
        and not event.others
        and len(data) <= MAX_TEMPLATE_BYTES
        and event.step_end - event.step_at <= _MAX_STEP_BYTES
        and all(s.code in ("f", "d") for s in event.scalars)
    )


def _variable_spans(event: TfEvent) -> list[tuple[int, int]]:
    """Returns where the bytes that vary begin and end, in order."""
    spans = [(event.time_at, event.time_at + 8)] if event.time_at >= 0 else []
    if event.step_end > event.step_at:
        spans.append((event.step_at, event.step_end))
    spans += [(scalar.at, scalar.at + (4 if scalar.code == "f" else 8)) for scalar in event.scalars]
    return sorted(spans)


def _constant_parts(spans: list[tuple[int, int]], data: bytes) -> list[tuple[int, bytes]]:
    """Returns the parts around the bytes that vary, with their positions."""
    begins = [0, *[end for _, end in spans]]
    ends = [*[begin for begin, _ in spans], len(data)]
    return [(begin, data[begin:end]) for begin, end in zip(begins, ends, strict=True) if begin < end]
