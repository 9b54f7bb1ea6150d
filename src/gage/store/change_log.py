"""The change log: tells a reader that it has seen every change, without listing the store.

Every writer on this machine records the runs that it changed, with the modification time of the store's directory
before and after. If these times lead from the one that a reader knows to the present one, the reader has seen every
change; if not, another tool changed the store.
"""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from gage.lib.files import READ_FLAGS, TEMP_PREFIX, write_all, write_atomic
from gage.store.layout import CHANGE_LOG, is_run_id

MAX_LOG_BYTES = 1 << 20
_OWN_TIME_AGE_NS = 10_000_000_000
RECENT_NS = 3_000_000_000


class LogPosition(NamedTuple):
    """A reader's position in the change log: the directory's time in ns, the inode of the log and an offset in it."""

    time: int
    log: int
    offset: int


class ChangesSince(NamedTuple):
    """The changes since a position.

    `ids` are the runs that Gage changed. `is_complete`: nothing else changed; otherwise list the store and look at each
    run. `position` is where to continue next time. It was taken before this answer, so a change made meanwhile is
    reported again. It is None if the directory's time is too recent to differ from that of the next change: then the
    next reader must list the store, too.
    """

    ids: frozenset[str]
    is_complete: bool
    position: LogPosition | None


def read_dir_time(root: Path) -> int:
    """Returns the directory's time: take it right before a change, pass it to `record_changes` right after."""
    return os.stat(root).st_mtime_ns


def record_changes(root: Path, ids: list[str], before: int) -> None:
    """Records that the runs `ids` were changed since `before`.

    Never raises. If the log cannot be written, the directory's time is changed, so that readers list the store.
    """
    try:
        _append(root, ids, before)
    except OSError:
        _break_chain(root)


def apply_and_record(root: Path, id: str, change: Callable[[], None]) -> None:
    """Makes one small change of the run `id` in the store's directory and records it. Raises what `change` raises."""
    before = read_dir_time(root)
    change()
    record_changes(root, [id], before)


def read_changes(root: Path, since: LogPosition | None) -> ChangesSince:
    """Returns the changes since `since` (None: unknown). Raises OSError if the store cannot be read."""
    for wait in (0.0005, 0.002, 0.0):
        now = read_dir_time(root)
        log = _read_log(root, since)
        ids, end = _follow_chain(log.text, since.time if since else now)
        still = read_dir_time(root) == now
        whole = since is not None and still and log.is_same_log and end == now
        if whole or (since is None and still):
            break
        time.sleep(wait)  # a writer may be between the change and its note
    settled = whole or (still and abs(time.time_ns() - now) > RECENT_NS)
    return ChangesSince(ids, whole, LogPosition(now, log.inode, log.end) if settled else None)


def _append(root: Path, ids: list[str], before: int) -> None:
    path = root / CHANGE_LOG
    fd = _open_log(path)
    try:
        after = _set_own_time(root, before)
        lines = [f"{ids[0]} {before} {after}\n", *(f"{id} {after} {after}\n" for id in ids[1:])]
        data = "".join(lines).encode()
        write_all(fd, data)
        replaced = os.fstat(fd).st_nlink == 0
    finally:
        os.close(fd)
    if replaced:
        fd = _open_log(path)
        try:
            write_all(fd, data)
        finally:
            os.close(fd)


def _open_log(path: Path) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | READ_FLAGS
    fd = os.open(path, flags, 0o666)
    if os.fstat(fd).st_size <= MAX_LOG_BYTES:
        return fd
    os.close(fd)
    write_atomic(path, b"")
    return os.open(path, flags, 0o666)


def _set_own_time(root: Path, before: int) -> int:
    """Sets the directory's time, if it changed, to one that no other change will ever set. Returns the time.

    It lies a little in the past, so it differs from later times on file systems that count whole seconds.
    """
    status = os.stat(root)
    if status.st_mtime_ns == before:
        return before
    os.utime(root, ns=(status.st_atime_ns, time.time_ns() - _OWN_TIME_AGE_NS))
    return os.stat(root).st_mtime_ns


def _break_chain(root: Path) -> None:
    """Changes the directory's time, for which the right to write in it is enough."""
    aside = root / f"{TEMP_PREFIX}{os.urandom(6).hex()}"
    try:
        os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | READ_FLAGS, 0o600))
        os.unlink(aside)
    except OSError:
        pass  # without the right to write, no entry was changed


class _LogTail(NamedTuple):
    """The new part of the log. `inode` 0: there is no log. `is_same_log`: it is the log that the reader knows."""

    inode: int
    end: int
    text: bytes
    is_same_log: bool


def _read_log(root: Path, since: LogPosition | None) -> _LogTail:
    nothing = _LogTail(0, 0, b"", since is not None and since.log == 0)
    try:
        fd = os.open(root / CHANGE_LOG, READ_FLAGS)
    except OSError:
        return nothing
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return nothing
        if since is None or since.log not in (0, status.st_ino) or since.offset > status.st_size:
            return _LogTail(status.st_ino, status.st_size, b"", False)
        os.lseek(fd, since.offset, os.SEEK_SET)
        text = os.read(fd, 4 * MAX_LOG_BYTES)
        return _LogTail(status.st_ino, since.offset + len(text), text, True)
    finally:
        os.close(fd)


def _follow_chain(text: bytes, start: int) -> tuple[frozenset[str], int]:
    """Returns the changed runs, and the time to which the changes lead from `start` (-1: the chain is broken)."""
    ids: set[str] = set()
    steps: dict[int, int] = {}
    broken = bool(text) and not text.endswith(b"\n")
    for line in text.decode("ascii", "replace").splitlines():
        words = line.split()
        if len(words) != 3 or not is_run_id(words[0]) or not (words[1] + words[2]).isdigit() or len(line) > 100:
            broken = True
            continue
        ids.add(words[0])
        before, after = int(words[1]), int(words[2])
        if before != after:
            broken |= before in steps
            steps[before] = after
    while steps and start in steps:
        start = steps.pop(start)
    return frozenset(ids), -1 if broken or steps else start
