"""MLflow's store of plain files (`mlruns/`): a metric is a file with a line a value. Source: files MLflow wrote."""

from gage.metrics.line_tail import LineTail
from gage.metrics.name_values import parse_number
from gage.metrics.reader_api import MetricValue, ReadResult


class MlflowMetricReader:
    """Reads `mlruns/<experiment>/<run>/metrics/<name>`: time in ms, value and step."""

    def __init__(self, path: str, name: str) -> None:
        self._growing = LineTail(path)
        self._name = name

    def read_new(self, final: bool = False) -> ReadResult:
        """What came since the last look. Raises OSError."""
        values: list[MetricValue] = []
        notes: list[str] = []
        for line in self._growing.new_lines(final):
            words = line.decode("utf-8", "replace").split()
            numbers = [parse_number(word) for word in words[:3]]
            if len(numbers) < 2 or any(n is None for n in numbers):
                if words:
                    notes = ["a line is no value"]
                continue
            time, value, step = (*[n for n in numbers if n is not None], 0.0)[:3]
            if abs(step) < 2**62 and step == step:
                values.append(MetricValue(self._name, int(step), time / 1000, value))
        return ReadResult(values, replaces_all=self._growing.was_replaced, notes=notes + self._growing.notes)
