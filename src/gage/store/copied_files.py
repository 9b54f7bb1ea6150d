"""The record of copied dependencies, `copied.json`: path in the run → size and mtime of the copy. Tells which copies,
and so which files of an unfinished run, are as they were staged.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from gage.store import manifest
from gage.store.manifest import is_safe_path
from gage.types.run import ManifestEntry

CopiedStates = dict[str, tuple[int, int]]


def parse_copied_states(data: bytes | None) -> CopiedStates:
    """Returns size in bytes and mtime in ns of each copy. Leaves out what is invalid: the file may be foreign."""
    try:
        raw = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    states = {}
    for path, state in raw.items() if isinstance(raw, dict) else ():
        if is_safe_path(path) and isinstance(state, list) and [type(number) for number in state] == [int, int]:
            states[path] = (state[0], state[1])
    return states


def list_present(run_dir: Path, staged: Iterable[ManifestEntry], copied: CopiedStates) -> list[ManifestEntry]:
    """Returns the files that an unfinished run has now. Of those that are not as they were `staged`, the digest is "".

    A dependency that changed since it was `copied` is generated.
    """
    known = {entry.path: entry for entry in staged}
    present = []
    for path, size in manifest.walk_files(run_dir):
        if path in known:
            entry = known[path]
            present.append(entry if entry.size == size else entry._replace(digest="", size=size))
        elif is_safe_path(path):
            kind = "d" if path in copied and is_unchanged(run_dir / path, copied[path]) else "g"
            present.append(ManifestEntry(kind, "", size, path))
    return present


def is_unchanged(path: Path, copied: tuple[int, int]) -> bool:
    """Returns whether a file has the size and mtime with which it was copied."""
    try:
        info = os.lstat(path)
    except OSError:
        return False
    return (info.st_size, info.st_mtime_ns) == copied
