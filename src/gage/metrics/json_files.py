"""JSON files that say how a run went: `summary.json`, `metrics.json`, `*.attrs`, `trainer_state.json`."""

import json
import os
from collections.abc import Mapping

from gage.metrics.output_parser import NON_FINITE_TEXTS, find_step, flatten_numbers
from gage.metrics.reader_api import NOTHING_NEW, MetricValue, ReadResult
from gage.types.values import JSONValue

MAX_FILE_BYTES = 64 << 20
"""Bytes of a file that is read."""


class JsonFileReader:
    """A JSON file that is written anew each time. Its kind is told by its name."""

    def __init__(self, path: str, prefix: str = "") -> None:
        self._path = path
        self._prefix = prefix
        self._name = path.rpartition("/")[2]
        self._seen: tuple[int, int, int] | None = None

    def read_new(self, final: bool = False) -> ReadResult:
        """All that the file says, if it has changed. Raises OSError."""
        status = os.stat(self._path)
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen == self._seen:
            return NOTHING_NEW
        if status.st_size > MAX_FILE_BYTES:
            self._seen = seen
            return ReadResult(notes=[f"it is larger than {MAX_FILE_BYTES >> 20} MB"])
        with open(self._path, "rb") as file:
            data = file.read(MAX_FILE_BYTES)
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            if not final:
                return NOTHING_NEW  # it may be half written
            self._seen = seen
            return ReadResult(notes=["it is no JSON"]) if data.strip() else NOTHING_NEW
        self._seen = seen
        return self._of(content) if isinstance(content, dict) else NOTHING_NEW

    def _of(self, content: Mapping[str, object]) -> ReadResult:
        if self._name == "trainer_state.json":
            return self._of_trainer(content)
        if self._name.endswith(".attrs"):
            return ReadResult(attributes={k: _told(v) for k, v in content.items()}, replaces_all=True)
        return self._of_summary(content)

    def _of_summary(self, content: Mapping[str, object]) -> ReadResult:
        """`{"metrics": {…}, "attributes": {…}}` as Gage 0.1 had it, else numbers and words side by side."""
        metrics, attributes = content.get("metrics"), content.get("attributes")
        if isinstance(metrics, Mapping) or isinstance(attributes, Mapping):
            numbers = dict(flatten_numbers(metrics)) if isinstance(metrics, Mapping) else {}
            words = dict(attributes) if isinstance(attributes, Mapping) else {}
        else:
            step = find_step(content)
            numbers = {n: v for n, v in flatten_numbers(content) if step is None or n != step[0]}
            words = find_facts(content)
        named = {self._prefix + name: value for name, value in numbers.items()}
        return ReadResult(numbers=named, attributes={str(k): _told(v) for k, v in words.items()}, replaces_all=True)

    def _of_trainer(self, content: Mapping[str, object]) -> ReadResult:
        history = content.get("log_history")
        values: list[MetricValue] = []
        for record in history if isinstance(history, list) else ():
            if isinstance(record, dict):
                key, step = find_step(record) or ("", len(values))
                values += [MetricValue(self._prefix + n, step, 0.0, v) for n, v in flatten_numbers(record) if n != key]
        return ReadResult(values, replaces_all=True)


def find_facts(content: Mapping[str, object]) -> dict[str, JSONValue]:
    """The facts beside the numbers of a record: texts and truth values."""
    return {str(k): v for k, v in content.items() if isinstance(v, bool | str) and v not in NON_FINITE_TEXTS}


def _told(value: object) -> JSONValue:
    """A fact as it can be kept: text, number, truth value; else its JSON."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
