"""Checks that runs are complete and unchanged, and reports where one is not. Changes nothing: see `repair`."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gage.lib.digests import digest_descriptor
from gage.lib.files import READ_DIR_FLAGS, open_inside
from gage.store import manifest, user_attrs
from gage.store.layout import META, REFERENCE_SUFFIX
from gage.store.meta import MetaReader, parse_json
from gage.store.output_log import describe_missing_output, read_missing_bytes
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.run import FINAL_STATUSES, ManifestEntry, Run

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of checking one run. Paths are relative to the run directory and sorted.

    - `missing`, `changed`, `extra`: files that only the manifest has, that differ from it, and that it lacks. Empty for
      a run that was started and is not sealed: its program may have written any file.
    - `problems`: other problems, as sentences.
    - `unchecked`: files without a digest, or that cannot be read; `unsealed`: whether the run ended without being
      sealed. Neither is a problem.
    """

    id: str
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    unsealed: bool = False

    @property
    def ok(self) -> bool:
        """Returns whether the run has no problems."""
        return not (self.missing or self.changed or self.extra or self.problems)


def check_run(store: RunStore, id: str) -> CheckReport:
    """Compares a run with its manifest and reads all of its metadata. Raises NotFound if there is no such run."""
    run = store.read(id)
    try:
        return _check_content(store, run)
    except OSError as e:
        return CheckReport(id, problems=(f"The run cannot be read completely: {e.strerror}",))


def _check_content(store: RunStore, run: Run) -> CheckReport:
    id, paths = run.id, store.get_paths(run.id)
    problems = [run.damage] if run.damage else []
    broken: list[str] = []
    user_attrs.replay_state(paths.user_dir, broken)
    problems += [f"{paths.user_dir.name}/{name} is damaged and ignored" for name in broken]
    if os.path.lexists(paths.meta_zip) and os.path.lexists(paths.base + META):
        problems.append("There is a metadata directory beside the metadata zip")
    try:
        entries = _read_members(store, id)
        problems += _find_missing_output(store, id)
    except StoreError as e:
        problems += [e.message] if e.message != run.damage else []
        entries = None
    if paths.run_dir.is_symlink():
        return CheckReport(id, problems=(*problems, "The run directory is a link"))
    if not paths.run_dir.is_dir():
        return CheckReport(id, problems=(*problems, "The run directory is missing"))
    if run.started is not None and not run.sealed and not run.damage:
        return CheckReport(id, problems=tuple(problems), unsealed=run.status in FINAL_STATUSES)
    if entries is None:
        return CheckReport(id, problems=tuple(problems))
    return _compare_with_manifest(run, paths.run_dir, entries, problems)


def _find_missing_output(store: RunStore, id: str) -> list[str]:
    with MetaReader.open(store.get_paths(id)) as meta:
        missing = read_missing_bytes(meta)
    return [describe_missing_output(missing)] if missing else []


def _read_members(store: RunStore, id: str) -> list[ManifestEntry] | None:
    """Reads every member, which checks it. Returns the manifest's entries, None if there is no manifest yet."""
    with MetaReader.open(store.get_paths(id)) as meta:
        meta.check_layout()
        for name in meta.list_names():
            for _ in meta.iter_chunks(name):
                pass
        data = meta.read("manifest")
        schema = meta.read("schema", 64)
        return None if data is None else manifest.parse(data, 1 if schema is None else 2)


def _compare_with_manifest(run: Run, run_dir: Path, entries: list[ManifestEntry], problems: list[str]) -> CheckReport:
    missing, changed, unchecked, known = [], [], [], set()
    folder = os.open(run_dir, READ_DIR_FLAGS)
    try:
        for entry in entries:
            known.add(entry.path)
            digested = _read_inside(folder, entry.path, digest_descriptor)
            if digested is None and (digested := _read_reference(folder, entry.path)) is not None:
                known.add(entry.path + REFERENCE_SUFFIX)
            if digested is None and _is_unreadable(run_dir, entry.path):
                unchecked.append(entry.path)
            elif digested is None:
                missing.append(entry.path)
            elif digested[0] != entry.digest:
                changed.append(entry.path)
    finally:
        os.close(folder)
    files = manifest.walk_files(run_dir) if run.status in FINAL_STATUSES else ()
    extra: list[str] = []
    for path in (path for path, _ in files if path not in known):
        # the manifest leaves out names that other systems cannot have, and files that could not be read
        is_listed = manifest.is_safe_path(path) and not _is_unreadable(run_dir, path)
        (extra if is_listed else unchecked).append(path)
    missing, changed, extra, unchecked = map(sorted, (missing, changed, extra, unchecked))
    return CheckReport(run.id, tuple(missing), tuple(changed), tuple(extra), tuple(problems), tuple(unchecked))


def _is_unreadable(run_dir: Path, path: str) -> bool:
    """Returns whether there is a file, not a link, that this user may not read."""
    try:
        return stat.S_ISREG(os.lstat(run_dir / path).st_mode) and not os.access(run_dir / path, os.R_OK)
    except (OSError, ValueError):
        return False


def _read_inside(folder: int, path: str, read: Callable[[int], Content]) -> Content | None:
    """Returns what `read` makes of a file of the run; None if there is none or it cannot be read."""
    try:
        fd = open_inside(folder, path)
        try:
            return read(fd)
        finally:
            os.close(fd)
    except (OSError, ValueError, StoreError):
        return None


def _read_reference(folder: int, path: str) -> tuple[str, int] | None:
    """Returns digest and size from the reference file of a dependency; None if there is none."""
    value = _read_inside(folder, path + REFERENCE_SUFFIX, lambda fd: parse_json(os.read(fd, 1 << 16), path))
    match value:
        case {"sha256": str(digest), "size": int(size)}:
            return digest, size
    return None
