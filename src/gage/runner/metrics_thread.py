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
    from gage.runner.process import Writer

FIRST = 0.3
"""Seconds until the first look."""
EVERY = 1.0
"""Seconds between looks; more when a look takes long: at most SHARE of the time is spent on them, or MOST_SHARE where
that keeps looks no more than LATE seconds apart.
"""
SHARE, MOST_SHARE = 0.05, 0.25
LATE = 1.2
SLOWEST = 30.0
LONG = 0.1
"""Seconds that a look takes when there is much."""
MOST_WAITING = 16 << 20
"""Bytes of output that are kept until somebody can read them; the latest."""
SAMPLED_EVERY = 10.0
"""Seconds between samples of what the run takes of its machine, unless GAGE_SYSTEM_METRICS says otherwise (0: none)."""
SYSTEM = "sys/usage.jsonl"


class Watching:
    """Watches one run from `begin` to `end`. Never raises: what goes wrong is written to the run's log."""

    def __init__(self) -> None:
        self._job: Job | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._given: dict[str, tuple[int, int]] = {}
        self._pieces: deque[tuple[int, bytes, int]] = deque()
        self._waiting = 0
        self._lost = 0
        self._printed: OutputMetrics | None = None
        self._watch: RunScanner | None = None
        self._summary: MetricsJson | None = None
        self._told: dict[str, None] = {}
        self._metrics = ""
        self._attributes: dict[str, JSONValue] = {}

    def begin(self, job: "Job") -> None:
        """The program is about to start."""
        self._job = job
        self._given = {path: state for path in job.known if (state := _state(job, path))}
        self._thread = threading.Thread(target=self._go, name="gage-watch", daemon=True)
        self._thread.start()

    def hear(self, stream: int, data: bytes, when: int) -> None:
        """The program printed something, at µs since the epoch."""
        with self._lock:
            if self._printed is not None:
                self._printed.feed(stream, data, when)
                return
            self._pieces.append((stream, data, when))
            self._waiting += len(data)
            while self._waiting > MOST_WAITING and len(self._pieces) > 1:
                lost = len(self._pieces.popleft()[1])
                self._waiting, self._lost = self._waiting - lost, self._lost + lost

    def end(self) -> None:
        """The program has ended: read what is left and write the last word. Fine when nothing was begun."""
        if self._thread is None or self._job is None:
            return
        self._stop.set()
        self._thread.join()
        self._thread = None
        self._look(self._job, final=True)
        for note in self._told:
            self._job.events.notice(note)
        self._job = None

    def _go(self) -> None:
        job = self._job
        assert job is not None
        if self._stop.wait(FIRST):  # a program that is done by then has the machine for itself
            return
        self._look(job, final=False)
        pause = EVERY
        every = sampling()
        sampled = time.monotonic()
        sampler: SystemSampler | None = None
        while not self._stop.wait(pause):
            began = time.thread_time()
            self._look(job, final=False)
            if every and (sampler is None or time.monotonic() - sampled >= every):
                sampled = time.monotonic()
                sampler = self._sample(job, sampler)
            spent = time.thread_time() - began
            pause = min(
                pause_after(spent), 1.5 * pause
            )  # one look that took long, as the first may, is not yet a habit
            if spent > LONG:
                gc.freeze()  # else a third of the time goes into looking through what is kept of thousands of series

    def _prepare(self, job: "Job") -> None:
        """Load what is needed, while the program is starting."""
        from gage.lib.processes import read_host_id
        from gage.metrics.output_metrics import OutputMetrics
        from gage.metrics.run_scanner import RunScanner

        wanted = patterns(job.plan.opdef.get("output-summary"))
        folder = str(job.dir.path)
        if wanted is not False:
            printed = OutputMetrics(folder, read_host_id(), None if wanted is True else wanted, job.plan.config)
            with self._lock:
                printed.count_lost(self._lost)
                while self._pieces:
                    printed.feed(*self._pieces.popleft())
                self._printed = printed
        self._watch = RunScanner(folder, lambda path: self._is_given(job, path), self._printed)

    def _is_given(self, job: "Job", path: str) -> bool:
        """Whether a file was put into the run and is as it was: what it says is not said by the program."""
        return path in self._given and _state(job, path) == self._given[path]

    def _look(self, job: "Job", final: bool) -> None:
        try:
            if self._watch is None:
                self._prepare(job)
            if self._printed is not None:
                if final:
                    self._printed.finish()
                else:
                    self._printed.parse_waiting()
                self._note(job, self._printed.notes())
            if self._watch is not None:
                self._watch.scan(final)
                self._note(job, self._watch.notes)
                self._write(job, self._watch)
        except OSError as e:
            self._note(job, [f"Metrics cannot be read: {e.strerror or e}"])
        except GageError as e:
            self._note(job, [f"Metrics cannot be kept: {e.message}"])
        except Exception as e:  # whatever it is: it must not end the user's run
            self._note(job, [f"Metrics cannot be read: {type(e).__name__}: {e}"])

    def _sample(self, job: "Job", sampler: "SystemSampler | None") -> "SystemSampler":
        """Take a sample of what the run takes of its machine. The first one only begins."""
        from gage.metrics.system_metrics import SystemSampler

        if sampler is None:
            sampler = SystemSampler(os.getpid(), str(job.dir.path), job.started[-1] / 1e6)
        try:
            figures = {name: round(value, 3) for name, value in sampler.sample().items()}
            job.dir.append(SYSTEM, json.dumps({"time": round(time.time(), 3), **figures}) + "\n")
        except (OSError, GageError) as e:
            self._note(job, [f"What the run takes of its machine cannot be told: {e}"])
        return sampler

    def _write(self, job: "Job", watch: "RunScanner") -> None:
        from gage.metrics import metrics_json
        from gage.store import summaries

        found = {name: Attribute(value, "run") for name, value in watch.attributes().items()}
        attributes = summaries.told({**job.plan.attributes, **found})
        if self._summary is None:
            self._summary = metrics_json.MetricsJson(main_metrics(job.plan.opdef.get("metrics")))
        metrics = self._summary.render(watch.series_stats(), watch.numbers())
        if metrics != self._metrics:
            job.dir.write(summaries.METRICS, metrics)
            self._metrics = metrics
        if attributes and attributes != self._attributes:
            job.dir.write_json(summaries.ATTRIBUTES, attributes)
            self._attributes = attributes

    def _note(self, job: "Job", notes: list[str]) -> None:
        for note in notes:
            if note not in self._told:
                self._told[note] = None
                job.log(note)


