"""Turns what a program prints, as it comes, into an event file and an attribute file in its run directory.

Which numbers are metrics is up to `output_parser`.
"""

import json
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gage.lib.files import write_atomic
from gage.metrics.output_parser import OutputParser, PrintedValue
from gage.metrics.output_queue import OutputQueue
from gage.metrics.printed_records import MAX_RECORD_CHARS
from gage.metrics.reader_api import MetricValue, ReadResult
from gage.metrics.run_directory import OUTPUT_ATTRIBUTES_FILE, OUTPUT_EVENTS_SUFFIX
from gage.metrics.tf_writer import EventWriter
from gage.types.values import JSONValue

WORK_SECONDS = 0.25
"""Seconds of work at a time."""
FINISH_SECONDS = 10.0
"""Seconds of work at the end, for what a fast program printed before it ended."""
LAST_BYTES = 1 << 18
LAST_SECONDS = 2.0
"""At the end the last bytes are parsed even if there is no time for all before them, for at most these seconds."""
_LINE_END = re.compile(rb"\r?\n|\r")


class OutputMetrics:
    """The metrics in the output of one program, which comes through `queue`. The files are written to `directory`.

    `patterns`, `config` and `parameters` are those of `OutputParser`.
    """

    def __init__(
        self,
        queue: OutputQueue,
        directory: str,
        host: str,
        patterns: Mapping[str, str] | None = None,
        config: Mapping[str, JSONValue] | None = None,
        parameters: Iterable[str] = (),
    ) -> None:
        self.queue = queue
        self._parser = OutputParser(patterns, config, parameters)
        self._directory = directory
        self._host = host
        self._unfinished: dict[int, bytes] = {}
        self._rewritten: dict[int, tuple[tuple[PrintedValue, ...], int]] = {}
        """By stream: the values of a line that the next one may replace, as it ended with a carriage return."""
        self._writer: EventWriter | None = None
        self._attributes: dict[str, str] = {}
        self._new: list[MetricValue] = []

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what was found since the last call, like a reader of the files that this writes."""
        values, self._new = self._new, []
        return ReadResult(values, attributes=self._attributes)

    def remove_events(self) -> None:
        """Removes the event files of an earlier process, before all output is parsed again. Raises OSError."""
        for path in Path(self._directory).glob(f"events.out.tfevents.*{OUTPUT_EVENTS_SUFFIX}"):
            path.unlink()

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

    def finish(self, seconds: float = FINISH_SECONDS) -> None:
        """Parses what is left when the program has ended, with unfinished lines. Raises OSError."""
        if not self.parse_waiting(seconds):
            self.queue.skip_to(LAST_BYTES)
            self.parse_waiting(max(seconds, LAST_SECONDS))
        now = time.time_ns() // 1000
        for stream in {*self._unfinished, *self._rewritten}:
            self._split_lines(stream, b"\n", now)
        self._add_points(self._parser.finish().points, now)
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
        start = 0
        for end in _LINE_END.finditer(data):
            line, start, is_rewritten = data[start : end.start()], end.end(), end[0] == b"\r"
            if line or not is_rewritten:
                self._parse_line(stream, line.decode("utf-8", "replace"), when, is_rewritten)
        if rest := data[start:]:
            self._unfinished[stream] = rest[-MAX_RECORD_CHARS:]

    def _parse_line(self, stream: int, line: str, when: int, is_rewritten: bool) -> None:
        """Adds the values of a line. If a program draws a line again and again, only the last value of each step
        counts. Lines without values may come between, such as the bar of a validation within that of an epoch.
        """
        result = self._parser.parse_line(line)
        if is_rewritten and not result.points and not result.attributes:
            return
        previous, previous_when = self._rewritten.pop(stream, ((), 0))
        drawn_again = {(point.name, point.step) for point in result.points}
        self._add_points([point for point in previous if (point.name, point.step) not in drawn_again], previous_when)
        if is_rewritten:
            self._rewritten[stream] = result.points, when
        else:
            self._add_points(result.points, when)
        if result.attributes:
            self._attributes.update(result.attributes)
            write_atomic(os.path.join(self._directory, OUTPUT_ATTRIBUTES_FILE), json.dumps(self._attributes).encode())

    def _add_points(self, points: Sequence[PrintedValue], when: int) -> None:
        if not points:
            return
        seconds = when / 1e6
        if self._writer is None:
            name = f"events.out.tfevents.{when // 1_000_000:010d}.{self._host}{OUTPUT_EVENTS_SUFFIX}"
            self._writer = EventWriter(Path(self._directory, name))
        self._new += [MetricValue(name, step, seconds, value) for name, step, value in points]
        by_step: dict[int, dict[str, float]] = {}
        for point in points:
            by_step.setdefault(point.step, {})[point.name] = point.value
        for step, values in by_step.items():
            self._writer.add(step, seconds, values)
