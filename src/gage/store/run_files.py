"""Finds and opens a file of a run by its relative path; refuses everything outside the run directory."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from gage.lib.files import READ_DIR_FLAGS, open_inside, walk_dirs
from gage.store.layout import REFERENCE_SUFFIX
from gage.types.errors import NotFound, StoreError, UsageError

MAX_PATH_BYTES = 2_048
MAX_NAME_BYTES = 240
"""Of one part of a path: a reference file has a longer name."""


def resolve_run_path(run_dir: Path, name: str) -> Path:
    """Returns the path of the file or directory `name` of a run, links resolved.

    Raises `UsageError` for a path that leads out of the run, `NotFound` if there is nothing.
    """
    parts = name.split("/")
    if not name or "\x00" in name or os.path.isabs(name) or ".." in parts:
        raise UsageError(f"{name!r} is not a path inside the run", "Use a path relative to the run directory")
    if len(os.fsencode(name)) > MAX_PATH_BYTES or max(map(len, map(os.fsencode, parts))) > MAX_NAME_BYTES:
        raise NotFound(f"The run has no file {name[:60]!r}…", f"A path has at most {MAX_PATH_BYTES:,} bytes")
    if run_dir.is_symlink() or not run_dir.is_dir():
        raise NotFound("The run directory is missing", "Its metadata may still exist: see 'gage show'")
    root, path = os.path.realpath(run_dir), os.path.realpath(run_dir / name)
    if path != root and not path.startswith(root + os.sep):
        raise StoreError(f"{name!r} is a symbolic link that points outside the run", "Gage does not follow it")
    if not os.path.lexists(path):
        raise NotFound(f"The run has no file {name!r}", _suggest_file(run_dir, name))
    return Path(path)


def open_run_file(run_dir: Path, name: str) -> BinaryIO:
    """Opens a regular file of a run for reading. Raises as `resolve_run_path`, and UsageError for other files."""
    path = resolve_run_path(run_dir, name)
    if path.is_dir():
        raise UsageError(f"{name!r} is a directory", f"Try: ls {run_dir / name}")
    try:
        # opens each directory on the way without following links: they may have changed since they were resolved
        root = os.open(os.path.realpath(run_dir), READ_DIR_FLAGS)
        try:
            return open(open_inside(root, os.path.relpath(path, os.path.realpath(run_dir))), "rb")
        finally:
            os.close(root)
    except OSError as error:
        if error.errno == errno.EINVAL or not _is_regular(path):
            raise UsageError(f"{name!r} is not a regular file", "Gage does not read it") from None
        raise StoreError(f"{name!r} cannot be read: {error.strerror}") from None


def _is_regular(path: Path) -> bool:
    """Returns whether a path leads to a regular file, not to a link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _suggest_file(run_dir: Path, name: str) -> str:
    if (run_dir / (name + REFERENCE_SUFFIX)).is_file():
        return f"It was a dependency that the run did not change; {name + REFERENCE_SUFFIX} records its origin"
    from gage.lib.suggest import find_closest

    paths: list[str] = []
    for directory, subdirectories, files in walk_dirs(run_dir):
        subdirectories.sort()
        relative = os.path.relpath(directory, run_dir)
        paths += [file if relative == "." else f"{relative}/{file}" for file in files]
        if len(paths) > 2000:
            break
    near = find_closest(name, paths)
    return f"Did you mean {near}?" if near else f"Its files are in {run_dir}"
