"""Updates `summaries/` of a run, and its system metrics, in a thread while the program runs.

Knows when to scan and where results are written. `metrics` knows what files and lines mean.
"""

import gc
import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from gage.lib.files import walk_dirs
from gage.metrics.output_queue import OutputQueue, can_have_metrics
from gage.store.meta_writer import MetaWriter, encode_json
from gage.store.output_log import OutputLine
from gage.types.errors import GageError
from gage.types.plan import RunPlan
from gage.types.run import Attribute
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.metrics.output_metrics import OutputMetrics
    from gage.metrics.run_scanner import RunScanner
    from gage.metrics.system_metrics import SystemSampler

FIRST_SCAN_SECONDS = 0.3
"""A program that ends earlier is scanned once, after its end, so that nothing competes with it for the processor, and
what reads metrics is only loaded if there can be any.
"""
SCAN_INTERVAL = 1.0
"""Seconds between scans. More if a scan is slow: scans use at most CPU_SHARE of the time, or MAX_CPU_SHARE as long as
they are at most TARGET_INTERVAL seconds apart.
"""
CPU_SHARE, MAX_CPU_SHARE = 0.05, 0.25
TARGET_INTERVAL = 1.2
MAX_INTERVAL = 30.0
LONG_SCAN_SECONDS = 0.1
"""A scan that takes longer has created many objects."""
SAMPLE_INTERVAL = 10.0
"""Seconds between samples of system metrics, unless GAGE_SYSTEM_METRICS sets another number (0: none)."""
SYSTEM_METRICS_FILE = "sys/usage.jsonl"


