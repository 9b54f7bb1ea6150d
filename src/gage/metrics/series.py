"""The curves of a run: everything that its event files and other logs hold, as columns.

Reads a run directory; writes nothing but the columns of a finished run, into its cache folder, from where they come
back as fast as their bytes can be read.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from gage.metrics.curve_files import EVENT_FILE_MARK, OUTPUT_EVENTS_SUFFIX, list_curve_files
from gage.metrics.plugins import ReaderPlugins
from gage.metrics.reader_api import series_prefix
from gage.metrics.readers import find_reader
from gage.metrics.series_cache import CachedSeries, is_worth_caching, load_cached_series, save_cached_series
from gage.metrics.series_types import EventItem, Series, SeriesBuilder
from gage.metrics.tfevents import EventFile, TemplateCache


class RunSeries:
    """What the event files of a run hold: numbers as series, the rest as items, and notes on what could not be read."""

    def __init__(self, series: Mapping[str, Series], items: list[EventItem] | None, notes: list[str]) -> None:
        self._series = series
        self._items = items
        self.notes = notes

    def names(self) -> list[str]:
        """The names of the series, in the order in which they first appear."""
        return list(self._series)

    def series(self, name: str) -> Series:
        """One series. Raises KeyError when there is none of this name."""
        return self._series[name]

    def items(self) -> list[EventItem]:
        """Everything that is not a number, in the order of the files."""
        if self._items is None:
            self._items = self._series.items_of_run() if isinstance(self._series, CachedSeries) else []
        return self._items


def read_run_series(
    run_dir: Path | str,
    cache_dir: Path | str | None,
    final: bool,
    shapes: TemplateCache | None = None,
    skip: Callable[[str], bool] | None = None,
) -> RunSeries:
    """The series of one run. Never raises for what is in its files: that is told in `notes`.

    A run that is `final` does not change: when it has more than a few points, they are kept as columns in `cache_dir`,
    which is made if need be, and taken from there without a look at the run. `shapes`, handed from run to run, makes
    reading many runs faster. `skip` tells of a relative path whether it is not the run's own (source code and inputs);
    of event files it is not asked.
    """
    shapes = shapes or TemplateCache()
    cache = os.fspath(cache_dir) if final and cache_dir is not None else ""
    if cache and (columns := load_cached_series(cache, shapes.headers)) is not None:
        return RunSeries(columns, None, columns.notes)
    plugins = ReaderPlugins()
    listed = list_curve_files(run_dir, all_files=bool(plugins))
    files = [(path, size) for path, size in listed if EVENT_FILE_MARK in path or skip is None or not skip(path)]
    read = _read(run_dir, files, shapes, plugins)
    if cache and is_worth_caching(files) and not plugins.has_failed:
        save_cached_series(cache, {each: read.series(each) for each in read.names()}, read.items(), read.notes)
    return read


def _read(
    run_dir: Path | str, files: list[tuple[str, int]], shapes: TemplateCache, plugins: ReaderPlugins
) -> RunSeries:
    """What a program writes to files goes before what it prints under the same name."""
    by_prefix: dict[str, dict[str, SeriesBuilder]] = {}
    printed: dict[str, SeriesBuilder] = {}
    items: list[EventItem] = []
    notes: list[str] = []
    for path, _ in files:
        prefix = series_prefix(path.rpartition("/")[0])
        try:
            if EVENT_FILE_MARK in path.rpartition("/")[2]:
                into = printed if path.endswith(OUTPUT_EVENTS_SUFFIX) else by_prefix.setdefault(prefix, {})
                file = EventFile(run_dir, path, shapes)
                file.read(into, items)
                notes += [f"{path}: {note}" for note in file.notes]
            else:
                _read_log(run_dir, path, by_prefix.setdefault("", {}), notes, plugins)
        except OSError as error:
            notes.append(f"{path}: It cannot be read: {error.strerror}")
    written: dict[str, SeriesBuilder] = {}
    for prefix, tags in by_prefix.items():
        for tag, growing in tags.items():
            if written.setdefault(prefix + tag, growing) is not growing:
                written[prefix + tag].extend(growing)
    series = {name: growing.series() for name, growing in (printed | written).items()}
    return RunSeries(series, items, plugins.notes + notes)


def _read_log(
    run_dir: Path | str, path: str, into: dict[str, SeriesBuilder], notes: list[str], plugins: ReaderPlugins
) -> None:
    """The values of a file that is no event file. Raises OSError."""
    reader = find_reader(os.path.join(run_dir, path), path, plugins=plugins)
    if reader is None:
        return
    found = reader.read_new(final=True)
    notes += [f"{path}: {note}" for note in found.notes]
    for name, step, when, value in found.values:
        if name not in into:
            into[name] = SeriesBuilder()
        into[name].add(step, when, value)
