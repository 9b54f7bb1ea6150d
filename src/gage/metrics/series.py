"""The series of a run, from its event files and other logs.

Reads a run directory. Writes nothing but the cached series of a finished run into its cache directory, from where they
are read as fast as their bytes can be.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from gage.metrics.plugins import ReaderPlugins
from gage.metrics.readers import find_reader, list_curve_files
from gage.metrics.run_directory import EVENT_FILE_MARK, OUTPUT_EVENTS_SUFFIX
from gage.metrics.series_cache import CachedSeries, is_worth_caching, load_cached_series, save_cached_series
from gage.metrics.series_types import EventItem, Series, append_series
from gage.metrics.summary_stats import SeriesStats, compute_stats, find_repeated_names
from gage.metrics.tfevents import EventFile, TemplateCache


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
    """Files override what is printed under the same name, or a shorter one."""
    from_files: dict[str, Series] = {}
    printed: dict[str, Series] = {}
    items: list[EventItem] = []
    notes: list[str] = []
    for path in paths:
        whole = os.path.join(run_dir, path)
        is_event_file = EVENT_FILE_MARK in path.rpartition("/")[2]
        reader = EventFile(whole, path, templates) if is_event_file else find_reader(whole, path, plugins)
        if reader is None:
            continue
        try:
            result = reader.read_new(final=True)
        except OSError as error:
            notes.append(f"Cannot read {path}: {error.strerror}")
            continue
        notes += [f"{path}: {note}" for note in result.notes]
        items += result.items
        append_series(printed if path.endswith(OUTPUT_EVENTS_SUFFIX) else from_files, result.join_series(0.0))
    for name in find_repeated_names(_compute_all_stats(printed), _compute_all_stats(from_files) if printed else {}):
        del printed[name]
    return RunSeries(printed | from_files, items, plugins.notes + notes)


def _compute_all_stats(series: Mapping[str, Series]) -> dict[str, SeriesStats]:
    return {name: stats for name, each in series.items() if (stats := compute_stats(each))}
