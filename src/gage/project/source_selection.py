"""Which files of a project are its source code. Walks no folder that is excluded; reads no file that its name tells."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from gage.gagefile.file_names import GAGEFILE_NAMES
from gage.lib.files import is_text_file
from gage.lib.globs import compile_pattern
from gage.project.gitfiles import CACHES, SENTINELS, list_project_files, run_ls_files
from gage.types.plan import SkippedPath, SourceFile, SourcePlan

MAX_FILES = 10_000
MAX_TRACKED = 5 << 20
MAX_TEXT = 1 << 20
MAX_TOTAL = 500 << 20
MAX_SEEN = 100_000
"""How many entries a walk looks at before it stops and says so."""
MAX_SKIPPED = 200

CODE = frozenset(
    ".py .pyi .ipynb .r .rmd .jl .js .mjs .ts .sh .bash .toml .yaml .yml .json .ini .cfg .env .md .rst .c .cc .cpp .h"
    " .hpp .cu .rs .go .java .scala .lua .sql .html .css .tex .txt".split()
)
BINARY = frozenset(
    ".png .jpg .jpeg .gif .webp .bmp .tif .tiff .ico .mp3 .mp4 .wav .ogg .flac .avi .mov .zip .gz .bz2"
    " .xz .zst .tar .7z"
    " .npy .npz .pt .pth .ckpt .safetensors .onnx .h5 .hdf5 .pkl .pickle .joblib .parquet .feather"
    " .arrow .tfrecord .bin"
    " .so .dll .dylib .exe .o .a .pyc .whl .jar .pdf .db .sqlite".split()
)


def select_source(project: Path, patterns: tuple[str, ...] | None = None, store: Path | None = None) -> SourcePlan:
    """The source files of `project`.

    Without `patterns`: in a git work tree what git knows as the project's files (tracked up to 5 MB, new ones up to
    1 MB if they are text), else text files up to 1 MB. `patterns` of an op def include what they name, and
    exclude what follows a `-`; only exclusions narrow the default; none at all selects nothing. The `store` is never
    part of it.
    """
    if patterns is not None and not patterns:
        return SourcePlan(rule="no source code")
    include = [p for p in patterns or () if not p.startswith("-")]
    found = _Found(project, store)
    if include:
        return found.plan(", ".join(patterns or ()), _wanted(found, patterns or ()))
    rule, names = _default(found)
    excluded = [compile_pattern(p[1:]) for p in patterns or ()]
    kept = (n for n in names if not any(m(n) for m in excluded))
    return found.plan(", ".join([rule, *(patterns or ())]), kept)


def digest_source(project: Path, plan: SourcePlan) -> str:
    """The digest of the files of `plan` as they are in the project now: what `sourcecode.json` of a run has."""
    from gage.lib.digests import digest_file, digest_file_set

    return digest_file_set((f.path, digest_file(project / f.path)) for f in plan.files)


def with_script(plan: SourcePlan, project: Path, script: Path) -> SourcePlan:
    """The plan with the script that is run, which may be in a folder that is not looked into otherwise."""
    if not script.is_relative_to(project):
        return plan
    name = script.relative_to(project).as_posix()
    if any(f.path == name for f in plan.files) or os.path.islink(script):
        return plan
    files = sorted((*plan.files, SourceFile(name, script.stat().st_size)), key=lambda f: f.path)
    return plan._replace(files=tuple(files))


class _Found:
    """Files as they are found, and why others are not taken."""

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
        kept = _within_limits(chosen)
        if len(kept) < len(chosen):
            self.limit = (
                f"{len(kept):,} of {len(chosen):,} source files are copied (limits: {MAX_FILES:,} files, "
                f"{MAX_TOTAL >> 20} MB): set sourcecode in the Gage file"
            )
        return SourcePlan(tuple(sorted(kept, key=lambda f: f.path)), tuple(self.skipped), rule, self.limit)


def _within_limits(files: list[SourceFile]) -> list[SourceFile]:
    """All files if they are few; else code first, then what is near the top."""
    if len(files) <= MAX_FILES and sum(f.size for f in files) <= MAX_TOTAL:
        return files
    ranked = sorted(files, key=lambda f: (os.path.splitext(f.path)[1].lower() not in CODE, f.path.count("/"), f.path))
    kept: list[SourceFile] = []
    total = 0
    for file in ranked[:MAX_FILES]:
        total += file.size
        if total > MAX_TOTAL:
            break
        kept.append(file)
    return kept


def _default(found: _Found) -> tuple[str, Iterable[str]]:
    if _is_home(found.project):
        found.limit = (
            "This directory is not a project, so only scripts and text files at its top level are copied: "
            "use a separate directory, or set sourcecode in a Gage file"
        )
        return "text files at the top level", _at_the_top(found)
    listed = list_project_files(found.project, found.skip, MAX_SEEN)
    if listed is None:
        return "text files", _walk(found, text_only=True)
    tracked, new = listed
    return "git", _of_git(found, tracked, new)


def _is_home(project: Path) -> bool:
    """Whether this is the home folder, or the root of the file system, and nothing says that it is a project."""
    if project != project.parent and os.path.realpath(project) != os.path.realpath(os.path.expanduser("~")):
        return False
    return not any((project / name).exists() for name in (*GAGEFILE_NAMES, ".git"))


def _at_the_top(found: _Found) -> Iterator[str]:
    for entry in _entries(found, ""):
        is_code = os.path.splitext(entry.name)[1].lower() in CODE
        if is_code and not entry.name.startswith(".") and _take(found, entry.name, MAX_TEXT, text_only=True):
            yield entry.name


def _wanted(found: _Found, patterns: tuple[str, ...]) -> Iterator[str]:
    """Files of the whole project by the op def's patterns; the last pattern that fits a file decides."""
    rules = [(not p.startswith("-"), compile_pattern(p.removeprefix("-"))) for p in patterns]
    for name in _walk(found, text_only=False):
        if next((take for take, fits in reversed(rules) if fits(name)), False):
            yield name


