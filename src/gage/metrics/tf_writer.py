"""Writes numbers as a TF event file that TensorBoard and others read, too. The format is in `tfevents` and `tfwire`."""

import os
import struct
from collections.abc import Mapping
from pathlib import Path

from gage.lib.crc32c import compute_crc32c
from gage.lib.files import write_all
from gage.metrics.tf_templates import mask_crc

_VERSION = b"\x1a\x0dbrain.Event:2"
_SINGLE = 0x15
_ENOUGH = 1 << 16


class EventWriter:
    """Appends to one event file, which is made when it is not there. Each `add` is one record.

    Records are written whole, many in one write: by `flush`, and when there are 64 KB of them. Not for several threads
    or processes at once: give each a file of its own. Raises OSError.
    """

    def __init__(self, path: Path | str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        self._fd = os.open(path, flags, 0o666)
        self._named: dict[str, bytes] = {}
        self._begun = os.fstat(self._fd).st_size > 0
        self._waiting = bytearray()

    def add(self, step: int, time: float, values: Mapping[str, float]) -> None:
        """Append the values of one step, by name. `time` is in seconds since the epoch."""
        if not self._begun:
            self._waiting += frame_record(b"\x09" + struct.pack("<d", time) + _VERSION)
            self._begun = True
        self._waiting += frame_record(self._event(step, time, values))
        if len(self._waiting) >= _ENOUGH:
            self.flush()

    def flush(self) -> None:
        """Write what was added: then others can read it."""
        if self._waiting:
            data, self._waiting = self._waiting, bytearray()
            write_all(self._fd, memoryview(data))

    def _event(self, step: int, time: float, values: Mapping[str, float]) -> bytes:
        named = self._named
        summary = b"".join(
            [(named.get(name) or self._name(name)) + pack_float32(value) for name, value in values.items()]
        )
        stepped = b"\x10" + encode_varint(step & 0xFFFFFFFFFFFFFFFF) if step else b""
        return b"\x09" + struct.pack("<d", time) + stepped + b"\x2a" + encode_varint(len(summary)) + summary

    def _name(self, name: str) -> bytes:
        tag = name.encode("utf-8", "replace")
        inner = b"\x0a" + encode_varint(len(tag)) + tag
        begin = self._named[name] = b"\x0a" + encode_varint(len(inner) + 5) + inner + bytes((_SINGLE,))
        return begin

    def close(self) -> None:
        """Write what was added, and no more."""
        try:
            self.flush()
        finally:
            os.close(self._fd)


def frame_record(data: bytes) -> bytes:
    """A message as a TFRecord: length, its masked CRC-32C, the message, its masked CRC-32C."""
    head = struct.pack("<Q", len(data))
    return (
        head
        + struct.pack("<I", mask_crc(compute_crc32c(head)))
        + data
        + struct.pack("<I", mask_crc(compute_crc32c(data)))
    )


def pack_float32(value: float) -> bytes:
    """Four bytes of a number; one that is too great for them is infinite."""
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return struct.pack("<f", float("inf") if value > 0 else float("-inf"))


def encode_varint(value: int) -> bytes:
    """A whole number from 0 on, seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
