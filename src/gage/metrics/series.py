"""The curves of a run: everything that its TF event files hold, as columns.

Reads a run directory; writes nothing but the columns of a finished run, into its cache folder, from where they come
back as fast as their bytes can be read.
"""

from collections.abc import Mapping
from pathlib import Path

from gage.metrics.columns import Columns, are_worth_it, digest, load, save
from gage.metrics.found import prefix_of
from gage.metrics.points import Growing, Item, Series
from gage.metrics.tfevents import EventFile, Shapes
from gage.metrics.tffiles import event_files


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


def read_run(run_dir: Path, cache_dir: Path | None, final: bool, shapes: Shapes | None = None) -> RunSeries:
    """The series of one run. Never raises for what is in its files: that is told in `notes`.

    When the run is `final` and has more than a few points, they are kept as columns in `cache_dir`, which is made if
    need be. `shapes`, handed from run to run, makes reading many runs faster.
    """
    files = event_files(run_dir)
    if not final or cache_dir is None or not are_worth_it(files):
        return _read(run_dir, files, shapes or Shapes())
    try:
        name = digest(run_dir, files)
    except OSError:
        return _read(run_dir, files, shapes or Shapes())
    columns = load(cache_dir, name)
    if columns is not None:
        return RunSeries(columns, None, columns.notes)
    read = _read(run_dir, files, shapes or Shapes())
    save(cache_dir, name, {each: read.series(each) for each in read.names()}, read.items(), read.notes)
    return read


def _read(run_dir: Path, files: list[tuple[str, int]], shapes: Shapes) -> RunSeries:
    by_prefix: dict[str, dict[str, Growing]] = {}
    items: list[Item] = []
    notes: list[str] = []
    for path, _ in files:
        file = EventFile(run_dir, path, shapes)
        try:
            file.read(by_prefix.setdefault(prefix_of(path.rpartition("/")[0]), {}), items)
        except OSError as error:
            notes.append(f"{path}: It cannot be read: {error.strerror}")
        notes += [f"{path}: {note}" for note in file.notes]
    series = {prefix + tag: growing.series() for prefix, tags in by_prefix.items() for tag, growing in tags.items()}
    return RunSeries(series, items, notes)
