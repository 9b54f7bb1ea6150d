"""Inputs of a run: each gets a copy of its own before the program starts; what it left alone becomes a reference after.

Nothing of the project is ever written to, and no link is followed that leads out of it.
"""

import os
from pathlib import Path

from gage.lib.digests import digest_file_set
from gage.lib.files import clone_file, remove_tree, write_atomic
from gage.runner.job import Job
from gage.store import manifest
from gage.store.meta_writer import encode_json
from gage.types.plan import Dependency
from gage.types.run import ManifestEntry
from gage.types.values import JSONValue

REFERENCE_SUFFIX = ".ref.json"


def copy_inputs(job: Job) -> list[JSONValue]:
    """Put copies of the plan's inputs into the run directory; what `inputs.json` says of them. Raises OSError."""
    done, total = 0, sum(given.size for given in job.plan.dependencies)
    records: list[JSONValue] = []
    for given in job.plan.dependencies:
        files = size = 0
        root = given.root or job.plan.project_dir
        for path in _list_files(job, given, root):
            copied = _copy_file(job, root, path)
            if copied is None:
                continue
            files, size, done = files + 1, size + copied, done + copied
            job.report_progress("Copying inputs", done, max(done, total))
        source = os.path.join(root, given.path)
        records.append(
            {
                "path": given.path,
                "why": given.why,
                "mode": given.mode,
                "source": source,
                "files": files,
                "size": size,
            }
        )
    return records


def _list_files(job: Job, given: Dependency, root: str) -> list[str]:
    """The files of an input, relative to the folder `root` that has it, folders first made in the run."""
    top = os.path.join(root, given.path)
    if given.names is not None:
        return sorted(name for name in given.names if _stays_inside(job, root, os.path.join(root, name)))
    if not _stays_inside(job, root, top):
        return []
    if not os.path.isdir(top):
        return [given.path]
    found = []
    for folder, folders, names in os.walk(top):
        relative = os.path.relpath(folder, root)
        os.makedirs(job.dir.path / relative, exist_ok=True)
        folders[:] = sorted(f for f in folders if _should_enter(job, given, root, os.path.join(folder, f)))
        found += [
            os.path.normpath(os.path.join(relative, name))
            for name in sorted(names)
            if _stays_inside(job, root, os.path.join(folder, name))
        ]
    return found


def _should_enter(job: Job, given: Dependency, root: str, folder: str) -> bool:
    """Whether to go into a folder. A link to another folder of the same input is made anew."""
    if folder == str(job.store.root) or os.path.basename(folder) == ".git":
        return False
    if not os.path.islink(folder):
        return True
    target = os.readlink(folder)
    top = os.path.realpath(os.path.join(root, given.path))
    if not os.path.isabs(target) and (os.path.realpath(folder) + os.sep).startswith(top + os.sep):
        os.symlink(target, job.dir.path / os.path.relpath(folder, root))
    else:
        job.log(f"Not copied, because it is a link to elsewhere: {os.path.relpath(folder, root)}")
    return False


def _stays_inside(job: Job, root: str, path: str) -> bool:
    root = os.path.realpath(root)
    if os.path.realpath(path).startswith(root + os.sep):
        return True
    job.log(f"Not copied, because it is a link that leads out of the project: {os.path.relpath(path, root)}")
    return False


def _copy_file(job: Job, root: str, path: str) -> int | None:
    """Copy a file; its size in bytes. None when it is gone, or no regular file."""
    source, target = os.path.join(root, path), job.dir.path / path
    if os.path.lexists(target):
        return 0  # source code, or part of another input
    target.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.isfile(source):
        job.log(f"Not copied, because there is no such file: {path}")
        return None
    clone_file(source, target)
    info = target.stat()
    job.copied_states[path] = (info.st_size, info.st_mtime_ns)
    return info.st_size


def replace_inputs(job: Job) -> dict[str, ManifestEntry | str]:
    """Put reference files in the place of inputs that the run left as they were; their paths, for the manifest."""
    referred: dict[str, ManifestEntry | str] = {}
    folder = os.path.realpath(job.dir.path)
    for given in job.plan.dependencies:
        if _is_from_run(job, given):
            continue  # that run may go: a copy stays a copy
        same = _list_unchanged(job, folder, given.path)
        if not same:
            continue
        reference = given.path + REFERENCE_SUFFIX
        try:
            if same[0].path == given.path:
                _write_reference(job, given, {"sha256": same[0].digest, "size": same[0].size})
            else:
                prefix = len(given.path) + 1
                digest = digest_file_set((e.path[prefix:], e.digest) for e in same)
                files: JSONValue = [[e.path[prefix:], e.size, e.digest] for e in same]
                total = sum(e.size for e in same)
                _write_reference(job, given, {"sha256": digest, "size": total, "files": files})
        except OSError as e:
            job.log(f"Not replaced by a reference: {given.path} ({e.strerror})")
            continue
        referred[reference] = "d"
        _remove(job, [entry.path for entry in same])
    return referred


def _is_from_run(job: Job, given: Dependency) -> bool:
    return bool(given.root) and Path(given.root).is_relative_to(job.store.root)


def _list_unchanged(job: Job, folder: str, given: str) -> list[ManifestEntry]:
    """The files of an input that are as they were copied, with their digests."""
    found = []
    for path, state in job.copied_states.items():
        if path != given and not path.startswith(given + "/"):
            continue
        file = Path(f"{folder}/{path}")
        try:
            info = file.lstat()
        except OSError:
            continue
        # a program may have put a link to the original into the place of its folder
        is_own = os.path.realpath(file.parent) == str(file.parent)
        if (
            is_own
            and (info.st_size, info.st_mtime_ns) == state
            and (digested := manifest.digest_regular_file(file)) is not None
        ):
            found.append(ManifestEntry("d", *digested, path))
    return found


def _write_reference(job: Job, given: Dependency, content: dict[str, JSONValue]) -> None:
    source = os.path.join(given.root or job.plan.project_dir, given.path)
    write_atomic(f"{job.dir.path}/{given.path}{REFERENCE_SUFFIX}", encode_json({"source": source, **content}))


def _remove(job: Job, paths: list[str]) -> None:
    """Remove files of the run directory, and folders that are empty then."""
    folders: set[str] = set()
    for path in paths:
        remove_tree(job.dir.path / path)
        folders.update(map(str, Path(path).parents))
    for folder in sorted(folders - {"."}, key=len, reverse=True):
        try:
            os.rmdir(job.dir.path / folder)
        except OSError:
            pass  # not empty
