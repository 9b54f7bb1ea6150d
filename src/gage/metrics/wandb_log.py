"""The log that W&B writes beside a run, also offline: blocks of records of protocol buffers.

Source of the format: LevelDB's log with CRC-32, and the messages `Record`, `HistoryRecord`, `SummaryRecord` of W&B's
definitions; checked with files that W&B 0.31 wrote.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator

from gage.metrics.output_parser import TIME_KEYS, flatten_numbers
from gage.metrics.protobuf import fields
from gage.metrics.reader_api import NOTHING_NEW, MetricValue, ReadResult

_BLOCK = 32768
_HEADER = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _SUMMARY = 2, 3
_PIECE = 1 << 22
_LONGEST = 64 << 20
"""Bytes of a record; a longer one is left out."""


class WandbLogReader:
    """Reads a `run-<id>.wandb`. Its history is values by `_step`; what its summary says last are numbers."""

    def __init__(self, path: str, prefix: str = "") -> None:
        self._path = path
        self._prefix = prefix
        self._at = 0
        self._parts: list[bytes] = []
        self._length = 0
        self._numbers: dict[str, float] = {}
        self._wrong = False

    def read_new(self, final: bool = False) -> ReadResult:
        """What came since the last look. Raises OSError."""
        size = os.stat(self._path).st_size
        if size <= self._at or self._wrong:
            return NOTHING_NEW
        with open(self._path, "rb") as file:
            if self._at == 0:
                if file.read(4) != b":W&B":
                    self._wrong = size >= 7
                    return ReadResult(notes=["it is no W&B log"]) if self._wrong else NOTHING_NEW
                self._at = 7
            values: list[MetricValue] = []
            notes: list[str] = []
            before = -1
            while before < self._at < size:
                before = self._at
                file.seek(before)
                for record in self._records(file.read(_PIECE), notes):
                    try:
                        values += self._record(record)
                    except (ValueError, RecursionError):
                        notes.append("a record is damaged")
        return ReadResult(values, numbers=dict(self._numbers), notes=list(dict.fromkeys(notes)))

    def _records(self, data: bytes, notes: list[str]) -> Iterator[bytes]:
        """Whole records in what was read; moves on behind the last piece that is whole."""
        start, at = self._at, 0
        while True:
            left = _BLOCK - (start + at) % _BLOCK
            if left < 7:
                at += left
                continue
            if at + 7 > len(data):
                break
            check, size, kind = _HEADER.unpack_from(data, at)
            if size + 7 > left or kind > _LAST or kind == 0:
                notes.append("a block is damaged")
                at += left
                self._at = start + min(at, len(data))
                continue
            if at + 7 + size > len(data):
                break
            piece = data[at + 7 : at + 7 + size]
            at += 7 + size
            self._at = start + at
            if zlib.crc32(bytes((kind,)) + piece) != check:
                notes.append("a record has a wrong checksum")
                self._forget()
                continue
            if kind in (_FULL, _FIRST):
                self._forget()
            self._length += len(piece)
            if self._length <= _LONGEST:
                self._parts.append(piece)
            if kind in (_FULL, _LAST):
                if self._length <= _LONGEST:
                    yield b"".join(self._parts)
                else:
                    notes.append(f"a record is longer than {_LONGEST >> 20} MB")
                self._forget()

    def _forget(self) -> None:
        """The record that was begun."""
        self._parts.clear()
        self._length = 0

    def _record(self, data: bytes) -> Iterator[MetricValue]:
        for number, content in fields(data):
            if isinstance(content, bytes) and number == _HISTORY:
                yield from self._history(content)
            elif isinstance(content, bytes) and number == _SUMMARY:
                self._summarize(content)

    def _history(self, data: bytes) -> Iterator[MetricValue]:
        step, items = 0, dict[str, object]()
        for number, content in fields(data):
            if isinstance(content, bytes) and number == 1:
                items.update(_item(content))
            elif isinstance(content, bytes) and number == 2:
                step = next((v for n, v in fields(content) if n == 1 and isinstance(v, int)), 0)
        told, time = items.pop("_step", step), items.get("_timestamp", 0.0)
        at = int(told) if isinstance(told, (int, float)) and told == told and abs(told) < 2**62 else step
        at = at if abs(at) < 2**62 else 0
        when = float(time) if isinstance(time, (int, float)) else 0.0
        for name, value in flatten_numbers(_plain(items)):
            if name not in TIME_KEYS:
                yield MetricValue(self._prefix + name, at, when, value)

    def _summarize(self, data: bytes) -> None:
        for number, content in fields(data):
            if number == 1 and isinstance(content, bytes):
                for name, value in flatten_numbers(_plain(_item(content))):
                    if not name.startswith("_"):
                        self._numbers[self._prefix + name] = value


def _item(data: bytes) -> dict[str, object]:
    """One item: key (or nested keys) and its value in JSON."""
    key, nested, value = "", list[str](), "null"
    for number, content in fields(data):
        if isinstance(content, bytes):
            text = content.decode("utf-8", "replace")
            if number == 1:
                key = text
            elif number == 2:
                nested.append(text)
            elif number == 16:
                value = text
    try:
        return {key or "/".join(nested): json.loads(value)}
    except ValueError:
        return {}


def _plain(items: dict[str, object]) -> dict[str, object]:
    """Without media, which say of themselves what they are."""
    return {k: v for k, v in items.items() if not (isinstance(v, dict) and "_type" in v)}
