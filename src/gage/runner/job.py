"""One run being carried out: what every step gets. Knows the plan, the run's writing handle and who listens."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from gage.lib.times import format_iso, now_us
from gage.runner.metrics_thread import Watching
from gage.runner.process import BEAT
from gage.runner.provenance import Inquiry
from gage.runner.signals import Told
from gage.store.rundir import RunDir
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.events import Events
from gage.types.plan import RunPlan
from gage.types.run import ManifestEntry

_CLOCK_NS = 20_000_000
"""How far behind the clock the times of files may be."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The user's streams: which are terminals. `keys` says that what the user types is handed on to the program;
    `debugging` that Ctrl-C is for its debugger, and ends no run.
    """

    out_is_terminal: bool = False
    err_is_terminal: bool = False
    keys: bool = False
    debugging: bool = False

    @classmethod
    def of_process(cls, debugging: bool = False) -> "Streams":
        """Those of this process."""
        return cls(os.isatty(1), os.isatty(2), _is_in_front(), debugging)


def _is_in_front() -> bool:
    """Whether standard input is a terminal and this process is the one that it talks to."""
    if not os.isatty(0):
        return False
    from gage.runner.terminal import is_in_front

    return is_in_front()


@dataclass(frozen=True, slots=True)
class Job:
    """What a step works with.

    `author` is who asked for the run; `known` collects the manifest entries of files that were put into the run
    directory; `copied` the state (size, time in ns) of inputs right after they were copied; `ends` exit codes;
    `started` when the program was; `beats` when the last sign of life was given; `watching` looks at its metrics.
    """

    plan: RunPlan
    store: RunStore
    dir: RunDir
    events: Events
    streams: Streams
    inquiry: Inquiry
    author: str = ""
    known: dict[str, ManifestEntry] = field(default_factory=dict)
    copied: dict[str, tuple[int, int]] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    started: list[int] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    beats: list[float] = field(default_factory=list)
    watching: Watching = field(default_factory=Watching)

    def is_newer(self, path: str, since: int) -> bool:
        """Whether a file of the run directory may have changed since then (µs since the epoch). False if it is gone."""
        try:
            return os.lstat(f"{self.dir.path}/{path}").st_ctime_ns >= since * 1000 - _CLOCK_NS
        except OSError:
            return False

    def progress(self, what: str, done: int, total: int) -> None:
        """Tell how far long work is, and other machines that the run goes on."""
        now = time.monotonic()
        if not self.beats or now - self.beats[-1] >= BEAT:
            self.beats[:] = [now]
            self.dir.beat()
        self.events.progress(what, done, total)

    def log(self, text: str) -> None:
        """Write a line to the run's own log. That it cannot be written ends no run."""
        try:
            self.dir.append("log/runner", f"{format_iso(now_us())} {text}\n")
        except StoreError:
            pass

    def folder_of(self, phase: str) -> str:
        """The folder that a command of a phase starts in: the program's own may be below the run directory."""
        top = str(self.dir.path)
        return os.path.join(top, self.plan.cwd) if self.plan.cwd and phase == "run" else top


Step = Callable[[Job], None]
