"""Reads a few members of a zip archive fast, and trusts nothing in it: every size, offset and name is checked.

Knows members that are stored or deflated, and archives of more than 4 GB. Never writes, never extracts.
"""

import os
import re
import stat
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gage.lib.files import READ_FLAGS, is_safe_name

TAIL_BYTES: Final = 1 << 16
MAX_MEMBERS: Final = 100_000
MAX_DIRECTORY_BYTES: Final = 32 << 20
MAX_UNPACKED_BYTES: Final = 2 << 30
MAX_RATIO: Final = 100
"""Members of more than `MAX_UNPACKED_BYTES` are not unpacked if they have more than `MAX_RATIO` times the archive."""

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4sxB2x2H4x3L3H4x2L")
_LOCAL = struct.Struct("<4s22x2H")
_find_unsafe_line = re.compile(r"[\\\x00-\x09\x0b-\x1f\x7f]|^/|^$|//|^[A-Za-z]:|(?:^|/)\.{1,2}(?:/|$)", re.M).search

STORED: Final = 0
PIECE_BYTES: Final = 1 << 18
BOOKMARK_BYTES: Final = 8 << 20
MAX_BOOKMARKS: Final = 256
"""Bookmarks of one member, of about 40 kB each."""


ZipEntry = tuple[int, int, int, int, int]


class Bookmark(NamedTuple):
    """A place in a deflated member: its offsets unpacked and packed, and the state of the decompressor."""

    at: int
    packed_at: int
    state: "zlib._Decompress"


class BadZip(ValueError):
    """The archive is damaged, truncated or malicious. The message says how."""


