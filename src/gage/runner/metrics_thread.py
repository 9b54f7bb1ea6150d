"""Keeps `summaries/` of a run true while its program runs, in a thread beside it, and its own use of the machine.

Knows when to look and where it is written down. What files and lines mean is the business of `metrics`.
"""

import gc
import json
import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gage.types.errors import GageError
from gage.types.run import Attribute
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.metrics.metrics_json import MetricsJson
    from gage.metrics.output_metrics import OutputMetrics
    from gage.metrics.run_scanner import RunScanner
    from gage.metrics.system_metrics import SystemSampler
    from gage.runner.job import Job
    from gage.runner.process import OutputSink

FIRST_SCAN_SECONDS = 0.3
"""Seconds until the first look."""
SCAN_INTERVAL = 1.0
"""Seconds between looks; more when a look takes long: at most SHARE of the time is spent on them, or MOST_SHARE where
that keeps looks no more than LATE seconds apart.
"""
CPU_SHARE, MAX_CPU_SHARE = 0.05, 0.25
TARGET_INTERVAL = 1.2
MAX_INTERVAL = 30.0
LONG_SCAN_SECONDS = 0.1
"""Seconds that a look takes when there is much."""
MAX_QUEUED_BYTES = 16 << 20
"""Bytes of output that are kept until somebody can read them; the latest."""
SAMPLE_INTERVAL = 10.0
"""Seconds between samples of what the run takes of its machine, unless GAGE_SYSTEM_METRICS says otherwise (0: none)."""
SYSTEM_METRICS_FILE = "sys/usage.jsonl"


class MetricsThread:
    """Watches one run from `begin` to `end`. Never raises: what goes wrong is written to the run's log."""

    def __init__(self) -> None:
        self._job: Job | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._staged_states: dict[str, tuple[int, int]] = {}
        self._queued: deque[tuple[int, bytes, int]] = deque()
        self._queued_bytes = 0
        self._dropped_bytes = 0
        self._output_metrics: OutputMetrics | None = None
        self._scanner: RunScanner | None = None
        self._summary: MetricsJson | None = None
        self._notes: dict[str, None] = {}
        self._metrics = ""
        self._attributes: dict[str, JSONValue] = {}

    def start(self, job: "Job") -> None:
        """The program is about to start."""
        self._job = job
        self._staged_states = {path: state for path in job.entries if (state := _file_state(job, path))}
        self._thread = threading.Thread(target=self._run, name="gage-watch", daemon=True)
        self._thread.start()

    def add_output(self, stream: int, data: bytes, when: int) -> None:
        """The program printed something, at µs since the epoch."""
        with self._lock:
            if self._output_metrics is not None:
                self._output_metrics.feed(stream, data, when)
                return
            self._queued.append((stream, data, when))
            self._queued_bytes += len(data)
            while self._queued_bytes > MAX_QUEUED_BYTES and len(self._queued) > 1:
                lost = len(self._queued.popleft()[1])
                self._queued_bytes, self._dropped_bytes = self._queued_bytes - lost, self._dropped_bytes + lost

    def finish(self) -> None:
        """The program has ended: read what is left and write the last word. Fine when nothing was begun."""
        if self._thread is None or self._job is None:
            return
        self._stop.set()
        self._thread.join()
        self._thread = None
        self._scan(self._job, final=True)
        for note in self._notes:
            self._job.events.notice(note)
        self._job = None

    def _run(self) -> None:
        job = self._job
        assert job is not None
        if self._stop.wait(FIRST_SCAN_SECONDS):  # a program that is done by then has the machine for itself
            return
        self._scan(job, final=False)
        pause = SCAN_INTERVAL
        every = read_sample_interval()
        sampled = time.monotonic()
        sampler: SystemSampler | None = None
        while not self._stop.wait(pause):
            began = time.thread_time()
            self._scan(job, final=False)
            if every and (sampler is None or time.monotonic() - sampled >= every):
                sampled = time.monotonic()
                sampler = self._sample(job, sampler)
            spent = time.thread_time() - began
            pause = min(
                pause_after(spent), 1.5 * pause
            )  # one look that took long, as the first may, is not yet a habit
            if spent > LONG_SCAN_SECONDS:
                gc.freeze()  # else a third of the time goes into looking through what is kept of thousands of series

    def _create_readers(self, job: "Job") -> None:
        """Load what is needed, while the program is starting."""
        from gage.lib.processes import read_host_id
        from gage.metrics.output_metrics import OutputMetrics
        from gage.metrics.run_scanner import RunScanner

        wanted = parse_output_summary(job.plan.opdef.get("output-summary"))
        folder = str(job.dir.path)
        if wanted is not False:
            printed = OutputMetrics(folder, read_host_id(), None if wanted is True else wanted, job.plan.config)
            with self._lock:
                printed.count_lost(self._dropped_bytes)
                while self._queued:
                    printed.feed(*self._queued.popleft())
                self._output_metrics = printed
        self._scanner = RunScanner(folder, lambda path: self._is_unchanged(job, path), self._output_metrics)

    def _is_unchanged(self, job: "Job", path: str) -> bool:
        """Whether a file was put into the run and is as it was: what it says is not said by the program."""
        return path in self._staged_states and _file_state(job, path) == self._staged_states[path]

    def _scan(self, job: "Job", final: bool) -> None:
        try:
            if self._scanner is None:
                self._create_readers(job)
            if self._output_metrics is not None:
                if final:
                    self._output_metrics.finish()
                else:
                    self._output_metrics.parse_waiting()
                self._log_once(job, self._output_metrics.notes())
            if self._scanner is not None:
                self._scanner.scan(final)
                self._log_once(job, self._scanner.notes)
                self._write(job, self._scanner)
        except OSError as e:
            self._log_once(job, [f"Metrics cannot be read: {e.strerror or e}"])
        except GageError as e:
            self._log_once(job, [f"Metrics cannot be kept: {e.message}"])
        except Exception as e:  # whatever it is: it must not end the user's run
            self._log_once(job, [f"Metrics cannot be read: {type(e).__name__}: {e}"])

    def _sample(self, job: "Job", sampler: "SystemSampler | None") -> "SystemSampler":
        """Take a sample of what the run takes of its machine. The first one only begins."""
        from gage.metrics.system_metrics import SystemSampler

        if sampler is None:
            sampler = SystemSampler(os.getpid(), str(job.dir.path), job.started[-1] / 1e6)
        try:
            figures = {name: round(value, 3) for name, value in sampler.sample().items()}
            job.dir.append(SYSTEM_METRICS_FILE, json.dumps({"time": round(time.time(), 3), **figures}) + "\n")
        except (OSError, GageError) as e:
            self._log_once(job, [f"What the run takes of its machine cannot be told: {e}"])
        return sampler

    def _write(self, job: "Job", watch: "RunScanner") -> None:
        from gage.metrics import metrics_json
        from gage.store import summaries

        found = {name: Attribute(value, "run") for name, value in watch.attributes().items()}
        attributes = summaries.attributes_to_json({**job.plan.attributes, **found})
        if self._summary is None:
            self._summary = metrics_json.MetricsJson(parse_main_metrics(job.plan.opdef.get("metrics")))
        metrics = self._summary.render(watch.series_stats(), watch.numbers())
        if metrics != self._metrics:
            job.dir.write(summaries.METRICS_MEMBER, metrics)
            self._metrics = metrics
        if attributes and attributes != self._attributes:
            job.dir.write_json(summaries.ATTRIBUTES_MEMBER, attributes)
            self._attributes = attributes

    def _log_once(self, job: "Job", notes: list[str]) -> None:
        for note in notes:
            if note not in self._notes:
                self._notes[note] = None
                job.log(note)


