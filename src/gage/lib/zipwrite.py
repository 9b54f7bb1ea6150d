"""Writes a zip archive to an open, seekable file: small members from memory, big ones from descriptors, of any size.

The date of each member is the time at which the archive is made.
"""

import os
import struct
import time
import zlib
from typing import Final

from gage.lib.files import write_all

_MIN_COMPRESSED_BYTES: Final = 200
_CHUNK_BYTES: Final = 1 << 20
_MAX_32_BIT: Final = 0xFFFF_FFFE
_LOCAL = struct.Struct("<4s5H3L2H")
_SIZES64 = struct.Struct("<2H2Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q4sLQL")
_VERSION = (3 << 8) | 45
_UTF8 = 0x800
_MODE = 0o100600 << 16


class ZipWriter:
    """Writes an archive to descriptor `fd`, an empty file. Call `finish` once, at the end."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._at = 0
        self._entries: list[bytes] = []
        now = time.localtime()
        self._time = now.tm_hour << 11 | now.tm_min << 5 | now.tm_sec // 2
        self._date = min(127, max(0, now.tm_year - 1980)) << 9 | now.tm_mon << 5 | now.tm_mday

    def add(self, name: str, data: bytes) -> None:
        """Adds a member from memory. `name` has slashes and must be new."""
        packed, method = data, 0
        if len(data) >= _MIN_COMPRESSED_BYTES:
            packed, method = zlib.compress(data, 6, -15), 8
            if len(packed) >= len(data):
                packed, method = data, 0
        crc = zlib.crc32(data)
        header = self._pack_header(name, method, crc, len(packed), len(data), b"")
        write_all(self._fd, header + packed)
        self._add_entry(name, method, crc, len(packed), len(data), len(header))

    def add_file(self, name: str, fd: int) -> None:
        """Adds the content of an open file, from its start, in constant memory."""
        header = self._pack_header(name, 8, 0, 0, 0, _SIZES64.pack(1, 16, 0, 0))
        write_all(self._fd, header)
        pack = zlib.compressobj(1, zlib.DEFLATED, -15)
        crc = packed = size = 0
        while data := os.pread(fd, _CHUNK_BYTES, size):
            crc = zlib.crc32(data, crc)
            size += len(data)
            packed += self._write(pack.compress(data))
        packed += self._write(pack.flush())
        os.lseek(self._fd, self._at, os.SEEK_SET)
        write_all(self._fd, self._pack_header(name, 8, crc, packed, size, _SIZES64.pack(1, 16, size, packed)))
        os.lseek(self._fd, 0, os.SEEK_END)
        self._add_entry(name, 8, crc, packed, size, len(header))

    def finish(self) -> None:
        """Writes the list of members, which completes the archive."""
        directory = b"".join(self._entries)
        count, size, at = len(self._entries), len(directory), self._at
        end = b""
        if count > 0xFFFE or at > _MAX_32_BIT:
            end = _END64.pack(
                b"PK\x06\x06", 44, _VERSION, 45, 0, 0, count, count, size, at, b"PK\x06\x07", 0, at + size, 1
            )
            count, size, at = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
        end += _END.pack(b"PK\x05\x06", 0, 0, count, count, size, at, 0)
        write_all(self._fd, directory + end)

    def _write(self, data: bytes) -> int:
        if data:
            write_all(self._fd, data)
        return len(data)

    def _pack_header(self, name: str, method: int, crc: int, packed: int, size: int, extra: bytes) -> bytes:
        """Returns a member's header. Its length depends on `name` and `extra` alone, so it can be overwritten later."""
        raw = name.encode()
        if max(packed, size) > _MAX_32_BIT:
            packed = size = 0xFFFFFFFF
        sizes = (crc, packed, size, len(raw), len(extra))
        return _LOCAL.pack(b"PK\x03\x04", 45, _UTF8, method, self._time, self._date, *sizes) + raw + extra

    def _add_entry(self, name: str, method: int, crc: int, packed: int, size: int, header: int) -> None:
        raw = name.encode()
        offset, extra = self._at, b""
        self._at += header + packed
        if max(offset, packed, size) > _MAX_32_BIT:
            extra = struct.pack("<2H3Q", 1, 24, size, packed, offset)
            packed = size = offset = 0xFFFFFFFF
        entry = _ENTRY.pack(
            b"PK\x01\x02", _VERSION, 45, _UTF8, method, self._time, self._date, crc, packed, size,
            len(raw), len(extra), 0, 0, 0, _MODE, offset,
        )  # fmt: skip
        self._entries.append(entry + raw + extra)
