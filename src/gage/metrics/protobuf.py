"""The wire format of protocol buffers, as far as logs need it. Source: the encoding page of its documentation."""

from collections.abc import Iterator


def fields(data: bytes | memoryview) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message, in order: number, and a number or bytes (fixed 32 and 64 bit as bytes).

    Raises ValueError when it is none.
    """
    at, end = 0, len(data)
    while at < end:
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"Wire type {kind} is not known")
        if at + size > end:
            raise ValueError("A field is longer than its message")
        yield tag >> 3, bytes(data[at : at + size])
        at += size


def varint(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """The number at a place, and the place behind it. Raises ValueError."""
    value = shift = 0
    while shift < 70 and at < len(data):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("A number has no end")
