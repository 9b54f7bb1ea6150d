"""A store of runs: lists, reads, annotates and purges them.

Reads and changes plain files. Knows no index and no program; damage of one run is that run's status.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING

from gage.lib.files import empty_dir, unlink_quietly, write_atomic
from gage.lib.times import now_us
from gage.lib.uuid7 import name_from_id
from gage.store import change_log
from gage.store.layout import DELETED, INITIALIZED, META, META_ZIP, RunPaths, is_run_id
from gage.types.errors import NotFound, StoreError
from gage.types.events import Events, SilentEvents
from gage.types.run import Run
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.store.user_attrs import AttrChange


class RunStore:
    """The runs in the directory `root`, which need not exist as long as nothing is written."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list_unsealed_ids(self) -> list[str]:
        """Returns the IDs of the runs that are not sealed, sorted; none if the directory cannot be read."""
        try:
            ids = [name[: -len(META)] for name in os.listdir(self.root) if name.endswith(META)]
        except OSError:
            return []
        return sorted(id for id in ids if is_run_id(id) and not os.path.lexists(self.root / (id + META_ZIP)))

    def list_ids(self) -> Iterator[str]:
        """Yields the IDs of all runs, also deleted ones, in no order. StoreError if the directory cannot be read."""
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
        """Returns the run; damage is a status. Raises NotFound if there is no such run."""
        from gage.store.read_run import read_run  # a listing from the index reads no run

        return read_run(self.get_paths(id), now_us())

    def exists(self, id: str) -> bool:
        """Returns whether there is a run with that ID. False for text that is not an ID."""
        if not is_run_id(id):
            return False
        base = f"{self.root}/{id}"
        if os.path.lexists(base + META_ZIP):
            return True
        return _is_initialized(base + META) or _is_initialized(base + META + DELETED)

    def get_paths(self, id: str) -> RunPaths:
        """Returns the paths of a run, also of one that Gage 0.1.2 deleted. Raises StoreError if `id` is not an ID."""
        paths = RunPaths(self.root, id)
        base = paths.base
        if os.path.lexists(base + META_ZIP) or os.path.lexists(base + META):
            return paths
        return RunPaths(self.root, id, deleted=True) if os.path.lexists(base + META + DELETED) else paths

    def ensure_exists(self) -> None:
        """Makes the store's directory if it does not exist, and excludes it from Git and from copies of source code."""
        if os.path.isdir(self.root):
            return
        with convert_write_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            write_atomic(self.root / ".nocopy", b"")
            write_atomic(self.root / ".gitignore", b"*\n")

    def annotate(
        self,
        ids: Iterable[str],
        set: Mapping[str, JSONValue] | None = None,
        delete: Iterable[str] = (),
        author: str = "",
    ) -> None:
        """Sets and deletes user attributes of runs.

        Raises NotFound if a run does not exist, before anything is changed; StoreError if the store cannot be written,
        with the number of runs that were changed.
        """
        from gage.store import user_attrs
        from gage.store.read_run import has_deleted_mark

        ids, deleted = list(ids), tuple(delete)
        if missing := [id for id in ids if not self.exists(id)]:
            raise NotFound(f"No run {missing[0][:60]}", "Try: gage list")
        for done, id in enumerate(ids):
            paths = self.get_paths(id)
            values = dict(set or {})
            if "deleted" in deleted and has_deleted_mark(paths):
                values["deleted"] = False
            change = user_attrs.AttrChange(author, values, tuple(n for n in deleted if n not in values))
            try:
                with convert_write_errors(self.root):
                    self._write_change(paths, change)
            except StoreError as error:
                error.hint += f" ({done} of {len(ids)} runs were changed)" if done else ""
                raise

    def read_attribute_time(self, id: str, name: str) -> int:
        """Returns when a user attribute of a run was set, in µs since the epoch; 0 if unknown."""
        from gage.store import user_attrs

        attribute = user_attrs.replay_state(self.get_paths(id).user_dir).get(name)
        return attribute.time if attribute else 0

    def purge(self, id: str, author: str, events: Events | None = None) -> None:
        """Removes a run's files for good; a small tombstone stays. Purging twice is fine.

        Raises NotFound if there is no such run, StoreError if it is running or the store cannot be written.
        """
        from gage.store import user_attrs

        events = events or SilentEvents()
        paths = self.get_paths(id)
        if not self.exists(id) and not user_attrs.replay(paths.user_dir).purged_by:
            raise NotFound(f"No run {id}", "Try: gage list")
        if self.exists(id) and self.read(id).status in ("running", "pending"):
            raise StoreError(f"Run {name_from_id(id)} is running", f"Try: gage stop {name_from_id(id)}")
        with convert_write_errors(self.root):
            tombstone = self._write_change(paths, user_attrs.AttrChange(author, {"purged": True}))
            self._remove_entries(paths, tombstone, events)

    def _write_change(self, paths: RunPaths, change: "AttrChange") -> str:
        from gage.store.user_attrs import write_change

        before = change_log.read_dir_time(self.root)
        name = write_change(paths.user_dir, change)
        change_log.record_changes(self.root, [paths.id], before)
        return name

    def _remove_entries(self, paths: RunPaths, tombstone: str, events: Events) -> None:
        """Removes the run's entries one by one, metadata first, so that the rest is never listed as a run."""
        entries = [path for path in paths.list_all() if path != paths.user_dir and os.path.lexists(path)]
        for done, path in enumerate(entries):
            events.progress("purge", done, len(entries))
            _remove_entry(paths, path)
        from gage.store.user_attrs import remove_changes

        remove_changes(paths.user_dir, before=tombstone)


def _remove_entry(paths: RunPaths, path: Path) -> None:
    """Removes one entry of the store; of metadata, the marker that makes it a run goes first."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            unlink_quietly(path / INITIALIZED)
            empty_dir(path)
            change_log.apply_and_record(paths.root, paths.id, lambda: os.rmdir(path))
        else:
            change_log.apply_and_record(paths.root, paths.id, lambda: os.unlink(path))
    except FileNotFoundError:
        pass  # another process purges it, too


_READ_HINT = "Check that you may read the directory"


@contextmanager
def convert_write_errors(root: Path) -> Iterator[None]:
    """Raises StoreError for an OSError of the block: the store cannot be written."""
    try:
        yield
    except OSError as e:
        if e.errno == ENOSPC:
            raise StoreError(f"Disk full while writing to {root}", "Free some space and try again") from None
        hint = "Check that you may write there, or use --runs DIR"
        raise StoreError(f"Cannot write to {root}: {e.strerror}", hint) from None


def _is_initialized(meta_dir: str) -> bool:
    """Returns whether a metadata directory has the marker of a run. True if it may not be read: the run is damaged."""
    try:
        os.lstat(f"{meta_dir}/{INITIALIZED}")
    except PermissionError:
        return True
    except OSError:
        return False
    return True
