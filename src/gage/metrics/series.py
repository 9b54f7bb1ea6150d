"""The curves of a run: everything that its TF event files hold, as columns.

Reads a run directory; writes nothing but the columns of a finished run, into its cache folder, from where they come
back as fast as their bytes can be read.
"""

from collections.abc import Mapping
from pathlib import Path

from gage.metrics.found import prefix_of
from gage.metrics.points import Growing, Item, Series
from gage.metrics.tfevents import EventFile, Shapes
from gage.metrics.tffiles import event_files


class RunSeries:
    """What the event files of a run hold: numbers as series, the rest as items, and notes on what could not be read."""

    def __init__(self, series: Mapping[str, Series], items: list[Item], notes: list[str]) -> None:
        self._series = series
        self.items = items
        self.notes = notes

    def names(self) -> list[str]:
        """The names of the series, in the order in which they first appear."""
        return list(self._series)

    def series(self, name: str) -> Series:
        """One series. Raises KeyError when there is none of this name."""
        return self._series[name]


def read_run(run_dir: Path, cache_dir: Path | None, final: bool, shapes: Shapes | None = None) -> RunSeries:
    """The series of one run. `shapes`, handed from run to run, makes reading many runs faster."""
    shapes = shapes or Shapes()
    by_prefix: dict[str, dict[str, Growing]] = {}
    items: list[Item] = []
    notes: list[str] = []
    for path, _ in event_files(run_dir):
        file = EventFile(run_dir, path, shapes)
        try:
            file.read(by_prefix.setdefault(prefix_of(path.rpartition("/")[0]), {}), items)
        except OSError as error:
            notes.append(f"{path}: It cannot be read: {error.strerror}")
        notes += [f"{path}: {note}" for note in file.notes]
    series = {prefix + tag: growing.series() for prefix, tags in by_prefix.items() for tag, growing in tags.items()}
    return RunSeries(series, items, notes)
