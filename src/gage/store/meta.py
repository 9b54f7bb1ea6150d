"""Reads a run's metadata from its directory or its zip. Knows members by name, not what they mean."""

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from gage.lib.files import READ_DIR_FLAGS, TEMP_PREFIX, is_safe_name, open_inside
from gage.lib.zipread import BadZip, Bookmark, ZipReader
from gage.store.layout import META_ZIP, RunPaths
from gage.types.errors import NotFound, StoreError
from gage.types.values import JSONValue

MAX_PARSED_BYTES = 64 << 20
"""The most bytes that a member may have that is parsed as a whole."""

_MAX_MEMBERS = 100_000


class MetaReader(ABC):
    """The members of one run's metadata. Close it, or use it in a `with`.

    Every method raises StoreError for metadata that is damaged, cannot be read, or is malicious.
    """

    sealed = False
    """Whether this is the metadata zip, which never changes."""

    @staticmethod
    def open(paths: RunPaths) -> "MetaReader":
        """Opens the metadata of a run: the zip, else the directory. Raises NotFound if there is neither.

        A damaged zip beside a directory is ignored: the directory has the same members.
        """
        try:
            return ZipMetaReader(paths.base + META_ZIP)
        except FileNotFoundError:
            pass
        except (OSError, StoreError) as e:
            try:
                return DirMetaReader(paths.meta_dir)
            except (OSError, StoreError):
                raise _to_store_error(e) from None
        try:
            return DirMetaReader(paths.meta_dir)
        except FileNotFoundError:
            raise NotFound(f"No run {paths.id}", "Try: gage list") from None
        except OSError as e:
            raise _to_store_error(e) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Closes the files."""

    @abstractmethod
    def list_names(self) -> list[str]:
        """Returns the names of all members."""

    @abstractmethod
    def read(self, name: str, limit: int = MAX_PARSED_BYTES) -> bytes | None:
        """Returns a member's bytes, None if there is none. StoreError if it has over `limit` bytes."""

    @abstractmethod
    def read_head(self, name: str, count: int) -> bytes | None:
        """Returns a member's first `count` bytes at most."""

    def read_tail(self, name: str, count: int) -> bytes:
        """Returns a member's last `count` bytes at most, unchecked; b"" if there is no such member."""
        tail = b""
        for piece in self.iter_chunks(name):
            tail = (tail + piece)[-count:]
        return tail

    @abstractmethod
    def iter_chunks(self, name: str) -> Iterator[bytes]:
        """Yields a member's bytes in pieces, in constant memory. Nothing if there is no such member."""

    @abstractmethod
    def read_part(self, name: str, first: int, count: int, bookmarks: list[Bookmark]) -> bytes:
        """Returns up to `count` bytes of a member from `first` on, unchecked; b"" if there is no such member.

        Pass the same list of `bookmarks` for each part of a member of the same file: they make it fast.
        """

    @abstractmethod
    def get_size(self, name: str) -> int | None:
        """Returns a member's size in bytes, None if there is none."""

    def check_layout(self) -> None:
        """Raises StoreError for members that share bytes, or would take hours to read."""
        return

    def get_modified_us(self, name: str) -> int | None:
        """Returns when a member of a directory was last written, in µs since the epoch; None if unknown."""
        return None

    def read_json(self, name: str) -> JSONValue:
        """Returns a JSON member's value, None if there is none."""
        data = self.read(name)
        return None if data is None else parse_json(data, name)

    def read_text(self, name: str) -> str | None:
        """Returns a text member, with replacement characters for bytes that are not UTF-8; None if there is none."""
        data = self.read(name)
        return None if data is None else data.decode("utf-8", "replace")


class ZipMetaReader(MetaReader):
    """Metadata in a zip."""

    sealed = True

    def __init__(self, path: Path | str) -> None:
        with _convert_bad_zip():
            self._zip = ZipReader(path)

    def close(self) -> None:
        """Closes the zip."""
        self._zip.close()

    def list_names(self) -> list[str]:
        """Returns the names of all members."""
        return self._zip.list_names()

    def check_layout(self) -> None:
        """Raises StoreError for members that share bytes, or would take hours to read."""
        with _convert_bad_zip():
            self._zip.check_layout()

    def read(self, name: str, limit: int = MAX_PARSED_BYTES) -> bytes | None:
        """Returns a member's bytes, None if there is none. StoreError if it has over `limit` bytes."""
        with _convert_bad_zip():
            return self._zip.read(name, limit)

    def read_head(self, name: str, count: int) -> bytes | None:
        """Returns a member's first `count` bytes at most."""
        with _convert_bad_zip():
            return self._zip.read_head(name, count)

    def iter_chunks(self, name: str) -> Iterator[bytes]:
        """Yields a member's bytes in pieces, in constant memory. Nothing if there is no such member."""
        with _convert_bad_zip():
            yield from self._zip.iter_chunks(name)

    def read_part(self, name: str, first: int, count: int, bookmarks: list[Bookmark]) -> bytes:
        """Returns up to `count` bytes of a member from `first` on, unchecked; b"" if there is no such member."""
        with _convert_bad_zip():
            return self._zip.read_part(name, first, count, bookmarks)

    def get_size(self, name: str) -> int | None:
        """Returns a member's size in bytes, None if there is none."""
        return self._zip.get_size(name)


