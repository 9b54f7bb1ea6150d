"""The names of a run's files in its store. The only module that knows the path parts of a run."""

import re
from pathlib import Path
from typing import Final

from gage.lib.uuid7 import name_from_id
from gage.types.errors import StoreError

REFERENCE_SUFFIX = ".ref.json"
"""What a dependency's name ends with where a reference stands for its files."""
RUN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""The only text that is ever joined to a path as a run's ID."""

META: Final = ".meta"
META_ZIP: Final = ".meta.zip"
USER: Final = ".user"
CACHE: Final = ".cache"
PROJECT: Final = ".project"
DELETED: Final = ".deleted"
"""Ends the names of the entries of a run that Gage 0.1.2 deleted."""
MOVE_MARKS: Final = ".move"
"""Directory with the deletion marks of the last Gage 0.1."""
TRASH_SUFFIX: Final = "-trash"

PARTIAL_SUFFIX: Final = ".partial"
"""Ends the names of members that hold the unfinished last line of an output."""

CHANGE_LOG: Final = ".changes"
INITIALIZED: Final = "initialized"

LIVENESS_PATHS: Final = (META, META + "/proc", META + "/proc/heartbeat")
"""Paths that change when an unfinished run goes on: a marker or a lock appears, a heartbeat is renewed."""

INDEXED_SUFFIXES: Final = (META, META_ZIP, USER, PROJECT, META + DELETED, MOVE_MARKS)
"""Follow the ID in the names of the entries on which `RunStore.read` depends."""

SUFFIXES: Final = (
    *INDEXED_SUFFIXES,
    CACHE,
    DELETED,
    PROJECT + DELETED,
    "",
)
"""All that can follow the ID in the name of an entry of the store. The run directory itself is last."""

_is_run_id = RUN_ID.fullmatch


def is_run_id(text: str) -> bool:
    """Returns whether the text is a run's ID: a lower-case UUID of version 7 (or 4, in old stores)."""
    return _is_run_id(text) is not None


def parse_entry_id(name: str) -> str:
    """Returns the ID of the run to which an entry of a store belongs, "" if it belongs to none."""
    id, suffix = name[:36], name[36:]
    return id if suffix in SUFFIXES and _is_run_id(id) else ""


class RunPaths:
    """The paths of one run. `deleted`: the run was deleted by Gage 0.1.2, which renamed its entries.

    Raises StoreError if `id` is not the ID of a run.
    """

    __slots__ = ("base", "deleted", "id", "root")

    def __init__(self, root: Path, id: str, deleted: bool = False) -> None:
        if not is_run_id(id):
            raise StoreError(f"{id[:60]!r} is not the ID of a run", "Try: gage list")
        self.root = root
        self.id = id
        self.deleted = deleted
        self.base = f"{root}/{id}"

    @property
    def name(self) -> str:
        """The run's name."""
        return name_from_id(self.id)

    @property
    def run_dir(self) -> Path:
        """The run directory."""
        return self._path("", DELETED)

    @property
    def meta_dir(self) -> Path:
        """The metadata directory, which an unfinished run has."""
        return self._path(META, DELETED)

    @property
    def meta_zip(self) -> Path:
        """The metadata zip, which a finished run has."""
        return self._path(META_ZIP)

    @property
    def user_dir(self) -> Path:
        """The directory of user attributes, one file a change."""
        return self._path(USER)

    @property
    def cache_dir(self) -> Path:
        """The directory of derived files, which can be deleted."""
        return self._path(CACHE)

    @property
    def project_file(self) -> Path:
        """The file with the path of the project on this machine."""
        return self._path(PROJECT, DELETED)

    def list_all(self) -> list[Path]:
        """Returns every path that can belong to the run, in any version: metadata first, the run directory last."""
        return [self._path(suffix) for suffix in SUFFIXES]

    def _path(self, suffix: str, deleted: str = "") -> Path:
        return Path(self.base + suffix + (deleted if self.deleted else ""))
