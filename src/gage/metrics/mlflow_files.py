"""MLflow's store of plain files (`mlruns/`): a metric is a file with a line a value. Source: files MLflow wrote."""

from gage.metrics.line_tail import Growing
from gage.metrics.name_values import number
from gage.metrics.reader_api import Found, Value


class MlflowMetric:
    """Reads `mlruns/<experiment>/<run>/metrics/<name>`: time in ms, value and step."""

    def __init__(self, path: str, name: str) -> None:
        self._growing = Growing(path)
        self._name = name

    def look(self, final: bool = False) -> Found:
        """What came since the last look. Raises OSError."""
        values: list[Value] = []
        notes: list[str] = []
        for line in self._growing.lines(final):
            words = line.decode("utf-8", "replace").split()
            numbers = [number(word) for word in words[:3]]
            if len(numbers) < 2 or any(n is None for n in numbers):
                if words:
                    notes = ["a line is no value"]
                continue
            time, value, step = (*[n for n in numbers if n is not None], 0.0)[:3]
            if abs(step) < 2**62 and step == step:
                values.append(Value(self._name, int(step), time / 1000, value))
        return Found(values, again=self._growing.fresh, notes=notes + self._growing.notes)
