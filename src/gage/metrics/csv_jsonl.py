"""Logs that are tables, also while they grow: JSON lines and CSV, as loggers of many frameworks write them."""

import csv
import json
import re
from collections.abc import Iterator, Mapping

from gage.metrics.json_files import find_facts
from gage.metrics.line_tail import LineTail
from gage.metrics.name_values import parse_number
from gage.metrics.output_parser import TIME_KEYS, find_step, flatten_numbers
from gage.metrics.reader_api import NOTHING_NEW, MetricValue, ReadResult, build_series_prefix
from gage.types.values import JSONValue

MAX_SERIES = 10_000
"""Series that one table may make."""
_LOG_NAME = re.compile(r"metric|log|history|progress|result|scalar|stats|train|eval", re.I)  # training_log.csv
_FINE_STEPS = ("global_step", "step", "_step", "steps", "total_timesteps", "iteration", "training_iteration", "iter")
_STEP_COLUMNS = (*_FINE_STEPS, "epoch")
_TIME_COLUMNS = ("timestamp", "wall_time")
_TIME_FIELDS = ("_timestamp", *_TIME_COLUMNS, "time", "ts")
_MIN_MILLISECONDS = 1e11


class _StepCounter:
    """Makes the values of one table. A value without a step gets its place in the series as step."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def clear(self) -> None:
        """Starts again, as the file did."""
        self._counts.clear()

    def make_value(self, name: str, step: int | None, time: float, value: float) -> Iterator[MetricValue]:
        """Yields the value; nothing for a new series when there are too many."""
        count = self._counts.get(name)
        if count is None and len(self._counts) >= MAX_SERIES:
            return
        self._counts[name] = (count or 0) + 1
        yield MetricValue(name, (count or 0) if step is None else step, time, value)


class JsonLinesReader:
    """Reads a file with a JSON object in each line.

    Numbers are values, `step`, `epoch` and the like are the step, `time` and `timestamp` the time. An object `summary`
    holds final values, as `gage.summary` writes it. A file whose first record has no step and whose name does not say
    that it is a log may hold any data and is not read.
    """

    def __init__(self, path: str, relative: str) -> None:
        self._steps = _StepCounter()
        self._tail = LineTail(path, self._steps.clear)
        self._prefix = build_series_prefix(relative)
        self._is_log = True if _LOG_NAME.search(path.rpartition("/")[2]) else None
        self._has_bad_line = False

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new since the last call. Raises OSError."""
        if self._is_log is False:
            return NOTHING_NEW
        values: list[MetricValue] = []
        notes: list[str] = []
        numbers: dict[str, float] = {}
        facts: dict[str, JSONValue] = {}
        for line in self._tail.new_lines(final):
            record = _parse_record(line)
            if record is None:
                if line.strip() and not self._has_bad_line:
                    notes.append("a line is not a JSON object")
                    self._has_bad_line = True
                continue
            if self._is_log is None:
                self._is_log = find_step(record) is not None
                if not self._is_log:
                    return NOTHING_NEW
            summary = record.get("summary")
            if isinstance(summary, Mapping):
                numbers.update(flatten_numbers(summary))
                facts.update(find_facts(summary))
            else:
                values += self._read_record(record)
        notes += self._tail.notes
        return ReadResult(values, numbers=numbers, attributes=facts, replaces_all=self._tail.was_replaced, notes=notes)

    def _read_record(self, record: Mapping[str, object]) -> Iterator[MetricValue]:
        step_key, step = find_step(record) or ("", None)
        time = find_time(record)
        for name, value in flatten_numbers(record):
            if name != step_key and name.rpartition("/")[2] not in TIME_KEYS:
                yield from self._steps.make_value(self._prefix + name, step, time, value)


class CsvReader:
    """Reads a table with a header: Lightning's and Keras's CSVLogger, DVCLive's plots and others. Skips blank cells."""

    def __init__(self, path: str, relative: str) -> None:
        self._tail = LineTail(path, self._restart)
        self._prefix = build_series_prefix(relative)
        self._file_name = path.rpartition("/")[2]
        self._header: list[str] = []
        self._delimiter = ","
        self._step_column: int | None = None
        self._time_column: int | None = None
        self._steps = _StepCounter()
        self._is_log = True

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new since the last call. Raises OSError."""
        if not self._is_log:
            return NOTHING_NEW
        values: list[MetricValue] = []
        for line in self._tail.new_lines(final):
            text = line.decode("utf-8", "replace")
            if self._header:
                values += self._read_row(text)
                continue
            self._is_log = self._read_header(text.removeprefix("\ufeff"))
            if not self._is_log:
                return NOTHING_NEW
        return ReadResult(values, replaces_all=self._tail.was_replaced, notes=self._tail.notes)

    def _restart(self) -> None:
        self._header = []
        self._steps.clear()

    def _read_header(self, text: str) -> bool:
        """Returns whether the header is that of a log."""
        self._delimiter = max("\t;,", key=lambda c: (text.count(c), c == ","))
        self._header = [c if c.isprintable() else "" for c in map(str.strip, _split_cells(text, self._delimiter))]
        self._step_column = _find_column(self._header, _STEP_COLUMNS)
        self._time_column = _find_column(self._header, _TIME_COLUMNS)
        is_table = 1 < len(self._header) <= MAX_SERIES
        has_names = any(parse_number(cell) is None for cell in self._header)
        return is_table and has_names and bool(self._step_column is not None or _LOG_NAME.search(self._file_name))

    def _read_row(self, text: str) -> Iterator[MetricValue]:
        cells = _split_cells(text, self._delimiter)
        if len(cells) > len(self._header):
            return
        numbers: dict[int | None, float] = {}
        for column, cell in enumerate(cells):
            number = self._parse_cell(cell)
            if number is not None:
                numbers[column] = number
        step_value = numbers.pop(self._step_column, None)
        step = int(step_value) if step_value is not None and abs(step_value) < 2**62 else None
        time = to_seconds(numbers.pop(self._time_column, 0.0))
        for i, value in numbers.items():
            name = self._header[i or 0]
            if name and name not in TIME_KEYS:
                yield from self._steps.make_value(self._prefix + name, step, time, value)

    def _parse_cell(self, cell: str) -> float | None:
        text = cell.strip()
        if self._delimiter == ";" and "." not in text:
            text = text.replace(",", ".", 1)
        return parse_number(text) if text[:1] in "0123456789+-.nNiI" and text else None


def find_time(record: Mapping[str, object]) -> float:
    """Returns when a record was made, in seconds since the epoch; 0.0 when it does not say."""
    for key in _TIME_FIELDS:
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
    """Returns a time stamp in s or ms as seconds since the epoch; 0.0 for other numbers, such as a duration."""
    if not 1e9 <= value < 1e14:
        return 0.0
    return value / 1000 if value > _MIN_MILLISECONDS else value


def _parse_record(line: bytes) -> Mapping[str, object] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _split_cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _find_column(header: list[str], names: tuple[str, ...]) -> int | None:
    """Returns the column with the first of the names that the header has, in any case; None if it has none."""
    lower = [cell.lower() for cell in header]
    for name in names:
        if name in lower:
            return lower.index(name)
    return None
