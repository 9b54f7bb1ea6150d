"""Finds what killed processes and half copies left in a store, and clears up what nobody may want."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gage.lib import processes
from gage.lib.files import TEMP_PREFIX, remove_tree
from gage.lib.times import now_us
from gage.store import change_log, manifest, output_log, seal, user_attrs
from gage.store.layout import INITIALIZED, META, USER, RunPaths, entry_id
from gage.store.meta import FolderMeta, MetaReader, ZipMeta, parse_json
from gage.store.read_run import SCHEMA
from gage.store.rundir import RunDir
from gage.store.status import Lock, is_live
from gage.store.store import RunStore, cannot_write
from gage.types.errors import GageError, StoreError
from gage.types.events import SilentEvents
from gage.types.run import ManifestEntry

QUIET_SECONDS = 3600
"""What nobody has written to for so long is nobody's work in progress."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that should not be there. `mend` clears it up; None where a person has to decide."""

    what: str
    mend: Callable[[], None] | None


def repair(store: RunStore) -> list[str]:
    """Clear up what can be cleared up; what was done and what was not, a sentence each.

    Raises StoreError if the store cannot be read or written.
    """
    told = []
    for leftover in find(store):
        if leftover.mend is None:
            told.append(f"Not repaired: {leftover.what}")
            continue
        try:
            leftover.mend()
        except OSError as e:
            raise cannot_write(store.root, e) from None
        except StoreError as e:
            told.append(f"Not repaired: {leftover.what} ({e.message})")
            continue
        told.append(f"Repaired: {leftover.what}")
    return told


def find(store: RunStore) -> list[Leftover]:
    """All leftovers of a store, by name. Raises StoreError if the store cannot be read."""
    try:
        names = sorted(os.listdir(store.root))
    except FileNotFoundError:
        return []
    except OSError as e:
        raise StoreError(f"Runs in {store.root} cannot be read: {e.strerror}") from None
    found = [_aside(path) for path in _asides(store.root, names)]
    for id in sorted({entry_id(name) for name in names} - {""}):
        leftover = _of_run(store, store.paths(id))
        if leftover is not None:
            found.append(leftover)
    return found


def _asides(root: Path, names: list[str]) -> Iterator[Path]:
    """Files that were being written, in the store's folder and in those of attributes, and that nobody is at."""
    for name in names:
        if name.startswith(TEMP_PREFIX) and _is_quiet(root / name):
            yield root / name
        elif name.endswith(USER) and entry_id(name) and not os.path.islink(root / name):
            try:
                inside = [
                    root / name / each for each in sorted(os.listdir(root / name)) if each.startswith(TEMP_PREFIX)
                ]
            except OSError:
                continue
            yield from (path for path in sorted(inside) if _is_quiet(path))


def _aside(path: Path) -> Leftover:
    return Leftover(f"{path.name} was left by a process that was killed", lambda: remove_tree(path))


def _of_run(store: RunStore, paths: RunPaths) -> Leftover | None:
    sealed, is_open = os.path.lexists(paths.meta_zip), os.path.isdir(paths.base + META)
    files = os.path.lexists(paths.base)
    if (sealed or is_open or files) and user_attrs.replay(paths.user_dir).purged_by:
        return Leftover(f"{paths.id} was not removed whole when it was purged", lambda: store.purge(paths.id, "gage"))
    if sealed and is_open:
        return _twice(paths)
    if is_open and not os.path.lexists(f"{paths.base}{META}/{INITIALIZED}"):
        return _half_made(paths)
    if is_open:
        return _ended(store, paths)
    if files and not sealed and _is_quiet(paths.run_dir):
        return Leftover(f"{paths.id} has files and no metadata: copy it again, or remove it by hand", None)
    return None


def _twice(paths: RunPaths) -> Leftover:
    """An archive and a folder: one of them is left over."""
    if _is_whole(paths.meta_zip):
        return Leftover(f"{paths.id} is sealed, and its metadata folder is left", lambda: seal.drop_folder(paths))
    if os.path.lexists(f"{paths.base}{META}/{INITIALIZED}"):
        return Leftover(
            f"{paths.id} has a broken archive beside its metadata folder",
            lambda: change_log.noted(paths.root, paths.id, lambda: os.unlink(paths.meta_zip)),
        )
    return Leftover(f"{paths.id} has a broken archive and half a metadata folder: copy it again", None)


