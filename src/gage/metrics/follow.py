"""The event file of a run that goes on: what is new in it since the last look, as `metrics.watch` asks."""

import os

from gage.metrics.found import Found
from gage.metrics.points import Growing
from gage.metrics.tfevents import EventFile, Shapes


class EventLog:
    """Follows one event file. Keeps its place and no points: memory does not grow with the run."""

    def __init__(self, path: str, prefix: str) -> None:
        self._file = EventFile(os.path.dirname(path), os.path.basename(path), Shapes())
        self._prefix = prefix

    def look(self, final: bool = False) -> Found:
        """What came since the last look. A record that is not whole is waited for, `final` or not. Raises OSError."""
        told = len(self._file.notes)
        found: dict[str, Growing] = {}
        self._file.read(found, [])
        series = {self._prefix + tag: growing.series() for tag, growing in found.items()}
        return Found(series=series, notes=self._file.notes[told:])