def pause_after(spent: float) -> float:
    """Seconds until the next look after one that took so many seconds of processor time."""
    return min(max(EVERY, spent / SHARE), max(LATE, spent / MOST_SHARE), SLOWEST)


class Heard:
    """A writer of output that lets somebody hear it."""

    def __init__(self, writer: "Writer", watching: Watching) -> None:
        self._writer = writer
        self._watching = watching

    def write(self, stream: int, data: bytes, when: int) -> None:
        """Keep it and let it be heard. Raises OSError when it cannot be kept."""
        self._watching.hear(stream, data, when)
        self._writer.write(stream, data, when)

    def tick(self, now: int) -> None:
        """Time goes by."""
        self._writer.tick(now)

    def finish(self, when: int) -> None:
        """The program is done."""
        self._writer.finish(when)


def _state(job: "Job", path: str) -> tuple[int, int] | None:
    """What changes when a file is written; None when it is gone."""
    try:
        found = os.lstat(f"{job.dir.path}/{path}")
    except OSError:
        return None
    return found.st_ctime_ns, found.st_size


def main_metrics(setting: JSONValue) -> list[str]:
    """The metrics that an operation says matter, best first."""
    if isinstance(setting, str):
        return [setting]
    return [name for name in setting if isinstance(name, str)] if isinstance(setting, list | tuple | Mapping) else []


def sampling() -> float:
    """Seconds between samples of what a run takes of its machine; 0 for none."""
    said = os.environ.get("GAGE_SYSTEM_METRICS", "")
    try:
        return max(float(said), 0.0) if said else SAMPLED_EVERY
    except ValueError:
        return 0.0 if said.lower() in ("off", "no", "false") else SAMPLED_EVERY


def patterns(setting: JSONValue) -> "Mapping[str, str] | bool":
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
