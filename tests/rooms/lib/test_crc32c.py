"""CRC-32C: check values of RFC 3720, and the same result for any split of the bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.lib.crc32c import build_byte_table, build_table, compute_bit_effects, compute_crc32c


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_returns_published_values(data, expected):
    assert compute_crc32c(data) == expected


def compute_bytewise(data, state=0xFFFFFFFF):
    for byte in data:
        state = build_table()[(state ^ byte) & 255] ^ (state >> 8)
    return state ^ 0xFFFFFFFF


@pytest.mark.parametrize("size", [511, 512, 513, 32_767, 32_768, 32_769, 100_001])
def test_returns_the_same_for_parallel_lanes(size):
    data = bytes(i * i % 251 for i in range(size))
    assert compute_crc32c(data) == compute_bytewise(data)
    assert compute_crc32c(data[5:], compute_crc32c(data[:5])) == compute_bytewise(data)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_continues_a_checksum(data, cut):
    assert compute_crc32c(data[cut:], compute_crc32c(data[:cut])) == compute_bytewise(data)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=60))
def test_checksum_is_the_sum_of_byte_effects(data):
    total = compute_crc32c(bytes(len(data)))
    for index, byte in enumerate(data):
        total ^= build_byte_table(compute_bit_effects(len(data) - 1 - index))[byte]
    assert total == compute_crc32c(data)