def pause_after(spent: float) -> float:
    """Seconds until the next look after one that took so many seconds of processor time."""
    return min(max(SCAN_INTERVAL, spent / CPU_SHARE), max(TARGET_INTERVAL, spent / MAX_CPU_SHARE), MAX_INTERVAL)


class MetricsTee:
    """A writer of output that lets somebody hear it."""

    def __init__(self, writer: "OutputSink", watching: MetricsThread) -> None:
        self._writer = writer
        self._watching = watching

    def write(self, stream: int, data: bytes, when: int) -> None:
        """Keep it and let it be heard. Raises OSError when it cannot be kept."""
        self._watching.add_output(stream, data, when)
        self._writer.write(stream, data, when)

    def tick(self, now: int) -> None:
        """Time goes by."""
        self._writer.tick(now)

    def finish(self, when: int) -> None:
        """The program is done."""
        self._writer.finish(when)


def _file_state(job: "Job", path: str) -> tuple[int, int] | None:
    """What changes when a file is written; None when it is gone."""
    try:
        found = os.lstat(f"{job.dir.path}/{path}")
    except OSError:
        return None
    return found.st_ctime_ns, found.st_size


def parse_main_metrics(setting: JSONValue) -> list[str]:
    """The metrics that an operation says matter, best first."""
    if isinstance(setting, str):
        return [setting]
    return [name for name in setting if isinstance(name, str)] if isinstance(setting, list | tuple | Mapping) else []


def read_sample_interval() -> float:
    """Seconds between samples of what a run takes of its machine; 0 for none."""
    said = os.environ.get("GAGE_SYSTEM_METRICS", "")
    try:
        return max(float(said), 0.0) if said else SAMPLE_INTERVAL
    except ValueError:
        return 0.0 if said.lower() in ("off", "no", "false") else SAMPLE_INTERVAL


def parse_output_summary(setting: JSONValue) -> "Mapping[str, str] | bool":
    """What `output-summary` of an operation says: patterns by name, True for the usual, False for none."""
    if isinstance(setting, bool):
        return setting
    if isinstance(setting, str):
        return {"0": setting} if setting else False
    if isinstance(setting, Mapping):
        return {name: text for name, text in setting.items() if isinstance(text, str)}
    if isinstance(setting, (list, tuple)):
        return {str(i): text for i, text in enumerate(setting) if isinstance(text, str)}
    return True
