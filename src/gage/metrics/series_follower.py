"""The series of a run that is still running: reads a file again only if it grew, and only what is new in it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gage.metrics.plugins import ReaderPlugins
from gage.metrics.reader_api import FileReader
from gage.metrics.readers import find_kind, find_reader
from gage.metrics.run_directory import EVENT_FILE_MARK, OUTPUT_EVENTS_SUFFIX, FileWatch
from gage.metrics.series_types import Series, append_series
from gage.metrics.summary_stats import SeriesStats, compute_stats, find_repeated_names, join_stats

MAX_FILES = 10_000
"""Files that are followed."""


@dataclass
class _FollowedSeries:
    """A file, the series that were read from it, and their statistics."""

    reader: FileReader
    stamp: tuple[int, int] = (-1, -1)
    series: dict[str, Series] = field(default_factory=dict)
    stats: dict[str, SeriesStats] = field(default_factory=dict)


class SeriesFollower:
    """The series of a run directory. Points that are read later appear in the series that were returned before.

    `is_foreign` tells of a path in the run whether its file was not written by the run.
    """

    def __init__(self, run_dir: str, is_foreign: Callable[[str], bool]) -> None:
        self._root = run_dir
        self._is_foreign = is_foreign
        self._watch = FileWatch(run_dir, lambda path: False)
        self._files: dict[str, _FollowedSeries] = {}
        self._plugins = ReaderPlugins()
        self._joined: Mapping[str, Series] = {}

    def read(self) -> Mapping[str, Series]:
        """Returns all series by name, in the order in which `read_run_series` returns them."""
        has_new_file = False
        for path in self._watch.list_changed():
            has_new_file |= self._follow(path)
        if has_new_file:
            order = sorted(self._files, key=lambda path: (path[: path.rfind("/") + 1], path))
            self._files = {path: self._files[path] for path in order}
        if sum(self._read_file(path, file) for path, file in self._files.items()):
            self._joined = self._join()
        return self._joined

    def _follow(self, path: str) -> bool:
        """Follows a file if it holds series. Returns whether it does so from now on."""
        if path in self._files or len(self._files) >= MAX_FILES:
            return False
        kind = find_kind(path)
        if not self._plugins and (kind is None or not kind.has_curves):
            return False
        if EVENT_FILE_MARK not in path and self._is_foreign(path):
            return False
        reader = find_reader(f"{self._root}/{path}", path, self._plugins)
        if reader is not None:
            self._files[path] = _FollowedSeries(reader)
        return reader is not None

    def _read_file(self, path: str, file: _FollowedSeries) -> bool:
        """Reads what is new in a file. Returns whether there was anything."""
        try:
            status = os.stat(f"{self._root}/{path}")
            stamp = status.st_size, status.st_mtime_ns
            if stamp == file.stamp:
                return False
            result = file.reader.read_new()
        except OSError:
            return False  # the points that were read stay
        file.stamp = stamp
        if result.replaces_all:
            file.series, file.stats = {}, {}
        pieces = result.join_series(0.0)
        for name, piece in pieces.items():
            stats = join_stats(file.stats.get(name), compute_stats(piece))
            if stats is not None:
                file.stats[name] = stats
        append_series(file.series, pieces)
        return bool(pieces) or result.replaces_all

    def _join(self) -> Mapping[str, Series]:
        """Returns the series of all files. Files override what is printed under the same name, or a shorter one."""
        from_files: dict[str, Series] = {}
        printed: dict[str, Series] = {}
        stats: tuple[dict[str, SeriesStats], dict[str, SeriesStats]] = {}, {}
        for path, file in self._files.items():
            is_printed = path.endswith(OUTPUT_EVENTS_SUFFIX)
            target = printed if is_printed else from_files
            for name, series in file.series.items():
                target[name] = _concatenate(target[name], series) if name in target else series
                joined = join_stats(stats[is_printed].get(name), file.stats.get(name))
                if joined is not None:
                    stats[is_printed][name] = joined
        for name in find_repeated_names(stats[True], stats[False]):
            del printed[name]
        return printed | from_files


def _concatenate(first: Series, second: Series) -> Series:
    return Series([*first.steps, *second.steps], [*first.times, *second.times], [*first.values, *second.values])