def _of_git(found: _Found, tracked: set[str], new: set[str]) -> Iterator[str]:
    names = sorted(tracked | new)
    closed = _closed_folders(names)
    for name in names:
        top = next((c for c in closed if name.startswith(c)), "")
        if top or _is_excluded(found, name):
            if top and closed[top]:
                found.skip(top, closed[top])
                closed[top] = ""
            continue
        if name in tracked and (found.project / name).is_dir() and not (found.project / name).is_symlink():
            yield from _of_submodule(found, name)
        elif name.endswith("/"):
            found.skip(name, "another git repository")
        elif _take(found, name, MAX_TRACKED if name in tracked else MAX_TEXT, text_only=name not in tracked):
            yield name


def _of_submodule(found: _Found, folder: str) -> Iterator[str]:
    for name in sorted(run_ls_files(found.project / folder, "--cached") or ()):
        path = f"{folder}/{name}"
        if _take(found, path, MAX_TRACKED, text_only=False):
            yield path


def _closed_folders(names: list[str]) -> dict[str, str]:
    """Folders that a file in them closes (`.nocopy`, a virtual environment) → why."""
    found = {}
    for name in names:
        folder, _, base = name.rpartition("/")
        if folder and base in SENTINELS:
            found[folder + "/"] = SENTINELS[base]
    return found


def _is_excluded(found: _Found, name: str) -> bool:
    if found.store and (name == found.store or name.startswith(found.store + "/")):
        return True
    return not CACHES.isdisjoint(name.split("/")[:-1])


def _take(found: _Found, name: str, limit: int, text_only: bool) -> bool:
    """Whether the file is source code; if so, it is noted with its size."""
    path = f"{found.root}/{name}"
    try:
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            if not os.path.realpath(path).startswith(os.path.realpath(found.root) + os.sep):
                found.skip(name, "link to outside the project")
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
        return False  # gone, or not readable: git lists what was deleted, too
    found.files[name] = info.st_size
    return True


def _is_text(path: str) -> bool:
    suffix = os.path.splitext(path)[1].lower()
    return suffix in CODE or (suffix not in BINARY and is_text_file(path))


def _walk(found: _Found, text_only: bool) -> Iterator[str]:
    """Files of the project, folder by folder from the top; excluded folders are not entered."""
    folders = [""]
    seen = 0
    for folder in folders:
        for entry in _entries(found, folder):
            seen += 1
            name = folder + entry.name
            if entry.is_dir(follow_symlinks=False):
                why = _closed(found, entry, name)
                if why:
                    found.skip(name + "/", why)
                else:
                    folders.append(name + "/")
            elif _take(found, name, MAX_TEXT if text_only else 1 << 62, text_only):
                yield name
        if seen > MAX_SEEN:
            found.limit = f"Only the first {seen:,} files of the project were examined: set sourcecode in the Gage file"
            return


def _entries(found: _Found, folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(f"{found.root}/{folder}") as entries:
            return sorted(entries, key=lambda e: e.name)
    except OSError as e:
        found.skip(folder, f"cannot be read: {e.strerror}")
        return []


def _closed(found: _Found, entry: os.DirEntry[str], name: str) -> str:
    """Why a folder is not entered ("" = it is)."""
    if name == found.store:
        return "the runs"
    if entry.name in CACHES:
        return "cache or tool directory"
    if entry.name.startswith("."):
        return "hidden folder"
    sentinel = next((s for s in SENTINELS if os.path.lexists(f"{entry.path}/{s}")), None)
    if sentinel:
        return SENTINELS[sentinel]
    return "virtual environment" if os.path.lexists(f"{entry.path}/bin/activate") else ""
