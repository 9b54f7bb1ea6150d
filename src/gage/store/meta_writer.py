"""Writes the metadata of an unfinished run. Nothing else does.

It remembers what it wrote and holds growing files open, so that it can seal the run without opening them again.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from gage.lib.files import is_safe_name, write_all, write_atomic
from gage.lib.times import now_us
from gage.lib.uuid7 import name_from_id
from gage.store import change_log
from gage.store.layout import PARTIAL_SUFFIX, RunPaths
from gage.store.output_log import OutputWriter
from gage.store.store import RunStore, convert_write_errors
from gage.types.errors import NotFound, StoreError
from gage.types.values import JSONValue, replace_non_finite


class MetaWriter:
    """Writes the metadata directory of one run. Made by `create` or `open`.

    Every method raises StoreError if the store cannot be written.
    """

    def __init__(self, store: RunStore, paths: RunPaths, inherited: bool) -> None:
        self.store = store
        self.paths = paths
        self.path = paths.run_dir
        """The run directory."""
        self._inherited = inherited
        self._members: dict[str, bytes] = {}
        self._growing: dict[str, BinaryIO] = {}
        self._folders = {""}
        self._last_mark = 0

    @classmethod
    def create(cls, store: RunStore, id: str, project: str = "") -> "MetaWriter":
        """Makes the directories of a new run, which exists once `mark("initialized")` is called.

        `project` is the project's directory on this machine. Only the owner can read the run's directories.
        """
        paths = RunPaths(store.root, id)
        store.ensure_exists()
        with convert_write_errors(store.root):
            change_log.apply_and_record(store.root, id, lambda: _make_entries(paths, project))
        return cls(store, paths, inherited=False)

    @classmethod
    def open(cls, store: RunStore, id: str) -> "MetaWriter":
        """Opens a run that another process made. Raises NotFound if there is none or it is sealed."""
        paths = RunPaths(store.root, id)
        if os.path.lexists(paths.meta_zip) or not os.path.isdir(paths.meta_dir):
            name = name_from_id(id)
            raise NotFound(f"Cannot change run {name}: it is finished or does not exist", f"Try: gage show {name}")
        return cls(store, paths, inherited=True)

    @property
    def id(self) -> str:
        """The run's ID."""
        return self.paths.id

    def write(self, name: str, data: bytes | str) -> None:
        """Writes a member, whole or not at all."""
        raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
        path = self._path(name)
        with self._convert_write_errors():
            write_atomic(path, raw)
        self._members[name] = raw

    def write_json(self, name: str, value: JSONValue) -> None:
        """Writes a JSON member. NaN and infinities become the strings `NaN`, `Infinity` and `-Infinity`."""
        self.write(name, encode_json(value))

    def append(self, name: str, text: str) -> None:
        """Appends text to a growing member (`log/runner`)."""
        file = self._growing.get(name) or self._open_growing(name)
        with self._convert_write_errors():
            write_all(file.fileno(), text.encode("utf-8", "replace"))

    def remove(self, name: str) -> None:
        """Removes a member. Missing is fine."""
        self._members.pop(name, None)
        with self._convert_write_errors(), suppress(FileNotFoundError):
            os.unlink(self._path(name))

    def mark(self, name: str) -> int:
        """Writes a marker with the current time, after all that it marks. Returns the time in µs since the epoch.

        The times of one process never go back, even if the clock does.
        """
        self._last_mark = max(now_us(), self._last_mark + 1)
        self.write(name, str(self._last_mark))
        change_log.record_changes(self.paths.root, [self.id], change_log.read_dir_time(self.paths.root))
        return self._last_mark

    def renew_heartbeat(self) -> None:
        """Renews the heartbeat, which shows that the process is alive. Never raises."""
        with suppress(OSError, StoreError):
            try:
                os.utime(f"{self.paths.meta_dir}/proc/heartbeat")
            except FileNotFoundError:
                self.write("proc/heartbeat", b"")

    def open_output_writer(self, phase: str, listener: Callable[[int, bytes, int], None] | None = None) -> OutputWriter:
        """Returns a writer for a phase's output, which also saves unfinished lines in `<phase>.partial`.

        The files stay open until the end. Call `end_output` after the writer's `finish`.
        """
        name = f"output/{phase}"
        output, index = self._open_growing(name), self._open_growing(f"{name}.index")
        partial = self._path(name + PARTIAL_SUFFIX)
        return OutputWriter(output.fileno(), index.fileno(), lambda data: write_atomic(partial, data), listener)

    def end_output(self, phase: str) -> None:
        """Removes `<phase>.partial` at the end of a phase."""
        self.remove(f"output/{phase}{PARTIAL_SUFFIX}")

    def read(self, name: str) -> bytes:
        """Returns a member's bytes. Raises NotFound if there is none."""
        data = self.find(name)
        if data is None:
            raise NotFound(f"Run {self.id} has no {name}")
        return data

    def find(self, name: str) -> bytes | None:
        """Returns a member's bytes, None if there is none."""
        if name in self._members:
            return self._members[name]
        if name in self._growing:
            fd = self._growing[name].fileno()
            return os.pread(fd, os.fstat(fd).st_size, 0)
        return self._read_folder(name) if self._inherited else None

    def seal(self) -> None:
        """Writes the metadata zip, makes it the run's metadata, and removes the directory.

        If the process is killed at any point, the run still exists once and whole. If two processes seal it, the first
        zip stays.
        """
        from gage.store.seal import seal_run

        with self._convert_write_errors():
            seal_run(self.paths, self._members, self._growing, inherited=self._inherited)
        self.close()

    def close(self) -> None:
        """Closes open files and leaves the run unsealed."""
        for file in self._growing.values():
            file.close()
        self._growing.clear()

    def _read_folder(self, name: str) -> bytes | None:
        from gage.store.meta import DirMetaReader

        try:
            with DirMetaReader(self.paths.meta_dir) as meta:
                return meta.read(name)
        except OSError as e:
            raise StoreError(f"Metadata cannot be read: {e.strerror}") from None

    def _open_growing(self, name: str) -> BinaryIO:
        path = self._path(name)
        with self._convert_write_errors():
            file = open(path, "a+b", buffering=0)  # noqa: SIM115 (open until the run is sealed)
        self._growing[name] = file
        return file

    def _path(self, name: str) -> str:
        """Returns the path of a member, and makes its directory on first use."""
        if not is_safe_name(name):
            raise StoreError(f"Unsafe name {name[:60]!r}")
        path = f"{self.paths.meta_dir}/{name}"
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            with self._convert_write_errors():
                os.makedirs(f"{self.paths.meta_dir}/{folder}", 0o700, exist_ok=True)
            self._folders.add(folder)
        return path

    @contextmanager
    def _convert_write_errors(self) -> Iterator[None]:
        with convert_write_errors(self.paths.root):
            try:
                yield
            except FileNotFoundError:
                if os.path.isdir(self.paths.meta_dir):
                    raise
                import shlex

                removed = f"The metadata of the run have been removed: {self.paths.meta_dir}"
                raise StoreError(removed, f"To see the files of the run: ls {shlex.quote(str(self.path))}") from None


def _make_entries(paths: RunPaths, project: str) -> None:
    os.mkdir(paths.meta_dir, 0o700)
    os.mkdir(paths.run_dir, 0o700)
    if project:
        write_atomic(paths.project_file, b"file:" + os.fsencode(project))


def encode_json(value: JSONValue) -> bytes:
    """Returns JSON text. NaN and infinities become strings."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(replace_non_finite(value), ensure_ascii=False)
    return text.encode("utf-8", "replace")
