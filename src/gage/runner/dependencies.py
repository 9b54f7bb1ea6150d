"""Copies dependencies into the run directory, and replaces unchanged copies by references after the run.

Never writes to the project, and follows no link that leads out of it: the run gets a link to the same place.
"""

import os
import shlex
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from gage.lib.digests import digest_file_set
from gage.lib.files import clone_file, is_inside, measure_files, remove_tree, walk_dirs, write_atomic
from gage.runner.job import Job
from gage.store import manifest
from gage.store.copied_files import MAX_LINKED_FILES
from gage.store.layout import REFERENCE_SUFFIX
from gage.store.meta_writer import encode_json
from gage.types.plan import Dependency
from gage.types.run import ManifestEntry
from gage.types.values import JSONValue


def copy_dependencies(job: Job) -> list[JSONValue]:
    """Copies the plan's dependencies and returns the content of `inputs.json`. Raises OSError."""
    done, total = 0, sum(dependency.size for dependency in job.plan.dependencies)
    records: list[JSONValue] = []
    for dependency in job.plan.dependencies:
        files = size = 0
        root = dependency.root or job.plan.project_dir
        for path in [] if dependency.target else _list_files(job, dependency, root):
            copied = _copy_file(job, root, path)
            if copied is None:
                continue
            files, size, done = files + 1, size + copied, done + copied
            job.report_progress("Copying dependencies", done, max(done, total))
        record: dict[str, JSONValue] = {"path": dependency.path, "why": dependency.why}
        if dependency.target:
            records.append(record | {"mode": "link", "source": dependency.target, **_measure_target(dependency)})
        else:
            source = os.path.join(root, dependency.path)
            records.append(record | {"mode": "copy", "source": source, "files": files, "size": size})
    return records


def _measure_target(dependency: Dependency) -> dict[str, JSONValue]:
    """Returns the number and bytes of the files that a link leads to and the time of their latest change; without that
    time if they are too many to look at.
    """
    measured = measure_files(dependency.target, MAX_LINKED_FILES)
    return dict(zip(("files", "size", "changed"), measured, strict=True)) if measured else {"files": 0, "size": 0}


