"""Reads JSON files with the results of a run: `summary.json`, `metrics.json`, `*.attrs`, `trainer_state.json`."""

import json
import os
from collections.abc import Mapping

from gage.metrics.json_records import NON_FINITE_TEXTS, convert_wrapped_values, find_step, flatten_numbers
from gage.metrics.reader_api import NOTHING_NEW, MetricValue, ReadResult, build_series_prefix
from gage.types.values import JSONValue

MAX_FILE_BYTES = 64 << 20


class JsonFileReader:
    """Reads a JSON file that is rewritten as a whole. Its name says which form it has."""

    def __init__(self, path: str, relative: str) -> None:
        self._path = path
        self._name = path.rpartition("/")[2]
        self._is_wandb = self._name == "wandb-summary.json"
        self._prefix = "" if self._is_wandb else build_series_prefix(relative)
        self._last_state: tuple[int, int, int] | None = None

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns the whole content if the file has changed. Raises OSError."""
        status = os.stat(self._path)
        state = (status.st_mtime_ns, status.st_size, status.st_ino)
        if state == self._last_state:
            return NOTHING_NEW
        if status.st_size > MAX_FILE_BYTES:
            self._last_state = state
            return ReadResult(notes=[f"larger than {MAX_FILE_BYTES >> 20} MB"])
        with open(self._path, "rb") as file:
            data = file.read(MAX_FILE_BYTES)
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            if not final:
                return NOTHING_NEW  # it may be half written
            self._last_state = state
            return ReadResult(notes=["not valid JSON"]) if data.strip() else NOTHING_NEW
        self._last_state = state
        return self._convert(content) if isinstance(content, dict) else NOTHING_NEW

    def _convert(self, content: Mapping[str, object]) -> ReadResult:
        if self._name == "trainer_state.json":
            return self._convert_trainer_state(content)
        if self._name.endswith(".attrs"):
            return ReadResult(attributes=_convert_facts(content), replaces_all=True)
        return self._convert_summary(content)

    def _convert_summary(self, content: Mapping[str, object]) -> ReadResult:
        """`{"metrics": {…}, "attributes": {…}}` as Gage 0.1 wrote it, else numbers and words side by side."""
        if self._is_wandb:  # `_step` and the like are W&B's own
            content = {name: value for name, value in content.items() if not name.startswith("_")}
        content = convert_wrapped_values(content)
        metrics, attributes = content.get("metrics"), content.get("attributes")
        step_key, facts = "", find_facts(content)
        if isinstance(metrics, Mapping) or isinstance(attributes, Mapping):
            content = convert_wrapped_values(metrics) if isinstance(metrics, Mapping) else {}
            facts = _convert_facts(convert_wrapped_values(attributes)) if isinstance(attributes, Mapping) else {}
        elif step := find_step(content):
            step_key = step[0]
        numbers = {self._prefix + name: value for name, value in flatten_numbers(content) if name != step_key}
        return ReadResult(numbers=numbers, attributes=facts, replaces_all=True)

    def _convert_trainer_state(self, content: Mapping[str, object]) -> ReadResult:
        history = content.get("log_history")
        values: list[MetricValue] = []
        for record in history if isinstance(history, list) else ():
            if isinstance(record, dict):
                key, step = find_step(record) or ("", len(values))
                numbers = flatten_numbers(record)
                values += [MetricValue(self._prefix + name, step, 0.0, value) for name, value in numbers if name != key]
        return ReadResult(values, replaces_all=True)


def find_facts(content: Mapping[str, object]) -> dict[str, JSONValue]:
    """Returns what a record says beside numbers: texts and truth values."""
    return {str(k): v for k, v in content.items() if isinstance(v, bool | str) and v not in NON_FINITE_TEXTS}


def _convert_facts(content: Mapping[str, object]) -> dict[str, JSONValue]:
    """Returns texts, numbers and truth values as they are, other values as JSON text."""
    return {str(name): _convert_fact(value) for name, value in content.items()}


def _convert_fact(value: object) -> JSONValue:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
