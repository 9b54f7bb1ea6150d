"""Computes a run's status from its files. A run is running only while its process is alive."""

import json
from collections.abc import Container
from typing import NamedTuple

from gage.lib import processes
from gage.types.run import Status

SIGNAL_EXIT_CODES = frozenset((-1, -2, -9, -15, 129, 130, 137, 143))
MAX_HEARTBEAT_AGE_US = 180_000_000
_START_TOLERANCE_SECONDS = 0.5


class Lock(NamedTuple):
    """The process that executes a run: where it runs, and the time of its last heartbeat (µs, 0 = never).

    `inode` is that of the run's metadata directory: another one in a copy of the run (0 = unknown).
    """

    host: str
    boot: str
    pid: int
    start: float
    heartbeat: int = 0
    inode: int = 0

    @staticmethod
    def for_process(pid: int, inode: int = 0) -> "Lock":
        """Returns the lock of a process on this machine."""
        start = processes.read_start_time(pid) or 0.0
        return Lock(processes.read_host_id(), processes.read_boot_id(), pid, start, inode=inode)

    @staticmethod
    def parse(data: bytes | None, heartbeat: int | None) -> "Lock | None":
        """Returns the lock in a file; None if there is no file or it is not a lock."""
        try:
            value = json.loads(data or b"")
            where = str(value["host"]), str(value["boot"]), int(value["pid"]), float(value["start"])
            return Lock(*where, heartbeat or 0, int(value.get("inode", 0)))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None

    def format(self) -> bytes:
        """Returns the content of the lock file, for `parse`."""
        value = {"host": self.host, "boot": self.boot, "pid": self.pid, "start": self.start, "inode": self.inode}
        return json.dumps(value).encode()


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


def is_program_left(id: str, lock: Lock | None) -> bool:
    """Returns whether processes of the run's program live on this machine. Asked of a run whose Gage was killed."""
    is_here = lock is not None and lock.host == processes.read_host_id() and lock.boot == processes.read_boot_id()
    return is_here and processes.has_process_with_variable("RUN_ID", id)


def is_live(lock: Lock, now: int) -> bool:
    """Returns whether the process that holds the lock is alive; on another host, whether its heartbeat is recent."""
    if lock.host != processes.read_host_id():
        return abs(now - lock.heartbeat) < MAX_HEARTBEAT_AGE_US  # one from the future is no sign of life
    if lock.boot != processes.read_boot_id():
        return False
    start = processes.read_start_time(lock.pid)
    return start is not None and abs(start - lock.start) < _START_TOLERANCE_SECONDS