class MetricsThread:
    """Collects the metrics of one run from `start` to `finish`. Never raises: errors go to `log`, once each.

    `output` takes what the program writes. System metrics do not count the process `reader_pid`, which is Gage's own.
    """

    def __init__(self, plan: RunPlan, run: MetaWriter, log: Callable[[str], None]) -> None:
        self.output = OutputQueue()
        self.reader_pid = 0
        self._plan = plan
        self._run_dir = run
        self._log = log
        self._thread = threading.Thread(target=self._run, name="gage-metrics", daemon=True)
        self._stop = threading.Event()
        self._started_us = 0
        self._staged_states: dict[str, tuple[int, int]] = {}
        self._output_metrics: OutputMetrics | None = None
        self._scanner: RunScanner | None = None
        self._notes: dict[str, None] = {}
        self._metrics = b""
        self._attributes: dict[str, JSONValue] = {}

    def start(self, staged_paths: Iterable[str], started_us: int) -> None:
        """Starts the thread, just before the program. `staged_paths` are files that the program did not write."""
        self._started_us = started_us
        self._staged_states = {path: state for path in staged_paths if (state := self._read_state(path))}
        self._thread.start()

    def finish(self) -> list[str]:
        """Scans what is left after the program's end, writes the final summaries and returns all notes."""
        self._stop.set()
        self._thread.join()
        if self._scanner is not None or self._has_candidates():
            self._scan(final=True)
        return list(self._notes)

    def read_stored(self, staged_paths: Iterable[str], started_us: int, lines: Iterable[OutputLine]) -> None:
        """Reads all metrics of a run whose process was killed again, from its stored output and its files, and writes
        the final summaries. Raises OSError.
        """
        states = {path: self._read_state(path) for path in staged_paths}
        self._staged_states = {path: state for path, state in states.items() if state and state[0] < started_us * 1000}
        self._scanner = self._create_readers()
        if self._output_metrics is not None:
            self._output_metrics.remove_events()
            for i, line in enumerate(lines):
                self.output.put(line.stream, line.data + b"\n" * line.has_line_feed, line.when)
                if i % 1000 == 0:
                    self._output_metrics.parse_waiting(math.inf)
        self._scan(final=True)

    def _has_candidates(self) -> bool:
        """Returns whether there can be metrics: in the output, or in a file that the program wrote."""
        if not self.output.is_empty and (
            "output-summary" in self._plan.opdef or can_have_metrics(self.output.peek_all())
        ):
            return True
        top = self._run_dir.path
        paths = (os.path.join(directory, name) for directory, _, names in walk_dirs(top) for name in names)
        return any(not self._is_unchanged(os.path.relpath(path, top)) for path in paths)

    def _run(self) -> None:
        if self._stop.wait(FIRST_SCAN_SECONDS):
            return
        self._scan(final=False)
        pause = SCAN_INTERVAL
        sample_interval = read_sample_interval()
        sampled_at = time.monotonic()
        sampler: SystemSampler | None = None
        while not self._stop.wait(pause):
            began = time.thread_time()
            self._scan(final=False)
            if sample_interval and (sampler is None or time.monotonic() - sampled_at >= sample_interval):
                sampled_at = time.monotonic()
                sampler = self._sample(sampler)
            spent = time.thread_time() - began
            pause = min(pause_after(spent), 1.5 * pause)  # grows slowly: the first scan may take longer than the others
            if spent > LONG_SCAN_SECONDS:
                gc.freeze()  # collecting the objects of thousands of series would take a third of the time

    def _create_readers(self) -> "RunScanner":
        """Creates the readers of output and files."""
        from gage.lib.processes import read_host_id
        from gage.metrics.command_parameters import find_parameter_names
        from gage.metrics.output_metrics import OutputMetrics
        from gage.metrics.run_scanner import RunScanner

        patterns = parse_output_summary(self._plan.opdef.get("output-summary"))
        directory = str(self._run_dir.path)
        if patterns is not False:
            chosen = None if patterns is True else patterns
            words = self._plan.command.args or tuple(self._plan.command.shell.split())
            parameters = find_parameter_names(words, f"{directory}/{self._plan.cwd}")
            self._output_metrics = OutputMetrics(
                self.output, directory, read_host_id(), chosen, self._plan.config, parameters
            )
        return RunScanner(directory, self._is_unchanged, self._output_metrics)

    def _is_unchanged(self, path: str) -> bool:
        """Returns whether a file was staged and not written since: its content is not the program's."""
        return path in self._staged_states and self._read_state(path) == self._staged_states[path]

    def _read_state(self, path: str) -> tuple[int, int] | None:
        """Returns what changes when a file is written; None if it is gone."""
        try:
            info = os.lstat(f"{self._run_dir.path}/{path}")
        except OSError:
            return None
        return info.st_ctime_ns, info.st_size

    def _scan(self, final: bool) -> None:
        try:
            if self._scanner is None:
                self._scanner = self._create_readers()
            if self._output_metrics is not None:
                if final:
                    self._output_metrics.finish()
                else:
                    self._output_metrics.parse_waiting()
                self._log_once(self._output_metrics.notes())
            self._scanner.scan(final)
            self._log_once(self._scanner.notes)
            self._write(self._scanner)
        except OSError as e:
            self._log_once([f"Cannot read metrics: {e.strerror or e}"])
        except GageError as e:
            self._log_once([f"Cannot write metrics: {e.message}"])
        except Exception as e:  # a defect in a reader, or in a plugin, must not end the user's run
            self._log_once([f"Cannot read metrics: {type(e).__name__}: {e}"])

    def _sample(self, sampler: "SystemSampler | None") -> "SystemSampler":
        """Writes a sample of processor, memory and GPU use. The first sample only starts the measurement."""
        from gage.metrics.system_metrics import SystemSampler

        if sampler is None:
            sampler = SystemSampler(os.getpid(), str(self._run_dir.path), self._started_us / 1e6)
        try:
            figures = {name: round(value, 3) for name, value in sampler.sample(self.reader_pid).items()}
            self._run_dir.append(SYSTEM_METRICS_FILE, json.dumps({"time": round(time.time(), 3), **figures}) + "\n")
        except (OSError, GageError) as e:
            self._log_once([f"Cannot write system metrics: {e}"])
        return sampler

    def _write(self, scanner: "RunScanner") -> None:
        from gage.metrics.metrics_json import build_metrics_content
        from gage.store import summaries

        main = parse_main_metrics(self._plan.opdef.get("metrics"))
        content = build_metrics_content(scanner.series_stats(), scanner.numbers(), main)
        metrics = encode_json(content) if content else b""
        if metrics != self._metrics:
            self._run_dir.write(summaries.METRICS_MEMBER, metrics)
            self._metrics = metrics
        run_attributes = {name: Attribute(value, "run") for name, value in scanner.attributes().items()}
        attributes = summaries.encode_attributes({**self._plan.attributes, **run_attributes})
        if attributes and attributes != self._attributes:
            self._run_dir.write_json(summaries.ATTRIBUTES_MEMBER, attributes)
            self._attributes = attributes

    def _log_once(self, notes: list[str]) -> None:
        for note in notes:
            if note not in self._notes:
                self._notes[note] = None
                self._log(note)


def pause_after(spent: float) -> float:
    """Returns the seconds until the next scan after one that took `spent` seconds of processor time."""
    return min(max(SCAN_INTERVAL, spent / CPU_SHARE), max(TARGET_INTERVAL, spent / MAX_CPU_SHARE), MAX_INTERVAL)


def parse_main_metrics(setting: JSONValue) -> list[str]:
    """Returns the operation's main metrics, best first."""
    if isinstance(setting, str):
        return [setting]
    return [name for name in setting if isinstance(name, str)] if isinstance(setting, list | tuple | Mapping) else []


def read_sample_interval() -> float:
    """Returns the seconds between samples of system metrics; 0 for none."""
    text = os.environ.get("GAGE_SYSTEM_METRICS", "")
    try:
        return max(float(text), 0.0) if text else SAMPLE_INTERVAL
    except ValueError:
        return 0.0 if text.lower() in ("off", "no", "false") else SAMPLE_INTERVAL


def parse_output_summary(setting: JSONValue) -> "Mapping[str, str] | bool":
    """Returns an operation's `output-summary`: patterns by name, True for the default patterns, False for none."""
    if isinstance(setting, bool):
        return setting
    if isinstance(setting, str):
        return {"0": setting} if setting else False
    if isinstance(setting, Mapping):
        return {name: text for name, text in setting.items() if isinstance(text, str)}
    if isinstance(setting, (list, tuple)):
        return {str(i): text for i, text in enumerate(setting) if isinstance(text, str)}
    return True
