"""Turns what a program prints, as it comes, into an event file and an attribute file in its run directory.

Which numbers are metrics is up to `output_parser`.
"""

import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

from gage.lib.files import write_atomic
from gage.metrics.output_parser import MAX_RECORD_CHARS, OutputParser
from gage.metrics.output_queue import OutputQueue
from gage.metrics.reader_api import MetricValue, ReadResult
from gage.metrics.run_directory import OUTPUT_ATTRIBUTES_FILE, OUTPUT_EVENTS_SUFFIX
from gage.metrics.tf_writer import EventWriter
from gage.types.values import JSONValue

WORK_SECONDS = 0.25
"""Seconds of work at a time."""
LAST_BYTES = 1 << 18
LAST_SECONDS = 2.0
"""At the end the last bytes are parsed even if there is no time for all before them, for at most these seconds."""
_LINE_END = re.compile(rb"[\r\n]")
# a piece must contain a number, or the header of a table: 3 · │ · nan · Epoch
_MAY_HAVE_VALUES = re.compile(rb"[0-9|]|\xe2\x94|nan|inf|epoch|step|iter|round|gen", re.I)


class OutputMetrics:
    """The metrics in the output of one program, which comes through `queue`. The files are written to `directory`.

    `patterns` and `config` are those of `OutputParser`.
    """

    def __init__(
        self,
        queue: OutputQueue,
        directory: str,
        host: str,
        patterns: Mapping[str, str] | None = None,
        config: Mapping[str, JSONValue] | None = None,
    ) -> None:
        self.queue = queue
        self._parser = OutputParser(patterns, config)
        self._directory = directory
        self._host = host
        self._has_patterns = patterns is not None
        self._unfinished: dict[int, bytes] = {}
        self._writer: EventWriter | None = None
        self._attributes: dict[str, str] = {}
        self._new: list[MetricValue] = []

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what was found since the last call, like a reader of the files that this writes."""
        values, self._new = self._new, []
        return ReadResult(values, attributes=self._attributes)

    def parse_waiting(self, seconds: float = WORK_SECONDS) -> bool:
        """Parses what has come, for at most these seconds. Returns whether that was all. Raises OSError."""
        until = time.monotonic() + seconds
        while not self.queue.is_empty and time.monotonic() < until:
            stream, data, when, has_gap = self.queue.take()
            if has_gap:  # the piece begins somewhere in a line
                self._unfinished.clear()
                line_end = _LINE_END.search(data)
                data = data[line_end.end() :] if line_end else b""
            self._split_lines(stream, data, when)
        if self._writer is not None:
            self._writer.flush()
        return self.queue.is_empty

    def finish(self, seconds: float = 2.0) -> None:
        """Parses what is left when the program has ended, with unfinished lines. Raises OSError."""
        if not self.parse_waiting(seconds):
            self.queue.skip_to(LAST_BYTES)
            self.parse_waiting(max(seconds, LAST_SECONDS))
        for stream in list(self._unfinished):
            self._split_lines(stream, b"\n", time.time_ns() // 1000)
        if self._writer is not None:
            self._writer.close()

    def notes(self) -> list[str]:
        """Returns what went wrong, each once."""
        if not self.queue.skipped_bytes:
            return self._parser.notes
        skipped = f"{self.queue.skipped_bytes / 1e6:.1f} MB of output came too fast to be searched for metrics"
        return [*self._parser.notes, f"{skipped}: its end was read"]

    def _split_lines(self, stream: int, data: bytes, when: int) -> None:
        data = self._unfinished.pop(stream, b"") + data
        if self._has_patterns or _MAY_HAVE_VALUES.search(data):
            *lines, rest = _LINE_END.split(data)
        else:
            lines, rest = [], data[max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 :]
        if rest:
            self._unfinished[stream] = rest[-MAX_RECORD_CHARS:]
        for line in lines:
            if line:
                self._parse_line(line.decode("utf-8", "replace"), when)

    def _parse_line(self, line: str, when: int) -> None:
        result = self._parser.parse_line(line)
        seconds = when / 1e6
        if result.points:
            if self._writer is None:
                name = f"events.out.tfevents.{when // 1_000_000:010d}.{self._host}{OUTPUT_EVENTS_SUFFIX}"
                self._writer = EventWriter(Path(self._directory, name))
            self._new += [MetricValue(name, step, seconds, value) for name, step, value in result.points]
            by_step: dict[int, dict[str, float]] = {}
            for point in result.points:
                by_step.setdefault(point.step, {})[point.name] = point.value
            for step, values in by_step.items():
                self._writer.add(step, seconds, values)
        if result.attributes:
            self._attributes.update(result.attributes)
            write_atomic(os.path.join(self._directory, OUTPUT_ATTRIBUTES_FILE), json.dumps(self._attributes).encode())
