"""Reads logs of JSON lines and CSV, as the loggers of many frameworks write them, also while they grow."""

import csv
import json
import os
import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

from gage.lib.files import READ_FLAGS
from gage.metrics.json_files import find_facts
from gage.metrics.json_records import STEP_KEYS, TIME_KEYS, find_step, flatten_numbers
from gage.metrics.line_tail import LineTail
from gage.metrics.printed_numbers import parse_number
from gage.metrics.reader_api import NOTHING_NEW, MetricValue, ReadResult, build_series_prefix
from gage.types.values import JSONValue

MAX_SERIES = 10_000
"""Series that are read from one table."""
_LOG_NAME = re.compile(r"metric|log|history|progress|result|scalar|stats|train|eval", re.I)  # training_log.csv
# data/prepared/train.tsv
_DATA_DIRECTORY = re.compile(r"(?:.*/)?(?:data|datasets?|raw|processed|prepared|splits?)/.*", re.I)
# train.csv · metrics.jsonl
_TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson")
_MAX_HEADER_BYTES = 65536
_TIME_FIELDS = ("_timestamp", "timestamp", "wall_time", "time", "ts")
_MIN_MILLISECONDS = 1e11


class _LogReader(ABC):
    """Reads a file with a record in each line.

    Numbers are values, `step`, `epoch` and the like are the step, `time` and `timestamp` the time. A value without a
    step gets its place in the series as step. A file that names no step (in its first record or its header) and whose
    name does not say that it is a log, or that is in a directory of data, may hold any data and is not read. If other
    tables in the same directory have a value of the same name, the file's name is part of the names of its series.
    """

    def __init__(self, path: str, relative: str) -> None:
        self._tail = LineTail(path, self._restart)
        self._path = path
        self._directory_prefix = self._prefix = build_series_prefix(relative)
        has_log_name = _LOG_NAME.search(path.rpartition("/")[2]) and not _DATA_DIRECTORY.fullmatch(relative)
        self._is_log = True if has_log_name else None
        self._counts: dict[str, int] = {}
        self._notes: list[str] = []

    @abstractmethod
    def _parse_line(self, line: bytes) -> Mapping[str, object]:
        """Returns the record in a line; an empty one if there is none. Sets `_is_log` to False for other files."""

    def _restart(self) -> None:
        self._counts.clear()

    def _find_step(self, record: Mapping[str, object]) -> tuple[str, int | None]:
        """Returns the key of the record's step and the step; "" and None if it has none."""
        return find_step(record) or ("", None)

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new since the last call. Raises OSError."""
        values: list[MetricValue] = []
        numbers: dict[str, float] = {}
        attributes: dict[str, JSONValue] = {}
        known_notes = len(self._notes)
        is_renamed = self._is_log is not False and (final or not self._counts) and self._choose_prefix()
        for line in self._tail.new_lines(final) if self._is_log is not False else ():
            record = self._parse_line(line)
            if record and self._is_log is None:
                self._is_log = find_step(record) is not None
            if self._is_log is False:
                return NOTHING_NEW
            summary = record.get("summary")
            if isinstance(summary, Mapping):  # final values, as `gage.summary` writes them
                numbers.update(flatten_numbers(summary))
                attributes.update(find_facts(summary))
            else:
                values += self._read_record(record)
        notes = self._notes[known_notes:] + self._tail.notes
        return ReadResult(
            values,
            numbers=numbers,
            attributes=attributes,
            replaces_all=self._tail.was_replaced or is_renamed,
            notes=notes,
        )

    def _choose_prefix(self) -> bool:
        """Adds the file's name to the prefix if a file beside it has a value of the same name. Returns whether values
        were read with another prefix before; the file is then read again.
        """
        directory, _, name = self._path.rpartition("/")
        names = _read_value_names(self._path)
        is_shared = bool(names) and any(
            not names.isdisjoint(_read_value_names(f"{directory}/{other}"))
            for other in _list_tables(directory)
            if other != name
        )
        prefix = f"{self._directory_prefix}{name.rpartition('.')[0]}/" if is_shared else self._directory_prefix
        if prefix == self._prefix:
            return False
        self._prefix, was_read = prefix, bool(self._counts)
        if was_read:
            self._tail = LineTail(self._path, self._restart)
            self._restart()
        return was_read

    def _read_record(self, record: Mapping[str, object]) -> Iterator[MetricValue]:
        step_key, step = self._find_step(record)
        time = find_time(record)
        for name, value in flatten_numbers(record):
            if name != step_key and name.rpartition("/")[2] not in TIME_KEYS:
                count = self._counts.get(name, 0)
                if count or len(self._counts) < MAX_SERIES:
                    self._counts[name] = count + 1
                    yield MetricValue(self._prefix + name, count if step is None else step, time, value)


class JsonLinesReader(_LogReader):
    """Reads a file with a JSON object in each line."""

    def _parse_line(self, line: bytes) -> Mapping[str, object]:
        try:
            record = json.loads(line) if line.strip() else {}
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            return record
        if not self._notes:
            self._notes.append("a line is not a JSON object")
        return {}


class CsvReader(_LogReader):
    """Reads a table with a header: Lightning's and Keras's CSVLogger, DVCLive's plots and others. Skips blank cells."""

    _header: tuple[str, ...] = ()
    _step_column = ""
    _delimiter = ","

    def _restart(self) -> None:
        super()._restart()
        self._header = ()

    def _parse_line(self, line: bytes) -> Mapping[str, object]:
        text = line.decode("utf-8", "replace")
        if not self._header:
            self._read_header(text.removeprefix("\ufeff"))
            return {}
        cells = _split_cells(text, self._delimiter)
        if len(cells) > len(self._header):
            return {}
        return {name: self._parse_cell(cell) for name, cell in zip(self._header, cells, strict=False) if name}

    def _read_header(self, text: str) -> None:
        """Reads the names of the columns. Case does not count in those of steps and times."""
        self._delimiter = _find_delimiter(text)
        names = [name if name.isprintable() else "" for name in map(str.strip, _split_cells(text, self._delimiter))]
        if not 1 < len(names) <= MAX_SERIES or any(parse_number(name) is not None for name in names):
            self._is_log = False
        known = {*STEP_KEYS, *_TIME_FIELDS}
        self._header = tuple(name.lower() if name.lower() in known else name for name in names)
        self._step_column = next((key for key in STEP_KEYS if key in self._header), "")
        if self._is_log is None:
            self._is_log = bool(self._step_column)

    def _find_step(self, record: Mapping[str, object]) -> tuple[str, int | None]:
        """Returns the column of steps and the step, without its fraction; None as step if the cell holds none."""
        cell = record.get(self._step_column)
        return self._step_column, int(cell) if isinstance(cell, (int, float)) and abs(cell) < 2**62 else None

    def _parse_cell(self, cell: str) -> int | float | None:
        text = cell.strip()
        if self._delimiter == ";" and "." not in text:
            text = text.replace(",", ".", 1)
        number = parse_number(text) if text[:1] in "0123456789+-.nNiI" and text else None
        return int(number) if number is not None and number.is_integer() else number


