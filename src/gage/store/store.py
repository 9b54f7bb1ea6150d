"""A store of runs: which there are, what each one is, what people say about them.

Reads and changes plain files. Knows no index and no program; one run's damage is that run's status.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gage.lib.files import empty_dir, write_atomic
from gage.lib.run_names import name_from_id
from gage.lib.times import now_us
from gage.store import change_log
from gage.store.layout import DELETED, INITIALIZED, META, META_ZIP, RunPaths, is_run_id
from gage.types.errors import NotFound, StoreError
from gage.types.events import Events, SilentEvents
from gage.types.run import Run
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.store.user_attrs import AttrChange


class RunStore:
    """The runs in the folder `root`, which need not exist as long as nothing is written."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list_ids(self) -> Iterator[str]:
        """The IDs of all runs that exist, deleted ones too, in no order. StoreError if the folder cannot be read."""
        try:
            names = os.listdir(self.root)
        except FileNotFoundError:
            return
        except OSError as e:
            raise StoreError(f"Runs in {self.root} cannot be read: {e.strerror}", _READ_HINT) from None
        sealed = {name[:36] for name in names if name.endswith(META_ZIP) and is_run_id(name[: -len(META_ZIP)])}
        yield from sealed
        open_names = {name[:36]: name for name in names if name[36:] in (META, META + DELETED) and is_run_id(name[:36])}
        for id, name in open_names.items():
            if id not in sealed and _is_initialized(f"{self.root}/{name}"):
                yield id

    def read(self, id: str) -> Run:
        """The run as its files tell it; damage is a status. Raises NotFound if there is no such run."""
        from gage.store.read_run import read_run  # a listing from the index reads no run

        return read_run(self.get_paths(id), now_us())

    def exists(self, id: str) -> bool:
        """Whether there is a run of that ID. False for text that is no ID."""
        if not is_run_id(id):
            return False
        base = f"{self.root}/{id}"
        if os.path.lexists(base + META_ZIP):
            return True
        return _is_initialized(base + META) or _is_initialized(base + META + DELETED)

    def get_paths(self, id: str) -> RunPaths:
        """Where the run's files are, for a run that Gage 0.1.2 deleted too. Raises StoreError if `id` is no ID."""
        paths = RunPaths(self.root, id)
        base = paths.base
        if os.path.lexists(base + META_ZIP) or os.path.lexists(base + META):
            return paths
        return RunPaths(self.root, id, deleted=True) if os.path.lexists(base + META + DELETED) else paths

    def ensure_exists(self) -> None:
        """Make the store's folder if it is not there, kept out of Git and out of copies of source code."""
        if os.path.isdir(self.root):
            return
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            write_atomic(self.root / ".nocopy", b"")
            write_atomic(self.root / ".gitignore", b"*\n")
        except OSError as e:
            raise build_write_error(self.root, e) from None

    def annotate(
        self,
        ids: Iterable[str],
        set: Mapping[str, JSONValue] | None = None,
        delete: Iterable[str] = (),
        author: str = "",
    ) -> None:
        """Say something about runs: attributes to set, names of attributes to delete.

        Raises NotFound if a run does not exist, before anything is changed; StoreError if the store cannot be written,
        which says how many runs were changed.
        """
        from gage.store import user_attrs
        from gage.store.read_run import has_deleted_mark

        wanted, gone = list(ids), tuple(delete)
        if missing := [id for id in wanted if not self.exists(id)]:
            raise NotFound(f"No run {missing[0][:60]}", "Try: gage list")
        for done, id in enumerate(wanted):
            paths = self.get_paths(id)
            given = dict(set or {})
            if "deleted" in gone and has_deleted_mark(paths):
                given["deleted"] = False
            try:
                self._write_change(
                    paths, user_attrs.AttrChange(author, given, tuple(n for n in gone if n not in given))
                )
            except OSError as e:
                error = build_write_error(self.root, e)
                error.hint += f" ({done} of {len(wanted)} runs were changed)" if done else ""
                raise error from None

    def purge(self, id: str, author: str, events: Events | None = None) -> None:
        """Remove a run's files for good; a small tombstone stays. Purging twice is fine.

        Raises NotFound if there is no such run, StoreError if it is running or the store cannot be written.
        """
        from gage.store import user_attrs

        events = events or SilentEvents()
        paths = self.get_paths(id)
        if not self.exists(id) and not user_attrs.replay(paths.user_dir).purged_by:
            raise NotFound(f"No run {id}", "Try: gage list")
        if self.exists(id) and self.read(id).status in ("running", "pending"):
            raise StoreError(f"Run {name_from_id(id)} is running", f"Try: gage stop {name_from_id(id)}")
        try:
            tombstone = self._write_change(paths, user_attrs.AttrChange(author, {"purged": True}))
            self._remove_entries(paths, tombstone, events)
        except OSError as e:
            raise build_write_error(self.root, e) from None

    def _write_change(self, paths: RunPaths, change: "AttrChange") -> str:
        from gage.store.user_attrs import write_change

        before = change_log.read_dir_time(self.root)
        name = write_change(paths.user_dir, change)
        change_log.record_changes(self.root, [paths.id], before)
        return name

    def _remove_entries(self, paths: RunPaths, tombstone: str, events: Events) -> None:
        """Take the run's entries away one by one, metadata first, so that no part of it ever lists as a run."""
        entries = [path for path in paths.list_all() if path != paths.user_dir and os.path.lexists(path)]
        for done, path in enumerate(entries):
            events.progress("purge", done, len(entries))
            _remove_entry(paths, path)
        from gage.store.user_attrs import list_change_files

        for name in list_change_files(paths.user_dir):
            if name < tombstone:
                _forget(paths.user_dir / name)


def _remove_entry(paths: RunPaths, path: Path) -> None:
    """Remove one entry of the store; of metadata, what makes it a run goes first."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            _forget(path / INITIALIZED)
            empty_dir(path)
            change_log.apply_and_record(paths.root, paths.id, lambda: os.rmdir(path))
        else:
            change_log.apply_and_record(paths.root, paths.id, lambda: os.unlink(path))
    except FileNotFoundError:
        pass  # somebody else purges it too


def _forget(path: Path) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


_READ_HINT = "Check that you may read the folder"


def build_write_error(root: Path, error: OSError) -> StoreError:
    """What to say when the store cannot be written."""
    if error.errno == 28:
        return StoreError(f"Disk full while writing to {root}", "Free some space and try again")
    return StoreError(f"Cannot write to {root}: {error.strerror}", "Check that you may write there, or use --runs DIR")


def _is_initialized(meta_dir: str) -> bool:
    """Whether a metadata folder is that of a run. One that may not be looked into counts: it shows as damaged."""
    try:
        os.lstat(f"{meta_dir}/{INITIALIZED}")
    except PermissionError:
        return True
    except OSError:
        return False
    return True
