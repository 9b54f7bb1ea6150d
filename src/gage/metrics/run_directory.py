"""The files below a run directory: which names Gage itself gives, and which directories are not searched."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

EVENT_FILE_MARK = "tfevents"
"""A name that contains this is an event file, as for TensorBoard."""
OUTPUT_EVENTS_SUFFIX = ".gage-output"
"""Suffix of the event file that Gage writes from what a program prints."""
OUTPUT_ATTRIBUTES_FILE = "output.attrs"
"""The file that Gage writes from the attributes that patterns find in what a program prints."""
SKIPPED_DIRECTORIES = frozenset(
    (".git", "__pycache__", "node_modules", ".venv", "venv", "site-packages", ".ipynb_checkpoints")
)
"""Directories that hold no logs, but many files."""
MAX_DEPTH = 64


def walk_files(run_dir: Path | str, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, os.stat_result]]:
    """Yields the files whose path, relative to the run directory, is wanted, in no particular order.

    Does not follow links. Skips directories that cannot be listed.
    """
    return _walk(os.fspath(run_dir), "", 0, is_wanted)


def _walk(
    directory: str, prefix: str, depth: int, is_wanted: Callable[[str], bool]
) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                path = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if depth < MAX_DEPTH and entry.name not in SKIPPED_DIRECTORIES:
                        yield from _walk(entry.path, f"{path}/", depth + 1, is_wanted)
                elif is_wanted(path) and entry.is_file(follow_symlinks=False):
                    yield path, entry.stat(follow_symlinks=False)
    except OSError:
        return