def find_time(record: Mapping[str, object]) -> float:
    """Returns the time of a record in seconds since the epoch, 0.0 if it has none."""
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


def _split_cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _find_delimiter(header: str) -> str:
    return max("\t;,", key=lambda c: (header.count(c), c == ","))


def _read_value_names(path: str) -> frozenset[str]:
    """Returns the names of values in the first record or the header of a log, without those of steps and times."""
    line = _read_first_line(path).strip()
    if line.startswith(b"{"):
        try:
            names = list(json.loads(line))
        except (ValueError, RecursionError):
            return frozenset()
    else:
        text = line.decode("utf-8", "replace").removeprefix("\ufeff")
        names = [name.strip() for name in _split_cells(text, _find_delimiter(text))]
    if not _LOG_NAME.search(path.rpartition("/")[2]) and not any(name.lower() in STEP_KEYS for name in names):
        return frozenset()
    other = {"", *STEP_KEYS, *TIME_KEYS, *_TIME_FIELDS}
    return frozenset(name for name in names if name.lower() not in other)


def _list_tables(directory: str) -> list[str]:
    """Returns the names of the tables in a directory, at most a hundred."""
    try:
        return sorted(name for name in os.listdir(directory or "/") if name.lower().endswith(_TABLE_SUFFIXES))[:100]
    except OSError:
        return []


def _read_first_line(path: str) -> bytes:
    """Returns the first line of a regular file, if it is complete; else nothing."""
    try:
        fd = os.open(path, READ_FLAGS)
    except OSError:
        return b""
    try:
        data = os.read(fd, _MAX_HEADER_BYTES) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
    finally:
        os.close(fd)
    line, end, _ = data.partition(b"\n")
    return line if end else b""
