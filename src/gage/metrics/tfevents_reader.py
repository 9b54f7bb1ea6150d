"""An event file of TensorBoard as one of the sources of a run's metrics."""

from gage.metrics.reader_api import ReadResult, series_prefix
from gage.metrics.series_types import EventItem, SeriesBuilder
from gage.metrics.tfevents import EventFile, TemplateCache


class EventFileReader:
    """An event file of TensorBoard, as a source of series."""

    def __init__(self, path: str, relative: str, shapes: TemplateCache) -> None:
        self._file = EventFile(path.removesuffix(f"/{relative}"), relative, shapes)
        self._prefix = series_prefix(relative.rpartition("/")[0])
        self._told = 0

    def read_new(self, final: bool = False) -> ReadResult:
        """What came since the last look. Raises OSError."""
        growing: dict[str, SeriesBuilder] = {}
        items: list[EventItem] = []
        self._file.read(growing, items)
        notes = self._file.notes[self._told :]
        self._told += len(notes)
        return ReadResult(series={self._prefix + tag: each.series() for tag, each in growing.items()}, notes=notes)
