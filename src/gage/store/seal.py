"""Seals a run: its metadata directory becomes a zip that never changes again.

The process can be killed between any two steps: the run then has its directory or its zip, whole.
"""

import os
from collections.abc import Mapping
from typing import BinaryIO

from gage.lib.files import TEMP_PREFIX, empty_dir, unlink_quietly
from gage.lib.zipwrite import ZipWriter
from gage.store import change_log
from gage.store.layout import PARTIAL_SUFFIX, RunPaths
from gage.store.meta import DirMetaReader

UNSEALED_MEMBERS = ("proc/lock", "proc/heartbeat")
"""Members that only mean something while a run runs."""

_MAX_IN_MEMORY_BYTES = 1 << 20


def seal_run(paths: RunPaths, members: Mapping[str, bytes], growing: Mapping[str, BinaryIO], inherited: bool) -> None:
    """Writes the zip under a temporary name, flushes it, makes it the run's metadata, and removes the directory.

    `members` are those in memory, `growing` those in open files; with `inherited` the directory has more. Raises
    OSError or StoreError; then the directory is still the run's metadata. If another process sealed the run first, its
    zip stays.
    """
    temp_zip = f"{paths.meta_dir}/{TEMP_PREFIX}seal-{os.urandom(6).hex()}"
    fd = os.open(temp_zip, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            _write_members(ZipWriter(fd), paths, members, growing, inherited)
            os.fsync(fd)
        finally:
            os.close(fd)
        change_log.apply_and_record(paths.root, paths.id, lambda: _put_in_place(temp_zip, paths))
    finally:
        unlink_quietly(temp_zip)
    remove_meta_dir(paths)


def remove_meta_dir(paths: RunPaths) -> None:
    """Removes the metadata directory of a sealed run. Readers ignore what cannot be removed."""
    try:
        empty_dir(paths.meta_dir)
        change_log.apply_and_record(paths.root, paths.id, lambda: os.rmdir(paths.meta_dir))
    except OSError:
        pass  # `gage check --repair` removes it


def _write_members(
    archive: ZipWriter, paths: RunPaths, members: Mapping[str, bytes], growing: Mapping[str, BinaryIO], inherited: bool
) -> None:
    """Writes big members first, the smallest last: one read of the end then gives all that a listing needs."""
    small = {name: data for name, data in members.items() if _is_sealed_member(name)}
    for name, file in growing.items():
        _add_open_file(archive, name, file.fileno(), small)
    if inherited:
        with DirMetaReader(paths.meta_dir) as folder:
            for name in folder.list_names():
                if _is_sealed_member(name) and name not in members and name not in growing:
                    _add_member(archive, folder, name, small)
    for name in sorted(small, key=lambda name: (-len(small[name]), name)):
        archive.add(name, small[name])
    archive.finish()


def _is_sealed_member(name: str) -> bool:
    return name not in UNSEALED_MEMBERS and not name.endswith(PARTIAL_SUFFIX)


def _add_member(archive: ZipWriter, folder: DirMetaReader, name: str, small: dict[str, bytes]) -> None:
    fd = folder.open_member(name)
    if fd is None:
        return
    try:
        _add_open_file(archive, name, fd, small)
    finally:
        os.close(fd)


def _add_open_file(archive: ZipWriter, name: str, fd: int, small: dict[str, bytes]) -> None:
    size = os.fstat(fd).st_size
    if size <= _MAX_IN_MEMORY_BYTES:
        small[name] = os.pread(fd, size, 0)
    else:
        archive.add_file(name, fd)


def _put_in_place(temp_zip: str, paths: RunPaths) -> None:
    """Gives the zip its name unless there is one already: a link, unlike a rename, replaces nothing."""
    try:
        os.link(temp_zip, paths.meta_zip)
    except FileExistsError:
        pass  # another process sealed it first
    except OSError:
        # no hard links here (FAT, some network mounts)
        if os.path.lexists(paths.meta_zip):
            return
        os.rename(temp_zip, paths.meta_zip)
