"""Stops a run and all its processes. Only on this machine."""

import os
import signal
import time
from collections.abc import Callable

from gage.lib.processes import read_host_id, read_start_time
from gage.lib.times import now_us
from gage.store.meta import MetaReader
from gage.store.status import Lock, is_live
from gage.store.store import RunStore
from gage.types.errors import RunFailed
from gage.types.run import Run

MAX_WAIT_SECONDS = 10.0
"""Seconds that a run has to end by itself."""


def stop_run(
    store: RunStore, run: Run, wait: float = MAX_WAIT_SECONDS, notice: Callable[[str], None] = lambda _: None
) -> Run:
    """Asks the run to end, kills it after `wait` seconds, and returns its state afterwards.

    If the run's Gage process was killed, the remaining processes of the program are ended, and `notice` gets what was
    done.
    Raises RunFailed when the run is not running, runs on another machine, or cannot be ended.
    """
    lock = _read_lock(store, run)
    if lock is not None and lock.host != read_host_id() and run.status in ("running", "pending"):
        raise RunFailed(f"Run {run.name} runs on another machine: {lock.host}", f"On {lock.host}: gage stop {run.name}")
    if lock is not None and run.status in ("running", "pending") and is_live(lock, now_us()):
        _end_runner(lock, wait)
        _end_remaining(run.id)
        notice(f"Stopped {run.name}")
    elif run.status in ("running", "pending", "terminated") and (count := _end_remaining(run.id)):
        left = "a process that was left of its program" if count == 1 else f"{count} processes left of its program"
        notice(f"Run {run.name} had ended without Gage: stopped {left}")
    else:
        raise RunFailed(f"Run {run.name} is not running: it is {run.status}", f"Try: gage show {run.name}")
    return store.read(run.id)


def _read_lock(store: RunStore, run: Run) -> Lock | None:
    with MetaReader.open(store.get_paths(run.id)) as meta:
        return Lock.parse(meta.read("proc/lock"), meta.get_modified_us("proc/heartbeat"))


def _end_runner(lock: Lock, wait: float) -> None:
    """Signals the Gage process of the run: it forwards the first SIGTERM and kills the program at the second one."""
    for number, seconds in ((signal.SIGTERM, wait), (signal.SIGTERM, wait), (signal.SIGKILL, wait)):
        if not is_live(lock, now_us()):
            return
        try:
            os.kill(lock.pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            raise RunFailed(f"Process {lock.pid} belongs to another user", f"Try: sudo kill {lock.pid}") from None
        until = time.monotonic() + seconds
        while time.monotonic() < until and read_start_time(lock.pid) is not None and is_live(lock, now_us()):
            time.sleep(0.02)


def _end_remaining(id: str) -> int:
    """Ends all processes with the run's ID in their environment. Returns how many there were."""
    import psutil

    left = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("RUN_ID") == id:
                process.terminate()
                left.append(process)
        except psutil.Error:
            continue  # it has ended, or belongs to another user
    for process in psutil.wait_procs(left, timeout=2)[1]:
        try:
            process.kill()
        except psutil.Error:  # pragma: no cover - it has to end between the two calls
            pass
    return len(left)
