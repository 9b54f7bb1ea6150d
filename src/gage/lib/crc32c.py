"""CRC-32C (Castagnoli), as in RFC 3720, in plain Python.

A checksum is linear: `compute_bit_effects` gives what one byte adds to it when a given number of bytes follows. So
large data is summed as parallel lanes, and many records of the same layout are summed a column of bytes at a time.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

_POLYNOMIAL = 0x82F63B78
_ALL_ONES = 0xFFFFFFFF
_LANES = 1024
_LANE_BYTES = 32
_BLOCK_BYTES = _LANES * _LANE_BYTES
_MIN_TWO_BYTE_LENGTH = 512


def compute_crc32c(data: bytes, crc: int = 0) -> int:
    """Returns the checksum of `data`. `crc` is the checksum of the bytes before it (0 = there are none)."""
    state = crc ^ _ALL_ONES
    whole = len(data) - len(data) % _BLOCK_BYTES
    for at in range(0, whole, _BLOCK_BYTES):
        state = _checksum_block(data[at : at + _BLOCK_BYTES], state)
    data = data[whole:]
    table: Sequence[int]
    if len(data) >= _MIN_TWO_BYTE_LENGTH:
        table = _build_two_byte_table()
        for two in struct.unpack_from(f"<{len(data) // 2}H", data):
            state = table[(state ^ two) & 0xFFFF] ^ (state >> 16)
        data = data[len(data) // 2 * 2 :]
    table = build_table()
    for byte in data:
        state = table[(state ^ byte) & 255] ^ (state >> 8)
    return state ^ _ALL_ONES


@lru_cache(maxsize=1)
def build_table() -> tuple[int, ...]:
    """Returns the effect of each value of a byte on an empty state."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return tuple(table)


def split_byte_planes(table: list[int]) -> tuple[bytes, bytes, bytes, bytes]:
    """Splits a table of 256 integers into four tables of bytes, lowest byte first, for `bytes.translate`."""
    packed = struct.pack("<256I", *table)
    return packed[::4], packed[1::4], packed[2::4], packed[3::4]


def build_byte_table(bits: Iterable[int]) -> list[int]:
    """Returns a table with the combined effect (exclusive or) for each value of a byte, from the effect of each bit."""
    table = [0]
    for value in bits:
        table += [value ^ other for other in table]
    return table


def compute_bit_effects(n: int) -> list[int]:
    """Returns what each of the 8 bits of a byte, lowest first, adds to the checksum when `n` bytes follow it."""
    table = build_table()
    bits = [table[1 << bit] for bit in range(8)]
    for power in _iter_zero_byte_powers(n):
        bits = [_multiply(power, value) for value in bits]
    return bits


@lru_cache(maxsize=1)
def _build_two_byte_table() -> Sequence[int]:
    """Returns the table for two bytes at a time. Built when first needed, in 5 ms."""
    return build_byte_table([*compute_bit_effects(1), *compute_bit_effects(0)])


def _checksum_block(data: bytes, state: int) -> int:
    """Returns the state after a block of `_BLOCK_BYTES` bytes, which is summed as `_LANES` lanes in parallel."""
    low, second, third, high = _split_table()
    a = b = c = d = bytes(_LANES)
    for at in range(_LANE_BYTES):
        index = _xor_bytes(data[at::_LANE_BYTES], a)
        a, b, c, d = (
            _xor_bytes(b, index.translate(low)),
            _xor_bytes(c, index.translate(second)),
            _xor_bytes(d, index.translate(third)),
            index.translate(high),
        )
    lanes = bytearray(4 * _LANES)
    lanes[::4], lanes[1::4], lanes[2::4], lanes[3::4] = a, b, c, d
    one, two, three, four = _build_lane_tables()
    for lane in struct.unpack(f"<{_LANES}I", lanes):
        state = one[state & 255] ^ two[state >> 8 & 255] ^ three[state >> 16 & 255] ^ four[state >> 24] ^ lane
    return state


@lru_cache(maxsize=1)
def _split_table() -> tuple[bytes, bytes, bytes, bytes]:
    return split_byte_planes(list(build_table()))


@lru_cache(maxsize=1)
def _build_lane_tables() -> tuple[list[int], ...]:
    """Returns four tables: the effect of each byte of a state when `_LANE_BYTES` zeros follow."""
    bits = [1 << bit for bit in range(32)]
    for power in _iter_zero_byte_powers(_LANE_BYTES):
        bits = [_multiply(power, value) for value in bits]
    return tuple(build_byte_table(bits[at : at + 8]) for at in (0, 8, 16, 24))


def _xor_bytes(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).to_bytes(len(a), "little")


def _iter_zero_byte_powers(length: int) -> Iterator[list[int]]:
    """Yields matrices whose product is the effect of `length` zero bytes on a state (repeated squaring)."""
    table = build_table()
    power = [table[1 << bit & 255] ^ 1 << bit >> 8 for bit in range(32)]
    while length:
        if length & 1:
            yield power
        power = [_multiply(power, value) for value in power]
        length >>= 1


def _multiply(matrix: list[int], value: int) -> int:
    """Multiplies a matrix of bits (a column an integer) by a vector of bits."""
    total = 0
    for row in matrix:
        if value & 1:
            total ^= row
        value >>= 1
    return total
