"""Scans a run directory: which files hold metrics, what is new in them, and the statistics of all series.

Knows files and their readers. Does not know which run they belong to or when to scan.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gage.metrics.plugins import ReaderPlugins
from gage.metrics.reader_api import FileReader, ReadResult
from gage.metrics.readers import find_reader
from gage.metrics.run_directory import OUTPUT_ATTRIBUTES_FILE, OUTPUT_EVENTS_SUFFIX, FileWatch
from gage.metrics.summary_stats import SeriesStats, compute_stats, find_repeated_names, join_stats
from gage.types.values import JSONValue

MAX_FILES = 10_000
"""Files that are followed."""


@dataclass
class _FollowedFile:
    """A file with metrics and what has been read from it so far."""

    reader: FileReader
    stamp: tuple[int, int] = (-1, -1)
    stats: dict[str, SeriesStats] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    attributes: dict[str, JSONValue] = field(default_factory=dict)

    def add(self, result: ReadResult) -> bool:
        """Adds what was read. Returns whether that is anything new."""
        if result.replaces_all:
            self.stats.clear()
            self.numbers.clear()
            self.attributes.clear()
        series = result.join_series(time.time())
        for name, piece in series.items():
            stats = join_stats(self.stats.get(name), compute_stats(piece))
            if stats is not None:
                self.stats[name] = stats
        self.numbers.update(result.numbers)
        self.attributes.update(result.attributes)
        return bool(series or result.numbers or result.attributes or result.replaces_all)


class RunScanner:
    """What the files of one run hold, scan by scan.

    `is_foreign` tells of a path in the run whether its file was not written by the run (source code and dependencies).
    `output` reads what the program prints; the files that Gage makes from that are then not read. `notes` collects what
    could not be read, each once.
    """

    def __init__(self, run_dir: str, is_foreign: Callable[[str], bool], output: FileReader | None = None) -> None:
        self._root = run_dir
        self._watch = FileWatch(run_dir, is_foreign)
        self._files: dict[str, _FollowedFile] = {}
        self._output = _FollowedFile(output) if output else None
        self._plugins = ReaderPlugins()
        self.notes: list[str] = []

    def scan(self, final: bool = False) -> bool:
        """Reads what is new and returns whether anything was. `final`: nothing more will be written."""
        for path in self._watch.list_changed(thorough=final):
            if path not in self._files:
                self._follow(path)
        changed = self._output.add(self._output.reader.read_new(final)) if self._output else False
        for path in sorted(self._files):
            changed |= self._read_file(path, self._files[path], final)
        return changed

    def series_stats(self) -> dict[str, SeriesStats]:
        """Returns the statistics of each series. Files override what is printed under the same name, or a
        shorter one.
        """
        from_files: dict[str, SeriesStats] = {}
        from_output = dict(self._output.stats) if self._output else {}
        for path in sorted(self._files):
            target = from_output if path.endswith(OUTPUT_EVENTS_SUFFIX) else from_files
            for name, stats in self._files[path].stats.items():
                joined = join_stats(target.get(name), stats)
                if joined is not None:
                    target[name] = joined
        for name in find_repeated_names(from_output, from_files):
            del from_output[name]
        return from_output | from_files

    def numbers(self) -> dict[str, float]:
        """Returns the final values that are no series, such as those of `summary.json`."""
        numbers: dict[str, float] = {}
        for path in sorted(self._files):
            numbers |= self._files[path].numbers
        return numbers

    def attributes(self) -> dict[str, JSONValue]:
        """Returns facts in words."""
        attributes = dict(self._output.attributes) if self._output else {}
        for path in sorted(self._files):
            attributes |= self._files[path].attributes
        return attributes

    def _follow(self, path: str) -> None:
        if self._output and path.endswith((OUTPUT_EVENTS_SUFFIX, OUTPUT_ATTRIBUTES_FILE)):
            return
        reader = find_reader(f"{self._root}/{path}", path, self._plugins)
        self._add_notes(self._plugins.notes)
        if reader is None:
            return
        if len(self._files) >= MAX_FILES:
            self._add_notes([f"There are over {MAX_FILES:,} files with metrics: the others are not read"])
            return
        self._files[path] = _FollowedFile(reader)

    def _read_file(self, path: str, file: _FollowedFile, final: bool) -> bool:
        try:
            status = os.stat(f"{self._root}/{path}")
            stamp = (status.st_size, status.st_mtime_ns)
            if stamp == file.stamp and not final:
                return False
            result = file.reader.read_new(final)
        except OSError as e:
            if not isinstance(e, FileNotFoundError):
                self._add_notes([f"Cannot read {path}: {e.strerror}"])
            return False
        file.stamp = stamp
        self._add_notes([f"{path}: {note}" for note in result.notes])
        return file.add(result)

    def _add_notes(self, notes: Sequence[str]) -> None:
        self.notes += [note for note in dict.fromkeys(notes) if note not in self.notes]
