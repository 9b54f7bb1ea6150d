"""The series of a run, from its event files and other logs.

Reads a run directory. Writes nothing but the cached series of a finished run into its cache directory, from where they
are read as fast as their bytes can be.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from gage.metrics.plugins import ReaderPlugins
from gage.metrics.reader_api import build_series_prefix
from gage.metrics.readers import find_reader, list_curve_files
from gage.metrics.run_directory import EVENT_FILE_MARK, OUTPUT_EVENTS_SUFFIX
from gage.metrics.series_cache import CachedSeries, is_worth_caching, load_cached_series, save_cached_series
from gage.metrics.series_types import EventItem, Series, SeriesBuilder, build_series, get_builder
from gage.metrics.tfevents import EventFile, TemplateCache

Builders = dict[str, SeriesBuilder]


class RunSeries:
    """What the logs of a run hold: numbers as series, the rest as items, and notes on what could not be read."""

    def __init__(self, series: Mapping[str, Series], items: list[EventItem] | None, notes: list[str]) -> None:
        self._series = series
        self._items = items
        self.notes = notes

    def names(self) -> list[str]:
        """Returns the names of the series, in the order in which they first appear."""
        return list(self._series)

    def series(self, name: str) -> Series:
        """Returns one series. Raises KeyError for an unknown name."""
        return self._series[name]

    def items(self) -> list[EventItem]:
        """Returns everything that is not a number, in the order of the files."""
        if self._items is None:
            self._items = self._series.read_items() if isinstance(self._series, CachedSeries) else []
        return self._items


def read_run_series(
    run_dir: Path | str,
    cache_dir: Path | str | None,
    final: bool,
    templates: TemplateCache | None = None,
    is_foreign: Callable[[str], bool] | None = None,
) -> RunSeries:
    """Returns the series of one run. Never raises for what is in its files: `notes` say that.

    A run that is `final` does not change: unless it has only a few points, its series are cached in `cache_dir`, which
    is created if needed, and loaded from there without a look at the run. `templates`, passed from run to run, makes
    reading many runs faster. `is_foreign` tells of a path in the run whether its file was not written by the run
    (source code and dependencies); event files are always read.
    """
    templates = templates or TemplateCache()
    cache = os.fspath(cache_dir) if final and cache_dir is not None else ""
    if cache and (cached := load_cached_series(cache, templates.headers)) is not None:
        return RunSeries(cached, None, cached.notes)
    plugins = ReaderPlugins()
    listed = list_curve_files(run_dir, all_files=bool(plugins))
    files = [file for file in listed if EVENT_FILE_MARK in file[0] or is_foreign is None or not is_foreign(file[0])]
    run = _read_files(run_dir, [path for path, _ in files], templates, plugins)
    if cache and is_worth_caching(files) and not plugins.has_failed:
        save_cached_series(cache, {name: run.series(name) for name in run.names()}, run.items(), run.notes)
    return run


def _read_files(run_dir: Path | str, paths: list[str], templates: TemplateCache, plugins: ReaderPlugins) -> RunSeries:
    """Files override what is printed under the same name."""
    by_prefix: dict[str, Builders] = {}
    printed: Builders = {}
    items: list[EventItem] = []
    notes: list[str] = []
    for path in paths:
        try:
            if EVENT_FILE_MARK in path.rpartition("/")[2]:
                is_output = path.endswith(OUTPUT_EVENTS_SUFFIX)
                target = printed if is_output else by_prefix.setdefault(build_series_prefix(path), {})
                file = EventFile(run_dir, path, templates)
                file.read(target, items)
                notes += [f"{path}: {note}" for note in file.notes]
            else:
                _read_log(run_dir, path, by_prefix.setdefault("", {}), notes, plugins)
        except OSError as error:
            notes.append(f"Cannot read {path}: {error.strerror}")
    series = printed | _add_prefixes(by_prefix)
    return RunSeries(build_series(series), items, plugins.notes + notes)


def _read_log(run_dir: Path | str, path: str, target: Builders, notes: list[str], plugins: ReaderPlugins) -> None:
    """Adds the values of a file that is not an event file. Raises OSError."""
    reader = find_reader(os.path.join(run_dir, path), path, plugins)
    if reader is None:
        return
    result = reader.read_new(final=True)
    notes += [f"{path}: {note}" for note in result.notes]
    for name, step, time, value in result.values:
        get_builder(target, name).add(step, time, value)


def _add_prefixes(by_prefix: dict[str, Builders]) -> Builders:
    """Returns series by whole name. Series with the same whole name are joined."""
    joined: Builders = {}
    for prefix, builders in by_prefix.items():
        for tag, builder in builders.items():
            if joined.setdefault(prefix + tag, builder) is not builder:
                joined[prefix + tag].extend(builder)
    return joined
