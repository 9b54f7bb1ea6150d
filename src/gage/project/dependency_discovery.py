"""Finds project files that a program reads: named in its source code, its config, its command, or by the user."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gage.lib.files import is_inside
from gage.lib.globs import compile_pattern, is_glob
from gage.project.gitfiles import CACHE_DIRECTORIES
from gage.project.path_literals import find_path_literals, has_own_location
from gage.types.errors import NotFound, UsageError
from gage.types.plan import ConfigValue, Dependency, SourcePlan

MAX_FILES = 20_000
MAX_BYTES = 2 << 30
MAX_SCANNED_FILES = 100
"""Source files that are searched for paths."""
MAX_SCANNED_BYTES = 2 << 20
ENVIRONMENT_MARKERS = ("pyvenv.cfg", "conda-meta")

_OUTPUT_NAME = re.compile(
    r"(?:^|[-_.])(?:out|output|save|log|logs|ckpt|checkpoint|checkpoints|results?)(?:$|[-_.])", re.I
)

_OWN_DIRECTORY = re.compile(r"^(?:\$\{?\w+\}?|\{|\))?/")
"""The start of a path below the program's own directory: `$HERE/data`, `{}/data`."""


def discover_dependencies(
    project: Path,
    cwd: str,
    source: SourcePlan,
    script: Path | None,
    settings: Sequence[ConfigValue],
    words: Iterable[str],
    skip: Path | None = None,
) -> tuple[list[Dependency], list[str]]:
    """Returns the project files that the program names by literal relative paths, and notices on those too large.

    `cwd` is the directory below `project` in which it starts, `words` its command, `skip` the runs directory. Never
    raises for what a text names.
    """
    collector = _DependencyCollector(project, cwd, source, skip)
    for s in settings:
        if isinstance(s.value, str) and not _OUTPUT_NAME.search(s.name):
            collector.add(s.value, f"config {s.name}")
    for word in words:
        collector.add(word.partition("=")[2] if word.startswith("-") else word, "the command")
    if script is not None:
        replaced = {s.default for s in settings if isinstance(s.default, str) and s.value != s.default}
        for text, why, beside in _find_literals(script, project, source):
            if text not in replaced:
                collector.add(text, why, beside)
    return collector.list_dependencies(), collector.notices


def has_file(text: str, folders: Iterable[Path]) -> bool:
    """Returns whether `text` is the path of an existing file, relative to one of these directories."""
    return any(_resolve_literal(text, folder, _list_names(folder)) is not None for folder in folders)


def list_explicit_dependencies(project: Path, cwd: Path, paths: Iterable[str]) -> list[Dependency]:
    """Returns the dependencies that `--depends` names, relative to `cwd`. Raises NotFound or UsageError."""
    found = []
    for text in paths:
        path = Path(os.path.normpath(cwd / text))
        if not os.path.lexists(path):
            raise NotFound(f"No such file or directory: {text}", f"Try: ls {cwd}")
        if not path.is_relative_to(project) or path == project or not is_inside(path, project):
            raise UsageError(
                f"{text} is not inside the project {project}", "A program can read such a file by its absolute path"
            )
        found.append(_measure_dependency(path, project, "--depends", None))
    return [i for i in found if i]


def list_declared_dependencies(project: Path, patterns: Iterable[str]) -> list[Dependency]:
    """Returns the dependencies that `depends` of the operation names. Raises NotFound for one that matches nothing."""
    found: list[Dependency] = []
    for pattern in patterns:
        if is_glob(pattern):
            fits = compile_pattern(pattern)
            paths = [p for p in _walk_files(project) if fits(p.relative_to(project).as_posix())]
        else:
            paths = [project / pattern] if os.path.lexists(project / pattern) else []
        if not paths:
            raise NotFound(f"The operation depends on {pattern}, which is not in the project", f"Try: ls {project}")
        measured = (_measure_dependency(p, project, "depends", None) for p in paths if is_inside(p, project))
        found += filter(None, measured)
    return found


