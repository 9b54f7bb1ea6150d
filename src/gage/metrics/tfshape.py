"""Equally built records, read a column of bytes at a time.

A training program writes the same record again and again; only a time, a step, the numbers and the checksum change, and
these lie at the same places. So the bytes at one place of many records are one slice, `bytes.translate` and whole
numbers of any length do the arithmetic for all of them at once, and plain Python keeps up with compiled readers.
Every checksum is compared: what a place adds to it is known from tables (`gage.lib.crc32c.far_bits`).
"""

import struct
from array import array
from functools import lru_cache
from typing import NamedTuple

from gage.lib.crc32c import crc32c, far_bits, planes, spread
from gage.metrics.points import Growing
from gage.metrics.tfwire import Event

LONGEST = 4096
"""The most bytes of a record that gets a shape."""
HEAD = 12
FRAME = 16
_DELTA = 0xA282EAD8
_FULL = 0xFFFFFFFF
_MOST_STEP = 9
_BARE = [bytes([(value & 127) >> by for value in range(256)]) for by in range(7)]
_RAISED = [bytes([(value & 127) << by & 255 for value in range(256)]) for by in range(8)]
_FLIPPED = bytes([value ^ 128 for value in range(256)])


def masked(crc: int) -> int:
    """A checksum as TFRecord files store it."""
    return (_rotated(crc) + _DELTA) & _FULL


def _rotated(crc: int) -> int:
    return (crc >> 15 | crc << 17) & _FULL


class _Table(NamedTuple):
    """What each value of a byte adds, and the same as four planes for `bytes.translate`."""

    table: list[int]
    planes: tuple[bytes, bytes, bytes, bytes]


class _Hole(NamedTuple):
    """A byte that changes: its place after the head, and what it adds."""

    at: int
    table: list[int]
    planes: tuple[bytes, bytes, bytes, bytes]


class _Number(NamedTuple):
    """A number of the record: its name, where it lies after the head, how it is written."""

    name: str
    at: int
    code: str


@lru_cache(maxsize=1024)
def _adds(distance: int) -> _Table:
    """What a byte adds to the (rotated) checksum when so many bytes follow it."""
    table = spread(map(_rotated, far_bits(distance)))
    return _Table(table, planes(table))


