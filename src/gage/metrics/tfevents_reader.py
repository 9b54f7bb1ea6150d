"""Reads one event file of TensorBoard for the run's metrics."""

from gage.metrics.reader_api import ReadResult, build_series_prefix
from gage.metrics.series_types import EventItem, SeriesBuilder, build_series
from gage.metrics.tfevents import EventFile, TemplateCache


class EventFileReader:
    """Reads the numbers of an event file; a directory is a prefix of the names."""

    def __init__(self, path: str, relative: str) -> None:
        self._file = EventFile(path.removesuffix(f"/{relative}"), relative, TemplateCache())
        self._prefix = build_series_prefix(relative)
        self._reported_notes = 0

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new since the last call. Raises OSError."""
        series: dict[str, SeriesBuilder] = {}
        items: list[EventItem] = []
        self._file.read(series, items)
        notes = self._file.notes[self._reported_notes :]
        self._reported_notes += len(notes)
        return ReadResult(series=build_series(series, self._prefix), notes=notes)
