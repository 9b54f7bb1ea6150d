"""Selects the source files of a project. Never enters excluded directories; reads files of unknown suffix only."""

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from gage.gagefile.file_names import BOARD_SUFFIXES, BOARDS_DIR, GAGEFILE_NAMES, REPORT_SUFFIX, REPORTS_DIR
from gage.lib.files import is_inside, is_text_file
from gage.lib.globs import compile_pattern
from gage.lib.secrets import is_secret_file
from gage.types.opdef import ConfigDef
from gage.types.plan import SkippedPath, SourceFile, SourcePlan

MAX_FILES = 10_000
MAX_TRACKED_BYTES = 5 << 20
MAX_TEXT_BYTES = 1 << 20
MAX_TOTAL_BYTES = 500 << 20
MAX_ENTRIES = 100_000
"""Entries of directories that a walk looks at before it stops with a notice."""
MAX_SKIPPED = 200
MAY_HOLD_SECRETS = "may hold secrets"
"""Why files such as `.env` are not copied."""

REPORT_MARK = re.compile(rb"^ {0,3}(?:`{3,}|~{3,})[ \t]*gage\b|\{gage:", re.MULTILINE)
"""Matches a block or a value of Gage, which only reports contain."""

CACHE_DIRECTORIES = frozenset(
    "__pycache__ node_modules .git .hg .svn .gage .guild .dvc .venv .tox .nox .mypy_cache .pytest_cache .ruff_cache"
    " .hypothesis .ipynb_checkpoints .eggs .cache .idea .vscode mlruns wandb lightning_logs".split()
)
"""Names of directories that are never source code."""
EXCLUSION_MARKERS = {
    ".nocopy": "directory with .nocopy",
    "pyvenv.cfg": "virtual environment",
    "conda-meta": "conda environment",
}

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


def select_source(
    project: Path,
    patterns: tuple[str, ...] | None = None,
    store: Path | None = None,
    config: Iterable[ConfigDef] = (),
) -> SourcePlan:
    """Returns the source files of `project`.

    Without `patterns`: in a git work tree, tracked files up to 5 MB and new text files up to 1 MB; else text files up
    to 1 MB. `patterns` of an operation select the files that match, except those that match a pattern after `-`; with
    exclusions only, they narrow the default; () selects nothing. The `store` is never part of the source code. Files
    that usually hold secrets (`.env`, private keys) are only selected if Git tracks them or a pattern or `config` is
    about them. Boards and reports are only selected if a pattern selects them or `config` names them: a saved board
    does not change the program.
    """
    if patterns is not None and not patterns:
        return SourcePlan(rule="no source code")
    include = [p for p in patterns or () if not p.startswith("-")]
    collector = _SourceCollector(project, store, [*include, *_list_config_files(config)])
    if include:
        return collector.build_plan(", ".join(patterns or ()), _find_by_patterns(collector, patterns or ()))
    rule, found = _find_default(collector)
    names = (name for name in found if not collector.is_board_or_report(name))
    excluded = [compile_pattern(p[1:]) for p in patterns or ()]
    selected = (n for n in names if not any(matches(n) for matches in excluded))
    return collector.build_plan(", ".join([rule, *(patterns or ())]), selected)


