"""What of a run lies in the store's folder, and stamps that tell whether it has changed. Reads no content."""

import os
import time
from collections.abc import Container

from gage.store import layout

SUFFIXES = layout.INDEXED_SUFFIXES
BIT = {suffix: 1 << i for i, suffix in enumerate(SUFFIXES)}
ID_LENGTH = 36

MISSING = -1
"""The stamp of what is not there."""
UNSURE = 0
"""The stamp of what changed so lately that the next change could look the same; equal to no other."""

RECENT_NS = 1_000_000_000
"""Within this time two changes may get the same time from the file system."""


def parse(name: str) -> tuple[str, int]:
    """The run ID and the part's bit of an entry of the store's folder; ("", 0) when it is nothing of a run."""
    bit = BIT.get(name[ID_LENGTH:], 0)
    return (name[:ID_LENGTH], bit) if bit and layout.is_run_id(name[:ID_LENGTH]) else ("", 0)


def parts_in(names: Container[str], id: str) -> int:
    """Which parts of a run are among `names`, as bits."""
    return sum(bit for suffix, bit in BIT.items() if id + suffix in names)


def parts_on_disk(root: str, id: str) -> int:
    """Which parts of a run are in the store's folder, as bits."""
    return sum(bit for suffix, bit in BIT.items() if os.path.lexists(f"{root}/{id}{suffix}"))


def user_stamp(root: str, id: str, parts: int) -> int:
    """Changes with every user attribute that is written, by whoever; marks of old stores are such, too."""
    user = stamp(f"{root}/{id}{layout.USER}") if parts & BIT[layout.USER] else MISSING
    if not parts & BIT[layout.MOVED]:
        return user
    moved = stamp(f"{root}/{id}{layout.MOVED}")
    return UNSURE if UNSURE in (user, moved) else _mix(user, moved)


def meta_stamp(root: str, id: str, parts: int) -> int:
    """Changes when meta is replaced."""
    sealed = parts & BIT[layout.META_ZIP]
    return stamp(f"{root}/{id}{layout.META_ZIP if sealed else layout.META}")


def watch_stamp(root: str, id: str) -> int:
    """Changes when an unfinished run that no process carries goes on: a marker, a lock, a heartbeat."""
    found = [stamp(f"{root}/{id}{part}") for part in layout.WATCHED]
    return UNSURE if UNSURE in found else _mix(*found)


def stamp(path: str) -> int:
    """A number for the state of a file or folder: another one after every change, also one that puts
    times back as they were. `UNSURE` and `MISSING` are as they say.
    """
    try:
        found = os.stat(path)
    except OSError:
        return MISSING
    if is_recent(found):
        return UNSURE
    return _mix(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def is_recent(found: os.stat_result) -> bool:
    """Whether the next change may still get the same time."""
    changed = found.st_mtime_ns if os.name == "nt" else found.st_ctime_ns
    return time.time_ns() - changed < RECENT_NS


def _mix(*numbers: int) -> int:
    """One positive number of 62 bits."""
    return (hash(numbers) & (1 << 62) - 1) + 1
