"""The series of a finished run in one file of its cache directory, as columns of numbers that need no parsing.

A finished run does not change, so the file is trusted without a look at the run. A file that is not valid counts as
missing. The layout is in `docs/store-format.md`.
"""

import json
import mmap
import os
import stat
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gage.lib.files import READ_FLAGS, is_safe_name, write_atomic
from gage.metrics.series_types import EventItem, Series

CACHE_FILE = "series.columns"
_MAGIC = b"GAGECOL1"
_POINT_BYTES = 24
_MIN_MMAP_BYTES = 1 << 18
_MIN_CACHED_BYTES = 1 << 14
_MAX_POINTS = 1 << 48
_MAX_HEADERS = 1000

Columns = dict[str, tuple[slice, slice, slice]]
HeaderCache = dict[bytes, "SeriesHeader"]


class SeriesHeader(NamedTuple):
    """The header of a cache file.

    `columns` says where steps, times and values of each series are, in numbers of 8 bytes. `numbers` counts all
    numbers; `size` is that of everything after the header, in bytes.
    """

    columns: Columns
    notes: list[str]
    numbers: int
    size: int


def is_worth_caching(files: Iterable[tuple[str, int]]) -> bool:
    """Returns whether reading these files (path, size) takes so long that their series should be cached."""
    return sum(size for _, size in files) >= _MIN_CACHED_BYTES


class CachedSeries(Mapping[str, Series]):
    """Series whose numbers lie in a buffer, one after the other."""

    def __init__(self, data: memoryview, begin: int, header: SeriesHeader) -> None:
        end = begin + 8 * header.numbers
        self._columns = header.columns
        self._integers = data[begin:end].cast("q")
        self._floats = data[begin:end].cast("d")
        self._items = data[end:]
        self.notes = header.notes

    def __getitem__(self, name: str) -> Series:
        steps, times, values = self._columns[name]
        return Series(self._integers[steps], self._floats[times], self._floats[values])

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def read_items(self) -> list[EventItem]:
        """Returns everything in the event files that is not a number."""
        text = bytes(self._items)
        try:
            items = [EventItem(*each) for each in json.loads(text)] if text else []
        except (ValueError, TypeError, RecursionError):
            return []
        return [item for item in items if _is_valid_item(item)]


def load_cached_series(cache_dir: str, headers: HeaderCache) -> CachedSeries | None:
    """Returns the series in a cache directory; None when they are missing or not valid.

    `headers`, passed from run to run, makes loading many runs faster: runs of one program have the same header.
    """
    if sys.byteorder != "little":
        return None
    try:
        data = _read_file(f"{cache_dir}/{CACHE_FILE}")
        return _parse_file(data, headers) if data else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def save_cached_series(cache_dir: str, series: Mapping[str, Series], items: list[EventItem], notes: list[str]) -> None:
    """Writes the series into the cache directory. Does nothing when that is not possible."""
    points = [len(each.steps) for each in series.values()]
    item_text = json.dumps(items, separators=(",", ":")).encode() if items else b""
    size = _POINT_BYTES * sum(points) + len(item_text)
    header = {"size": size, "names": list(series), "points": points, "notes": notes}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [_MAGIC, len(text).to_bytes(8, "little"), text]
    for steps, times, values in series.values():
        parts += [array("q", steps).tobytes(), array("d", times).tobytes(), array("d", values).tobytes()]
    try:
        os.makedirs(cache_dir, exist_ok=True)
        if stat.S_ISDIR(os.lstat(cache_dir).st_mode) and sys.byteorder == "little":
            write_atomic(f"{cache_dir}/{CACHE_FILE}", b"".join([*parts, item_text]))
    except OSError:
        return


def _read_file(path: str) -> memoryview | None:
    fd = os.open(path, READ_FLAGS)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size <= _MIN_MMAP_BYTES:
            return memoryview(os.read(fd, status.st_size))
        return memoryview(mmap.mmap(fd, 0, access=mmap.ACCESS_READ))
    finally:
        os.close(fd)


def _is_valid_item(item: EventItem) -> bool:
    """Returns whether an item has the right types and lies in the run: a cache may come from a stranger."""
    texts, numbers = (item.kind, item.name, item.file), (item.step, item.offset, item.length)
    return (
        all(type(text) is str for text in texts)
        and all(type(number) is int for number in numbers)
        and type(item.time) is float
        and min(item.offset, item.length) >= 0
        and is_safe_name(item.file)
    )


def _parse_file(data: memoryview, headers: HeaderCache) -> CachedSeries | None:
    begin = 16 + int.from_bytes(data[8:16], "little")
    if data[:8] != _MAGIC or begin > len(data) or begin % 8:
        return None
    text = bytes(data[16:begin])
    header = headers.get(text)
    if header is None:
        header = _parse_header(text)
        if len(headers) < _MAX_HEADERS:
            headers[text] = header
    return CachedSeries(data, begin, header) if len(data) == begin + header.size else None


def _parse_header(text: bytes) -> SeriesHeader:
    """Returns the header of a file. Raises ValueError, TypeError or KeyError if it is not valid."""
    fields = json.loads(text)
    names, points, notes, size = fields["names"], fields["points"], fields["notes"], fields["size"]
    columns: Columns = {}
    at = 0
    for name, count in zip(names, points, strict=True):
        if type(count) is not int or not 0 <= count < _MAX_POINTS or type(name) is not str:
            raise ValueError
        columns[name] = slice(at, at + count), slice(at + count, at + 2 * count), slice(at + 2 * count, at + 3 * count)
        at += 3 * count
    if type(size) is not int or 8 * at > size or not all(type(note) is str for note in notes):
        raise ValueError
    return SeriesHeader(columns, notes, at, size)