def _is_whole(archive: Path) -> bool:
    try:
        with ZipMeta(archive) as meta:
            for name in meta.names():
                for _ in meta.chunks(name):
                    pass
            return meta.size_of(INITIALIZED) is not None
    except (OSError, StoreError):
        return False


def _half_made(paths: RunPaths) -> Leftover | None:
    """A run that never came to be: the process that made it was killed, or a copy stopped half-way."""
    if not _is_quiet(Path(paths.base + META)):
        return None
    if not os.path.isdir(paths.base) or not os.listdir(paths.base):
        return Leftover(f"{paths.id} was never finished being made", lambda: _remove_half(paths))
    return Leftover(f"{paths.id} is half there: copy it again, or remove it by hand", None)


def _remove_half(paths: RunPaths) -> None:
    for path in (paths.meta_dir, paths.run_dir, paths.project_file):
        remove_tree(path)


def _ended(store: RunStore, paths: RunPaths) -> Leftover | None:
    """A run whose process is gone and which nobody sealed. Runs of version 1 stay as they are."""
    run = store.read(paths.id)
    if run.status not in ("completed", "error", "terminated"):
        return None
    with MetaReader.of(paths) as meta:
        if meta.read("schema", 64) != str(SCHEMA).encode():
            return None
        lock = Lock.parse(meta.read("proc/lock", 4096), meta.modified("proc/heartbeat"))
    if not _is_abandoned(lock, paths.meta_dir):
        return None
    return Leftover(f"{paths.id} ended without being sealed", lambda: _seal(store, paths.id))


def _is_abandoned(lock: Lock | None, meta_dir: Path) -> bool:
    if lock is not None and lock.host == processes.read_host_id():
        return not is_live(lock, now_us())
    return _is_quiet(meta_dir) and (lock is None or lock.heartbeat < now_us() - QUIET_SECONDS * 1_000_000)


def _seal(store: RunStore, id: str) -> None:
    """Do what the run's process could not: end its output, complete its manifest, seal it."""
    run = RunDir.open(store, id)
    try:
        _end_output(run)
        if run.path.is_dir():
            kinds = {**_copied(run), **{entry.path: entry.kind for entry in _manifest(run)}}
            run.write("manifest", manifest.format(manifest.build(run.path, kinds, SilentEvents())))
        run.seal()
    finally:
        run.close()


def _manifest(run: RunDir) -> list[ManifestEntry]:
    try:
        return manifest.parse(run.read("manifest"))
    except GageError:
        return []


def _copied(run: RunDir) -> dict[str, str]:
    """The inputs that are as they were copied, and the source code."""
    kinds = {}
    try:
        copied = parse_json(run.read("copied.json"), "copied.json")
    except GageError:
        copied = None
    for path, state in copied.items() if isinstance(copied, dict) else ():
        try:
            info = os.lstat(run.path / path)
        except (OSError, ValueError):
            continue
        if state == [info.st_size, info.st_mtime_ns]:
            kinds[path] = "d"
    return {**kinds, **_source(run)}


def _source(run: RunDir) -> dict[str, str]:
    try:
        told = parse_json(run.read("sourcecode.json"), "sourcecode.json")
    except GageError:
        return {}
    files = told.get("files") if isinstance(told, dict) else None
    entries = files if isinstance(files, list) else []
    return {e[0]: "s" for e in entries if isinstance(e, list) and e and isinstance(e[0], str)}


def _end_output(run: RunDir) -> None:
    """Lines that were not finished when the process was killed become the last ones."""
    with FolderMeta(run.paths.meta_dir) as meta:
        for phase in output_log.phases(meta):
            out, err = output_log.partial(meta, phase)
            if out or err:
                when = meta.modified(f"output/{phase}{seal.PARTIAL}") or now_us()
                writer = run.output_writer(phase)
                writer.write(output_log.OUT, out, when)
                writer.write(output_log.ERR, err, when)
                writer.finish(when)
            run.end_output(phase)


def _is_quiet(path: Path) -> bool:
    try:
        return abs(time.time() - os.lstat(path).st_mtime) > QUIET_SECONDS
    except OSError:
        return False
