"""The lock of a run: which process runs it. Also its first heartbeat, and disk space reserved for the run's end."""

import errno
import fcntl
import os

from gage.lib.files import TEMP_PREFIX
from gage.lib.uuid7 import name_from_id
from gage.store.meta_writer import MetaWriter
from gage.store.status import Lock
from gage.store.store import RunStore
from gage.types.errors import RunFailed
from gage.types.events import Events

_RESERVE_FILE = f"{TEMP_PREFIX}reserve"
_RESERVE_BYTES = 1 << 17
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


def claim_run(run: MetaWriter) -> None:
    """Claims a run for this process. Raises StoreError."""
    run.write("proc/lock", Lock.for_process(os.getpid(), os.stat(run.paths.meta_dir).st_ino).format())
    run.renew_heartbeat()
    _reserve_space(run)


def claim_staged_run(store: RunStore, run: MetaWriter, events: Events, locked_member: str = "plan.json") -> None:
    """Claims a staged run for this process. Raises RunFailed when another process runs it, or ran it."""
    with open(run.paths.meta_dir / locked_member, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as e:
            if e.errno not in _NO_LOCKS:
                raise
            events.notice("The file system does not support locks: do not start this run twice at the same time")
        status = store.read(run.id).status
        if status != "staged":
            name = name_from_id(run.id)
            raise RunFailed(f"Cannot start run {name}: it is {status}", f"Try: gage show {name}")
        claim_run(run)


def release_run(run: MetaWriter) -> None:
    """Leaves a staged run to the process that starts it. Raises StoreError."""
    release_reserve(run)
    run.remove("proc/heartbeat")
    run.remove("proc/lock")


def _reserve_space(run: MetaWriter) -> None:
    """Reserves disk space for the end of the run, since the program may fill the disk."""
    try:
        fd = os.open(run.paths.meta_dir / _RESERVE_FILE, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(fd, 0, _RESERVE_BYTES)
        finally:
            os.close(fd)
    except (OSError, AttributeError):
        pass  # the disk is full already, or the system cannot reserve space (macOS)


def release_reserve(run: MetaWriter) -> None:
    """Frees the reserved disk space: the run ends."""
    try:
        os.unlink(run.paths.meta_dir / _RESERVE_FILE)
    except OSError:
        pass  # nothing was reserved