def _list_config_files(config: Iterable[ConfigDef]) -> list[str]:
    """Returns the files that the operation's config names."""
    keys = [key for each in config for key in (*each.keys, each.target) if "#" in key or "." in key]
    return [file for key in keys if (file := key.partition("#")[0])]


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

    def __init__(self, project: Path, store: Path | None, naming: Sequence[str]) -> None:
        self.project = project
        self.naming = naming
        self.store = store.relative_to(project).as_posix() if store and project in store.parents else ""
        self.files: dict[str, int] = {}
        self.skipped: list[SkippedPath] = []
        self.limit = ""

    def skip(self, path: str, reason: str) -> None:
        if len(self.skipped) < MAX_SKIPPED:
            self.skipped.append(SkippedPath(path, reason))

    def is_withheld(self, name: str) -> bool:
        """Returns whether the file may hold secrets, and notes it, unless a pattern is about it."""
        if not is_secret_file(name) or any(_is_about(pattern, name) for pattern in self.naming):
            return False
        self.skip(name, MAY_HOLD_SECRETS)
        return True

    def is_board_or_report(self, name: str) -> bool:
        """Returns whether the file is a board or a report of the project, and notes it, unless the config names it."""
        kind = "" if name in self.naming else _find_view_kind(self.project, name)
        if kind:
            self.skip(name, kind)
        return kind != ""

    def add_file(self, name: str, text_only: bool, max_bytes: int = MAX_TRACKED_BYTES) -> bool:
        """Adds the file if it is source code, and returns whether it is. Text has a limit of its own."""
        path = f"{self.project}/{name}"
        max_bytes = MAX_TEXT_BYTES if text_only else max_bytes
        try:
            info = os.lstat(path)
            if stat.S_ISLNK(info.st_mode):
                if not is_inside(path, self.project):
                    self.skip(name, "link out of the project")
                    return False
                info = os.stat(path)
            if not stat.S_ISREG(info.st_mode):
                return False
            if info.st_size > max_bytes or (text_only and not _is_text(path)):
                self.skip(name, f"over {max_bytes >> 20} MB" if info.st_size > max_bytes else "not text")
                return False
        except OSError:
            return False  # unreadable, or deleted: git lists deleted files as well
        self.files[name] = info.st_size
        return True

    def build_plan(self, rule: str, names: Iterable[str]) -> SourcePlan:
        chosen = [SourceFile(n, self.files[n]) for n in names]
        within_limits = _apply_limits(chosen)
        if len(within_limits) < len(chosen):
            self.limit = (
                f"Only {len(within_limits):,} of {len(chosen):,} source files are copied (limits: {MAX_FILES:,} files, "
                f"{MAX_TOTAL_BYTES >> 20} MB): set sourcecode in the Gage file"
            )
        return SourcePlan(tuple(sorted(within_limits, key=lambda f: f.path)), tuple(self.skipped), rule, self.limit)


def _find_view_kind(project: Path, name: str) -> str:
    """Returns "board" or "report" for a board or report of Gage, else "". The directories may also contain files of the
    program.
    """
    folder, _, base = name.rpartition("/")
    try:
        if folder == BOARDS_DIR and base.endswith(BOARD_SUFFIXES):
            from gage.gagefile.load_board import load_board

            return "board" if load_board(str(project / name)).definition is not None else ""
        if folder == REPORTS_DIR and base.endswith(REPORT_SUFFIX):
            return "report" if _is_report(project / name) else ""
    except OSError:
        return ""  # removed meanwhile
    return ""


def _is_report(path: Path) -> bool:
    """Returns whether a Markdown file is a report. A file over `MAX_TEXT_BYTES` is not: it is no source code either."""
    if not path.is_file():
        return False  # such as a pipe, which could never be read to its end
    with open(path, "rb") as file:
        text = file.read(MAX_TEXT_BYTES + 1)
    return len(text) <= MAX_TEXT_BYTES and REPORT_MARK.search(text) is not None


def _apply_limits(files: list[SourceFile]) -> list[SourceFile]:
    """Returns the files within the limits: text before binary files, then those nearest the top."""
    if len(files) <= MAX_FILES and sum(f.size for f in files) <= MAX_TOTAL_BYTES:
        return files
    ranked = sorted(files, key=lambda f: (not _has_suffix(f.path, TEXT_SUFFIXES), f.path.count("/"), f.path))
    totals = accumulate(f.size for f in ranked)
    return [f for f, total in zip(ranked[:MAX_FILES], totals, strict=False) if total <= MAX_TOTAL_BYTES]


