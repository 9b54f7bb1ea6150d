"""What an earlier run read, found again and checked, and the files that it left."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gage.lib.files import READ_FLAGS
from gage.project.previous_run import PreviousRun, Raw
from gage.store import manifest
from gage.store.layout import REFERENCE_SUFFIX
from gage.store.manifest import is_safe_path
from gage.types.errors import ConfigError, NotFound
from gage.types.plan import Dependency

_MOST = 64 << 20
_OWN = re.compile(r"\.gage-\w+\Z|\.executed\.ipynb\Z|(?:\A|/)__pycache__/")
"""Files in the run's folder that are about that run: metrics that Gage found, executed notebooks."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference file says: where the input was, and the digest of each of its files, by path in the run."""

    source: str
    digests: Mapping[str, str]


def restore_dependencies(
    earlier: PreviousRun, projects: Iterable[Path], goes_on: bool
) -> tuple[list[Dependency], list[str]]:
    """The inputs of the run, from its folder or from where they came, and what has to be said about them.

    `projects` are folders on this machine that may have them. `goes_on`: what the run changed is one of the files that
    it left. Raises NotFound for an input that is gone and ConfigError for one that is not the same any more.
    """
    found: list[Dependency] = []
    notices: list[str] = []
    roots = [p for p in projects if p.is_dir()]
    for record in earlier.inputs:
        path = str(record["path"])
        reference = _reference(earlier, path)
        members = [m for m in earlier.copied if m == path or m.startswith(f"{path}/")]
        here = [m for m in members if m not in reference.digests and _is_same(earlier, m)]
        changed = [m for m in members if m not in reference.digests and m not in here]
        root = _root(earlier, record, reference, roots)
        if reference.digests:
            assert root is not None
            found.append(_input(record, root, reference.digests))
        if here:
            found.append(_input(record, earlier.run_dir, here))
        if changed and not goes_on:
            found.append(_input(record, *_original(earlier, changed, root, roots)))
            notices.append(f"Run {earlier.run.name} changed {path}: Gage cannot verify its original content")
    if earlier.is_old:
        found += _of_old(earlier)
    return found, notices


def list_produced_files(earlier: PreviousRun) -> dict[str, int]:
    """The files that the run left and that it did not get as source code, input or runtime: path → size in bytes."""
    skipped = {i["path"] for i in earlier.inputs}
    found = {}
    for path, size in manifest.walk_files(earlier.run_dir):
        entry = earlier.entries.get(path)
        given = entry is not None and entry.kind in "sdr" and path not in earlier.taken
        is_reference = path.endswith(REFERENCE_SUFFIX) and path.removesuffix(REFERENCE_SUFFIX) in skipped
        is_input = path in earlier.copied and _is_same(earlier, path)
        own = path in earlier.source or _OWN.search(path)
        if not (given or is_reference or is_input or own) and is_safe_path(path):
            found[path] = size
    return dict(sorted(found.items()))


def _reference(earlier: PreviousRun, path: str) -> Reference:
    """The reference file in the place of an input; one without digests where there is none."""
    try:
        with open(os.open(earlier.run_dir / (path + REFERENCE_SUFFIX), READ_FLAGS), "rb") as file:
            raw = json.loads(file.read(_MOST))
        files = raw.get("files")
        rows = [(f"{path}/{row[0]}", row[2]) for row in files] if files is not None else [(path, raw["sha256"])]
        digests = {str(name): str(digest) for name, digest in rows if is_safe_path(name)}
        return Reference(str(raw["source"]), digests)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return Reference("", {})


def _is_same(earlier: PreviousRun, path: str) -> bool:
    """Whether an input in the run's folder is as it was copied."""
    try:
        info = os.lstat(earlier.run_dir / path)
    except OSError:
        return False
    return (info.st_size, info.st_mtime_ns) == earlier.copied[path]


def _root(earlier: PreviousRun, record: Raw, reference: Reference, roots: list[Path]) -> Path | None:
    """The folder that has all files of a reference as they were."""
    if not reference.digests:
        return None
    path = str(record["path"])
    said = reference.source
    candidates = [Path(said[: -len(path) - 1])] if said.endswith(f"/{path}") and os.path.isabs(said) else []
    candidates = list(dict.fromkeys([*candidates, *roots]))
    for root in candidates:
        if all(_digest(root, name) == digest for name, digest in reference.digests.items()):
            return root
    there = [root for root in candidates if os.path.exists(root / path)]
    if there:
        raise ConfigError(
            f"{path} is not what run {earlier.run.name} read: {there[0] / path} has changed since",
            "Restore the original file, or run the operation without --restart",
        )
    raise NotFound(
        f"{path}, which run {earlier.run.name} read, no longer exists: {said}",
        "Restore it there, or at the same path in the current project",
    )


def _digest(root: Path, path: str) -> str | None:
    """The digest of a file that is in the folder, also by a link that stays in it."""
    place = Path(os.path.realpath(root / path))
    found = manifest.digest_regular_file(place) if place.is_relative_to(os.path.realpath(root)) else None
    return found[0] if found else None


def _original(earlier: PreviousRun, changed: list[str], root: Path | None, roots: list[Path]) -> tuple[Path, list[str]]:
    """Where files that the run changed may still be as they were: only in a project of this machine."""
    for folder in roots if root is None or root not in roots else [root]:
        if all(_digest(folder, name) for name in changed):
            return folder, changed
    return earlier.run_dir, [name for name in changed if (earlier.run_dir / name).is_file()]


def _of_old(earlier: PreviousRun) -> Iterator[Dependency]:
    """Gage 0.1 left what a run depended on in its folder."""
    tops: dict[str, list[str]] = {}
    for path, entry in earlier.entries.items():
        if entry.kind == "d" and manifest.digest_regular_file(earlier.run_dir / path) is not None:
            tops.setdefault(path.split("/")[0], []).append(path)
    for top, names in tops.items():
        yield _input({"path": top, "why": "as in the earlier run"}, earlier.run_dir, names)


def _input(record: Raw, root: Path, names: Iterable[str]) -> Dependency:
    wanted = frozenset(names)
    size = sum(os.stat(root / name).st_size for name in wanted)
    return Dependency(str(record["path"]), str(record.get("why")), len(wanted), size, root=str(root), names=wanted)
