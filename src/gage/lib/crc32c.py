"""CRC-32C (Castagnoli), as in RFC 3720, in plain Python: many bytes are summed side by side.

`far_bits` tells what one byte adds to a checksum when a given number of bytes follows it: a checksum is linear, so
many equally built records are summed at once, a column of bytes at a time.
"""

import struct
from collections.abc import Iterable, Iterator

_POLYNOMIAL = 0x82F63B78
_FULL = 0xFFFFFFFF
_LANES = 2048
_MANY = 4 * _LANES


def crc32c(data: bytes, crc: int = 0) -> int:
    """The checksum of what `crc` is the checksum of (0: nothing), followed by `data`."""
    state = crc ^ _FULL
    if len(data) >= _MANY:
        even = len(data) - len(data) % _LANES
        state = _lanes(data[:even], state)
        data = data[even:]
    table = TABLE
    for byte in data:
        state = table[(state ^ byte) & 255] ^ (state >> 8)
    return state ^ _FULL


def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return tuple(table)


TABLE = _table()


def planes(table: list[int]) -> tuple[bytes, bytes, bytes, bytes]:
    """The four bytes of each of the 256 values of `table`, lowest first, for `bytes.translate`."""
    packed = struct.pack("<256I", *table)
    return packed[::4], packed[1::4], packed[2::4], packed[3::4]


def spread(bits: Iterable[int]) -> list[int]:
    """What each value of a byte stands for, of what each of its bits does: the sum (exclusive or) of theirs."""
    table = [0]
    for value in bits:
        table += [value ^ other for other in table]
    return table


def far_bits(n: int) -> list[int]:
    """What each of the 8 bits of a byte, lowest first, adds to the checksum when `n` bytes follow it."""
    bits = [TABLE[1 << bit] for bit in range(8)]
    for power in _powers(n):
        bits = [_times(power, value) for value in bits]
    return bits


def _lanes(data: bytes, state: int) -> int:
    """The state after `data`, whose length divides by `_LANES`: so many parts of it are summed side by side."""
    length = len(data) // _LANES
    low, second, third, high = planes(list(TABLE))
    zero = bytes(_LANES)
    a, b, c, d = zero, zero, zero, zero
    for at in range(length):
        index = _xor(data[at::length], a)
        a, b, c, d = (
            _xor(b, index.translate(low)),
            _xor(c, index.translate(second)),
            _xor(d, index.translate(third)),
            index.translate(high),
        )
    lanes = bytearray(4 * _LANES)
    lanes[::4], lanes[1::4], lanes[2::4], lanes[3::4] = a, b, c, d
    return _joined(struct.unpack(f"<{_LANES}I", lanes), length, state)


def _xor(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).to_bytes(len(a), "little")


def _joined(lanes: tuple[int, ...], length: int, state: int) -> int:
    """The state after all lanes, each `length` bytes long."""
    far = _past(length)
    first, second, third, fourth = (spread(far[at : at + 8]) for at in (0, 8, 16, 24))
    for lane in lanes:
        state = first[state & 255] ^ second[state >> 8 & 255] ^ third[state >> 16 & 255] ^ fourth[state >> 24] ^ lane
    return state


def _past(length: int) -> list[int]:
    """What becomes of each of the 32 bits of a state when `length` bytes of zero follow."""
    bits = [1 << bit for bit in range(32)]
    for power in _powers(length):
        bits = [_times(power, value) for value in bits]
    return bits


def _powers(length: int) -> Iterator[list[int]]:
    """What `length` bytes of zero do to a state, as steps: by repeated squaring."""
    power = [TABLE[1 << bit & 255] ^ 1 << bit >> 8 for bit in range(32)]
    while length:
        if length & 1:
            yield power
        power = [_times(power, value) for value in power]
        length >>= 1


def _times(matrix: list[int], value: int) -> int:
    total = 0
    for row in matrix:
        if value & 1:
            total ^= row
        value >>= 1
    return total