def _find_default(collector: _SourceCollector) -> tuple[str, Iterable[str]]:
    """Returns the rule by which files are selected without patterns, and their names."""
    if _is_home_directory(collector.project):
        collector.limit = (
            "Only text files at the top of this directory are copied, as it is not a project: "
            "use a directory of its own, or set sourcecode in a Gage file"
        )
        return "text files at the top", _find_at_top(collector)
    listed = _list_project_files(collector)
    if listed is None:
        return "text files", (name for name in _walk(collector, text_only=True) if not collector.is_withheld(name))
    return "git", _filter_git_files(collector, *listed)


def _is_home_directory(project: Path) -> bool:
    """Returns whether this is the home or root directory, without a Gage file or repository."""
    if project != project.parent and os.path.realpath(project) != os.path.realpath(os.path.expanduser("~")):
        return False
    return not any((project / name).exists() for name in (*GAGEFILE_NAMES, ".git"))


def _find_at_top(collector: _SourceCollector) -> Iterator[str]:
    for entry in _list_entries(collector, ""):
        is_text = _has_suffix(entry.name, TEXT_SUFFIXES) and not entry.name.startswith(".")
        if is_text and not collector.is_withheld(entry.name) and collector.add_file(entry.name, text_only=True):
            yield entry.name


def _find_by_patterns(collector: _SourceCollector, patterns: tuple[str, ...]) -> Iterator[str]:
    """Yields the project's files that the operation's patterns select. The last pattern that matches a file decides."""
    rules = [(not p.startswith("-"), compile_pattern(p.removeprefix("-"))) for p in reversed(patterns)]
    for name in _walk(collector, text_only=False):
        is_included = next((is_included for is_included, matches in rules if matches(name)), False)
        if is_included and not collector.is_withheld(name):
            yield name


def _is_about(pattern: str, name: str) -> bool:
    """Returns whether the pattern matches the file for what it is, and not an ordinary file in its place as well."""
    matches = compile_pattern(pattern)
    folder, _, base = name.rpartition("/")
    suffix = os.path.splitext(base)[1]
    ordinary = f"{folder}/x{suffix}".lstrip("/")
    return matches(name) and not matches(f"{folder}/x".lstrip("/") if is_secret_file(ordinary) else ordinary)


def _list_project_files(collector: _SourceCollector) -> tuple[set[str], set[str]] | None:
    """Returns tracked and new (not ignored) files of a git work tree; None without a work tree or git.

    Does not walk excluded directories, and notes each with the reason.
    """
    project = collector.project
    top = next((p for p in (project, *project.parents) if (p / ".git").exists()), None)
    tracked = _run_ls_files(project, "--cached") if top else None
    if top is None or tracked is None:
        return None
    untracked = ("--others", "--exclude-standard")
    folders = [name for name in _run_ls_files(project, *untracked, "--directory") or () if name.endswith("/")]
    closed = dict(_find_markers(project, sorted(name.removeprefix("./") for name in folders)))
    for name, reason in closed.items():
        collector.skip(name, reason)
    excluded = ("--exclude=" + _escape_pattern(f"{project.relative_to(top).as_posix()}/{name}") for name in closed)
    new = _run_ls_files(project, *untracked, *excluded) or set()
    return (tracked, new) if tracked or new else None


def _escape_pattern(path: str) -> str:
    """Returns git's pattern for a single path below the top of the work tree."""
    return "/" + re.sub(r"([\\*?\[\]])", r"\\\1", path.removeprefix("./"))


def _find_markers(project: Path, folders: list[str]) -> Iterator[tuple[str, str]]:
    """Yields the excluded directories among these and those below them, with the reason."""
    seen = 0
    for name in folders:
        try:
            with os.scandir(project / name) as scan:
                entries = {entry.name: entry for entry in scan}
        except OSError:
            continue  # not readable, or removed meanwhile
        seen += len(entries)
        if seen > MAX_ENTRIES:
            return
        marker = next((marker for marker in EXCLUSION_MARKERS if marker in entries), None) if name else None
        if marker:
            yield name, EXCLUSION_MARKERS[marker]
        elif ".git" not in entries:
            folders += sorted(
                f"{name}{entry.name}/"
                for entry in entries.values()
                if entry.is_dir(follow_symlinks=False) and entry.name not in CACHE_DIRECTORIES
            )