class _DependencyCollector:
    """Collects the project files that texts name, each once."""

    def __init__(self, project: Path, cwd: str, source: SourcePlan, skip: Path | None) -> None:
        self.project = project
        self.bases = list(dict.fromkeys((project / cwd, project)))
        self.tops = {base: _list_names(base) for base in self.bases}
        self.source = {f.path for f in source.files}
        self.skip = skip
        self.dependencies: dict[str, Dependency] = {}
        self.notices: list[str] = []

    def add(self, text: str, why: str, beside: Path | None = None) -> None:
        """Adds the path that `text` names, relative to the program's directory, to `beside` or a directory above it."""
        above = [p for p in (beside, *beside.parents) if p.is_relative_to(self.project)] if beside else []
        for base in dict.fromkeys((*self.bases, *above)):
            if base not in self.tops:
                self.tops[base] = _list_names(base)
            path = _resolve_literal(_OWN_DIRECTORY.sub("", text) if base in above else text, base, self.tops[base])
            if path is not None and self._is_dependency(path):
                self._add_path(path, why)
                return

    def _is_dependency(self, path: Path) -> bool:
        relative = path.relative_to(self.project).as_posix() if path.is_relative_to(self.project) else ""
        if relative in ("", ".") or relative in self.source or not CACHE_DIRECTORIES.isdisjoint(relative.split("/")):
            return False
        if self.skip is not None and (path.is_relative_to(self.skip) or self.skip.is_relative_to(path)):
            return False
        return is_inside(path, self.project) and not self._is_environment(path)

    def _is_environment(self, path: Path) -> bool:
        """Returns whether the path is, or is in, a virtual environment."""
        folders = [p for p in (path, *path.parents) if p != self.project and p.is_relative_to(self.project)]
        return any(os.path.lexists(p / mark) for p in folders for mark in ENVIRONMENT_MARKERS)

    def _add_path(self, path: Path, why: str) -> None:
        relative = path.relative_to(self.project).as_posix()
        if relative in self.dependencies or any(relative.startswith(k + "/") for k in self.dependencies):
            return
        found = _measure_dependency(path, self.project, why, (MAX_FILES, MAX_BYTES))
        if found is None:
            self.notices.append(
                f"{relative} ({why}) is not copied: it exceeds {MAX_BYTES >> 30} GB or {MAX_FILES:,} files. "
                f"Use --depends {relative} to copy it, or read it from $PROJECT_DIR/{relative}"
            )
            self.dependencies[relative] = Dependency(relative, why, 0, -1)
        elif found.files and not self._has_only_source(path, found.files):
            self.dependencies[relative] = found

    def _has_only_source(self, path: Path, files: int) -> bool:
        """Returns whether a directory has only source code."""
        prefix = path.relative_to(self.project).as_posix() + "/"
        return path.is_dir() and sum(s.startswith(prefix) for s in self.source) >= files

    def list_dependencies(self) -> list[Dependency]:
        below = [k for k in self.dependencies if any(k.startswith(o + "/") for o in self.dependencies)]
        return [i for k, i in self.dependencies.items() if k not in below and i.size >= 0]


def _list_names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def _resolve_literal(text: str, base: Path, top: set[str]) -> Path | None:
    """Returns the existing path that a literal names, cut where a pattern or a placeholder begins; else None."""
    text = text.strip().replace("\\\\", "/")
    cut = re.split(r"[{%*?\[$]", text, maxsplit=1)[0]
    if cut != text:
        cut = cut.rpartition("/")[0]
    if not cut or cut.startswith(("/", "~", "-")) or "\0" in cut or "://" in text:
        return None
    parts = [p for p in cut.split("/") if p not in ("", ".")]
    if not parts or (parts[0] not in top and parts[0] != ".."):
        return None
    path = Path(os.path.normpath(base / cut))
    return path if os.path.lexists(path) else None


def _measure_dependency(path: Path, project: Path, why: str, limit: tuple[int, int] | None) -> Dependency | None:
    """Returns the dependency at `path` with its size; None if it exceeds `limit` (files, bytes)."""
    files = size = 0
    for file in [path] if not path.is_dir() else _walk_files(path):
        try:
            info = os.stat(file)
            size += min(info.st_size, info.st_blocks * 512)  # without holes
        except OSError:
            continue
        files += 1
        if limit and (files > limit[0] or size > limit[1]):
            return None
    return Dependency(path.relative_to(project).as_posix(), why, files, size)


def _walk_files(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in CACHE_DIRECTORIES)
        for name in sorted(files):
            yield Path(top, name)


def _find_literals(script: Path, project: Path, source: SourcePlan) -> Iterator[tuple[str, str, Path | None]]:
    """Yields the literals of the script and the project modules that it imports: text, `file:line`, and the directory
    of a file that uses its own location (else None).
    """
    for path in _find_reachable_sources(script, project, source):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        name = os.path.relpath(path, project)
        beside = path.parent if has_own_location(text) else None
        for literal, line in find_path_literals(text, path.suffix.lower()):
            yield literal, f"{name}:{line}", beside


def _find_reachable_sources(script: Path, project: Path, source: SourcePlan) -> Iterator[Path]:
    """Yields the script, then the project modules that it imports, directly or not."""
    sizes = {f.path: f.size for f in source.files}
    queue = [script]
    roots = (script.parent, project, project / "src")
    budget = MAX_SCANNED_BYTES
    for path in queue:
        budget -= sizes.get(path.relative_to(project).as_posix(), 0) if path.is_relative_to(project) else 0
        if budget < 0 or len(queue) > MAX_SCANNED_FILES:
            return
        yield path
        if path.suffix == ".py":
            queue += [p for p in _find_imported_sources(path, roots, project, sizes) if p not in queue]


def _find_imported_sources(path: Path, roots: Sequence[Path], project: Path, sizes: dict[str, int]) -> list[Path]:
    from gage.static_analysis.import_scan import find_imported_files

    try:
        imported = find_imported_files(path.read_bytes(), path, roots)
    except OSError:
        return []
    return [p for p in imported if p.is_relative_to(project) and p.relative_to(project).as_posix() in sizes]
