"""What a program prints, as it comes, → an event file and an attribute file in its run directory.

Takes pieces of bytes from one thread and works them off in another. What numbers in a line mean is said in `lines`.
"""

import json
import os
import re
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from gage.lib.files import write_atomic
from gage.metrics.output_parser import MAX_RECORD_CHARS, OutputParser
from gage.metrics.reader_api import MetricValue, ReadResult
from gage.metrics.run_directory import OUTPUT_ATTRIBUTES_FILE, OUTPUT_EVENTS_SUFFIX
from gage.metrics.tf_writer import EventWriter
from gage.types.values import JSONValue

MOST_WAITING = 16 << 20
"""Bytes that may wait to be read."""
MOST_SECONDS = 0.25
"""Seconds of work at a time."""
LAST = 1 << 18
LAST_SECONDS = 2.0
"""Bytes of the end of the output that are read even when there is no time for all before it; for at most so long."""
_ENDS = re.compile(rb"[\r\n]")
_MATTERS = re.compile(rb"[0-9|]|\xe2\x94|nan|inf|epoch|step|iter|round|gen", re.I)
"""What a piece has to have in it: a number, or the names over a table."""


class OutputMetrics:
    """The output of one program. `patterns` and `config` as in `lines.Lines`. `folder` is where the files go."""

    def __init__(
        self,
        folder: str,
        host: str,
        patterns: Mapping[str, str] | None = None,
        config: Mapping[str, JSONValue] | None = None,
    ) -> None:
        self._lines = OutputParser(patterns, config)
        self._folder = folder
        self._host = host
        self._all = patterns is not None
        self._pieces: deque[tuple[int, bytes, int]] = deque()
        self._lock = threading.Lock()
        self._waiting = 0
        self._skipped = 0
        self._gap = False
        self._rest: dict[int, bytes] = {}
        self._writer: EventWriter | None = None
        self._attributes: dict[str, str] = {}
        self._new: list[MetricValue] = []

    def read_new(self, final: bool = False) -> ReadResult:
        """What was found since the last look, as a reader of the files that this writes would tell it."""
        values, self._new = self._new, []
        return ReadResult(values, attributes=self._attributes)

    def feed(self, stream: int, data: bytes, when: int) -> None:
        """The program printed `data` at `when` (µs since the epoch). Quick; called from another thread."""
        with self._lock:
            self._waiting += len(data)
            self._pieces.append((stream, data, when))
            if self._waiting > MOST_WAITING:
                self._skip_to(MOST_WAITING)

    def count_lost(self, count: int) -> None:
        """So many bytes that the program printed before are gone."""
        self._skipped += count

    def parse_waiting(self, seconds: float = MOST_SECONDS) -> bool:
        """Read what has come, for at most so long; whether all of it was. Raises OSError when it cannot be kept."""
        until = time.monotonic() + seconds
        while self._pieces and time.monotonic() < until:
            with self._lock:
                stream, data, when = self._pieces.popleft()
                self._waiting -= len(data)
                gap, self._gap = self._gap, False
            if gap:  # what follows begins somewhere within a line
                self._rest.clear()
                data = data[_line_end(data) :]
            self._take(stream, data, when)
        if self._writer is not None:
            self._writer.flush()
        return not self._pieces

    def finish(self, seconds: float = 2.0) -> None:
        """The program is done: read what is left, unfinished lines too. Raises OSError when it cannot be kept."""
        if not self.parse_waiting(seconds):
            with self._lock:
                self._skip_to(LAST)
            self.parse_waiting(max(seconds, LAST_SECONDS))
        for stream in list(self._rest):
            self._take(stream, b"\n", time.time_ns() // 1000)
        if self._writer is not None:
            self._writer.close()

    def _skip_to(self, most: int) -> None:
        """Leave out the oldest of what waits until so many bytes are left."""
        while self._waiting > most and len(self._pieces) > 1:
            _, data, _ = self._pieces.popleft()
            self._waiting -= len(data)
            self._skipped += len(data)
            self._gap = True

    def notes(self) -> list[str]:
        """What went wrong, once each."""
        if not self._skipped:
            return self._lines.notes
        skipped = f"{self._skipped / 1e6:.1f} MB of output came too fast for metrics to be found in it"
        return [*self._lines.notes, f"{skipped}: its end was read"]

    def _take(self, stream: int, data: bytes, when: int) -> None:
        data = self._rest.pop(stream, b"") + data
        *lines, rest = (
            _ENDS.split(data)
            if self._all or _MATTERS.search(data)
            else (data[max(map(data.rfind, (b"\n", b"\r"))) + 1 :],)
        )
        if rest:
            self._rest[stream] = rest[-MAX_RECORD_CHARS:]
        for line in lines:
            if line:
                self._read(line.decode("utf-8", "replace"), when)

    def _read(self, line: str, when: int) -> None:
        said = self._lines.parse_line(line)
        if said.points:
            if self._writer is None:
                name = f"events.out.tfevents.{when // 1_000_000:010d}.{self._host}{OUTPUT_EVENTS_SUFFIX}"
                self._writer = EventWriter(Path(self._folder, name))
            self._new += [MetricValue(name, step, when / 1e6, value) for name, step, value in said.points]
            by_step: dict[int, dict[str, float]] = {}
            for point in said.points:
                by_step.setdefault(point.step, {})[point.name] = point.value
            for step, values in by_step.items():
                self._writer.add(step, when / 1e6, values)
        if said.attributes:
            self._attributes.update(said.attributes)
            write_atomic(os.path.join(self._folder, OUTPUT_ATTRIBUTES_FILE), json.dumps(self._attributes).encode())


def _line_end(data: bytes) -> int:
    found = _ENDS.search(data)
    return found.end() if found else len(data)
