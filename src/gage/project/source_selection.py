"""Selects the source files of a project. Never enters excluded directories; reads files of unknown suffix only."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from gage.gagefile.file_names import GAGEFILE_NAMES
from gage.lib.files import is_inside, is_text_file
from gage.lib.globs import compile_pattern
from gage.project.gitfiles import CACHE_DIRECTORIES, EXCLUSION_MARKERS, list_project_files, run_ls_files
from gage.types.plan import SkippedPath, SourceFile, SourcePlan

MAX_FILES = 10_000
MAX_TRACKED_BYTES = 5 << 20
MAX_TEXT_BYTES = 1 << 20
MAX_TOTAL_BYTES = 500 << 20
MAX_ENTRIES = 100_000
"""Entries of directories that a walk looks at before it stops with a notice."""
MAX_SKIPPED = 200

TEXT_SUFFIXES = frozenset(
    ".py .pyi .ipynb .r .rmd .jl .js .mjs .ts .sh .bash .toml .yaml .yml .json .ini .cfg .env .md .rst .c .cc .cpp .h"
    " .hpp .cu .rs .go .java .scala .lua .sql .html .css .tex .txt".split()
)
BINARY_SUFFIXES = frozenset(
    ".png .jpg .jpeg .gif .webp .bmp .tif .tiff .ico .mp3 .mp4 .wav .ogg .flac .avi .mov .zip .gz .bz2"
    " .xz .zst .tar .7z"
    " .npy .npz .pt .pth .ckpt .safetensors .onnx .h5 .hdf5 .pkl .pickle .joblib .parquet .feather"
    " .arrow .tfrecord .bin"
    " .so .dll .dylib .exe .o .a .pyc .whl .jar .pdf .db .sqlite".split()
)


def select_source(project: Path, patterns: tuple[str, ...] | None = None, store: Path | None = None) -> SourcePlan:
    """Returns the source files of `project`.

    Without `patterns`: in a git work tree, tracked files up to 5 MB and new text files up to 1 MB; else text files up
    to 1 MB. `patterns` of an operation select the files that match, except those that match a pattern after `-`; with
    exclusions only, they narrow the default; () selects nothing. The `store` is never part of the source code.
    """
    if patterns is not None and not patterns:
        return SourcePlan(rule="no source code")
    include = [p for p in patterns or () if not p.startswith("-")]
    found = _SourceCollector(project, store)
    if include:
        return found.plan(", ".join(patterns or ()), _find_by_patterns(found, patterns or ()))
    rule, names = _find_default(found)
    excluded = [compile_pattern(p[1:]) for p in patterns or ()]
    kept = (n for n in names if not any(m(n) for m in excluded))
    return found.plan(", ".join([rule, *(patterns or ())]), kept)


def digest_source(project: Path, plan: SourcePlan) -> str:
    """Returns the digest of the files of `plan` as they are now, as `sourcecode.json` of a run has it."""
    from gage.lib.digests import digest_file, digest_file_set

    return digest_file_set((f.path, digest_file(project / f.path)) for f in plan.files)


def add_script(plan: SourcePlan, project: Path, script: Path) -> SourcePlan:
    """Returns the plan with the script that is run, which may be in an excluded directory."""
    if not script.is_relative_to(project):
        return plan
    name = script.relative_to(project).as_posix()
    if any(f.path == name for f in plan.files) or os.path.islink(script):
        return plan
    files = sorted((*plan.files, SourceFile(name, script.stat().st_size)), key=lambda f: f.path)
    return plan._replace(files=tuple(files))


class _SourceCollector:
    """Collects source files with their sizes, and the reasons why others are skipped."""

    def __init__(self, project: Path, store: Path | None) -> None:
        self.project = project
        self.root = str(project)
        inside = store is not None and store.is_relative_to(project) and store != project
        self.store = store.relative_to(project).as_posix() if inside and store is not None else ""
        self.files: dict[str, int] = {}
        self.skipped: list[SkippedPath] = []
        self.limit = ""

    def skip(self, path: str, why: str) -> None:
        if len(self.skipped) < MAX_SKIPPED:
            self.skipped.append(SkippedPath(path, why))

    def plan(self, rule: str, names: Iterable[str]) -> SourcePlan:
        chosen = [SourceFile(n, self.files[n]) for n in names]
        kept = _apply_limits(chosen)
        if len(kept) < len(chosen):
            self.limit = (
                f"Only {len(kept):,} of {len(chosen):,} source files are copied (limits: {MAX_FILES:,} files, "
                f"{MAX_TOTAL_BYTES >> 20} MB): set sourcecode in the Gage file"
            )
        return SourcePlan(tuple(sorted(kept, key=lambda f: f.path)), tuple(self.skipped), rule, self.limit)


def _apply_limits(files: list[SourceFile]) -> list[SourceFile]:
    """Returns the files within the limits: text before binary files, then those nearest the top."""
    if len(files) <= MAX_FILES and sum(f.size for f in files) <= MAX_TOTAL_BYTES:
        return files
    ranked = sorted(
        files, key=lambda f: (os.path.splitext(f.path)[1].lower() not in TEXT_SUFFIXES, f.path.count("/"), f.path)
    )
    kept: list[SourceFile] = []
    total = 0
    for file in ranked[:MAX_FILES]:
        total += file.size
        if total > MAX_TOTAL_BYTES:
            break
        kept.append(file)
    return kept


def _find_default(found: _SourceCollector) -> tuple[str, Iterable[str]]:
    if _is_home_directory(found.project):
        found.limit = (
            "Only text files at the top of this directory are copied, as it is not a project: "
            "use a directory of its own, or set sourcecode in a Gage file"
        )
        return "text files at the top", _find_at_top(found)
    listed = list_project_files(found.project, found.skip, MAX_ENTRIES)
    if listed is None:
        return "text files", _walk(found, text_only=True)
    tracked, new = listed
    return "git", _filter_git_files(found, tracked, new)


def _is_home_directory(project: Path) -> bool:
    """Returns whether this is the home or root directory, without a Gage file or repository."""
    if project != project.parent and os.path.realpath(project) != os.path.realpath(os.path.expanduser("~")):
        return False
    return not any((project / name).exists() for name in (*GAGEFILE_NAMES, ".git"))


def _find_at_top(found: _SourceCollector) -> Iterator[str]:
    for entry in _list_entries(found, ""):
        is_text = _has_suffix(entry.name, TEXT_SUFFIXES)
        if is_text and not entry.name.startswith(".") and _add_file(found, entry.name, MAX_TEXT_BYTES, text_only=True):
            yield entry.name


def _find_by_patterns(found: _SourceCollector, patterns: tuple[str, ...]) -> Iterator[str]:
    """Yields the project's files that the operation's patterns select. The last pattern that matches a file decides."""
    rules = [(not p.startswith("-"), compile_pattern(p.removeprefix("-"))) for p in patterns]
    for name in _walk(found, text_only=False):
        decisions = [is_included for is_included, matches in rules if matches(name)]
        if decisions and decisions[-1]:
            yield name


def _filter_git_files(found: _SourceCollector, tracked: set[str], new: set[str]) -> Iterator[str]:
    names = sorted(tracked | new)
    closed = _find_excluded_directories(names)
    for name in names:
        top = next((c for c in closed if name.startswith(c)), "")
        if top or _is_excluded(found, name):
            if top and closed[top]:
                found.skip(top, closed[top])
                closed[top] = ""
            continue
        if name in tracked and (found.project / name).is_dir() and not (found.project / name).is_symlink():
            yield from _list_submodule_files(found, name)
        elif name.endswith("/"):
            found.skip(name, "another git repository")
        elif _add_file(
            found, name, MAX_TRACKED_BYTES if name in tracked else MAX_TEXT_BYTES, text_only=name not in tracked
        ):
            yield name


def _list_submodule_files(found: _SourceCollector, folder: str) -> Iterator[str]:
    for name in sorted(run_ls_files(found.project / folder, "--cached") or ()):
        path = f"{folder}/{name}"
        if _add_file(found, path, MAX_TRACKED_BYTES, text_only=False):
            yield path


def _find_excluded_directories(names: list[str]) -> dict[str, str]:
    """Returns the directories that a marker file excludes (`.nocopy`, a virtual environment) → the reason."""
    found = {}
    for name in names:
        folder, _, base = name.rpartition("/")
        if folder and base in EXCLUSION_MARKERS:
            found[folder + "/"] = EXCLUSION_MARKERS[base]
    return found


def _is_excluded(found: _SourceCollector, name: str) -> bool:
    if found.store and (name == found.store or name.startswith(found.store + "/")):
        return True
    return not CACHE_DIRECTORIES.isdisjoint(name.split("/")[:-1])


def _add_file(found: _SourceCollector, name: str, limit: int, text_only: bool) -> bool:
    """Adds the file if it is source code, and returns whether it is."""
    path = f"{found.root}/{name}"
    try:
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            if not is_inside(path, found.root):
                found.skip(name, "link out of the project")
                return False
            info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            return False
        if info.st_size > limit:
            found.skip(name, f"over {limit >> 20} MB")
            return False
        if text_only and not _is_text(path):
            found.skip(name, "not text")
            return False
    except OSError:
        return False  # unreadable, or deleted: git lists deleted files as well
    found.files[name] = info.st_size
    return True


def _is_text(path: str) -> bool:
    return _has_suffix(path, TEXT_SUFFIXES) or (not _has_suffix(path, BINARY_SUFFIXES) and is_text_file(path))


def _has_suffix(path: str, suffixes: frozenset[str]) -> bool:
    return os.path.splitext(path)[1].lower() in suffixes


def _walk(found: _SourceCollector, text_only: bool) -> Iterator[str]:
    """Yields the project's files, directory by directory from the top. Does not enter excluded directories."""
    folders = [""]
    seen = 0
    for folder in folders:
        for entry in _list_entries(found, folder):
            seen += 1
            name = folder + entry.name
            if entry.is_dir(follow_symlinks=False):
                why = _explain_exclusion(found, entry, name)
                if why:
                    found.skip(name + "/", why)
                else:
                    folders.append(name + "/")
            elif _add_file(found, name, MAX_TEXT_BYTES if text_only else 1 << 62, text_only):
                yield name
        if seen > MAX_ENTRIES:
            found.limit = f"Only the first {seen:,} files of the project were searched: set sourcecode in the Gage file"
            return


def _list_entries(found: _SourceCollector, folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(f"{found.root}/{folder}") as entries:
            return sorted(entries, key=lambda e: e.name)
    except OSError as e:
        found.skip(folder, f"cannot be read: {e.strerror}")
        return []


def _explain_exclusion(found: _SourceCollector, entry: os.DirEntry[str], name: str) -> str:
    """Returns the reason why a directory is not entered ("" = it is)."""
    if name == found.store:
        return "runs directory"
    if entry.name in CACHE_DIRECTORIES:
        return "cache or tool directory"
    if entry.name.startswith("."):
        return "hidden directory"
    for marker, reason in EXCLUSION_MARKERS.items():
        if os.path.lexists(f"{entry.path}/{marker}"):
            return reason
    return "virtual environment" if os.path.lexists(f"{entry.path}/bin/activate") else ""