def create_links(job: Job) -> None:
    """Creates the links of dependencies that lead out of the project. Call it when all else has been copied, so that
    nothing is written through them. Raises OSError.
    """
    for dependency in job.plan.dependencies:
        path = job.dir.path / dependency.path
        if not dependency.target:
            continue
        if os.path.lexists(path) or not is_inside(path, job.dir.path):
            job.log(f"Not linked, since the run has a file of this name: {dependency.path}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(dependency.target, path)


class _Links(NamedTuple):
    """Links in a dependency: paths that are dependencies of their own, and paths of links that the run does not get."""

    planned: Container[str]
    left_out: list[str]


def _list_files(job: Job, dependency: Dependency, root: str) -> list[str]:
    """Lists the files of a dependency relative to `root`, and creates its directories in the run. Reports links that it
    leaves out.
    """
    top = os.path.join(root, dependency.path)
    links = _Links({each.path for each in job.plan.dependencies if each is not dependency}, [])
    if dependency.names is not None:
        return sorted(name for name in dependency.names if _check_inside(job, root, os.path.join(root, name), links))
    if not _check_inside(job, root, top, links):
        return []
    if not os.path.isdir(top):
        return [dependency.path]
    paths = []
    for folder, folders, names in walk_dirs(top):
        relative = os.path.relpath(folder, root)
        os.makedirs(job.dir.path / relative, exist_ok=True)
        folders[:] = sorted(f for f in folders if _should_enter(job, dependency, root, os.path.join(folder, f), links))
        paths += [
            os.path.normpath(os.path.join(relative, name))
            for name in sorted(names)
            if _check_inside(job, root, os.path.join(folder, name), links)
        ]
    if links.left_out:
        first, count = min(links.left_out), len(links.left_out)
        which = f"{first} and {count - 1:,} other links lead" if count > 1 else f"{first} is a link that leads"
        hint = f"If it is needed: --depends {shlex.quote(first)}"
        job.events.notice(f"{which} out of {dependency.path}, so that it is not copied. {hint}")
    return paths


def _should_enter(job: Job, dependency: Dependency, root: str, folder: str, links: _Links) -> bool:
    """Returns whether to enter a directory. Recreates a link to another directory of the unchanged dependency."""
    if folder == str(job.store.root) or os.path.basename(folder) == ".git":
        return False
    if not os.path.islink(folder):
        return True
    target, relative = os.path.realpath(folder), os.path.relpath(folder, root)
    top = os.path.realpath(os.path.join(root, dependency.path))
    if (target + os.sep).startswith(top + os.sep):
        text = os.readlink(folder)
        in_run = os.path.relpath(target, os.path.realpath(os.path.dirname(folder))) if os.path.isabs(text) else text
        os.symlink(in_run, job.dir.path / relative)
    elif relative not in links.planned:
        job.log(f"Not copied, since it is a link out of the dependency: {relative}")
        links.left_out.append(relative)
    return False


def _check_inside(job: Job, root: str, path: str, links: _Links) -> bool:
    """Returns whether a path is inside the project; logs a link out of it that is not a dependency."""
    if is_inside(path, root):
        return True
    if (relative := os.path.relpath(path, root)) not in links.planned:
        job.log(f"Not copied, since it is a link out of the project: {relative}")
    return False


def _copy_file(job: Job, root: str, path: str) -> int | None:
    """Copies a file and returns its size in bytes; None if it is gone, or is not a regular file."""
    source, target = os.path.join(root, path), job.dir.path / path
    if os.path.lexists(target):
        return 0  # it is source code, or part of another dependency
    target.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.isfile(source):
        job.log(f"Not copied, since it is not a regular file: {path}")
        return None
    clone_file(source, target)
    info = target.stat()
    job.copied_states[path] = (info.st_size, info.st_mtime_ns)
    return info.st_size


def replace_unchanged_dependencies(job: Job) -> dict[str, ManifestEntry | str]:
    """Replaces dependencies that the run did not change by reference files. Returns path → kind of these files, and of
    the copies that stay.
    """
    references: dict[str, ManifestEntry | str] = {}
    folder = os.path.realpath(job.dir.path)
    for dependency in job.plan.dependencies:
        unchanged = _list_unchanged(job, folder, dependency.path)
        if not unchanged:
            continue
        if _is_from_run(job, dependency):  # that run may be deleted, so the copy stays
            references |= {entry.path: entry for entry in unchanged}
            continue
        reference = dependency.path + REFERENCE_SUFFIX
        try:
            if unchanged[0].path == dependency.path:
                _write_reference(job, dependency, {"sha256": unchanged[0].digest, "size": unchanged[0].size})
            else:
                prefix = len(dependency.path) + 1
                digest = digest_file_set((e.path[prefix:], e.digest) for e in unchanged)
                files: JSONValue = [[e.path[prefix:], e.size, e.digest] for e in unchanged]
                total = sum(e.size for e in unchanged)
                _write_reference(job, dependency, {"sha256": digest, "size": total, "files": files})
        except OSError as e:
            job.log(f"Not replaced by a reference: {dependency.path} ({e.strerror})")
            references |= {entry.path: entry for entry in unchanged}
            continue
        references[reference] = "d"
        _remove(job, [entry.path for entry in unchanged])
    return references


def _is_from_run(job: Job, dependency: Dependency) -> bool:
    """Returns whether a restart took the dependency from the earlier run's directory."""
    return bool(dependency.root) and Path(dependency.root).is_relative_to(job.store.root)


def _list_unchanged(job: Job, folder: str, path_in_run: str) -> list[ManifestEntry]:
    """Lists the files of a dependency that have not changed since they were copied, with their digests."""
    unchanged = []
    for path, state in job.copied_states.items():
        if path != path_in_run and not path.startswith(path_in_run + "/"):
            continue
        file = Path(f"{folder}/{path}")
        try:
            info = file.lstat()
        except OSError:
            continue  # the program has removed it
        # the program may have replaced the directory by a link to the original
        is_own = os.path.realpath(file.parent) == str(file.parent)
        if (
            is_own
            and (info.st_size, info.st_mtime_ns) == state
            and (digested := manifest.digest_regular_file(file)) is not None
        ):
            unchanged.append(ManifestEntry("d", *digested, path))
    return unchanged


def _write_reference(job: Job, dependency: Dependency, content: dict[str, JSONValue]) -> None:
    source = os.path.join(dependency.root or job.plan.project_dir, dependency.path)
    write_atomic(f"{job.dir.path}/{dependency.path}{REFERENCE_SUFFIX}", encode_json({"source": source, **content}))


def _remove(job: Job, paths: list[str]) -> None:
    """Removes files of the run directory, and directories that are empty then."""
    folders: set[str] = set()
    for path in paths:
        remove_tree(job.dir.path / path)
        folders.update(map(str, Path(path).parents))
    for folder in sorted(folders - {"."}, key=len, reverse=True):
        try:
            os.rmdir(job.dir.path / folder)
        except OSError:
            pass  # not empty
