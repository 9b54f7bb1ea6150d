"""Locates a store's index: one file for each store in the user's cache directory. Knows nothing of its content."""

import os
import stat
from pathlib import Path

from gage.lib.cache import find_cache_dir

try:
    from _blake2 import blake2b  # what hashlib has, without the 3 ms that loading OpenSSL takes
except ImportError:  # pragma: no cover - only in a Python built without _blake2
    from hashlib import blake2b

REMOTE_FILE_SYSTEMS = tuple("nfs cifs smb lustre gpfs afs 9p fuse ceph beegfs ntfs3 vboxsf virtiofs".split())
"""Beginnings of the types of file systems that several machines can share: SQLite's shared memory fails there."""


def resolve_index_path(store: str, version: int) -> str | None:
    """Returns the path of the index of the store at `store`; None if there is no cache directory."""
    folder = find_cache_dir()
    if folder is None:
        return None
    digest = blake2b(os.fsencode(os.path.realpath(store)), digest_size=16).hexdigest()
    return f"{folder}/index/{digest}.{version}"


def create_private_file(path: str) -> bool:
    """Creates the file at `path` and its directories, readable by the user alone. Returns whether the file is new.

    Raises OSError; PermissionError also if the path is not a regular file of this user.
    """
    try:
        status = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        for folder in Path(path).parent.parent, Path(path).parent:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600))
        return True
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
        raise PermissionError(f"{path} is not a file of this user")
    return status.st_size == 0


def is_remote(path: str) -> bool:
    """Returns whether `path` is on a file system that several machines can share. False if unknown."""
    return read_file_system_type(path).startswith(REMOTE_FILE_SYSTEMS)


def read_file_system_type(path: str) -> str:
    """Returns the type of the file system of `path`, "unknown" if it cannot be read."""
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # pragma: no cover - only on macOS
        return "unknown"
    real = os.path.realpath(path) + "/"
    inside = [(len(at), kind) for _, at, kind, *_ in map(str.split, mounts) if real.startswith(at.rstrip("/") + "/")]
    return max(inside)[1] if inside else "unknown"
