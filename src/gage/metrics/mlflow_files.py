"""MLflow's file store (`mlruns/`): a metric is a file with a line for each value. Source: files that MLflow wrote."""

import re

from gage.metrics.line_tail import LineTail
from gage.metrics.printed_numbers import parse_number
from gage.metrics.reader_api import MetricValue, ReadResult


class MlflowMetricReader:
    """Reads `mlruns/<experiment>/<run>/metrics/<name>`: each line is time in ms, value and step."""

    def __init__(self, path: str, relative: str) -> None:
        self._tail = LineTail(path)
        self._name = re.split(r"/[0-9a-f]{32}/metrics/", relative)[-1]

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new since the last call. Raises OSError."""
        values: list[MetricValue] = []
        notes: list[str] = []
        for line in self._tail.new_lines(final):
            words = line.decode("utf-8", "replace").split()
            numbers = [n for n in map(parse_number, words[:3]) if n is not None]
            if len(numbers) < min(max(len(words), 2), 3):
                if words:
                    notes = ["a line is not a value"]
                continue
            time, value, step = (*numbers, 0.0)[:3]
            if abs(step) < 2**62:
                values.append(MetricValue(self._name, int(step), time / 1000, value))
        return ReadResult(values, replaces_all=self._tail.was_replaced, notes=notes + self._tail.notes)
