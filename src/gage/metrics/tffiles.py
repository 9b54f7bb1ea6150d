"""Which files of a run directory are TF event files."""

import os
from collections.abc import Iterator
from pathlib import Path

MARK = "tfevents"
DEEPEST = 64


def event_files(run_dir: Path | str) -> list[tuple[str, int]]:
    """The event files below `run_dir`, by path relative to it, with their sizes: folder by folder, by name in each.

    A name with `tfevents` in it makes an event file, as for TensorBoard. Links are not followed. What cannot be listed
    is passed over.
    """
    found = list(_walk(os.fspath(run_dir), "", 0))
    if len(found) > 1:
        found.sort()
    return [(below + name, size) for below, name, size in found]


def _walk(path: str, below: str, depth: int) -> Iterator[tuple[str, str, int]]:
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if MARK in entry.name and entry.is_file(follow_symlinks=False):
                    yield below, entry.name, entry.stat(follow_symlinks=False).st_size
                elif depth < DEEPEST and entry.is_dir(follow_symlinks=False):
                    yield from _walk(entry.path, f"{below}{entry.name}/", depth + 1)
    except OSError:
        return
