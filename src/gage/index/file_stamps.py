"""What of a run lies in the store's folder, and stamps that tell whether it has changed. Reads no content."""

import os
import time
from collections.abc import Container

from gage.store import layout

SUFFIXES = layout.INDEXED_SUFFIXES
PART_BITS = {suffix: 1 << i for i, suffix in enumerate(SUFFIXES)}
ID_LENGTH = 36

MISSING = -1
"""The stamp of what is not there."""
UNCERTAIN = 0
"""The stamp of what changed so lately that the next change could look the same; equal to no other."""

RECENT_NS = 1_000_000_000
"""Within this time two changes may get the same time from the file system."""


def parse_entry_name(name: str) -> tuple[str, int]:
    """The run ID and the part's bit of an entry of the store's folder; ("", 0) when it is nothing of a run."""
    bit = PART_BITS.get(name[ID_LENGTH:], 0)
    return (name[:ID_LENGTH], bit) if bit and layout.is_run_id(name[:ID_LENGTH]) else ("", 0)


def parts_from_names(names: Container[str], id: str) -> int:
    """Which parts of a run are among `names`, as bits."""
    return sum(bit for suffix, bit in PART_BITS.items() if id + suffix in names)


def find_parts(root: str, id: str) -> int:
    """Which parts of a run are in the store's folder, as bits."""
    return sum(bit for suffix, bit in PART_BITS.items() if os.path.lexists(f"{root}/{id}{suffix}"))


def stamp_user_attrs(root: str, id: str, parts: int) -> int:
    """Changes with every user attribute that is written, by whoever; marks of old stores are such, too."""
    user = stamp_path(f"{root}/{id}{layout.USER}") if parts & PART_BITS[layout.USER] else MISSING
    if not parts & PART_BITS[layout.MOVE_MARKS]:
        return user
    moved = stamp_path(f"{root}/{id}{layout.MOVE_MARKS}")
    return UNCERTAIN if UNCERTAIN in (user, moved) else _hash_numbers(user, moved)


def stamp_meta(root: str, id: str, parts: int) -> int:
    """Changes when meta is replaced."""
    sealed = parts & PART_BITS[layout.META_ZIP]
    return stamp_path(f"{root}/{id}{layout.META_ZIP if sealed else layout.META}")


def stamp_liveness(root: str, id: str) -> int:
    """Changes when an unfinished run that no process carries goes on: a marker, a lock, a heartbeat."""
    found = [stamp_path(f"{root}/{id}{part}") for part in layout.LIVENESS_PATHS]
    return UNCERTAIN if UNCERTAIN in found else _hash_numbers(*found)


def stamp_path(path: str) -> int:
    """A number for the state of a file or folder: another one after every change, also one that puts
    times back as they were. `UNSURE` and `MISSING` are as they say.
    """
    try:
        found = os.stat(path)
    except OSError:
        return MISSING
    if is_recent(found):
        return UNCERTAIN
    return _hash_numbers(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def is_recent(found: os.stat_result) -> bool:
    """Whether the next change may still get the same time."""
    changed = found.st_mtime_ns if os.name == "nt" else found.st_ctime_ns
    return time.time_ns() - changed < RECENT_NS


def _hash_numbers(*numbers: int) -> int:
    """One positive number of 62 bits."""
    return (hash(numbers) & (1 << 62) - 1) + 1
