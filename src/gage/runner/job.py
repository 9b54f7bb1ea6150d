"""A run that is being carried out: the argument of every step, with the plan, the metadata writer and the events."""

import os
import time
from collections.abc import Callable
from threading import Thread

from gage.lib.times import format_iso, now_us
from gage.runner.metrics_thread import MetricsThread
from gage.runner.process import HEARTBEAT_SECONDS
from gage.runner.provenance import ProvenanceProbe
from gage.runner.signals import SignalState
from gage.runner.stdio import UserStreams
from gage.store.meta_writer import MetaWriter
from gage.store.output_log import OutputWriter
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.events import Events
from gage.types.plan import RunPlan
from gage.types.run import ManifestEntry

_FILE_TIME_LAG_NS = 20_000_000
"""Delay of file times behind the clock, at most."""


class Job:
    """The state that the steps of a run share and change.

    `entries` are the manifest entries of files that Gage put into the run directory. `copied_states` are the size and
    mtime (ns) of dependencies right after they were copied. `started_us` is when the program was started, `exit_code`
    how the run ended; both are None until then. `reason` is why it did not complete, "" if it did. `author` is who
    asked for the run. `writers` are those of the output of the phases that have ended. `provenance_writer` writes
    provenance while the program runs; `has_provenance`: all of it is written.
    """

    def __init__(
        self,
        plan: RunPlan,
        store: RunStore,
        dir: MetaWriter,
        events: Events,
        streams: UserStreams,
        provenance: ProvenanceProbe,
        author: str = "",
    ) -> None:
        self.plan = plan
        self.store = store
        self.dir = dir
        self.events = events
        self.streams = streams
        self.provenance = provenance
        self.author = author
        self.entries: dict[str, ManifestEntry] = {}
        self.copied_states: dict[str, tuple[int, int]] = {}
        self.started_us: int | None = None
        self.exit_code: int | None = None
        self.reason = ""
        self.writers: dict[str, OutputWriter] = {}
        self.signals = SignalState()
        self.metrics: MetricsThread | None = None
        self.provenance_writer: Thread | None = None
        self.has_provenance = False
        self._last_heartbeat: float | None = None

    def is_newer(self, path: str, since_us: int) -> bool:
        """Returns whether a file of the run directory may have changed since then. False if it is gone."""
        try:
            return os.lstat(f"{self.dir.path}/{path}").st_ctime_ns >= since_us * 1000 - _FILE_TIME_LAG_NS
        except OSError:
            return False

    def report_progress(self, activity: str, done: int, total: int) -> None:
        """Tells the user how far a long activity is, and other machines that the run is alive."""
        now = time.monotonic()
        if self._last_heartbeat is None or now - self._last_heartbeat >= HEARTBEAT_SECONDS:
            self._last_heartbeat = now
            self.dir.renew_heartbeat()
        self.events.progress(activity, done, total)

    def log(self, text: str) -> None:
        """Writes a line to the run's own log."""
        try:
            self.dir.append("log/runner", f"{format_iso(now_us())} {text}\n")
        except StoreError:
            pass  # a full disk must not end the run

    def working_dir(self, phase: str) -> str:
        """Returns where a command of a phase starts: the program may start below the run directory."""
        top = str(self.dir.path)
        return os.path.join(top, self.plan.cwd) if self.plan.cwd and phase == "run" else top


Step = Callable[[Job], None]
