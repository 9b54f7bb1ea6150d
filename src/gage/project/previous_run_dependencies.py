"""Finds the dependencies of a previous run again and checks them, and lists the files that the run produced."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gage.lib.files import READ_FLAGS, is_inside, measure_files
from gage.project.dependency_discovery import list_explicit_dependencies
from gage.project.outside_links import group_links
from gage.project.previous_run import CHANGED_HINT, PreviousRun, Raw
from gage.store import manifest
from gage.store.copied_files import MAX_LINKED_FILES, is_unchanged
from gage.store.layout import REFERENCE_SUFFIX
from gage.store.manifest import is_safe_path
from gage.types.errors import ConfigError, NotFound
from gage.types.plan import Dependency

_MAX_REFERENCE_BYTES = 64 << 20
_GAGE_FILE = re.compile(r"\.gage-\w+\Z|\.executed\.ipynb\Z|(?:\A|/)__pycache__/")
"""Files of the run directory that belong to that run alone: Gage's metrics, executed notebooks, byte code."""


def restore_dependencies(
    previous: PreviousRun, projects: Iterable[Path], take_files: bool, latest: bool = False
) -> tuple[list[Dependency], list[str]]:
    """Returns the dependencies of the run, from its directory or the place that they were copied from, and notices.

    `projects` are directories on this machine that may have them. With `take_files`, a file that the run changed is
    one of those that the new run starts with. With `latest`, one that has changed is taken as it is in the first
    project now. Raises NotFound for a dependency that is gone, ConfigError for one that has changed.
    """
    dependencies: list[Dependency] = []
    links: list[Dependency] = []
    notices: list[str] = []
    projects = [*projects]
    roots = [p for p in projects if p.is_dir()]
    references = {
        str(each["path"]): read_reference(previous.run_dir, str(each["path"])) for each in previous.dependencies
    }
    digested = {name for _, digests in references.values() for name in digests}
    for record in previous.dependencies:
        path = str(record["path"])
        if record.get("mode") == "link":
            links.append(_restore_link(previous, record))
            dependencies.append(links[-1])
            continue
        original, digests = references[path]
        copies = [m for m in previous.copied if (m == path or m.startswith(f"{path}/")) and m not in digested]
        here = [m for m in copies if is_unchanged(previous.run_dir / m, previous.copied[m])]
        changed = [m for m in copies if m not in here]
        try:
            root = _find_root(previous, path, original, digests, roots) if digests else None
            originals = _find_originals(previous, path, changed, roots) if changed and not take_files else None
        except ConfigError:
            if not latest or not os.path.lexists(projects[0] / path):
                raise
            current = list_explicit_dependencies(projects[0], projects[0], [path])
            dependencies += [dependency._replace(why=str(record.get("why"))) for dependency in current]
            was_read = f"since run {previous.run.name} read it"
            notices.append(f"{path} has changed {was_read}: the new run reads it as it is now")
            continue
        if root is not None:
            dependencies.append(_build_dependency(record, root, digests))
        if here:
            dependencies.append(_build_dependency(record, previous.run_dir, here))
        if originals is not None:
            dependencies.append(_build_dependency(record, originals, changed))
            notices.append(f"{path}, which run {previous.run.name} changed, is taken from {originals}")
    notices += _describe_links(previous, links)
    if previous.is_old:
        dependencies += _list_old_dependencies(previous)
    return dependencies, notices


def _restore_link(previous: PreviousRun, record: Raw) -> Dependency:
    """Returns the dependency of a link out of the project. Raises NotFound if it leads to nothing now."""
    path, target = str(record["path"]), str(record.get("source"))
    if not os.path.isabs(target) or not os.path.exists(target):
        raise NotFound(f"{path}, which run {previous.run.name} read, no longer exists: {target}", "Restore it there")
    return Dependency(path, str(record.get("why")), 0, 0, target=target)


def _describe_links(previous: PreviousRun, links: Iterable[Dependency]) -> Iterator[str]:
    """Yields for `links` of the previous run whether the files that they lead to have changed, by size and time."""
    states = {str(r["path"]): _compare_linked(r) for r in previous.dependencies if r.get("mode") == "link"}
    folders = [str(record["path"]) for record in previous.dependencies if record.get("mode") != "link"]
    for what, where, paths in group_links(links, folders):
        of_links = {states[path] for path in paths}
        if False in of_links:
            yield f"{what} to {where}: files there have changed since run {previous.run.name} read them"
        elif None in of_links:
            yield f"{what} to {where}: whether files there have changed is not known"
        else:
            yield f"{what} to {where}: only sizes and times show that files there have not changed"


