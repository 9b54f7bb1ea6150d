"""Computes a run's status from its files. A run is running only while its process is alive."""

import json
from collections.abc import Container
from typing import NamedTuple

from gage.lib import processes
from gage.types.run import Status

SIGNAL_EXIT_CODES = frozenset((-1, -2, -9, -15, 129, 130, 137, 143))
MAX_HEARTBEAT_AGE_US = 120_000_000
_START_TOLERANCE_SECONDS = 0.5


class Lock(NamedTuple):
    """The process that executes a run: where it runs, and the time of its last heartbeat (µs, 0 = never)."""

    host: str
    boot: str
    pid: int
    start: float
    heartbeat: int = 0

    @staticmethod
    def for_process(pid: int) -> "Lock":
        """Returns the lock of a process on this machine."""
        return Lock(processes.read_host_id(), processes.read_boot_id(), pid, processes.read_start_time(pid) or 0.0)

    @staticmethod
    def parse(data: bytes | None, heartbeat: int | None) -> "Lock | None":
        """Returns the lock in a file; None if there is no file or it is not a lock."""
        try:
            value = json.loads(data or b"")
            return Lock(
                str(value["host"]), str(value["boot"]), int(value["pid"]), float(value["start"]), heartbeat or 0
            )
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None

    def format(self) -> bytes:
        """Returns the content of the lock file, for `parse`."""
        return json.dumps({"host": self.host, "boot": self.boot, "pid": self.pid, "start": self.start}).encode()


def compute_status(marks: Container[str], exit: int | None, lock: Lock | None, now: int) -> Status:
    """Returns the status of a run whose metadata can be read.

    `marks` are the names of the markers that exist (`staged`, `started`, `stopped`); `now` is in µs since the epoch.
    """
    if "stopped" in marks:
        if exit == 0:
            return "completed"
        return "terminated" if exit in SIGNAL_EXIT_CODES else "error"
    if lock is not None and is_live(lock, now):
        return "running" if "started" in marks else "pending"
    if "staged" in marks and "started" not in marks:
        return "staged"
    return "terminated"


def describe_lost_process(lock: Lock | None) -> str:
    """Returns why a run has ended although its process did not write so."""
    if lock is not None and lock.host != processes.read_host_id():
        return f"no sign of life from {lock.host}"
    if lock is not None and lock.boot != processes.read_boot_id():
        return "its machine was restarted"
    return "Gage was killed"


def is_live(lock: Lock, now: int) -> bool:
    """Returns whether the process that holds the lock is alive; on another host, whether its heartbeat is recent."""
    if lock.host != processes.read_host_id():
        return now - lock.heartbeat < MAX_HEARTBEAT_AGE_US
    if lock.boot != processes.read_boot_id():
        return False
    start = processes.read_start_time(lock.pid)
    return start is not None and abs(start - lock.start) < _START_TOLERANCE_SECONDS
