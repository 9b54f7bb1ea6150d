"""Writes files atomically, clones them, removes trees without following links, and checks names of files."""

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TEMP_PREFIX = ".tmp-"
"""The start of the name of an unfinished file."""

READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
"""Flags for reading a file that may be foreign: follows no link, and does not wait for a pipe."""
READ_DIR_FLAGS = READ_FLAGS | os.O_DIRECTORY
"""Flags for reading a directory that may be foreign."""
_CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FICLONE = 0x40049409
_CHUNK_BYTES = 1 << 20
_find_unsafe_name = re.compile(r"[\\\x00-\x1f\x7f]|\A/|\A\Z|//|\A[A-Za-z]:|(?:\A|/)\.{1,2}(?:/|\Z)").search
_TEXT_BYTES = bytes({7, 8, 9, 10, 12, 13, 27} | set(range(0x20, 0x100)) - {0x7F})


def write_atomic(path: Path | str, data: bytes, sync: bool = False, dir_fd: int | None = None) -> None:
    """Writes `data` to `path` so that a reader sees the old content or the new one, never a part.

    `path` is relative to the directory open at `dir_fd`, if there is one. `sync` waits until the data is on the disk.
    Raises OSError; then nothing has changed.
    """
    directory, name = os.path.split(path)
    aside = os.path.join(directory, f"{TEMP_PREFIX}{name[-60:]}-{os.urandom(6).hex()}")
    try:
        with open(os.open(aside, _CREATE_FLAGS, 0o666, dir_fd=dir_fd), "wb", buffering=0) as file:
            write_all(file.fileno(), data)
            if sync:
                os.fsync(file)
        os.replace(aside, path, src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
    except BaseException:
        unlink_quietly(aside, dir_fd)
        raise


def is_safe_name(name: str) -> bool:
    """Returns whether a relative path with slashes stays inside its directory on every system."""
    return not _find_unsafe_name(name)


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Writes all of `data`, in as many calls as the system needs."""
    done = os.write(fd, data)
    while done < len(data):
        done += os.write(fd, memoryview(data)[done:])


def clone_file(src: Path | str, dst: Path | str) -> None:
    """Creates `dst`, which must not exist, as a separate file with the content, time and mode of `src`.

    Shares blocks if the file system can, else copies and preserves holes. The owner may always write the copy.
    Raises OSError; then `dst` does not exist.
    """
    with open(src, "rb", buffering=0) as source:
        clone_open_file(source.fileno(), dst)


def clone_open_file(source: int, dst: Path | str) -> None:
    """Clones the file that is open for reading at the descriptor `source`, as `clone_file` does."""
    info = os.fstat(source)
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(dst))
    target = os.open(dst, _CREATE_FLAGS, info.st_mode & 0o777 | 0o200)
    try:
        with open(target, "wb", buffering=0):
            _copy_content(source, target, info.st_size)
        os.utime(dst, ns=(info.st_atime_ns, info.st_mtime_ns))
    except BaseException:
        unlink_quietly(dst)
        raise


def _copy_content(source: int, target: int, size: int) -> None:
    if size == 0 or _reflink(source, target):
        return
    for start, end in _data_ranges(source, size):
        _copy_range(source, target, start, end)
    os.ftruncate(target, size)


def _reflink(source: int, target: int) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def can_reflink(path: Path | str, directory: Path | str) -> bool:
    """Returns whether a copy of the file in `directory`, or in the nearest one above that exists, shares its blocks.

    Tries it with a file that has no name, so nothing can remain of it.
    """
    if not hasattr(os, "O_TMPFILE"):
        return False
    directory = os.path.abspath(directory)
    while not os.path.isdir(directory) and directory != os.path.dirname(directory):
        directory = os.path.dirname(directory)
    try:
        with (
            open(os.open(path, READ_FLAGS), "rb", buffering=0) as source,
            open(os.open(directory, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb", buffering=0) as target,
        ):
            return _reflink(source.fileno(), target.fileno())
    except OSError:
        return False


def _data_ranges(fd: int, size: int) -> Iterator[tuple[int, int]]:
    """Yields start and end of each range between the holes of a file; the whole file if the system cannot tell."""
    start = 0
    while start < size:
        try:
            start = os.lseek(fd, start, os.SEEK_DATA)
            end = os.lseek(fd, start, os.SEEK_HOLE)
        except OSError as e:
            if e.errno != errno.ENXIO:
                yield start, size
            return
        yield start, min(end, size)
        start = end


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    os.lseek(source, start, os.SEEK_SET)
    os.lseek(target, start, os.SEEK_SET)
    while start < end:
        done = _copy_chunk(source, target, min(end - start, _CHUNK_BYTES * 64))
        if not done:
            return
        start += done


def _copy_chunk(source: int, target: int, count: int) -> int:
    """Copies up to `count` bytes at the current positions: in the kernel if it can, else through memory."""
    try:
        return os.copy_file_range(source, target, count)
    except (AttributeError, OSError):
        pass  # not on this system, or not between these file systems
    data = os.read(source, min(count, _CHUNK_BYTES))
    if data:
        write_all(target, data)
    return len(data)


def open_inside(folder: int, name: str) -> int:
    """Returns a descriptor of the regular file `name` (with slashes) below the directory open at `folder`.

    Follows no link on the way, and does not wait for a pipe. Raises OSError; ELOOP and ENOTDIR may mean a link.
    """
    at = folder
    try:
        *folders, last = name.split("/")
        for each in folders:
            inner = os.open(each, READ_DIR_FLAGS, dir_fd=at)
            if at != folder:
                os.close(at)
            at = inner
        fd = os.open(last, READ_FLAGS, dir_fd=at)
    finally:
        if at != folder:
            os.close(at)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "Not a regular file", name)
    return fd


def is_inside(path: Path | str, directory: Path | str) -> bool:
    """Returns whether a path is below a directory when all links are followed."""
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(directory), ""))


def is_text_file(path: Path | str) -> bool:
    """Returns whether the first 8 KB of the file have no control characters but those of text."""
    with open(path, "rb") as file:
        return not file.read(8192).translate(None, _TEXT_BYTES)


def remove_tree(path: Path | str) -> None:
    """Removes a file, a link (never its target) or a directory with its content. Does nothing for a missing one.

    Makes read-only directories writable. Raises OSError for what cannot be removed.
    """
    if os.path.islink(path) or not os.path.isdir(path):
        unlink_quietly(path)
        return
    empty_dir(path)
    try:
        os.rmdir(path)
    except FileNotFoundError:
        pass  # another process removed it


def empty_dir(path: Path | str) -> None:
    """Removes the content of a directory, however deep, by descriptors, so that no link can redirect it.

    Raises OSError.
    """
    fd = _open_dir(path, None)
    above: list[tuple[str, os.stat_result]] = []
    try:
        while True:
            inner = _remove_entries(fd)
            if inner is not None:
                child = _open_dir(inner, fd)
                above.append((inner, os.fstat(fd)))
            elif above:
                child = os.open("..", READ_DIR_FLAGS, dir_fd=fd)
            else:
                return
            os.close(fd)
            fd = child
            if inner is None:
                name, parent = above.pop()
                if not os.path.samestat(parent, os.fstat(fd)):
                    raise OSError(errno.ESTALE, "A directory was moved while it was removed", name)
                with suppress(FileNotFoundError):  # another process removes it as well
                    os.rmdir(name, dir_fd=fd)
    finally:
        os.close(fd)


def _remove_entries(fd: int) -> str | None:
    """Removes files and empty directories until a directory has content: returns its name, None if all is removed."""
    if os.fstat(fd).st_mode & 0o700 != 0o700:
        with suppress(OSError):
            os.fchmod(fd, 0o700)
    is_removing = True
    while is_removing:
        is_removing = False
        with os.scandir(fd) as entries:
            for entry in entries:
                is_removing = True
                try:
                    if entry.is_dir(follow_symlinks=False):
                        os.rmdir(entry.name, dir_fd=fd)
                    else:
                        os.unlink(entry.name, dir_fd=fd)
                except FileNotFoundError:
                    pass  # another process removes it as well
                except OSError as e:
                    if e.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                        raise
                    return entry.name
    return None


def walk_dirs(top: Path | str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields what `os.walk` yields, from the top and in the same way, for directories of any depth."""
    pending = [os.fspath(top)]
    while pending:
        folder = pending.pop()
        folders: list[str] = []
        names: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    (folders if _is_dir(entry) else names).append(entry.name)
        except OSError:
            continue  # as `os.walk` does
        yield folder, folders, names
        paths = (os.path.join(folder, name) for name in reversed(folders))
        pending += [path for path in paths if not os.path.islink(path)]


def measure_files(top: Path | str, max_files: int) -> tuple[int, int, int] | None:
    """Returns the number and bytes of the files at or below a path, and the time of the latest change to one of them or
    their directories in ns; None for more than `max_files` files and directories, or if one cannot be read.
    """
    files = size = latest = seen = 0
    for folder, _, names in walk_dirs(top) if os.path.isdir(top) else [(os.fspath(top), [], [""])]:
        seen += 1 + len(names)
        if seen > max_files:
            return None
        try:
            info = [os.stat(path) for path in (folder, *(os.path.join(folder, name) for name in names if name))]
        except OSError:
            return None
        latest = max(latest, *(each.st_mtime_ns for each in info))
        of_files = [each for each in info if not stat.S_ISDIR(each.st_mode)]
        files, size = files + len(of_files), size + sum(each.st_size for each in of_files)
    return files, size, latest


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _open_dir(path: Path | str, parent: int | None) -> int:
    try:
        return os.open(path, READ_DIR_FLAGS, dir_fd=parent)
    except PermissionError:
        os.chmod(path, 0o700, dir_fd=parent)
        return os.open(path, READ_DIR_FLAGS, dir_fd=parent)


def unlink_quietly(path: Path | str, dir_fd: int | None = None) -> None:
    """Removes a file; an error, such as a missing file, is ignored."""
    try:
        os.unlink(path, dir_fd=dir_fd)
    except OSError:
        pass
