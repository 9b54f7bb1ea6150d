"""The records of what was copied into a run: source code, dependencies, and files of the run that it resumes. Tells
which copies, and so which files of an unfinished run, are as they were staged.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gage.store import manifest
from gage.store.manifest import is_safe_path
from gage.types.run import ManifestEntry
from gage.types.values import JSONValue, as_list, as_table

if TYPE_CHECKING:
    from gage.store.meta import MetaReader  # only for types: a run loads what reads zips later

CopiedStates = dict[str, tuple[int, int]]

MAX_LINKED_FILES = 2_000
"""Files whose sizes and times are looked at, of those that a link out of the project leads to."""


def parse_copied_states(data: bytes | None) -> CopiedStates:
    """Returns size in bytes and mtime in ns of each copy, as `copied.json` lists them. Leaves out what is invalid: the
    file may be foreign.
    """
    try:
        raw = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    states = {}
    for path, state in raw.items() if isinstance(raw, dict) else ():
        if is_safe_path(path) and isinstance(state, list) and [type(number) for number in state] == [int, int]:
            states[path] = (state[0], state[1])
    return states


def parse_source_files(recorded: JSONValue) -> dict[str, str] | None:
    """Returns path → digest of the source files that `sourcecode.json` lists; None if it lists none."""
    rows = as_table(recorded).get("files")
    return {str(row[0]): str(row[2]) for row in map(as_list, rows) if len(row) == 3} if isinstance(rows, list) else None


def parse_source_sizes(recorded: JSONValue) -> dict[str, int]:
    """Returns path → size in bytes of the source files that `sourcecode.json` lists."""
    rows = map(as_list, as_list(as_table(recorded).get("files")))
    return {str(row[0]): row[1] for row in rows if len(row) == 3 and isinstance(row[1], int)}


def parse_resumed_paths(recorded: JSONValue) -> frozenset[str]:
    """Returns the files that `resumed.json` lists: those that the run took from the one that it resumes."""
    return frozenset(str(row[0]) for row in map(as_list, as_list(as_table(recorded).get("files"))) if row)


def list_present(run_dir: Path, staged: Iterable[ManifestEntry], copied: CopiedStates) -> list[ManifestEntry]:
    """Returns the files that an unfinished run has now. Of those that are not as they were `staged`, the digest is "".

    A dependency that changed since it was `copied`, and source code of another size, are generated.
    """
    known = {entry.path: entry for entry in staged}
    present = []
    for path, size in manifest.walk_files(run_dir):
        if path in known:
            entry = known[path]
            changed = entry._replace(kind="g" if entry.kind == "s" else entry.kind, digest="", size=size)
            present.append(entry if entry.size == size else changed)
        elif is_safe_path(path):
            kind = "d" if path in copied and is_unchanged(run_dir / path, copied[path]) else "g"
            present.append(ManifestEntry(kind, "", size, path))
    return present


def read_files(meta: "MetaReader", run_dir: Path) -> list[ManifestEntry]:
    """Returns the files of the manifest; of a run that is not sealed, those that are there now. Raises StoreError."""
    data = meta.read("manifest")
    schema = 1 if meta.get_size("__schema__") is not None else 2
    entries = manifest.parse(data, schema) if data else []
    if schema == 2 and not meta.sealed and run_dir.is_dir():
        return list_present(run_dir, entries, parse_copied_states(meta.read("copied.json")))
    return entries


def is_unchanged(path: Path, copied: tuple[int, int]) -> bool:
    """Returns whether a file has the size and mtime with which it was copied."""
    try:
        info = os.lstat(path)
    except OSError:
        return False
    return (info.st_size, info.st_mtime_ns) == copied
