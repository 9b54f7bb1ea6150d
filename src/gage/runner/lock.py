"""Which process carries a run: its lock, its first heartbeat, and some room on the disk for the run's end."""

import os

from gage.lib.files import TEMP_PREFIX
from gage.lib.run_names import name_from_id
from gage.store.meta_writer import MetaWriter
from gage.store.status import Lock
from gage.store.store import RunStore
from gage.types.errors import RunFailed

_RESERVE_FILE = f"{TEMP_PREFIX}reserve"
_RESERVE_BYTES = 1 << 17


def claim_run(run: MetaWriter) -> None:
    """Take a run for this process. Raises StoreError."""
    run.write("proc/lock", Lock.for_process(os.getpid()).format())
    run.renew_heartbeat()
    _reserve(run)


def claim_staged_run(store: RunStore, run: MetaWriter) -> None:
    """Take a staged run for this process. Raises RunFailed when another one has it, or had it."""
    with open(run.paths.meta_dir / "plan.json", "rb") as turn:
        try:
            import fcntl

            fcntl.flock(turn, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass  # no such locks here: two who start a run within the same millisecond are not told apart
        status = store.read(run.id).status
        if status != "staged":
            name = name_from_id(run.id)
            raise RunFailed(f"Run {name} cannot be started: it is {status}", f"Try: gage show {name}")
        claim_run(run)


def release_run(run: MetaWriter) -> None:
    """Leave a staged run to whoever starts it. Raises StoreError."""
    release_reserve(run)
    run.remove("proc/heartbeat")
    run.remove("proc/lock")


def _reserve(run: MetaWriter) -> None:
    """Keep some room on the disk for the end of the run: the program may fill the rest."""
    try:
        fd = os.open(run.paths.meta_dir / _RESERVE_FILE, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(fd, 0, _RESERVE_BYTES)
        finally:
            os.close(fd)
    except (OSError, AttributeError):
        pass  # none to spare, or no way to ask for it


def release_reserve(run: MetaWriter) -> None:
    """Use the room that was kept: the run ends."""
    try:
        os.unlink(run.paths.meta_dir / _RESERVE_FILE)
    except OSError:
        pass