class ZipReader:
    """The members of one archive. Holds the file open until `close` (or the end of a `with`).

    Raises BadZip for names that lead outside, links, duplicate names and sizes that do not fit. Raises OSError if the
    file cannot be read.
    """

    __slots__ = ("_buffer", "_entries", "_fd", "_start", "size")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._fd = os.open(path, READ_FLAGS)
        try:
            info = os.fstat(self._fd)
            if not stat.S_ISREG(info.st_mode):
                raise BadZip("Not a regular file")
            self.size = info.st_size
            self._start = max(0, self.size - TAIL_BYTES)
            self._buffer = _read_at(self._fd, self._start, self.size - self._start)
            self._entries = self._read_directory()
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> "ZipReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        os.close(self._fd)

    def list_names(self) -> list[str]:
        """Returns the names of all members that are files, in the order of the archive."""
        return list(self._entries)

    def check_layout(self) -> None:
        """Raises BadZip if members overlap or unpack to far more than an archive of this size has."""
        end = 0
        for _, _, packed, _, offset in sorted(self._entries.values(), key=lambda entry: entry[4]):
            if offset < end:
                raise BadZip("Members overlap")
            end = offset + _LOCAL.size + packed
        total = sum(entry[3] for entry in self._entries.values())
        if total > MAX_UNPACKED_BYTES and total > MAX_RATIO * self.size:
            raise BadZip(f"{total >> 30:,} GB in an archive of {self.size >> 20:,} MB are not read")

    def get_size(self, name: str) -> int | None:
        """Returns the member's size in bytes; None if there is no such member."""
        entry = self._entries.get(name)
        return None if entry is None else entry[3]

    def read(self, name: str, limit: int = 64 << 20) -> bytes | None:
        """Returns the member's bytes, checked; None if there is no such member. BadZip if it has over `limit` bytes."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        method, crc, packed, size, offset = entry
        if size > limit:
            raise BadZip(f"{name} is over {limit >> 20} MB")
        data = self._read_range(self._find_data(name, offset), packed)
        if method != STORED:
            try:
                data = zlib.decompressobj(-15).decompress(data, size + 1)
            except zlib.error:
                raise BadZip(f"{name} is damaged") from None
        if len(data) != size or zlib.crc32(data) != crc:
            raise BadZip(f"{name} is damaged")
        return data

    def read_head(self, name: str, count: int) -> bytes | None:
        """Returns the member's first `count` bytes at most, unchecked; None if there is no such member."""
        return next(self.iter_chunks(name, count + 64), b"")[:count] if name in self._entries else None

    def iter_chunks(self, name: str, size: int = 1 << 18) -> Iterator[bytes]:
        """Yields the member's bytes in pieces of at most `size`. Nothing if there is no such member."""
        if name not in self._entries:
            return
        method, crc, packed, total, offset = self._entries[name]
        start = self._find_data(name, offset)
        pieces = (self._read_range(at, min(size, start + packed - at)) for at in range(start, start + packed, size))
        seen, check = 0, 0
        for piece in pieces if method == STORED else _inflate(name, pieces, size):
            seen += len(piece)
            check = zlib.crc32(piece, check)
            if seen > total:
                raise BadZip(f"{name} is larger than its header says")
            yield piece
        if seen != total or check != crc:
            raise BadZip(f"{name} is damaged")

    def read_part(self, name: str, first: int, count: int, bookmarks: list[Bookmark]) -> bytes:
        """Returns up to `count` bytes of the member from `first` on, unchecked; b"" if there is no such member.

        Adds bookmarks to a list of the member's, every `BOOKMARK_BYTES` (and at most `MAX_BOOKMARKS`), so that a later
        call needs not unpack all bytes before its own.
        """
        if name not in self._entries:
            return b""
        method, _, packed, total, offset = self._entries[name]
        start, end = self._find_data(name, offset), min(first + count, total)
        if first >= end:
            return b""
        if method == STORED:
            return self._read_range(start + first, end - first)
        if not bookmarks:
            bookmarks.append(Bookmark(0, 0, zlib.decompressobj(-15)))
        place = bookmarks[bisect_right(bookmarks, first, key=lambda each: each.at) - 1]
        try:
            return self._inflate_part(place, start, packed, (first, end), (bookmarks, total))
        except zlib.error:
            raise BadZip(f"{name} is damaged") from None

    def _inflate_part(
        self, place: Bookmark, start: int, packed: int, part: tuple[int, int], kept: tuple[list[Bookmark], int]
    ) -> bytes:
        (first, end), (bookmarks, total) = part, kept
        spacing = max(BOOKMARK_BYTES, total // MAX_BOOKMARKS)
        at, packed_at, unzip = place.at, place.packed_at, place.state.copy()
        pieces: list[bytes] = []
        while at < end and not unzip.eof:
            data = self._read_range(start + packed_at, min(PIECE_BYTES, packed - packed_at))
            piece = unzip.decompress(data, min(end - at, PIECE_BYTES))
            packed_at += len(data) - len(unzip.unconsumed_tail)
            if not piece and not data:
                break
            if at + len(piece) > first:
                pieces.append(piece[max(first - at, 0) :])
            at += len(piece)
            if at >= bookmarks[-1].at + spacing:
                bookmarks.append(Bookmark(at, packed_at, unzip.copy()))
        return b"".join(pieces)

    def _find_data(self, name: str, offset: int) -> int:
        at = offset - self._start
        if 0 <= at <= len(self._buffer) - _LOCAL.size:
            magic, name_size, extra_size = _LOCAL.unpack_from(self._buffer, at)
        else:
            magic, name_size, extra_size = _LOCAL.unpack(self._read_range(offset, _LOCAL.size))
        if magic != b"PK\x03\x04":
            raise BadZip(f"{name} is not at its offset")
        return offset + _LOCAL.size + int(name_size) + int(extra_size)

    def _read_range(self, offset: int, count: int) -> bytes:
        if offset < 0 or count < 0 or offset + count > self.size:
            raise BadZip("The archive points outside itself")
        if offset >= self._start:
            return self._buffer[offset - self._start : offset - self._start + count]
        return _read_at(self._fd, offset, count)

    def _read_directory(self) -> dict[str, ZipEntry]:
        count, size, offset = self._find_directory()
        if count > MAX_MEMBERS or size > MAX_DIRECTORY_BYTES or count * _ENTRY.size > size:
            raise BadZip("The archive's list of members is damaged")
        return _parse_directory(self._read_range(offset, size), count, self.size)

    def _find_directory(self) -> tuple[int, int, int]:
        """Returns the number of members, and the size and offset of their list."""
        at = self._buffer.rfind(b"PK\x05\x06")
        if at < 0 or at + _END.size > len(self._buffer):
            raise BadZip("Not a zip archive, or truncated")
        _, disk, first, here, count, size, offset, _ = _END.unpack_from(self._buffer, at)
        if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset):
            locator = self._read_range(self._start + at - _LOCATOR64.size, _LOCATOR64.size)
            magic, _, at, _ = _LOCATOR64.unpack(locator)
            magic64, _, _, _, _, _, _, count, size, offset = _END64.unpack(self._read_range(at, _END64.size))
            if (magic, magic64) != (b"PK\x06\x07", b"PK\x06\x06"):
                raise BadZip("The end of the archive is damaged")
        elif disk or first or here != count:
            raise BadZip("Archives of several files are not supported")
        return count, size, offset


