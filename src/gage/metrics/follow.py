"""The curves of a run that goes on: what is new in its event files since the last look.

Files are read on from where the last look stopped. A folder is listed again only when its time has changed.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from time import time_ns
from typing import NamedTuple

from gage.metrics.points import Growing, Item, Series
from gage.metrics.tfevents import EventFile, Shapes
from gage.metrics.tffiles import DEEPEST, MARK, prefix_of

_COARSE = 2_000_000_000
"""A folder changed this recently, in ns, may change again and keep its time: some file systems' clocks are coarse."""


class News(NamedTuple):
    """What a look found: the new points by series, other new items, and notes on what could not be read."""

    series: dict[str, Series]
    items: list[Item]
    notes: list[str]


class Following:
    """Follows the event files of one run. Keeps no points: memory does not grow with the run."""

    def __init__(self, run_dir: Path, shapes: Shapes | None = None) -> None:
        self._run_dir = run_dir
        self._shapes = shapes or Shapes()
        self._folders: dict[str, int] = {"": -1}
        self._files: dict[str, EventFile] = {}
        self._sizes: dict[str, int] = {}

    def look(self) -> News:
        """What was written since the last look. Never raises for what a program does to its files."""
        news = News({}, [], [])
        self._find()
        for file, events in self._files.items():
            try:
                self._read(file, events, news)
            except OSError:
                continue
        return news

    def _read(self, file: str, events: EventFile, news: News) -> None:
        size = os.stat(self._run_dir / file, follow_symlinks=False).st_size
        if size == self._sizes.get(file):
            return
        told = len(events.notes)
        found: dict[str, Growing] = {}
        events.read(found, news.items)
        self._sizes[file] = size
        news.notes.extend(events.notes[told:])
        prefix = prefix_of(file)
        for tag, growing in found.items():
            _join(news.series, prefix + tag, growing)

    def _find(self) -> None:
        """Look for new event files in folders that have changed."""
        changed = list(self._changed())
        if not changed:
            return
        while changed:
            folder = changed.pop()
            for name, is_folder in self._entries(folder):
                path = folder + name
                if not is_folder:
                    self._files.setdefault(path, EventFile(self._run_dir, path, self._shapes))
                elif path + "/" not in self._folders and path.count("/") < DEEPEST:
                    self._folders[path + "/"] = -1
                    changed.append(path + "/")
        self._files = dict(sorted(self._files.items()))

    def _changed(self) -> Iterator[str]:
        for folder, before in list(self._folders.items()):
            time = self._time(folder)
            if time == 0:
                del self._folders[folder]
            elif time != before:
                self._folders[folder] = time if time_ns() - time > _COARSE else -1
                yield folder

    def _time(self, folder: str) -> int:
        try:
            return os.stat(self._run_dir / folder, follow_symlinks=False).st_mtime_ns
        except OSError:
            return 0

    def _entries(self, folder: str) -> list[tuple[str, bool]]:
        try:
            with os.scandir(self._run_dir / folder) as entries:
                return [
                    (entry.name, is_folder)
                    for entry in entries
                    if (is_folder := entry.is_dir(follow_symlinks=False))
                    or (MARK in entry.name and entry.is_file(follow_symlinks=False))
                ]
        except OSError:
            return []


def _join(series: dict[str, Series], name: str, growing: Growing) -> None:
    before = series.get(name)
    if before is None:
        series[name] = growing.series()
        return
    series[name] = Series(
        [*before.steps, *growing.steps], [*before.times, *growing.times], [*before.values, *growing.values]
    )