class Shape:
    """How records of one kind are built. `size` is a record's whole length, `head` its first 12 bytes."""

    def __init__(self, head: bytes, data: bytes, event: Event) -> None:
        self.head = head
        self.size = len(data) + FRAME
        self.numbers = [_Number(s.tag, s.at, s.code) for s in event.scalars]
        self._time_at, self._step_at, self._step_end = event.time_at, event.step_at, event.step_end
        places = _places(event)
        blank = bytearray(data)
        for at in places:
            blank[at] = 0
        self._base = _rotated(crc32c(bytes(blank)))
        self._holes = [_Hole(at, *_adds(len(data) - 1 - at)) for at in places]
        constant = set(range(len(data))).difference(places)
        self._constant = [(at, head[at : at + 1]) for at in range(HEAD)]
        self._constant += [(at + HEAD, data[at : at + 1]) for at in sorted(constant)]
        self._parts = _parts(data, sorted(constant))

    def key(self) -> tuple[int, bytes]:
        """The longest part that does not change: where it is after the head, and what it is."""
        return max(self._parts, key=lambda part: len(part[1]))

    def fits(self, data: bytes, at: int) -> bool:
        """Whether the record at a place, whose head is known to be this shape's, is built like this."""
        start = at + HEAD
        step = data[start + self._step_at : start + self._step_end]
        return all(data.startswith(part, start + place) for place, part in self._parts) and (
            not step or (step[-1] < 128 and step[:-1].translate(_FLIPPED).isascii())
        )

    def one(self, data: bytes, at: int, series: dict[str, Growing]) -> bool:
        """Read the one record at a place, which fits. False when its checksum is wrong."""
        start = at + HEAD
        crc = self._base
        for hole in self._holes:
            crc ^= hole.table[data[start + hole.at]]
        if (crc + _DELTA) & _FULL != int.from_bytes(data[at + self.size - 4 : at + self.size], "little"):
            return False
        time = struct.unpack_from("<d", data, start + self._time_at)[0] if self._time_at >= 0 else 0.0
        step = 0
        for place in range(self._step_end - 1, self._step_at - 1, -1):
            step = step << 7 | data[start + place] & 127
        for number in self.numbers:
            (value,) = struct.unpack_from("<" + number.code, data, start + number.at)
            grown(series, number.name).add(step, time, value)
        return True

    def alike(self, data: bytes, at: int, stride: int, rows: int) -> int:
        """How many of the first `rows` records, `stride` bytes apart from `at` on, are built like this."""
        for place, byte in self._constant:
            first = at + place
            column = data[first : first + stride * (rows - 1) + 1 : stride]
            if column != byte * rows:
                rows -= len(column.lstrip(byte))
                if not rows:
                    return 0
        return rows

    def columns(self, data: bytes, at: int, stride: int, rows: int) -> dict[int, bytes]:
        """The bytes that change, by their place after the head: a column each of `rows` records."""
        last = stride * (rows - 1) + 1
        start = at + HEAD
        return {hole.at: data[start + hole.at : start + hole.at + last : stride] for hole in self._holes}

    def sound(self, data: bytes, at: int, stride: int, rows: int, columns: dict[int, bytes]) -> int:
        """How many of the first records have right checksums."""
        a = b = c = d = 0
        base = self._base
        number = int.from_bytes
        for place, table, (one, two, three, four) in self._holes:
            column = columns[place]
            if column == column[:1] * rows:
                base ^= table[column[0]]
                continue
            a ^= number(column.translate(one), "little")
            b ^= number(column.translate(two), "little")
            c ^= number(column.translate(three), "little")
            d ^= number(column.translate(four), "little")
        lanes, stored = bytearray(8 * rows), bytearray(8 * rows)
        first, last = at + self.size - 4, stride * (rows - 1) + 1
        for place, plane in enumerate((a, b, c, d)):
            lanes[place::8] = plane.to_bytes(rows, "little")
            stored[place::8] = data[first + place : first + place + last : stride]
        ones = number(b"\1\0\0\0\0\0\0\0" * rows, "little")
        summed = ((number(lanes, "little") ^ base * ones) + _DELTA * ones) & (_FULL * ones)
        wrong = summed ^ number(stored, "little")
        return ((wrong & -wrong).bit_length() - 1) // 64 if wrong else rows

    def add(self, rows: int, columns: dict[int, bytes], series: dict[str, Growing]) -> None:
        """Add the first `rows` records of the columns to the series."""
        times = self._times(rows, columns)
        steps = self._steps(rows, columns)
        for name, at, code in self.numbers:
            into = grown(series, name)
            width = 4 if code == "f" else 8
            values = bytearray(width * rows)
            for place in range(width):
                values[place::width] = columns[at + place][:rows]
            into.steps.frombytes(steps)
            into.times.frombytes(times)
            if code == "d":
                into.values.frombytes(values)
            else:
                into.values.extend(array("d", array("f", bytes(values))))

    def _times(self, rows: int, columns: dict[int, bytes]) -> bytearray:
        times = bytearray(8 * rows)
        if self._time_at >= 0:
            for place in range(8):
                times[place::8] = columns[self._time_at + place][:rows]
        return times

    def _steps(self, rows: int, columns: dict[int, bytes]) -> bytearray:
        steps = bytearray(8 * rows)
        parts = [columns[at][:rows] for at in range(self._step_at, self._step_end)]
        for place in range((7 * len(parts) + 7) // 8):
            low, by = divmod(8 * place, 7)
            byte = parts[low].translate(_BARE[by])
            if low + 1 < len(parts):
                more = parts[low + 1].translate(_RAISED[7 - by])
                both = int.from_bytes(byte, "little") | int.from_bytes(more, "little")
                byte = both.to_bytes(rows, "little")
            steps[place::8] = byte
        return steps

    def regular(self, columns: dict[int, bytes]) -> bool:
        """Whether each step takes all the bytes that steps of this shape take, and no more."""
        if self._step_end == self._step_at:
            return True
        goes_on = (columns[at].translate(_FLIPPED).isascii() for at in range(self._step_at, self._step_end - 1))
        return columns[self._step_end - 1].isascii() and all(goes_on)


def shapely(data: bytes, event: Event) -> bool:
    """Whether such records can have a shape: only numbers that lie there as they are."""
    return (
        bool(event.scalars)
        and not event.others
        and len(data) <= LONGEST
        and event.step_end - event.step_at <= _MOST_STEP
        and all(s.code in ("f", "d") for s in event.scalars)
    )


def grown(series: dict[str, Growing], name: str) -> Growing:
    """The series of this name; a new one where there was none."""
    found = series.get(name)
    if found is None:
        found = series[name] = Growing()
    return found


def _places(event: Event) -> list[int]:
    places = list(range(event.time_at, event.time_at + 8)) if event.time_at >= 0 else []
    places += range(event.step_at, event.step_end)
    for scalar in event.scalars:
        places += range(scalar.at, scalar.at + (4 if scalar.code == "f" else 8))
    return places


def _parts(data: bytes, constant: list[int]) -> list[tuple[int, bytes]]:
    """Stretches of places next to each other, with their bytes."""
    parts: list[tuple[int, bytes]] = []
    for at in constant:
        if parts and parts[-1][0] + len(parts[-1][1]) == at:
            parts[-1] = (parts[-1][0], parts[-1][1] + data[at : at + 1])
        else:
            parts.append((at, data[at : at + 1]))
    return parts
