"""Records that come in turn, read many turns at a time.

A training program writes the same few records again and again; only times, steps, numbers and checksums change, and
these lie at the same places in each turn. So the bytes at one place are one slice of the file, `bytes.translate` and
whole numbers of any length do the arithmetic for all of them at once, and plain Python keeps up with compiled readers.
Every byte and every checksum is compared. Columns of several records of a turn are joined, record after record.
"""

import struct
from collections.abc import Iterator
from functools import lru_cache

from gage.metrics.series_types import SeriesBuilder
from gage.metrics.tf_templates import (
    CRC_MASK_DELTA,
    FLIPPED,
    HEADER_BYTES,
    MAX_UINT32,
    RecordTemplate,
    VariableByte,
    get_builder,
)

MIN_GROUPS = 4
"""Fewer turns than this are read one by one."""
_FEW = 256
_MOST = 9
_NOWHERE = -1
_NO_HOLE = VariableByte(-1, [0] * 256, (bytes(256),) * 4)
_BARE = [bytes([(value & 127) >> by for value in range(256)]) for by in range(7)]
_RAISED = [bytes([(value & 127) << by & 255 for value in range(256)]) for by in range(8)]


class RecordGroup:
    """Some records that come one after the other, again and again. `size` is how many bytes that takes once.

    Inside, places are counted from where a turn begins; `_NOWHERE` stands for what a record does not have.
    """

    def __init__(self, shapes: list[RecordTemplate]) -> None:
        self.templates = shapes
        self.size = sum([shape.size for shape in shapes])
        self._masks = (0, 0, 0)
        starts = [0]
        for shape in shapes[:-1]:
            starts.append(starts[-1] + shape.size)
        both = [(start, start + HEADER_BYTES, shape) for start, shape in zip(starts, shapes, strict=True)]
        self._starts = starts
        self._holes = [
            self._hole(number, both) for number in range(max([len(shape.variable_bytes) for shape in shapes]))
        ]
        self._sums = [start + shape.size - 4 for start, _, shape in both]
        self._times = [[_at(begin, shape.time_at, byte) for _, begin, shape in both] for byte in range(8)]
        self._steps = [[_step(begin, shape.steps, byte) for _, begin, shape in both] for byte in range(_MOST)]
        numbers = [(begin + number.at, number.code) for _, begin, shape in both for number in shape.numbers]
        self._singles = [[at + byte for at, code in numbers if code == "f"] for byte in range(4)]
        self._doubles = [[at + byte for at, code in numbers if code == "d"] for byte in range(8)]

    @staticmethod
    def _hole(number: int, both: list[tuple[int, int, RecordTemplate]]) -> tuple[list[int], list[VariableByte], bool]:
        """The hole of this number, counted from the end, of each record: places, what they add, is that the same."""
        holes = [
            shape.variable_bytes[number] if number < len(shape.variable_bytes) else _NO_HOLE for _, _, shape in both
        ]
        places = [_at(begin, hole.at, 0) for (_, begin, _), hole in zip(both, holes, strict=True)]
        return places, holes, all(hole.planes is holes[0].planes for hole in holes)

    def read(self, data: bytes, at: int, series: dict[str, SeriesBuilder]) -> int:
        """Add the records from `at` on to `series`, as long as they come in turn: how many bytes they are."""
        rows = (len(data) - at) // self.size
        if rows < MIN_GROUPS or not heads_repeat(self.templates, data, at, MIN_GROUPS):
            return 0
        rows = self._alike(data, at, rows)
        if not rows:
            return 0
        columns = self._columns(data, at, rows)
        sound = self._sound(data, at, rows, columns)
        if sound < rows:
            rows = sound
            columns = {place: column[:rows] for place, column in columns.items()}
        steps = self._numbered(rows, columns) if rows else b""
        if not steps:
            return 0
        self._add(rows, columns, steps, series)
        return rows * self.size

    def _alike(self, data: bytes, at: int, rows: int) -> int:
        """How many of the first turns have the bytes that never change."""
        if rows < _FEW:
            return self._alike_at_once(data, at, rows)
        for place, byte in self._constant():
            if not rows:
                break
            column = data[at + place : at + place + self.size * (rows - 1) + 1 : self.size]
            if column != byte * rows:
                rows -= len(column.lstrip(byte))
        return rows

    def _constant(self) -> Iterator[tuple[int, bytes]]:
        """The bytes of a turn that never change, with their places."""
        for start, shape in zip(self._starts, self.templates, strict=True):
            for at, byte in shape.constant:
                yield start + at, byte

    def _alike_at_once(self, data: bytes, at: int, rows: int) -> int:
        """The same for few turns: all their bytes as one number."""
        if self._masks[0] != rows:
            mask = b"".join([shape.mask for shape in self.templates])
            blank = b"".join([shape.blank for shape in self.templates])
            self._masks = rows, int.from_bytes(mask * rows, "little"), int.from_bytes(blank * rows, "little")
        _, mask_of_all, want = self._masks
        got = int.from_bytes(data[at : at + self.size * rows], "little") & mask_of_all
        if got == want:
            return rows
        other = got ^ want
        return ((other & -other).bit_length() - 1) // (8 * self.size)

    def _columns(self, data: bytes, at: int, rows: int) -> dict[int, bytes]:
        """The bytes that change, by place: a column each, as long as there are turns."""
        stride, last = self.size, self.size * (rows - 1) + 1
        columns = {
            place: data[at + place : at + place + last : stride] for places, _, _ in self._holes for place in places
        }
        columns[_NOWHERE] = bytes(rows)
        return columns

    def _sound(self, data: bytes, at: int, rows: int, columns: dict[int, bytes]) -> int:
        """How many of the first turns have right checksums."""
        total, many = 0, rows * len(self.templates)
        bases = [shape.base for shape in self.templates]
        for places, holes, same in self._holes:
            found = [columns[place] for place in places]
            if all(column == column[:1] * rows for column in found):
                bases = [base ^ hole.table[column[0]] for base, hole, column in zip(bases, holes, found, strict=True)]
                continue
            if same:
                column = b"".join(found)
                added = [column.translate(plane) for plane in holes[0].planes]
            else:
                pairs = list(zip(found, [hole.planes for hole in holes], strict=True))
                added = [column.translate(planes[n]) for n in range(4) for column, planes in pairs]
            total ^= int.from_bytes(b"".join(added), "little")
        planes = total.to_bytes(4 * many, "little")
        lanes, stored = bytearray(8 * many), bytearray(8 * many)
        last = self.size * (rows - 1) + 1
        for byte in range(4):
            lanes[byte::8] = planes[byte * many : byte * many + many]
            stored[byte::8] = b"".join(
                [data[at + end + byte : at + end + byte + last : self.size] for end in self._sums]
            )
        base = int.from_bytes(b"".join([base.to_bytes(8, "little") * rows for base in bases]), "little")
        deltas, full = _in_lanes(many)
        wrong = (((int.from_bytes(lanes, "little") ^ base) + deltas) & full) ^ int.from_bytes(stored, "little")
        return _leading_zeros(wrong.to_bytes(8 * many, "little"), 8 * rows) // 8 if wrong else rows

    def _numbered(self, rows: int, columns: dict[int, bytes]) -> bytes:
        """The steps, record after record, as 8 bytes each; empty when one is written in an odd way."""
        many = rows * len(self.templates)
        parts = []
        for places in self._steps:
            if all(place == _NOWHERE for place, _ in places):
                break
            part = b"".join(
                [columns[place].translate(FLIPPED) if goes_on else columns[place] for place, goes_on in places]
            )
            if not part.isascii():
                return b""
            parts.append(part)
        steps = bytearray(8 * many)
        for place in range((7 * len(parts) + 7) // 8):
            low, by = divmod(8 * place, 7)
            part = parts[low].translate(_BARE[by])
            if low + 1 < len(parts):
                more = parts[low + 1].translate(_RAISED[7 - by])
                both = int.from_bytes(part, "little") | int.from_bytes(more, "little")
                part = both.to_bytes(many, "little")
            steps[place::8] = part
        return bytes(steps)

    def _add(self, rows: int, columns: dict[int, bytes], steps: bytes, series: dict[str, SeriesBuilder]) -> None:
        times = _woven(columns, self._times)
        values = {"d": _woven(columns, self._doubles), "f": b""}
        if self._singles[0]:
            many = rows * len(self._singles[0])
            values["f"] = struct.pack(f"<{many}d", *struct.unpack(f"<{many}f", _woven(columns, self._singles)))
        length = 8 * rows
        at = {"f": 0, "d": 0}
        for begin, shape in zip(range(0, len(steps), length), self.templates, strict=True):
            for name, _, code in shape.numbers:
                into = get_builder(series, name)
                into.steps.frombytes(steps[begin : begin + length])
                into.times.frombytes(times[begin : begin + length])
                into.values.frombytes(values[code][at[code] : at[code] + length])
                at[code] += length


def heads_repeat(shapes: list[RecordTemplate], data: bytes, at: int, turns: int) -> bool:
    """Whether such records come so many times in turn, by a glance at their heads."""
    for shape in shapes * turns:
        if not data.startswith(shape.head, at):
            return False
        at += shape.size
    return True


def _at(begin: int, place: int, byte: int) -> int:
    return _NOWHERE if place < 0 else begin + place + byte


def _step(begin: int, steps: range, byte: int) -> tuple[int, bool]:
    """Where a byte of the step is, and whether more of them follow."""
    return (begin + steps[byte], byte < len(steps) - 1) if byte < len(steps) else (_NOWHERE, False)


def _woven(columns: dict[int, bytes], places: list[list[int]]) -> bytes:
    """Numbers out of the columns of their bytes, the lowest first."""
    joined = [b"".join([columns[place] for place in each]) for each in places]
    numbers = bytearray(len(joined) * len(joined[0]))
    for at, column in enumerate(joined):
        numbers[at :: len(joined)] = column
    return bytes(numbers)


def _leading_zeros(data: bytes, length: int) -> int:
    """How many bytes of each piece of this length are zero at its beginning, at least."""
    pieces = [data[at : at + length] for at in range(0, len(data), length)]
    return length - max([len(piece.lstrip(b"\0")) for piece in pieces])


@lru_cache(maxsize=64)
def _in_lanes(many: int) -> tuple[int, int]:
    """What masking adds, and 32 bits: each in so many lanes of 64 bits."""
    ones = int.from_bytes(b"\1\0\0\0\0\0\0\0" * many, "little")
    return CRC_MASK_DELTA * ones, MAX_UINT32 * ones
