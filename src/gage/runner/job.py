"""One run being carried out: what every step gets. Knows the plan, the run's writing handle and who listens."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from gage.lib.times import format_iso, now_us
from gage.runner.metrics_thread import MetricsThread
from gage.runner.process import HEARTBEAT_SECONDS
from gage.runner.provenance import ProvenanceProbe
from gage.runner.signals import SignalState
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.events import Events
from gage.types.plan import RunPlan
from gage.types.run import ManifestEntry

_FILE_TIME_LAG_NS = 20_000_000
"""How far behind the clock the times of files may be."""


@dataclass(frozen=True, slots=True)
class UserStreams:
    """Which of the user's streams are terminals. With `has_keyboard`, what the user types is forwarded to the program.
    With `debugging`, Ctrl-C belongs to the program's debugger and does not end the run.
    """

    out_is_terminal: bool = False
    err_is_terminal: bool = False
    has_keyboard: bool = False
    debugging: bool = False

    @classmethod
    def of_process(cls, debugging: bool = False) -> "UserStreams":
        """Those of this process."""
        return cls(os.isatty(1), os.isatty(2), _is_foreground(), debugging)


def _is_foreground() -> bool:
    """Whether standard input is a terminal and this process is the one that it talks to."""
    if not os.isatty(0):
        return False
    from gage.runner.terminal import is_foreground

    return is_foreground()


@dataclass(frozen=True, slots=True)
class Job:
    """What a step works with.

    `author` is who asked for the run; `known` collects the manifest entries of files that were put into the run
    directory; `copied` the state (size, time in ns) of inputs right after they were copied; `ends` exit codes;
    `started` when the program was; `beats` when the last sign of life was given; `watching` looks at its metrics.
    """

    plan: RunPlan
    store: RunStore
    dir: MetaWriter
    events: Events
    streams: UserStreams
    provenance: ProvenanceProbe
    author: str = ""
    entries: dict[str, ManifestEntry] = field(default_factory=dict)
    copied_states: dict[str, tuple[int, int]] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    started: list[int] = field(default_factory=list)
    signals: SignalState = field(default_factory=SignalState)
    beats: list[float] = field(default_factory=list)
    metrics: MetricsThread = field(default_factory=MetricsThread)

    def is_newer(self, path: str, since: int) -> bool:
        """Whether a file of the run directory may have changed since then (µs since the epoch). False if it is gone."""
        try:
            return os.lstat(f"{self.dir.path}/{path}").st_ctime_ns >= since * 1000 - _FILE_TIME_LAG_NS
        except OSError:
            return False

    def report_progress(self, what: str, done: int, total: int) -> None:
        """Tell how far long work is, and other machines that the run goes on."""
        now = time.monotonic()
        if not self.beats or now - self.beats[-1] >= HEARTBEAT_SECONDS:
            self.beats[:] = [now]
            self.dir.renew_heartbeat()
        self.events.progress(what, done, total)

    def log(self, text: str) -> None:
        """Write a line to the run's own log. That it cannot be written ends no run."""
        try:
            self.dir.append("log/runner", f"{format_iso(now_us())} {text}\n")
        except StoreError:
            pass

    def working_dir(self, phase: str) -> str:
        """The folder that a command of a phase starts in: the program's own may be below the run directory."""
        top = str(self.dir.path)
        return os.path.join(top, self.plan.cwd) if self.plan.cwd and phase == "run" else top


Step = Callable[[Job], None]
