"""Logs that are tables: JSON lines and CSV, as loggers of many frameworks write them, also while they grow."""

import csv
import json
import re
from collections.abc import Iterator, Mapping

from gage.metrics.json_files import find_facts
from gage.metrics.line_tail import LineTail
from gage.metrics.name_values import parse_number
from gage.metrics.output_parser import TIME_KEYS, find_step, flatten_numbers
from gage.metrics.reader_api import NOTHING_NEW, MetricValue, ReadResult
from gage.types.values import JSONValue

MAX_SERIES = 10_000
"""Series that one table may make."""
_LOG = re.compile(r"metric|log|history|progress|result|scalar|stats|train|eval", re.I)
_STEP = re.compile(r"(?:global_step|_step|step|steps|iteration|training_iteration|iter|epoch|total_timesteps)", re.I)
_MILLIS = 1e11


def is_log(name: str) -> bool:
    """Whether a file's name says that it is a log."""
    return bool(_LOG.search(name))


class JsonLinesReader:
    """A file with a JSON object a line: numbers are values, `step`, `epoch` … the step, `time`, `timestamp` the time.
    An object `summary` in it says what the run came to, as `gage.summary` writes it.

    Without a step in its first record it is a log only if its name says so: else it may be any data.
    """

    def __init__(self, path: str, prefix: str = "") -> None:
        self._growing = LineTail(path)
        self._prefix = prefix
        self._is_log: bool | None = True if is_log(path.rpartition("/")[2]) else None
        self._counts: dict[str, int] = {}
        self._wrong = 0

    def read_new(self, final: bool = False) -> ReadResult:
        """What came since the last look. Raises OSError."""
        if self._is_log is False:
            return NOTHING_NEW
        values: list[MetricValue] = []
        notes: list[str] = []
        numbers: dict[str, float] = {}
        facts: dict[str, JSONValue] = {}
        for i, line in enumerate(self._growing.new_lines(final)):
            if self._growing.was_replaced and not i:
                self._counts.clear()
            record = self._record(line)
            if record is None:
                if line.strip() and not self._wrong:
                    notes.append("a line is no JSON object")
                    self._wrong += 1
                continue
            if self._is_log is None:
                self._is_log = find_step(record) is not None
                if not self._is_log:
                    return NOTHING_NEW
            said = record.get("summary")
            if isinstance(said, Mapping):
                numbers.update(flatten_numbers(said))
                facts.update(find_facts(said))
            else:
                values += self._values(record)
        notes += self._growing.notes
        return ReadResult(
            values, numbers=numbers, attributes=facts, replaces_all=self._growing.was_replaced, notes=notes
        )

    @staticmethod
    def _record(line: bytes) -> Mapping[str, object] | None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return record if isinstance(record, dict) else None

    def _values(self, record: Mapping[str, object]) -> Iterator[MetricValue]:
        key, step = find_step(record) or ("", None)
        time = find_time(record)
        for name, value in flatten_numbers(record):
            if name != key and name.rpartition("/")[2] not in TIME_KEYS:
                yield from _value(self._counts, self._prefix + name, step, time, value)


class CsvReader:
    """A table with a header: Lightning's and Keras's CSVLogger, DVCLive's plots and others. Blank cells say nothing."""

    def __init__(self, path: str, prefix: str = "") -> None:
        self._growing = LineTail(path)
        self._prefix = prefix
        self._name = path.rpartition("/")[2]
        self._header: list[str] = []
        self._delimiter = ","
        self._step = self._time = -1
        self._counts: dict[str, int] = {}
        self._is_log = True

    def read_new(self, final: bool = False) -> ReadResult:
        """What came since the last look. Raises OSError."""
        if not self._is_log:
            return NOTHING_NEW
        values: list[MetricValue] = []
        for i, line in enumerate(self._growing.new_lines(final)):
            if self._growing.was_replaced and not i:
                self._header = []
                self._counts.clear()
            text = line.decode("utf-8", "replace")
            if not self._header:
                self._is_log = self._begin(text.removeprefix("\ufeff"))
                if not self._is_log:
                    return NOTHING_NEW
            else:
                values += self._row(text)
        return ReadResult(values, replaces_all=self._growing.was_replaced, notes=self._growing.notes)

    def _begin(self, text: str) -> bool:
        """Take the header; whether it is that of a log."""
        self._delimiter = max("\t;,", key=lambda c: (text.count(c), c == ","))
        self._header = [c if c.isprintable() else "" for c in map(str.strip, _cells(text, self._delimiter))]
        steps = [i for i, cell in enumerate(self._header) if _STEP.fullmatch(cell)]
        finest = ("global_step", "step", "_step", "steps", "total_timesteps", "iteration", "training_iteration", "iter")
        named = {self._header[i].lower(): i for i in reversed(steps)}
        self._step = next((named[n] for n in finest if n in named), steps[0] if steps else -1)
        self._time = next((i for i, cell in enumerate(self._header) if cell.lower() in ("timestamp", "wall_time")), -1)
        is_table = len(self._header) > 1 and len(self._header) <= MAX_SERIES
        is_named = any(parse_number(c) is None for c in self._header)
        return is_table and is_named and (bool(steps) or is_log(self._name))

    def _row(self, text: str) -> Iterator[MetricValue]:
        cells = _cells(text, self._delimiter)
        if len(cells) > len(self._header):
            return
        numbers = [self._number(cell) for cell in cells]
        at = numbers[self._step] if 0 <= self._step < len(numbers) else None
        step = int(at) if at is not None and at == at and abs(at) < 2**62 else None
        time = numbers[self._time] if 0 <= self._time < len(numbers) else None
        for i, value in enumerate(numbers):
            if (
                value is not None
                and i not in (self._step, self._time)
                and self._header[i]
                and self._header[i] not in TIME_KEYS
            ):
                yield from _value(self._counts, self._prefix + self._header[i], step, to_seconds(time or 0.0), value)

    def _number(self, cell: str) -> float | None:
        text = cell.strip()
        if self._delimiter == ";" and "." not in text:
            text = text.replace(",", ".", 1)
        return parse_number(text) if text[:1] in "0123456789+-.nNiI" and text else None


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _value(counts: dict[str, int], name: str, step: int | None, time: float, value: float) -> Iterator[MetricValue]:
    """One value; without a step its place in the series is the step."""
    if name not in counts:
        if len(counts) >= MAX_SERIES:
            return
        counts[name] = 0
    count = counts[name]
    counts[name] = count + 1
    yield MetricValue(name, count if step is None else step, time, value)


def find_time(record: Mapping[str, object]) -> float:
    """When a record was made, in s since the epoch; 0.0 when it does not tell."""
    for key in ("_timestamp", "timestamp", "wall_time", "time", "ts"):
        value = record.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return to_seconds(float(value))
        if isinstance(value, str) and 18 < len(value) < 40:
            from datetime import datetime

            try:
                return datetime.fromisoformat(value).timestamp()
            except (ValueError, OverflowError, OSError):
                continue
    return 0.0


def to_seconds(value: float) -> float:
    """A time stamp in s or ms as s since the epoch; 0.0 when it is too small to be one, such as a duration."""
    if not 1e9 <= value < 1e14:
        return 0.0
    return value / 1000 if value > _MILLIS else value