def _compare_linked(record: Raw) -> bool | None:
    """Returns whether what a link leads to has the same files, size and latest change as recorded; None if that is not
    known.
    """
    recorded = [record.get(name) for name in ("files", "size", "changed")]
    measured = measure_files(str(record.get("source")), MAX_LINKED_FILES)
    return None if None in recorded else measured is not None and [*measured] == recorded


def list_produced_files(previous: PreviousRun) -> dict[str, int]:
    """Returns the files that the run produced (path → size in bytes): all but source code, dependencies and runtime."""
    references = {f"{record['path']}{REFERENCE_SUFFIX}" for record in previous.dependencies}
    produced = {}
    for path, size in manifest.walk_files(previous.run_dir):
        entry = previous.entries.get(path)
        is_staged = entry is not None and entry.kind in "sdr" and path not in previous.resumed
        is_dependency = path in references or (
            path in previous.copied and is_unchanged(previous.run_dir / path, previous.copied[path])
        )
        is_own = path in previous.source.files or _GAGE_FILE.search(path)
        if not (is_staged or is_dependency or is_own) and is_safe_path(path):
            produced[path] = size
    return dict(sorted(produced.items()))


def read_reference(run_dir: Path, path: str) -> tuple[str, dict[str, str]]:
    """Returns what a reference file in place of a dependency says: the path of the original, and path in the run →
    digest of each of its files; "" and {} if there is none.
    """
    try:
        with open(os.open(run_dir / (path + REFERENCE_SUFFIX), READ_FLAGS), "rb") as file:
            raw = json.loads(file.read(_MAX_REFERENCE_BYTES))
        files = raw.get("files")
        rows = [(f"{path}/{row[0]}", row[2]) for row in files] if files is not None else [(path, raw["sha256"])]
        return str(raw["source"]), {str(name): str(digest) for name, digest in rows if is_safe_path(name)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return "", {}


def _find_root(
    previous: PreviousRun, path: str, original: str, digests: Mapping[str, str], roots: Iterable[Path]
) -> Path:
    """Returns the directory that has all files of a reference unchanged: that of the `original`, or one of `roots`.

    Raises ConfigError if the files have changed, NotFound if they are gone.
    """
    if original.endswith(f"/{path}") and os.path.isabs(original):
        roots = dict.fromkeys([Path(original[: -len(path) - 1]), *roots])
    for root in roots:
        if all(_digest_file_below(root, name) == digest for name, digest in digests.items()):
            return root
    for root in roots:
        if os.path.exists(root / path):
            raise ConfigError(
                f"{root / path} has changed since run {previous.run.name} read it",
                CHANGED_HINT,
            )
    raise NotFound(
        f"{path}, which run {previous.run.name} read, no longer exists: {original}",
        "Restore it there, or at the same path in the current project",
    )


def _digest_file_below(root: Path, path: str) -> str | None:
    """Returns the digest of a file below `root`, also of one behind a link that stays below it; else None."""
    real = Path(os.path.realpath(root / path))
    digested = manifest.digest_regular_file(real) if is_inside(real, root) else None
    return digested[0] if digested else None


def _find_originals(previous: PreviousRun, path: str, changed: Iterable[str], roots: Iterable[Path]) -> Path:
    """Returns the project that has the files that the run changed, with the size and time with which they were copied.

    Raises ConfigError if there is none.
    """
    for root in roots:
        if all(is_inside(root / name, root) and is_unchanged(root / name, previous.copied[name]) for name in changed):
            return root
    raise ConfigError(
        f"Run {previous.run.name} changed {path}, and the project's file does not have its original size and time",
        CHANGED_HINT,
    )


def _list_old_dependencies(previous: PreviousRun) -> Iterator[Dependency]:
    """Yields the dependencies of a run of Gage 0.1, which left them in the run directory."""
    tops: dict[str, list[str]] = {}
    for path, entry in previous.entries.items():
        if entry.kind == "d" and manifest.digest_regular_file(previous.run_dir / path) is not None:
            tops.setdefault(path.split("/")[0], []).append(path)
    for top, names in tops.items():
        yield _build_dependency({"path": top, "why": "as in the previous run"}, previous.run_dir, names)


def _build_dependency(record: Raw, root: Path, names: Iterable[str]) -> Dependency:
    paths = frozenset(names)
    size = sum(os.stat(root / path).st_size for path in paths)
    return Dependency(str(record["path"]), str(record.get("why")), len(paths), size, root=str(root), names=paths)
