"""The series of a finished run as columns in one file of its cache folder, from where they come back unparsed.

A finished run does not change, so the file is trusted without a look at the run: one file is opened and read, no
folder is listed. Layout: `docs/store-format.md`. A file that is not just as it should be counts as none.
"""

import json
import mmap
import os
import stat
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gage.lib.files import READ_FLAGS, write_atomic
from gage.lib.zipread import is_safe_name
from gage.metrics.series_types import EventItem, Series

CACHE_FILE = "series.columns"
"""The file's name in the cache folder."""
_MAGIC = b"GAGECOL1"
_POINT = 24
_SMALL = 1 << 18
_WORTH = 1 << 14
_MOST_POINTS = 1 << 48
_MOST_HEADS = 1000

Places = dict[str, tuple[slice, slice, slice]]
HeaderCache = dict[bytes, "SeriesHeader"]


class SeriesHeader(NamedTuple):
    """What a file of columns says of itself: where each series is (in numbers of 8 bytes), where the numbers end."""

    places: Places
    notes: list[str]
    numbers: int
    size: int


def is_worth_caching(files: Iterable[tuple[str, int]]) -> bool:
    """Whether reading these event files (path, size) takes so long that their columns should be kept."""
    return sum(size for _, size in files) >= _WORTH


class CachedSeries(Mapping[str, Series]):
    """Series whose numbers lie in a buffer, one behind the other."""

    def __init__(self, data: memoryview, begin: int, head: SeriesHeader) -> None:
        end = begin + 8 * head.numbers
        self._places = head.places
        self._whole = data[begin:end].cast("q")
        self._real = data[begin:end].cast("d")
        self._rest = data[end:]
        self.notes = head.notes

    def __getitem__(self, name: str) -> Series:
        steps, times, values = self._places[name]
        real = self._real
        return Series(self._whole[steps], real[times], real[values])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def items_of_run(self) -> list[EventItem]:
        """What else is in the event files."""
        rest = bytes(self._rest)
        try:
            items = [EventItem(*each) for each in json.loads(rest)] if rest else []
        except (ValueError, TypeError, RecursionError):
            return []
        return [item for item in items if _is_item(item)]


def load_cached_series(cache_dir: str, heads: HeaderCache) -> CachedSeries | None:
    """The columns in a cache folder; None when there are none that are whole.

    `heads`, handed from run to run, makes loading many faster: runs of one program have the same head.
    """
    if sys.byteorder != "little":
        return None
    try:
        data = _bytes(f"{cache_dir}/{CACHE_FILE}")
        return _columns(data, heads) if data else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def save_cached_series(cache_dir: str, series: Mapping[str, Series], items: list[EventItem], notes: list[str]) -> None:
    """Put the columns into the cache folder. When that cannot be done, they are made again another time."""
    points = [len(each.steps) for each in series.values()]
    rest = json.dumps(items, separators=(",", ":")).encode() if items else b""
    size = _POINT * sum(points) + len(rest)
    head = {"size": size, "names": list(series), "points": points, "notes": notes}
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [_MAGIC, len(text).to_bytes(8, "little"), text]
    for steps, times, values in series.values():
        parts += [array("q", steps).tobytes(), array("d", times).tobytes(), array("d", values).tobytes()]
    try:
        os.makedirs(cache_dir, exist_ok=True)
        if stat.S_ISDIR(os.lstat(cache_dir).st_mode) and sys.byteorder == "little":
            write_atomic(f"{cache_dir}/{CACHE_FILE}", b"".join([*parts, rest]))
    except OSError:
        return


def _bytes(path: str) -> memoryview | None:
    fd = os.open(path, READ_FLAGS)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size <= _SMALL:
            return memoryview(os.read(fd, status.st_size))
        return memoryview(mmap.mmap(fd, 0, access=mmap.ACCESS_READ))
    finally:
        os.close(fd)


def _is_item(item: EventItem) -> bool:
    """Whether an item is what it should be, and lies in the run: a cache may come from a stranger."""
    texts, numbers = (item.kind, item.name, item.file), (item.step, item.offset, item.length)
    return (
        all(type(text) is str for text in texts)
        and all(type(number) is int for number in numbers)
        and type(item.time) is float
        and min(item.offset, item.length) >= 0
        and is_safe_name(item.file)
    )


def _columns(data: memoryview, heads: HeaderCache) -> CachedSeries | None:
    length = int.from_bytes(data[8:16], "little")
    begin = 16 + length
    if data[:8] != _MAGIC or begin > len(data) or begin % 8:
        return None
    text = bytes(data[16:begin])
    head = heads.get(text)
    if head is None:
        head = _head(text)
        if len(heads) < _MOST_HEADS:
            heads[text] = head
    return CachedSeries(data, begin, head) if len(data) == begin + head.size else None


def _head(text: bytes) -> SeriesHeader:
    """The head of a file. Raises ValueError, TypeError or KeyError for one that makes no sense."""
    said = json.loads(text)
    names, points, notes, size = said["names"], said["points"], said["notes"], said["size"]
    places: Places = {}
    at = 0
    for name, count in zip(names, points, strict=True):
        if type(count) is not int or not 0 <= count < _MOST_POINTS or type(name) is not str:
            raise ValueError
        places[name] = slice(at, at + count), slice(at + count, at + 2 * count), slice(at + 2 * count, at + 3 * count)
        at += 3 * count
    if type(size) is not int or 8 * at > size or not all(type(note) is str for note in notes):
        raise ValueError
    return SeriesHeader(places, notes, at, size)
