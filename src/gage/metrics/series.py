"""The curves of a run: everything that its event files and other logs hold, as columns.

Reads a run directory; writes nothing but the columns of a finished run, into its cache folder, from where they come
back as fast as their bytes can be read.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from gage.metrics.curve_files import MARK, OF_OUTPUT, curve_files
from gage.metrics.plugins import Plugins
from gage.metrics.reader_api import prefix_of
from gage.metrics.readers import reader_of
from gage.metrics.series_cache import Columns, are_worth_it, load, save
from gage.metrics.series_types import Growing, Item, Series
from gage.metrics.tfevents import EventFile, Shapes


class RunSeries:
    """What the event files of a run hold: numbers as series, the rest as items, and notes on what could not be read."""

    def __init__(self, series: Mapping[str, Series], items: list[Item] | None, notes: list[str]) -> None:
        self._series = series
        self._items = items
        self.notes = notes

    def names(self) -> list[str]:
        """The names of the series, in the order in which they first appear."""
        return list(self._series)

    def series(self, name: str) -> Series:
        """One series. Raises KeyError when there is none of this name."""
        return self._series[name]

    def items(self) -> list[Item]:
        """Everything that is not a number, in the order of the files."""
        if self._items is None:
            self._items = self._series.items_of_run() if isinstance(self._series, Columns) else []
        return self._items


def read_run(
    run_dir: Path | str,
    cache_dir: Path | str | None,
    final: bool,
    shapes: Shapes | None = None,
    skip: Callable[[str], bool] | None = None,
) -> RunSeries:
    """The series of one run. Never raises for what is in its files: that is told in `notes`.

    A run that is `final` does not change: when it has more than a few points, they are kept as columns in `cache_dir`,
    which is made if need be, and taken from there without a look at the run. `shapes`, handed from run to run, makes
    reading many runs faster. `skip` tells of a relative path whether it is not the run's own (source code and inputs);
    of event files it is not asked.
    """
    shapes = shapes or Shapes()
    cache = os.fspath(cache_dir) if final and cache_dir is not None else ""
    if cache and (columns := load(cache, shapes.heads)) is not None:
        return RunSeries(columns, None, columns.notes)
    plugins = Plugins()
    listed = curve_files(run_dir, everything=bool(plugins))
    files = [(path, size) for path, size in listed if MARK in path or skip is None or not skip(path)]
    read = _read(run_dir, files, shapes, plugins)
    if cache and are_worth_it(files) and not plugins.left_out:
        save(cache, {each: read.series(each) for each in read.names()}, read.items(), read.notes)
    return read


def _read(run_dir: Path | str, files: list[tuple[str, int]], shapes: Shapes, plugins: Plugins) -> RunSeries:
    """What a program writes to files goes before what it prints under the same name."""
    by_prefix: dict[str, dict[str, Growing]] = {}
    printed: dict[str, Growing] = {}
    items: list[Item] = []
    notes: list[str] = []
    for path, _ in files:
        prefix = prefix_of(path.rpartition("/")[0])
        try:
            if MARK in path.rpartition("/")[2]:
                into = printed if path.endswith(OF_OUTPUT) else by_prefix.setdefault(prefix, {})
                file = EventFile(run_dir, path, shapes)
                file.read(into, items)
                notes += [f"{path}: {note}" for note in file.notes]
            else:
                _read_log(run_dir, path, by_prefix.setdefault("", {}), notes, plugins)
        except OSError as error:
            notes.append(f"{path}: It cannot be read: {error.strerror}")
    written: dict[str, Growing] = {}
    for prefix, tags in by_prefix.items():
        for tag, growing in tags.items():
            if written.setdefault(prefix + tag, growing) is not growing:
                written[prefix + tag].join(growing)
    series = {name: growing.series() for name, growing in (printed | written).items()}
    return RunSeries(series, items, plugins.notes + notes)


def _read_log(run_dir: Path | str, path: str, into: dict[str, Growing], notes: list[str], plugins: Plugins) -> None:
    """The values of a file that is no event file. Raises OSError."""
    reader = reader_of(os.path.join(run_dir, path), path, plugins=plugins)
    if reader is None:
        return
    found = reader.look(final=True)
    notes += [f"{path}: {note}" for note in found.notes]
    for name, step, when, value in found.values:
        if name not in into:
            into[name] = Growing()
        into[name].add(step, when, value)
