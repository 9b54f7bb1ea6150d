"""Finds what killed processes and incomplete copies left in a store, and repairs what is safe to repair."""

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gage.lib import processes
from gage.lib.files import READ_DIR_FLAGS, TEMP_PREFIX, remove_tree
from gage.lib.times import now_us
from gage.store import change_log, manifest, output_log, seal, user_attrs
from gage.store.copied_files import is_unchanged, parse_copied_states, parse_source_files
from gage.store.layout import INITIALIZED, META, PARTIAL_SUFFIX, USER, RunPaths, parse_entry_id
from gage.store.meta import DirMetaReader, MetaReader, ZipMetaReader, parse_json
from gage.store.meta_writer import MetaWriter
from gage.store.read_run import SCHEMA
from gage.store.status import Lock, is_live
from gage.store.store import RunStore, convert_write_errors
from gage.types.errors import GageError, StoreError
from gage.types.events import SilentEvents
from gage.types.run import ManifestEntry, Run

QUIET_SECONDS = 3600
"""Files that did not change for so long are not being written by another process."""


Complete = Callable[[MetaWriter, Run], None]


def _complete_nothing(run: MetaWriter, ended: Run) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something wrong in a store. `repair` repairs it; None if a person has to decide.

    `is_automatic`: the next command that writes to the store repairs it.
    """

    message: str
    repair: Callable[[], None] | None
    is_automatic: bool = False


def repair_store(store: RunStore, complete: Complete = _complete_nothing) -> list[str]:
    """Repairs what can be repaired. Returns a sentence for each leftover, repaired or not. `complete` is called with
    each killed run before it is sealed.

    Raises StoreError if the store cannot be read or written.
    """
    sentences = []
    for leftover in find_leftovers(store, complete):
        if leftover.repair is None:
            sentences.append(f"Not repaired: {leftover.message}")
            continue
        try:
            with convert_write_errors(store.root):
                leftover.repair()
            sentences.append(f"Repaired: {leftover.message}")
        except GageError as e:
            sentences.append(f"Not repaired: {leftover.message} ({e.message})")
    return sentences


def seal_abandoned_runs(store: RunStore, ids: Iterable[str], complete: Complete = _complete_nothing) -> None:
    """Seals those of the runs `ids` that are of this host and whose Gage process was killed. Leaves those that cannot
    be sealed as they are. `complete` is called with each before.
    """
    for id in ids:
        with suppress(GageError, OSError):
            leftover = _find_run_leftover(store, store.get_paths(id), complete)
            if leftover is not None and leftover.is_automatic and leftover.repair:
                leftover.repair()


def find_leftovers(store: RunStore, complete: Complete = _complete_nothing) -> list[Leftover]:
    """Returns all leftovers of a store, by name. Raises StoreError if the store cannot be read."""
    try:
        names = sorted(os.listdir(store.root))
    except FileNotFoundError:
        return []
    except OSError as e:
        raise StoreError(f"Runs in {store.root} cannot be read: {e.strerror}") from None
    leftovers = [_describe_unfinished_file(path) for path in _iter_unfinished_files(store.root, names)]
    for id in sorted({parse_entry_id(name) for name in names} - {""}):
        try:
            leftover = _find_run_leftover(store, store.get_paths(id), complete)
        except (GageError, OSError) as e:
            why = e.message if isinstance(e, GageError) else e.strerror
            leftover = Leftover(f"{id} cannot be read: {why}", None)
        if leftover is not None:
            leftovers.append(leftover)
    return leftovers


def _iter_unfinished_files(root: Path, names: list[str]) -> Iterator[Path]:
    """Yields temporary files in the store and in directories of user attributes that no process is writing."""
    for name in names:
        if name.startswith(TEMP_PREFIX) and _is_quiet(root / name):
            yield root / name
        elif name.endswith(USER) and parse_entry_id(name) and not os.path.islink(root / name):
            try:
                inside = [
                    root / name / each for each in sorted(os.listdir(root / name)) if each.startswith(TEMP_PREFIX)
                ]
            except OSError:
                continue  # not readable, or removed meanwhile
            yield from (path for path in sorted(inside) if _is_quiet(path))


def _describe_unfinished_file(path: Path) -> Leftover:
    return Leftover(f"{path.name} is a temporary file of a process that was killed", lambda: remove_tree(path))


def _find_run_leftover(store: RunStore, paths: RunPaths, complete: Complete) -> Leftover | None:
    sealed, is_open = os.path.lexists(paths.meta_zip), os.path.isdir(paths.base + META)
    files = os.path.lexists(paths.base)
    if (sealed or is_open or files) and user_attrs.replay(paths.user_dir).purged_by:
        return Leftover(f"{paths.name} was only partly removed by gage purge", lambda: store.purge(paths.id, "gage"))
    if sealed and is_open:
        return _find_duplicate_meta(paths)
    if is_open and not os.path.lexists(f"{paths.base}{META}/{INITIALIZED}"):
        return _find_incomplete_run(paths)
    if is_open:
        return _find_unsealed(store, paths, complete)
    if files and not sealed and _is_quiet(paths.run_dir):
        return Leftover(f"{paths.name} has files but no metadata: copy it again, or remove it by hand", None)
    return None


def _find_duplicate_meta(paths: RunPaths) -> Leftover:
    """Describes a run with both a metadata zip and a metadata directory, one of which is left over."""
    if _is_readable_zip(paths.meta_zip):
        return Leftover(
            f"{paths.name} is sealed, but its metadata directory still exists",
            lambda: seal.remove_meta_dir(paths),
        )
    if os.path.lexists(f"{paths.base}{META}/{INITIALIZED}"):
        return Leftover(
            f"{paths.name} has a damaged metadata zip beside its metadata directory",
            lambda: change_log.apply_and_record(paths.root, paths.id, lambda: os.unlink(paths.meta_zip)),
        )
    return Leftover(
        f"{paths.name} has a damaged metadata zip and an incomplete metadata directory: copy it again", None
    )


def _is_readable_zip(archive: Path) -> bool:
    try:
        with ZipMetaReader(archive) as meta:
            for name in meta.list_names():
                for _ in meta.iter_chunks(name):
                    pass
            return meta.get_size(INITIALIZED) is not None
    except (OSError, StoreError):
        return False


def _find_incomplete_run(paths: RunPaths) -> Leftover | None:
    """Describes an incomplete run: the process that made it was killed, or a copy was interrupted."""
    if not _is_quiet(Path(paths.base + META)):
        return None
    if not os.path.isdir(paths.base) or not os.listdir(paths.base):
        return Leftover(f"{paths.name} was never completely created", lambda: _remove_half(paths))
    return Leftover(f"{paths.name} is incomplete: copy it again, or remove it by hand", None)


def _remove_half(paths: RunPaths) -> None:
    for path in (paths.meta_dir, paths.run_dir, paths.project_file):
        remove_tree(path)


def _find_unsealed(store: RunStore, paths: RunPaths, complete: Complete) -> Leftover | None:
    """Describes a run whose process ended without sealing it. Runs of version 1 are left unchanged."""
    run = store.read(paths.id)
    if run.status not in ("completed", "error", "terminated"):
        return None
    with MetaReader.open(paths) as meta:
        if meta.read("schema", 64) != str(SCHEMA).encode():
            return None
        lock = Lock.parse(meta.read("proc/lock", 4096), meta.get_modified_us("proc/heartbeat"))
    if not _is_abandoned(lock, paths.meta_dir):
        return None
    return Leftover(
        f"{paths.name} has ended but is not sealed",
        lambda: _seal_run(store, run, complete),
        _is_original(lock, paths),
    )


def _is_original(lock: Lock | None, paths: RunPaths) -> bool:
    """Returns whether the run was made here, and is not a copy, which may still become complete."""
    return lock is not None and lock.inode == os.stat(paths.meta_dir).st_ino


def _is_abandoned(lock: Lock | None, meta_dir: Path) -> bool:
    if lock is not None and lock.host == processes.read_host_id():
        return not is_live(lock, now_us())
    return lock is None and _is_quiet(meta_dir)  # a process of another host cannot be seen


def _seal_run(store: RunStore, ended: Run, complete: Complete) -> None:
    """Does what the run's process did not: ends its output, completes its manifest, seals it. Not if another process
    is doing it.
    """
    claim = os.open(store.get_paths(ended.id).meta_dir, READ_DIR_FLAGS)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(claim)
        return
    except OSError:
        pass  # no locks here
    try:
        _write_end(MetaWriter.open(store, ended.id), ended, complete)
    finally:
        os.close(claim)


def _write_end(run: MetaWriter, ended: Run, complete: Complete) -> None:
    try:
        _end_output(run)
        complete(run, ended)
        if ended.stopped is None:
            run.write("proc/reason", ended.reason)
        if run.path.is_dir():
            staged = {entry.path: entry for entry in _read_manifest(run)}
            kinds = {**_read_copied_kinds(run), **{path: entry.kind for path, entry in staged.items()}}
            entries = manifest.build(run.path, kinds, SilentEvents())
            run.write("manifest", manifest.format(manifest.mark_changed_source(entries, staged)))
        run.seal()
    finally:
        run.close()


def _read_manifest(run: MetaWriter) -> list[ManifestEntry]:
    try:
        return manifest.parse(run.read("manifest"))
    except GageError:
        return []


def _read_copied_kinds(run: MetaWriter) -> dict[str, str]:
    """Returns the kinds of dependencies that did not change since they were copied, and of source code."""
    copied = parse_copied_states(run.find("copied.json"))
    kinds = {path: "d" for path, state in copied.items() if is_unchanged(run.path / path, state)}
    return {**kinds, **_read_source_kinds(run)}


def _read_source_kinds(run: MetaWriter) -> dict[str, str]:
    try:
        recorded = parse_json(run.read("sourcecode.json"), "sourcecode.json")
    except GageError:
        return {}
    return dict.fromkeys(parse_source_files(recorded) or (), "s")


def _end_output(run: MetaWriter) -> None:
    """Adds the lines that were unfinished when the process was killed to the output."""
    with DirMetaReader(run.paths.meta_dir) as meta:
        for phase in output_log.list_phases(meta):
            out, err = output_log.read_partial(meta, phase)
            if out or err:
                when = meta.get_modified_us(f"output/{phase}{PARTIAL_SUFFIX}") or now_us()
                writer = run.open_output_writer(phase)
                writer.write(output_log.STDOUT, out, when)
                writer.write(output_log.STDERR, err, when)
                writer.finish(when)
            run.end_output(phase)


def _is_quiet(path: Path) -> bool:
    try:
        return abs(time.time() - os.lstat(path).st_mtime) > QUIET_SECONDS
    except OSError:
        return False