class DirMetaReader(MetaReader):
    """Metadata in a directory. Follows no link, opens only regular files."""

    def __init__(self, path: Path | str) -> None:
        self._fd = os.open(path, READ_DIR_FLAGS)

    def close(self) -> None:
        """Closes the directory."""
        os.close(self._fd)

    def list_names(self) -> list[str]:
        """Returns the names of all members."""
        try:
            return sorted(_iter_names(self._fd, ""))
        except OSError as e:
            raise _to_store_error(e) from None

    def read(self, name: str, limit: int = MAX_PARSED_BYTES) -> bytes | None:
        """Returns a member's bytes, None if there is none. StoreError if it has over `limit` bytes."""
        with self._open(name) as fd:
            if fd is None:
                return None
            size = os.fstat(fd).st_size
            if size > limit:
                raise StoreError(f"{name} is over {limit >> 20} MB")
            return _read_up_to(fd, size)

    def read_head(self, name: str, count: int) -> bytes | None:
        """Returns a member's first `count` bytes at most."""
        with self._open(name) as fd:
            return None if fd is None else _read_up_to(fd, count)

    def read_tail(self, name: str, count: int) -> bytes:
        """Returns a member's last `count` bytes at most, unchecked; b"" if there is no such member."""
        with self._open(name) as fd:
            return b"" if fd is None else os.pread(fd, count, max(0, os.fstat(fd).st_size - count))

    def iter_chunks(self, name: str) -> Iterator[bytes]:
        """Yields a member's bytes in pieces, in constant memory. Nothing if there is no such member."""
        with self._open(name) as fd:
            while fd is not None and (data := os.read(fd, 1 << 18)):
                yield data

    def read_part(self, name: str, first: int, count: int, bookmarks: list[Bookmark]) -> bytes:
        """Returns up to `count` bytes of a member from `first` on; b"" if there is no such member. No bookmarks."""
        with self._open(name) as fd:
            return b"" if fd is None else os.pread(fd, count, first)

    def get_size(self, name: str) -> int | None:
        """Returns a member's size in bytes, None if there is none."""
        status = self._stat(name)
        return None if status is None else status.st_size

    def get_modified_us(self, name: str) -> int | None:
        """Returns when a member was last written, in µs since the epoch; None if there is none."""
        status = self._stat(name)
        return None if status is None else status.st_mtime_ns // 1000

    def _stat(self, name: str) -> os.stat_result | None:
        with self._open(name) as fd:
            return None if fd is None else os.fstat(fd)

    @contextmanager
    def _open(self, name: str) -> Iterator[int | None]:
        """Opens a member as `open_member` does, and closes it at the end."""
        fd = self.open_member(name)
        try:
            yield fd
        finally:
            if fd is not None:
                os.close(fd)

    def open_member(self, name: str) -> int | None:
        """Returns a descriptor of the regular file `name`, None if there is none. Follows no link on the way.

        The caller closes it.
        """
        if not is_safe_name(name):
            raise StoreError(f"Unsafe name {name[:60]!r}")
        try:
            return open_inside(self._fd, name)
        except FileNotFoundError:
            return None
        except OSError as e:
            raise StoreError(f"{name} cannot be read: {e.strerror}") from None


@contextmanager
def _convert_bad_zip() -> Iterator[None]:
    """Raises StoreError for a damaged zip."""
    try:
        yield
    except BadZip as e:
        raise StoreError(f"The metadata zip is damaged: {e}") from None


def parse_json(data: bytes, name: str) -> JSONValue:
    """Returns the value of JSON text. Raises StoreError, which names `name`, if it is not JSON.

    Lone surrogates, which JSON can express and UTF-8 cannot, become replacement characters.
    """
    try:
        text = data.decode()
        value: JSONValue = json.loads(text)
        return value if "\\ud" not in text.lower() else _replace_surrogates(value)
    except (ValueError, RecursionError):
        raise StoreError(f"{name} is not JSON") from None


def _replace_surrogates(value: JSONValue) -> JSONValue:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {str(_replace_surrogates(key)): _replace_surrogates(item) for key, item in value.items()}
    return value


def _iter_names(fd: int, prefix: str) -> Iterator[str]:
    with os.scandir(fd) as entries:
        listed = [(e.name, e.is_dir(follow_symlinks=False)) for _, e in zip(range(_MAX_MEMBERS), entries, strict=False)]
    for name, is_folder in listed:
        if is_folder and prefix.count("/") < 8:
            child = os.open(name, READ_DIR_FLAGS, dir_fd=fd)
            try:
                yield from _iter_names(child, f"{prefix}{name}/")
            finally:
                os.close(child)
        elif not is_folder and not name.startswith(TEMP_PREFIX):
            yield prefix + name


def _read_up_to(fd: int, count: int) -> bytes:
    data = os.read(fd, count)
    if len(data) == count or not data:
        return data
    parts = [data]
    left = count - len(data)
    while left and (data := os.read(fd, left)):
        parts.append(data)
        left -= len(data)
    return b"".join(parts)


def _to_store_error(error: OSError | StoreError) -> StoreError:
    if isinstance(error, StoreError):
        return error
    return StoreError(f"Metadata cannot be read: {error.strerror}")
