"""The log that W&B writes beside a run, also offline: blocks of records of protocol buffers.

Source of the format: LevelDB's log with CRC-32, and the messages `Record`, `HistoryRecord`, `SummaryRecord` of W&B's
definitions; checked with files that W&B 0.31 wrote.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator

from gage.metrics.json_records import TIME_KEYS, flatten_numbers
from gage.metrics.protobuf import parse_fields
from gage.metrics.reader_api import NOTHING_NEW, MetricValue, ReadResult

_MAGIC = b":W&B"
_FILE_HEADER_BYTES = 7
_BLOCK_BYTES = 32768
_CHUNK_HEADER = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _SUMMARY = 2, 3
_READ_BYTES = 1 << 22
_MAX_RECORD_BYTES = 64 << 20
"""Longer records are skipped."""


class WandbLogReader:
    """Reads a `run-<id>.wandb`. Its history becomes values by `_step`, its latest summary becomes numbers."""

    def __init__(self, path: str, relative: str) -> None:
        self._path = path
        self._offset = 0
        self._chunks: list[bytes] = []
        self._record_bytes = 0
        self._numbers: dict[str, float] = {}
        self._is_other_file = False

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new since the last call. Raises OSError."""
        size = os.stat(self._path).st_size
        if size <= self._offset or self._is_other_file:
            return NOTHING_NEW
        with open(self._path, "rb") as file:
            if self._offset == 0:
                if file.read(len(_MAGIC)) != _MAGIC:
                    self._is_other_file = size >= _FILE_HEADER_BYTES
                    return ReadResult(notes=["not a W&B log"]) if self._is_other_file else NOTHING_NEW
                self._offset = _FILE_HEADER_BYTES
            values: list[MetricValue] = []
            notes: list[str] = []
            before = -1
            while before < self._offset < size:
                before = self._offset
                file.seek(before)
                for record in self._split_records(file.read(_READ_BYTES), notes):
                    try:
                        values += self._read_record(record)
                    except (ValueError, RecursionError):
                        notes.append("a record is damaged")
        return ReadResult(values, numbers=dict(self._numbers), notes=list(dict.fromkeys(notes)))

    def _split_records(self, data: bytes, notes: list[str]) -> Iterator[bytes]:
        """Yields the whole records in `data`. Advances the offset behind the last whole chunk."""
        start, at = self._offset, 0
        header_bytes = _CHUNK_HEADER.size
        while True:
            left_in_block = _BLOCK_BYTES - (start + at) % _BLOCK_BYTES
            if left_in_block < header_bytes:
                at += left_in_block
                continue
            if at + header_bytes > len(data):
                break
            crc, size, kind = _CHUNK_HEADER.unpack_from(data, at)
            if size + header_bytes > left_in_block or not _FULL <= kind <= _LAST:
                notes.append("a block is damaged")
                at += left_in_block
                self._offset = start + min(at, len(data))
                continue
            if at + header_bytes + size > len(data):
                break
            chunk = data[at + header_bytes : at + header_bytes + size]
            at += header_bytes + size
            self._offset = start + at
            if zlib.crc32(bytes((kind,)) + chunk) != crc:
                notes.append("a record has a wrong checksum")
                self._start_record()
                continue
            if kind in (_FULL, _FIRST):
                self._start_record()
            self._record_bytes += len(chunk)
            if self._record_bytes <= _MAX_RECORD_BYTES:
                self._chunks.append(chunk)
            if kind in (_FULL, _LAST):
                if self._record_bytes <= _MAX_RECORD_BYTES:
                    yield b"".join(self._chunks)
                else:
                    notes.append(f"a record is longer than {_MAX_RECORD_BYTES >> 20} MB")
                self._start_record()

    def _start_record(self) -> None:
        self._chunks.clear()
        self._record_bytes = 0

    def _read_record(self, data: bytes) -> Iterator[MetricValue]:
        for number, content in parse_fields(data):
            if isinstance(content, bytes) and number == _HISTORY:
                yield from self._read_history(content)
            elif isinstance(content, bytes) and number == _SUMMARY:
                self._read_summary(content)

    def _read_history(self, data: bytes) -> Iterator[MetricValue]:
        step, items = 0, dict[str, object]()
        for number, content in parse_fields(data):
            if isinstance(content, bytes) and number == 1:
                items.update(_parse_item(content))
            elif isinstance(content, bytes) and number == 2:
                step = _first_number(content)
        logged_step, time = items.pop("_step", step), items.get("_timestamp", 0.0)
        if isinstance(logged_step, (int, float)) and abs(logged_step) < 2**62:
            step = int(logged_step)
        if abs(step) >= 2**62:
            step = 0
        seconds = float(time) if isinstance(time, (int, float)) else 0.0
        for name, value in flatten_numbers(_without_media(items)):
            if name not in TIME_KEYS:
                yield MetricValue(name, step, seconds, value)

    def _read_summary(self, data: bytes) -> None:
        for number, content in parse_fields(data):
            if number == 1 and isinstance(content, bytes):
                for name, value in flatten_numbers(_without_media(_parse_item(content))):
                    if not name.startswith("_"):
                        self._numbers[name] = value


def _first_number(message: bytes) -> int:
    """Returns the whole number in field 1 of a message, else 0."""
    return next((content for number, content in parse_fields(message) if number == 1 and isinstance(content, int)), 0)


def _parse_item(data: bytes) -> dict[str, object]:
    """Returns one item: its key (field 1, or nested keys in 2) and its value (16), which is JSON."""
    texts = [(n, content.decode("utf-8", "replace")) for n, content in parse_fields(data) if isinstance(content, bytes)]
    try:
        return {"/".join(text for n, text in texts if n in (1, 2)): json.loads(dict(texts).get(16, "null"))}
    except ValueError:
        return {}


def _without_media(items: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in items.items() if not (isinstance(v, dict) and "_type" in v)}
