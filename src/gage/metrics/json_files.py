"""JSON files that say how a run went: `summary.json`, `metrics.json`, `*.attrs`, `trainer_state.json`."""

import json
import os
from collections.abc import Mapping

from gage.metrics.output_parser import NOT_FINITE, flat, step_of
from gage.metrics.reader_api import NOTHING, Found, Value
from gage.types.values import JSONValue

LARGEST = 64 << 20
"""Bytes of a file that is read."""


class Document:
    """A JSON file that is written anew each time. Its kind is told by its name."""

    def __init__(self, path: str, prefix: str = "") -> None:
        self._path = path
        self._prefix = prefix
        self._name = path.rpartition("/")[2]
        self._seen: tuple[int, int, int] | None = None

    def look(self, final: bool = False) -> Found:
        """All that the file says, if it has changed. Raises OSError."""
        status = os.stat(self._path)
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen == self._seen:
            return NOTHING
        if status.st_size > LARGEST:
            self._seen = seen
            return Found(notes=[f"it is larger than {LARGEST >> 20} MB"])
        with open(self._path, "rb") as file:
            data = file.read(LARGEST)
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            if not final:
                return NOTHING  # it may be half written
            self._seen = seen
            return Found(notes=["it is no JSON"]) if data.strip() else NOTHING
        self._seen = seen
        return self._of(content) if isinstance(content, dict) else NOTHING

    def _of(self, content: Mapping[str, object]) -> Found:
        if self._name == "trainer_state.json":
            return self._of_trainer(content)
        if self._name.endswith(".attrs"):
            return Found(attributes={k: _told(v) for k, v in content.items()}, again=True)
        return self._of_summary(content)

    def _of_summary(self, content: Mapping[str, object]) -> Found:
        """`{"metrics": {…}, "attributes": {…}}` as Gage 0.1 had it, else numbers and words side by side."""
        metrics, attributes = content.get("metrics"), content.get("attributes")
        if isinstance(metrics, Mapping) or isinstance(attributes, Mapping):
            numbers = dict(flat(metrics)) if isinstance(metrics, Mapping) else {}
            words = dict(attributes) if isinstance(attributes, Mapping) else {}
        else:
            step = step_of(content)
            numbers = {n: v for n, v in flat(content) if step is None or n != step[0]}
            words = facts_of(content)
        named = {self._prefix + name: value for name, value in numbers.items()}
        return Found(numbers=named, attributes={str(k): _told(v) for k, v in words.items()}, again=True)

    def _of_trainer(self, content: Mapping[str, object]) -> Found:
        history = content.get("log_history")
        values: list[Value] = []
        for record in history if isinstance(history, list) else ():
            if isinstance(record, dict):
                key, step = step_of(record) or ("", len(values))
                values += [Value(self._prefix + n, step, 0.0, v) for n, v in flat(record) if n != key]
        return Found(values, again=True)


def facts_of(content: Mapping[str, object]) -> dict[str, JSONValue]:
    """The facts beside the numbers of a record: texts and truth values."""
    return {str(k): v for k, v in content.items() if isinstance(v, bool | str) and v not in NOT_FINITE}


def _told(value: object) -> JSONValue:
    """A fact as it can be kept: text, number, truth value; else its JSON."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
