"""The series of a finished run as columns in one file of its cache folder, from where they come back unparsed.

The file is named by a digest of the event files it was made from, so that copies of a store agree on it, and one that
is out of date is not looked at. Layout: `docs/store-format.md`. A file that is not just as it should be counts as none.
"""

import hashlib
import json
import mmap
import os
import stat
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gage.lib.files import READ_FLAGS, write_atomic
from gage.lib.zipread import is_safe_name
from gage.metrics.points import Item, Series

_MAGIC = b"GAGECOL1"
_POINT = 24
_SMALL = 1 << 18
_TAIL = 32
_WORTH = 1 << 14
_MOST_POINTS = 1 << 48


def are_worth_it(files: Iterable[tuple[str, int]]) -> bool:
    """Whether reading these event files (path, size) takes longer than it takes to find and read one more file."""
    return sum(size for _, size in files) >= _WORTH


def digest(run_dir: Path, files: Iterable[tuple[str, int]]) -> str:
    """What columns made of these event files (path, size) are called. Raises OSError.

    Goes by path, size and the last bytes, which hold a checksum: event files are only ever added to.
    """
    told = hashlib.sha256(_MAGIC)
    for file, size in files:
        fd = os.open(os.path.join(run_dir, file), READ_FLAGS)
        try:
            tail = os.pread(fd, _TAIL, max(0, size - _TAIL))
        finally:
            os.close(fd)
        told.update(b"%d %b %b\n" % (size, tail.hex().encode(), os.fsencode(file)))
    return told.hexdigest()[:32]


class Columns(Mapping[str, Series]):
    """Series whose numbers lie in a buffer, one behind the other."""

    def __init__(self, data: memoryview, names: list[str], points: list[int], notes: list[str], begin: int) -> None:
        self._data = data
        self._places: dict[str, tuple[int, int]] = {}
        for name, count in zip(names, points, strict=True):
            self._places[name] = (begin, count)
            begin += _POINT * count
        self._end = begin
        self.notes = notes

    def __getitem__(self, name: str) -> Series:
        begin, count = self._places[name]
        steps, times, end = begin + 8 * count, begin + 16 * count, begin + 24 * count
        data = self._data
        return Series(data[begin:steps].cast("q"), data[steps:times].cast("d"), data[times:end].cast("d"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def items_of_run(self) -> list[Item]:
        """What else is in the event files."""
        rest = bytes(self._data[self._end :])
        try:
            items = [Item(*each) for each in json.loads(rest)] if rest else []
        except (ValueError, TypeError, RecursionError):
            return []
        return [item for item in items if _is_item(item)]


def load(cache_dir: Path, name: str) -> Columns | None:
    """The columns of this name; None when there are none that are whole."""
    if sys.byteorder != "little":
        return None
    try:
        data = _bytes(_path(cache_dir, name))
        return _columns(data) if data else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def save(cache_dir: Path, name: str, series: Mapping[str, Series], items: list[Item], notes: list[str]) -> None:
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
        cache_dir.mkdir(exist_ok=True)
        if stat.S_ISDIR(os.lstat(cache_dir).st_mode) and sys.byteorder == "little":
            write_atomic(_path(cache_dir, name), b"".join([*parts, rest]))
    except OSError:
        return


def _path(cache_dir: Path, name: str) -> str:
    return os.path.join(cache_dir, f"series-{name}.columns")


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


def _is_item(item: Item) -> bool:
    """Whether an item is what it should be, and lies in the run: a cache may come from a stranger."""
    texts, numbers = (item.kind, item.name, item.file), (item.step, item.offset, item.length)
    return (
        all(type(text) is str for text in texts)
        and all(type(number) is int for number in numbers)
        and type(item.time) is float
        and min(item.offset, item.length) >= 0
        and is_safe_name(item.file)
    )


def _columns(data: memoryview) -> Columns | None:
    length = int.from_bytes(data[8:16], "little")
    begin = 16 + length
    if data[:8] != _MAGIC or begin > len(data) or begin % 8:
        return None
    head = json.loads(bytes(data[16:begin]))
    names, points, notes, size = head["names"], head["points"], head["notes"], head["size"]
    if not all(type(count) is int and 0 <= count < _MOST_POINTS for count in points):
        return None
    if not all(type(text) is str for text in (*names, *notes)) or len(data) != begin + size:
        return None
    return Columns(data, names, points, notes, begin) if _POINT * sum(points) <= size else None
