"""The wire format of protocol buffers, as far as logs need it. Source: the encoding page of its documentation."""

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Wire types."""


class MalformedMessage(ValueError):
    """These bytes are not a message. The text continues a sentence about a record: `ends in the middle`."""


def parse_fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yields the fields of a message in order: number, and a whole number or bytes (fixed 32 and 64 bit as bytes).

    Raises MalformedMessage.
    """
    try:
        for number, kind, begin, end in locate_fields(data, 0, len(data)):
            yield number, decode_varint(data, begin)[0] if kind == VARINT else data[begin:end]
    except IndexError as error:
        raise MalformedMessage("ends in the middle") from error


def locate_fields(data: bytes, at: int, end: int) -> list[tuple[int, int, int, int]]:
    """Returns the fields of the message between two positions: number, wire type, begin and end of the content.

    Raises MalformedMessage and IndexError.
    """
    fields = []
    while at < end:
        key, at = decode_varint(data, at)
        kind = key & 7
        if kind == BYTES:
            length, at = decode_varint(data, at)
            stop = at + length
        elif kind == VARINT:
            stop = decode_varint(data, at)[1]
        elif kind in (FIXED64, FIXED32):
            stop = at + (8 if kind == FIXED64 else 4)
        else:
            raise MalformedMessage(f"has a field of the unknown type {kind}")
        if stop > end:
            raise MalformedMessage("has a field that is longer than its message")
        fields.append((key >> 3, kind, at, stop))
        at = stop
    return fields


def decode_varint(data: bytes, at: int) -> tuple[int, int]:
    """Returns the whole number at a position, and where it ends. Raises MalformedMessage and IndexError."""
    byte = data[at]
    if byte < 128:
        return byte, at + 1
    value, shift = byte & 127, 7
    while byte >= 128:
        at += 1
        byte = data[at]
        value |= (byte & 127) << shift
        shift += 7
        if shift > 70:
            raise MalformedMessage("has a number of more than ten bytes")
    return value & 0xFFFFFFFFFFFFFFFF, at + 1


def encode_varint(value: int) -> bytes:
    """Returns a whole number from 0 on, seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def to_signed(value: int) -> int:
    """Returns a varint of 64 bits as the signed number that it stands for."""
    return value - (1 << 64) if value >> 63 else value
