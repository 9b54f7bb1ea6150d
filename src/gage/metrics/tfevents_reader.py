"""An event file of TensorBoard as one of the sources of a run's metrics."""

from gage.metrics.reader_api import Found, prefix_of
from gage.metrics.series_types import Growing, Item
from gage.metrics.tfevents import EventFile, Shapes


class Events:
    """An event file of TensorBoard, as a source of series."""

    def __init__(self, path: str, relative: str, shapes: Shapes) -> None:
        self._file = EventFile(path.removesuffix(f"/{relative}"), relative, shapes)
        self._prefix = prefix_of(relative.rpartition("/")[0])
        self._told = 0

    def look(self, final: bool = False) -> Found:
        """What came since the last look. Raises OSError."""
        growing: dict[str, Growing] = {}
        items: list[Item] = []
        self._file.read(growing, items)
        notes = self._file.notes[self._told :]
        self._told += len(notes)
        return Found(series={self._prefix + tag: each.series() for tag, each in growing.items()}, notes=notes)
