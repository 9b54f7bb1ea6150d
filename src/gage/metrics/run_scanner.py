"""Watches a run directory: which files hold metrics, what is new in them, and what it comes to.

Knows files and what they say; the run they belong to, and when to look, are not its business.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from gage.metrics.curve_files import OUTPUT_ATTRIBUTES, OUTPUT_EVENTS_SUFFIX, SKIPPED_DIRECTORIES
from gage.metrics.plugins import ReaderPlugins
from gage.metrics.reader_api import FileReader, MetricValue, ReadResult
from gage.metrics.readers import find_reader
from gage.metrics.series_types import SeriesBuilder
from gage.metrics.summary_stats import SeriesStats, extend_stats, join_stats
from gage.types.values import JSONValue

MOST_FILES = 10_000
"""Files that are followed, and folders that are looked into."""


@dataclass
class _FollowedFile:
    """A file with metrics: what it has said so far."""

    reader: FileReader
    stamp: tuple[int, int] = (-1, -1)
    rollups: dict[str, SeriesStats] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    attributes: dict[str, JSONValue] = field(default_factory=dict)


class RunScanner:
    """What the files of one run say, look by look. `skip` tells of a relative path whether it is not the run's own
    (source code and inputs). `printed` is what it prints, when that is known otherwise than by the files that come of
    it. `notes` collects what could not be read, once each.
    """

    def __init__(self, run_dir: str, skip: Callable[[str], bool], printed: FileReader | None = None) -> None:
        self._root = run_dir
        self._skip = skip
        self._folders: dict[str, int] = {"": -1}
        self._sources: dict[str, _FollowedFile] = {}
        self._printed = _FollowedFile(printed) if printed else None
        self._plugins = ReaderPlugins()
        self.notes: list[str] = []

    def scan(self, final: bool = False) -> bool:
        """Read what is new; whether anything was. With `final` nothing more will come."""
        if final:
            self._folders = dict.fromkeys(self._folders, -1)
        self._find()
        changed = _take(self._printed, self._printed.reader.read_new(final)) if self._printed else False
        for path in sorted(self._sources):
            changed |= self._read(path, self._sources[path], final)
        return changed

    def series_stats(self) -> dict[str, SeriesStats]:
        """Every series. What a program writes to files goes before what it prints under the same name."""
        merged: dict[str, SeriesStats] = {}
        printed = dict(self._printed.rollups) if self._printed else {}
        for path in sorted(self._sources):
            into = printed if path.endswith(OUTPUT_EVENTS_SUFFIX) else merged
            for name, rollup in self._sources[path].rollups.items():
                both = join_stats(into.get(name), rollup)
                if both is not None:
                    into[name] = both
        return {**printed, **merged}

    def numbers(self) -> dict[str, float]:
        """Numbers that stand for themselves, such as those of `summary.json`."""
        return {n: v for path in sorted(self._sources) for n, v in self._sources[path].numbers.items()}

    def attributes(self) -> dict[str, JSONValue]:
        """Facts in words."""
        said = dict(self._printed.attributes) if self._printed else {}
        return said | {n: v for path in sorted(self._sources) for n, v in self._sources[path].attributes.items()}

    def _find(self) -> None:
        """Look into folders that changed for files that may hold metrics."""
        for folder in list(self._folders):
            try:
                stamp = os.stat(f"{self._root}/{folder}").st_mtime_ns
            except OSError:
                self._folders.pop(folder, None)
                continue
            if stamp != self._folders[folder]:
                self._enter(folder, stamp)

    def _enter(self, folder: str, stamp: int) -> None:
        self._folders[folder] = stamp
        for path, is_folder in self._entries(folder):
            if is_folder and path not in self._folders:
                if len(self._folders) < MOST_FILES:
                    self._enter(path, os.stat(f"{self._root}/{path}").st_mtime_ns)
            elif not is_folder and path not in self._sources and not self._skip(path):
                self._add(path)

    def _entries(self, folder: str) -> Iterator[tuple[str, bool]]:
        """Files and folders, links left out: what they lead to may be anywhere."""
        before = f"{folder}/" if folder else ""
        try:
            with os.scandir(f"{self._root}/{folder}") as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in SKIPPED_DIRECTORIES:
                            yield before + entry.name, True
                    elif entry.is_file(follow_symlinks=False):
                        yield before + entry.name, False
        except OSError:
            return

    def _add(self, path: str) -> None:
        if self._printed and path.endswith((OUTPUT_EVENTS_SUFFIX, OUTPUT_ATTRIBUTES)):
            return
        reader = find_reader(f"{self._root}/{path}", path, plugins=self._plugins)
        for note in self._plugins.notes:
            self._note(note)
        if reader is None:
            return
        if len(self._sources) >= MOST_FILES:
            self._note(f"There are over {MOST_FILES:,} files with metrics: the others are not read")
            return
        self._sources[path] = _FollowedFile(reader)

    def _read(self, path: str, source: _FollowedFile, final: bool) -> bool:
        try:
            status = os.stat(f"{self._root}/{path}")
            stamp = (status.st_size, status.st_mtime_ns)
            if stamp == source.stamp and not final:
                return False
            found = source.reader.read_new(final)
        except OSError as e:
            if not isinstance(e, FileNotFoundError):
                self._note(f"{path} cannot be read: {e.strerror}")
            return False
        source.stamp = stamp
        for note in found.notes:
            self._note(f"{path}: {note}")
        return _take(source, found)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _take(source: _FollowedFile, found: ReadResult) -> bool:
    """Add to what a source has said; whether that is anything new."""
    if found.replaces_all:
        source.rollups.clear()
        source.numbers.clear()
        source.attributes.clear()
    series = {**found.series, **{name: each.series() for name, each in _grouped(found.values).items()}}
    for name, piece in series.items():
        rollup = extend_stats(source.rollups.get(name), piece)
        if rollup is not None:
            source.rollups[name] = rollup
    source.numbers.update(found.numbers)
    source.attributes.update(found.attributes)
    return bool(series or found.numbers or found.attributes or found.replaces_all)


def _grouped(values: Sequence[MetricValue]) -> dict[str, SeriesBuilder]:
    now = time.time()
    grouped: dict[str, SeriesBuilder] = {}
    for name, step, when, value in values:
        if name not in grouped:
            grouped[name] = SeriesBuilder()
        grouped[name].add(step, when or now, value)
    return grouped
