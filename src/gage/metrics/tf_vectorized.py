"""Reads a group of records that repeats, many repetitions at a time.

A training program writes the same few records again and again. Only times, steps, numbers and checksums vary, and they
are at the same positions in each repetition. So the bytes at one position are one slice of the file: a column with a
row for each repetition. `bytes.translate` and whole numbers of any length do the arithmetic for all rows at once, and
plain Python keeps up with compiled readers. Every byte and every checksum is compared. Columns of the records of a
group are joined, record after record.
"""

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gage.metrics.series_types import SeriesBuilder, get_builder
from gage.metrics.tf_templates import (
    CRC_MASK_DELTA,
    FLIP_HIGH_BIT,
    HEADER_BYTES,
    MAX_UINT32,
    RecordTemplate,
    VariableByte,
)

MIN_REPETITIONS = 4
"""The records of fewer repetitions are read one by one."""
_MIN_ROWS_BY_COLUMN = 256
"""Fewer rows are compared as one number, more column by column."""
_MAX_STEP_BYTES = 9
_NOWHERE = -1
_NO_BYTE = VariableByte(-1, [0] * 256, (bytes(256),) * 4)
# seven bits of a varint's byte, moved to where they are in the bytes of the number
_SHIFT_RIGHT = [bytes([(value & 127) >> by for value in range(256)]) for by in range(7)]
_SHIFT_LEFT = [bytes([(value & 127) << by & 255 for value in range(256)]) for by in range(8)]


class _ByteColumn(NamedTuple):
    """A varying byte of each record of a group: its position in a repetition, and its contribution to the checksum."""

    positions: list[int]
    variables: list[VariableByte]
    has_same_planes: bool


