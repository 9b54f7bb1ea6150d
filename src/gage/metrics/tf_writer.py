"""Writes numbers as a TF event file that TensorBoard reads. The format is described in `tfevents` and `tf_wire`."""

import os
import struct
from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from gage.lib.crc32c import compute_crc32c
from gage.lib.files import write_all
from gage.metrics.protobuf import encode_varint
from gage.metrics.tf_templates import mask_crc

_VERSION = b"\x1a\x0dbrain.Event:2"
"""Field 3 of the first event of a file."""
_SIMPLE_VALUE = 0x15
"""Key of field 2 of a `Summary.Value`: a float of four bytes."""
_BUFFER_BYTES = 1 << 16
SMALLEST_FLOAT32, GREATEST_FLOAT32 = 1.1754944e-38, 3.4028234e38


class EventWriter:
    """Appends to one event file, which is created if it is missing. Each `add` is one record.

    Records are written whole, many in one write: by `flush`, and when there are 64 KB of them. Not for several threads
    or processes at once: give each a file of its own. Raises OSError.
    """

    def __init__(self, path: Path | str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        self._fd = os.open(path, flags, 0o666)
        self._value_heads: dict[str, bytes] = {}
        self._has_records = os.fstat(self._fd).st_size > 0
        self._buffer = bytearray()

    def add(self, step: int, time: float, values: Mapping[str, float]) -> None:
        """Appends the values of one step, by name. `time` is in seconds since the epoch."""
        if not self._has_records:
            self._buffer += wrap_record(b"\x09" + struct.pack("<d", time) + _VERSION)
            self._has_records = True
        self._buffer += wrap_record(self._encode_event(step, time, values))
        if len(self._buffer) >= _BUFFER_BYTES:
            self.flush()

    def flush(self) -> None:
        """Writes what was added, so that others can read it."""
        if self._buffer:
            data, self._buffer = self._buffer, bytearray()
            write_all(self._fd, memoryview(data))

    def close(self) -> None:
        """Writes what was added and closes the file."""
        try:
            self.flush()
        finally:
            os.close(self._fd)

    def _encode_event(self, step: int, time: float, values: Mapping[str, float]) -> bytes:
        heads = self._value_heads
        parts = [
            (heads.get(name) or self._add_head(name)) + struct.pack("<f", value)
            if value == 0 or not isfinite(value) or SMALLEST_FLOAT32 <= abs(value) <= GREATEST_FLOAT32
            else encode_double(name, value)
            for name, value in values.items()
        ]
        summary = b"".join(parts)
        step_field = b"\x10" + encode_varint(step & 0xFFFFFFFFFFFFFFFF) if step else b""
        return b"\x09" + struct.pack("<d", time) + step_field + b"\x2a" + encode_varint(len(summary)) + summary

    def _add_head(self, name: str) -> bytes:
        """Returns and remembers what comes before the number in each value of this name."""
        tag = name.encode("utf-8", "replace")
        tag_field = b"\x0a" + encode_varint(len(tag)) + tag
        head = self._value_heads[name] = (
            b"\x0a" + encode_varint(len(tag_field) + 5) + tag_field + bytes((_SIMPLE_VALUE,))
        )
        return head


def encode_double(name: str, value: float) -> bytes:
    """Returns a value that no float of four bytes can hold: a tensor without dimensions, of one double."""
    tag = name.encode("utf-8", "replace")
    tensor = b"\x08\x02\x12\x00\x32\x08" + struct.pack("<d", value)
    body = b"\x0a" + encode_varint(len(tag)) + tag + b"\x42" + encode_varint(len(tensor)) + tensor
    return b"\x0a" + encode_varint(len(body)) + body


def wrap_record(data: bytes) -> bytes:
    """Returns a message as a TFRecord: length, its masked CRC-32C, the message, its masked CRC-32C."""
    length = struct.pack("<Q", len(data))
    return length + _checksum(length) + data + _checksum(data)


def _checksum(data: bytes) -> bytes:
    return struct.pack("<I", mask_crc(compute_crc32c(data)))
