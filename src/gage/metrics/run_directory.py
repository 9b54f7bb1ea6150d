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
MAX_WATCHED_DIRECTORIES = 10_000


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


class FileWatch:
    """The files of a run directory as they appear. Lists a directory again only if it changed.

    `is_foreign` tells of a path in the run whether its file was not written by the run.
    """

    def __init__(self, run_dir: str, is_foreign: Callable[[str], bool]) -> None:
        self._root = run_dir
        self._is_foreign = is_foreign
        self._directories: dict[str, int] = {"": -1}

    def list_changed(self, thorough: bool = False) -> Iterator[str]:
        """Yields the files of the directories that changed since the last call; of all of them if it is `thorough`."""
        for directory in list(self._directories):
            try:
                stamp = os.stat(f"{self._root}/{directory}").st_mtime_ns
            except OSError:
                self._directories.pop(directory, None)
                continue
            if thorough or stamp != self._directories[directory]:
                yield from self._search(directory, stamp)

    def _search(self, directory: str, stamp: int) -> Iterator[str]:
        self._directories[directory] = stamp
        for path, _, is_directory in list_entries(self._root, directory):
            if is_directory and path not in self._directories:
                if len(self._directories) < MAX_WATCHED_DIRECTORIES:
                    with suppress(OSError):
                        yield from self._search(path, os.stat(f"{self._root}/{path}").st_mtime_ns)
            elif not is_directory and not self._is_foreign(path):
                yield path