class RecordGroup:
    """Records that follow one another, again and again. `size` is the length of one repetition in bytes.

    Positions count from the beginning of a repetition; `_NOWHERE` stands for a byte that a record lacks.
    """

    def __init__(self, templates: list[RecordTemplate]) -> None:
        self.templates = templates
        self.size = sum(template.size for template in templates)
        self._masks = (0, 0, 0)
        starts = [0]
        for template in templates[:-1]:
            starts.append(starts[-1] + template.size)
        placed = [(start, start + HEADER_BYTES, template) for start, template in zip(starts, templates, strict=True)]
        self._starts = starts
        self._variables = [
            self._variable_column(number, placed)
            for number in range(max(len(template.variable_bytes) for template in templates))
        ]
        self._checksum_positions = [start + template.size - 4 for start, _, template in placed]
        self._times = [[_position(begin, template.time_at, byte) for _, begin, template in placed] for byte in range(8)]
        self._steps = [
            [_step_position(begin, template.steps, byte) for _, begin, template in placed]
            for byte in range(_MAX_STEP_BYTES)
        ]
        numbers = [(begin + number.at, number.code) for _, begin, template in placed for number in template.numbers]
        self._floats = [[at + byte for at, code in numbers if code == "f"] for byte in range(4)]
        self._doubles = [[at + byte for at, code in numbers if code == "d"] for byte in range(8)]

    @staticmethod
    def _variable_column(number: int, placed: list[tuple[int, int, RecordTemplate]]) -> _ByteColumn:
        """Returns the varying byte of this number, counted from the end, of each record."""
        variables = [
            template.variable_bytes[number] if number < len(template.variable_bytes) else _NO_BYTE
            for _, _, template in placed
        ]
        places = [_position(begin, variable.at, 0) for (_, begin, _), variable in zip(placed, variables, strict=True)]
        return _ByteColumn(places, variables, all(variable.planes is variables[0].planes for variable in variables))

    def read(self, data: bytes, at: int, series: dict[str, SeriesBuilder]) -> int:
        """Adds the records from `at` on to `series`, as long as the group repeats. Returns how many bytes they are."""
        rows = (len(data) - at) // self.size
        if rows < MIN_REPETITIONS or not has_repeated_headers(self.templates, data, at, MIN_REPETITIONS):
            return 0
        rows = self._count_matching(data, at, rows)
        if not rows:
            return 0
        columns = self._slice_columns(data, at, rows)
        valid = self._count_valid(data, at, rows, columns)
        if valid < rows:
            rows = valid
            columns = {place: column[:rows] for place, column in columns.items()}
        steps = self._decode_steps(rows, columns) if rows else b""
        if not steps:
            return 0
        self._add_values(rows, columns, steps, series)
        return rows * self.size

    def _count_matching(self, data: bytes, at: int, rows: int) -> int:
        """Returns how many of the first repetitions have the bytes that never vary."""
        if rows < _MIN_ROWS_BY_COLUMN:
            return self._count_matching_at_once(data, at, rows)
        for place, byte in self._constant_bytes():
            if not rows:
                break
            column = data[at + place : at + place + self.size * (rows - 1) + 1 : self.size]
            if column != byte * rows:
                rows -= len(column.lstrip(byte))
        return rows

    def _constant_bytes(self) -> Iterator[tuple[int, bytes]]:
        """Yields the bytes of a repetition that never vary, with their positions."""
        for start, template in zip(self._starts, self.templates, strict=True):
            for at, byte in template.constant_bytes:
                yield start + at, byte

    def _count_matching_at_once(self, data: bytes, at: int, rows: int) -> int:
        """Like `_count_matching`, for few repetitions: compares all their bytes as one number."""
        if self._masks[0] != rows:
            mask = b"".join([template.mask for template in self.templates])
            blank = b"".join([template.blank for template in self.templates])
            self._masks = rows, int.from_bytes(mask * rows, "little"), int.from_bytes(blank * rows, "little")
        _, mask_of_all, want = self._masks
        got = int.from_bytes(data[at : at + self.size * rows], "little") & mask_of_all
        if got == want:
            return rows
        other = got ^ want
        return ((other & -other).bit_length() - 1) // (8 * self.size)

    def _slice_columns(self, data: bytes, at: int, rows: int) -> dict[int, bytes]:
        """Returns the columns of the bytes that vary, by position."""
        stride, last = self.size, self.size * (rows - 1) + 1
        columns = {
            place: data[at + place : at + place + last : stride] for places, _, _ in self._variables for place in places
        }
        columns[_NOWHERE] = bytes(rows)
        return columns

    def _count_valid(self, data: bytes, at: int, rows: int, columns: dict[int, bytes]) -> int:
        """Returns how many of the first repetitions have valid checksums."""
        total, count = 0, rows * len(self.templates)
        bases = [template.base_crc for template in self.templates]
        for places, variables, has_same_planes in self._variables:
            variable_columns = [columns[place] for place in places]
            if all(column == column[:1] * rows for column in variable_columns):
                bases = [
                    base ^ variable.table[column[0]]
                    for base, variable, column in zip(bases, variables, variable_columns, strict=True)
                ]
                continue
            if has_same_planes:
                column = b"".join(variable_columns)
                added = [column.translate(plane) for plane in variables[0].planes]
            else:
                pairs = list(zip(variable_columns, [variable.planes for variable in variables], strict=True))
                added = [column.translate(planes[n]) for n in range(4) for column, planes in pairs]
            total ^= int.from_bytes(b"".join(added), "little")
        planes = total.to_bytes(4 * count, "little")
        lanes, stored = bytearray(8 * count), bytearray(8 * count)
        last = self.size * (rows - 1) + 1
        for byte in range(4):
            lanes[byte::8] = planes[byte * count : byte * count + count]
            stored[byte::8] = b"".join(
                [data[at + end + byte : at + end + byte + last : self.size] for end in self._checksum_positions]
            )
        base = int.from_bytes(b"".join([base.to_bytes(8, "little") * rows for base in bases]), "little")
        deltas, full = _spread_over_lanes(count)
        wrong = (((int.from_bytes(lanes, "little") ^ base) + deltas) & full) ^ int.from_bytes(stored, "little")
        return _count_leading_zeros(wrong.to_bytes(8 * count, "little"), 8 * rows) // 8 if wrong else rows

    def _decode_steps(self, rows: int, columns: dict[int, bytes]) -> bytes:
        """Returns the steps, record after record, as 8 bytes each; b"" if a varint has another length."""
        count = rows * len(self.templates)
        parts = []
        for places in self._steps:
            if all(place == _NOWHERE for place, _ in places):
                break
            part = b"".join(
                [columns[place].translate(FLIP_HIGH_BIT) if goes_on else columns[place] for place, goes_on in places]
            )
            if not part.isascii():
                return b""
            parts.append(part)
        steps = bytearray(8 * count)
        for place in range((7 * len(parts) + 7) // 8):
            low, by = divmod(8 * place, 7)
            part = parts[low].translate(_SHIFT_RIGHT[by])
            if low + 1 < len(parts):
                more = parts[low + 1].translate(_SHIFT_LEFT[7 - by])
                merged = int.from_bytes(part, "little") | int.from_bytes(more, "little")
                part = merged.to_bytes(count, "little")
            steps[place::8] = part
        return bytes(steps)

    def _add_values(self, rows: int, columns: dict[int, bytes], steps: bytes, series: dict[str, SeriesBuilder]) -> None:
        times = _weave(columns, self._times)
        values = {"d": _weave(columns, self._doubles), "f": b""}
        if self._floats[0]:
            count = rows * len(self._floats[0])
            values["f"] = struct.pack(f"<{count}d", *struct.unpack(f"<{count}f", _weave(columns, self._floats)))
        length = 8 * rows
        at = {"f": 0, "d": 0}
        for begin, template in zip(range(0, len(steps), length), self.templates, strict=True):
            for name, _, code in template.numbers:
                into = get_builder(series, name)
                into.steps.frombytes(steps[begin : begin + length])
                into.times.frombytes(times[begin : begin + length])
                into.values.frombytes(values[code][at[code] : at[code] + length])
                at[code] += length


def has_repeated_headers(templates: list[RecordTemplate], data: bytes, at: int, repetitions: int) -> bool:
    """Returns whether the headers of the records are there so many times in turn."""
    for template in templates * repetitions:
        if not data.startswith(template.head, at):
            return False
        at += template.size
    return True


def _position(begin: int, place: int, byte: int) -> int:
    return _NOWHERE if place < 0 else begin + place + byte


def _step_position(begin: int, steps: range, byte: int) -> tuple[int, bool]:
    """Returns the position of a byte of the step, and whether more bytes of it follow."""
    return (begin + steps[byte], byte < len(steps) - 1) if byte < len(steps) else (_NOWHERE, False)


def _weave(columns: dict[int, bytes], places: list[list[int]]) -> bytes:
    """Returns numbers from the columns of their bytes, the lowest byte first."""
    joined = [b"".join([columns[place] for place in each]) for each in places]
    numbers = bytearray(len(joined) * len(joined[0]))
    for at, column in enumerate(joined):
        numbers[at :: len(joined)] = column
    return bytes(numbers)


def _count_leading_zeros(data: bytes, length: int) -> int:
    """Returns how many bytes at the beginning of each piece of this length are zero, at least."""
    pieces = [data[at : at + length] for at in range(0, len(data), length)]
    return length - max(len(piece.lstrip(b"\0")) for piece in pieces)


@lru_cache(maxsize=64)
def _spread_over_lanes(count: int) -> tuple[int, int]:
    """Returns the constant that masking adds, and 32 one bits, each in so many lanes of 64 bits."""
    ones = int.from_bytes(b"\1\0\0\0\0\0\0\0" * count, "little")
    return CRC_MASK_DELTA * ones, MAX_UINT32 * ones