def _parse_directory(directory: bytes, count: int, archive_size: int) -> dict[str, ZipEntry]:
    """Returns name → method, checksum, packed size, size, offset of the member."""
    entries: dict[str, ZipEntry] = {}
    names: list[str] = []
    at, header, size_of_all = 0, _ENTRY.size, len(directory)
    for _ in range(count):
        start = at + header
        if start > size_of_all:
            raise BadZip("The archive's list of members is truncated")
        magic, system, flags, method, crc, packed, size, name_size, extra_size, comment_size, mode, offset = (
            _ENTRY.unpack_from(directory, at)
        )
        if magic != b"PK\x01\x02":
            raise BadZip("The archive's list of members is damaged")
        at = start + name_size
        try:
            name = directory[start:at].decode()
        except UnicodeDecodeError:
            raise BadZip("A member's name is not UTF-8") from None
        if 0xFFFFFFFF in (packed, size, offset):
            size, packed, offset = _parse_zip64_sizes(directory[at : at + extra_size], size, packed, offset)
        at += extra_size + comment_size
        names.append(name)
        if not size and name.endswith("/"):
            continue
        if flags & 0x41 or (mode >> 28 not in (0, 8) and system == 3):
            raise BadZip(f"{name[:60]!r} is encrypted or not a regular file")
        if packed > archive_size or size > 1100 * packed + 64 or (method == STORED and size != packed):
            raise BadZip(f"{name[:60]!r} has an impossible size")
        entries[name] = (method, crc, packed, size, offset)
    _check_names(names)
    return entries


def _check_names(names: list[str]) -> None:
    """Raises BadZip for names that lead outside and for duplicates. Tests all at once, for speed."""
    together = "\n".join(names)
    if len(set(names)) < len(names):
        raise BadZip("Two members have the same name")
    if together.count("\n") != max(0, len(names) - 1) or _find_unsafe_line(together):
        unsafe = [name for name in names if not is_safe_name(name.removesuffix("/"))]
        if unsafe:
            raise BadZip(f"Unsafe name {unsafe[0][:60]!r}")


def _parse_zip64_sizes(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Returns size, packed size and offset of a member over 4 GB, from its extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            count = min(length, len(extra) - at - 4) // 8
            large = iter(struct.unpack_from(f"<{count}Q", extra, at + 4))
            size, packed, offset = (next(large, -1) if v == 0xFFFFFFFF else v for v in (size, packed, offset))
            if min(size, packed, offset) >= 0:
                return size, packed, offset
        at += 4 + length
    raise BadZip("The size of a member is missing")


def _inflate(name: str, pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yields the unpacked bytes of a member in pieces of at most `size`."""
    unzip = zlib.decompressobj(-15)
    try:
        for data in pieces:
            while data and not unzip.eof:  # bytes after the end would be left over forever
                yield unzip.decompress(data, size)
                data = unzip.unconsumed_tail
        yield unzip.flush()
    except zlib.error:
        raise BadZip(f"{name} is damaged") from None


def _read_at(fd: int, offset: int, count: int) -> bytes:
    data = os.pread(fd, count, offset)
    while len(data) < count:
        more = os.pread(fd, count - len(data), offset + len(data))
        if not more:
            raise BadZip("The archive is truncated")
        data += more
    return data
