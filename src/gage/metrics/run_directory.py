"""The files below a run directory: which names Gage itself gives, and which directories are not searched."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
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
    root = os.fspath(run_dir)
    directories = [("", 0)]
    while directories:
        directory, depth = directories.pop()
        for path, entry, is_directory in list_entries(root, directory):
            if is_directory and depth < MAX_DEPTH:
                directories.append((path, depth + 1))
            elif not is_directory and is_wanted(path):
                with suppress(OSError):
                    yield path, entry.stat(follow_symlinks=False)


def list_entries(run_dir: str, directory: str) -> Iterator[tuple[str, "os.DirEntry[str]", bool]]:
    """Yields the files and directories in a directory of the run: path in the run, entry, "is a directory".

    Leaves out links, which may lead anywhere, and `SKIPPED_DIRECTORIES`. Stops where the directory cannot be read.
    """
    prefix = f"{directory}/" if directory else ""
    try:
        with os.scandir(f"{run_dir}/{directory}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED_DIRECTORIES:
                        yield prefix + entry.name, entry, True
                elif entry.is_file(follow_symlinks=False):
                    yield prefix + entry.name, entry, False
    except OSError:
        return
