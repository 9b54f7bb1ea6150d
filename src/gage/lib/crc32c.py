"""CRC-32C (Castagnoli), as in RFC 3720, in plain Python: many bytes are summed side by side.

`far_bits` tells what one byte adds to a checksum when a given number of bytes follows it: a checksum is linear, so
many equally built records are summed at once, a column of bytes at a time.
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
    """The checksum of what `crc` is the checksum of (0: nothing), followed by `data`."""
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
    table = TABLE
    for byte in data:
        state = table[(state ^ byte) & 255] ^ (state >> 8)
    return state ^ _ALL_ONES


def _build_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return tuple(table)


TABLE = _build_table()


def split_byte_planes(table: list[int]) -> tuple[bytes, bytes, bytes, bytes]:
    """The four bytes of each of the 256 values of `table`, lowest first, for `bytes.translate`."""
    packed = struct.pack("<256I", *table)
    return packed[::4], packed[1::4], packed[2::4], packed[3::4]


def build_byte_table(bits: Iterable[int]) -> list[int]:
    """What each value of a byte stands for, of what each of its bits does: the sum (exclusive or) of theirs."""
    table = [0]
    for value in bits:
        table += [value ^ other for other in table]
    return table


def compute_bit_effects(n: int) -> list[int]:
    """What each of the 8 bits of a byte, lowest first, adds to the checksum when `n` bytes follow it."""
    bits = [TABLE[1 << bit] for bit in range(8)]
    for power in _iter_zero_byte_powers(n):
        bits = [_multiply(power, value) for value in bits]
    return bits


@lru_cache(maxsize=1)
def _build_two_byte_table() -> Sequence[int]:
    """What two bytes at once do to a state: made when first needed, in 5 ms."""
    return build_byte_table([*compute_bit_effects(1), *compute_bit_effects(0)])


def _checksum_block(data: bytes, state: int) -> int:
    """The state after a piece of `_PIECE` bytes: `_LANES` parts of it are summed side by side."""
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
    return split_byte_planes(list(TABLE))


@lru_cache(maxsize=1)
def _build_lane_tables() -> tuple[list[int], ...]:
    """What becomes of each byte of a state when a lane's length of zeros follows."""
    bits = [1 << bit for bit in range(32)]
    for power in _iter_zero_byte_powers(_LANE_BYTES):
        bits = [_multiply(power, value) for value in bits]
    return tuple(build_byte_table(bits[at : at + 8]) for at in (0, 8, 16, 24))


def _xor_bytes(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).to_bytes(len(a), "little")


def _iter_zero_byte_powers(length: int) -> Iterator[list[int]]:
    """What `length` bytes of zero do to a state, as steps: by repeated squaring."""
    power = [TABLE[1 << bit & 255] ^ 1 << bit >> 8 for bit in range(32)]
    while length:
        if length & 1:
            yield power
        power = [_multiply(power, value) for value in power]
        length >>= 1


def _multiply(matrix: list[int], value: int) -> int:
    total = 0
    for row in matrix:
        if value & 1:
            total ^= row
        value >>= 1
    return total