def _run_ls_files(project: Path, *options: str) -> set[str] | None:
    """Returns the output of `git ls-files` with these options; None if it fails."""
    import subprocess

    from gage.lib import git

    command = ["git", "--no-optional-locks", "-C", str(project), "ls-files", "-z", *options]
    if "--others" in options:
        command += [f"--exclude={name}/" for name in sorted(CACHE_DIRECTORIES)]
    try:
        completed = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=True, env=git.build_git_env()
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return {os.fsdecode(n) for n in completed.stdout.split(b"\0") if n}


def _filter_git_files(collector: _SourceCollector, tracked: set[str], new: set[str]) -> Iterator[str]:
    names = sorted(tracked | new)
    parts = [name.rpartition("/") for name in names]
    closed = {f"{folder}/": EXCLUSION_MARKERS[base] for folder, _, base in parts if base in EXCLUSION_MARKERS}
    closed.pop("/", None)  # a marker in the project itself
    for folder, reason in closed.items():
        collector.skip(folder, reason)
    for name in names:
        if name.startswith(tuple(closed)) or _is_excluded(collector, name):
            continue
        if name in tracked and (collector.project / name).is_dir() and not (collector.project / name).is_symlink():
            files = sorted(f"{name}/{path}" for path in _run_ls_files(collector.project / name, "--cached") or ())
            yield from (path for path in files if collector.add_file(path, text_only=False))  # a submodule
        elif name.endswith("/"):
            collector.skip(name, "another git repository")
        elif (name in tracked or not collector.is_withheld(name)) and collector.add_file(name, name not in tracked):
            yield name


def _is_excluded(collector: _SourceCollector, name: str) -> bool:
    is_in_store = collector.store != "" and f"{name}/".startswith(f"{collector.store}/")
    return is_in_store or not CACHE_DIRECTORIES.isdisjoint(name.split("/")[:-1])


def _is_text(path: str) -> bool:
    return _has_suffix(path, TEXT_SUFFIXES) or (not _has_suffix(path, BINARY_SUFFIXES) and is_text_file(path))


def _has_suffix(path: str, suffixes: frozenset[str]) -> bool:
    return os.path.splitext(path)[1].lower() in suffixes


def _walk(collector: _SourceCollector, text_only: bool) -> Iterator[str]:
    """Yields the project's files, directory by directory from the top. Does not enter excluded directories."""
    folders = [""]
    seen = 0
    for folder in folders:
        for entry in _list_entries(collector, folder):
            seen += 1
            name = folder + entry.name
            if not entry.is_dir(follow_symlinks=False):
                if collector.add_file(name, text_only, max_bytes=sys.maxsize):
                    yield name
            elif reason := _find_exclusion(collector, entry, name):
                collector.skip(f"{name}/", reason)
            else:
                folders.append(f"{name}/")
        if seen > MAX_ENTRIES:
            collector.limit = (
                f"Only the first {seen:,} files of the project were searched: set sourcecode in the Gage file"
            )
            return


def _list_entries(collector: _SourceCollector, folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(f"{collector.project}/{folder}") as entries:
            return sorted(entries, key=lambda e: e.name)
    except OSError as e:
        collector.skip(folder, f"cannot be read: {e.strerror}")
        return []


def _find_exclusion(collector: _SourceCollector, entry: os.DirEntry[str], name: str) -> str:
    """Returns the reason why a directory is not entered ("" = it is)."""
    if name == collector.store:
        return "runs directory"
    if entry.name in CACHE_DIRECTORIES:
        return "cache or tool directory"
    if entry.name.startswith("."):
        return "hidden directory"
    for marker, reason in EXCLUSION_MARKERS.items():
        if os.path.lexists(f"{entry.path}/{marker}"):
            return reason
    return "virtual environment" if os.path.lexists(f"{entry.path}/bin/activate") else ""
