"""Finds project files that a program reads: named in its source code, its config, its command, or by the user."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gage.lib.files import is_inside, walk_dirs
from gage.lib.globs import compile_pattern, is_glob
from gage.project.operation import Operation
from gage.project.path_literals import find_path_literals, has_own_location
from gage.project.source_selection import CACHE_DIRECTORIES
from gage.types.errors import ConfigError, NotFound, UsageError
from gage.types.plan import Dependency, SourcePlan
from gage.types.values import ConfigValue

MAX_FILES = 20_000
MAX_BYTES = 2 << 30
MAX_SCANNED_FILES = 100
"""Source files that are searched for paths."""
MAX_SCANNED_BYTES = 2 << 20
ENVIRONMENT_MARKERS = ("pyvenv.cfg", "conda-meta")

_OUTPUT_NAME = r"(?i)(?:^|[-_.])(?:out|output|save|log|logs|ckpt|checkpoint|checkpoints|results?)(?:$|[-_.])"

_OWN_DIRECTORY = r"^(?:\$\{?\w+\}?|\{|\))?/"
"""The start of a path below the program's own directory: `$HERE/data`, `{}/data`."""


def discover_dependencies(
    operation: Operation, source: SourcePlan, values: Sequence[ConfigValue], runs_dir: Path | None = None
) -> tuple[list[Dependency], dict[str, str]]:
    """Returns the project files that the program names by literal relative paths, and path → notice for those that are
    too large. Never raises for what a text names.
    """
    project, command, script = operation.project.dir, operation.command, operation.script
    collector = _DependencyCollector(operation, source, runs_dir)
    for config in values:
        if isinstance(config.value, str) and not re.search(_OUTPUT_NAME, config.name):
            collector.add(config.value, f"config {config.name}")
    run = operation.op.run
    own = run.shell.split() if run and command.shape == "partial" else command.words
    for word in (*own, *operation.arguments):
        collector.add(word.partition("=")[2] if word.startswith("-") else word, "the command")
    if script is not None:
        replaced = {c.default for c in values if isinstance(c.default, str) and c.value != c.default}
        for text, why, beside in _find_literals(script, project, source):
            if text not in replaced:
                collector.add(text, why, beside)
    return collector.list_dependencies(), collector.notices


def has_file(text: str, folders: Iterable[Path]) -> bool:
    """Returns whether `text` is the path of an existing file, relative to one of these directories."""
    return any(_resolve_literal(text, folder) is not None for folder in folders)


def list_explicit_dependencies(project: Path, cwd: Path, paths: Iterable[str]) -> list[Dependency]:
    """Returns the dependencies that `--depends` names, relative to `cwd`. Raises NotFound or UsageError."""
    dependencies = []
    for text in paths:
        path = Path(os.path.normpath(cwd / text))
        if not os.path.lexists(path):
            raise NotFound(f"No such file or directory: {text}", f"Try: ls {cwd}")
        if not path.is_relative_to(project) or path == project or not is_inside(path, project):
            raise UsageError(
                f"{text} is not inside the project {project}", "A program can read such a file by its absolute path"
            )
        dependencies.append(_measure_dependency(path, project, "--depends"))
    return dependencies


def list_declared_dependencies(
    project: Path, patterns: Iterable[str], digests: Mapping[str, str] | None = None
) -> list[Dependency]:
    """Returns the dependencies that `depends` of the operation names. Raises NotFound for one that matches nothing, and
    ConfigError for a file that has not the SHA-256 digest that `digests` has for its pattern.
    """
    dependencies: list[Dependency] = []
    for pattern in patterns:
        if is_glob(pattern):
            matches = compile_pattern(pattern)
            paths = [p for p in _walk_files(project) if matches(p.relative_to(project).as_posix())]
        else:
            paths = [project / pattern] if os.path.lexists(project / pattern) else []
        if not paths:
            raise NotFound(f"The operation depends on {pattern}, which is not in the project", f"Try: ls {project}")
        if expected := (digests or {}).get(pattern, ""):
            _check_digests(paths, project, expected)
        dependencies += [_measure_dependency(p, project, "depends") for p in paths if is_inside(p, project)]
    return dependencies


def _check_digests(paths: Iterable[Path], project: Path, expected: str) -> None:
    from gage.lib.digests import digest_file

    for path in paths:
        name = path.relative_to(project).as_posix()
        if not path.is_file():
            raise ConfigError(f"The operation has a sha256 for {name}, which is not a file", "Name a file in path")
        try:
            actual = digest_file(path)
        except OSError as e:
            raise ConfigError(f"Cannot read {name}: {e.strerror}", f"Try: ls -l {path}") from None
        if actual != expected:
            raise ConfigError(
                f"{name} is not the file that the operation expects: its sha256 is {actual}",
                "Restore the file, or change sha256 in the Gage file",
            )


class _DependencyCollector:
    """Collects the project files that texts name, each once."""

    def __init__(self, operation: Operation, source: SourcePlan, runs_dir: Path | None) -> None:
        self.project = operation.project.dir
        self.bases = (operation.start_dir, self.project)
        self.source = {f.path for f in source.files}
        self.runs_dir = runs_dir
        self.dependencies: dict[str, Dependency] = {}
        self.notices: dict[str, str] = {}

    def add(self, text: str, why: str, beside: Path | None = None) -> None:
        """Adds the path that `text` names, relative to the program's directory, to `beside` or a directory above it."""
        above = [p for p in (beside, *beside.parents) if p.is_relative_to(self.project)] if beside else []
        for base in dict.fromkeys((*self.bases, *above)):
            path = _resolve_literal(re.sub(_OWN_DIRECTORY, "", text) if base in above else text, base)
            if path is not None and self._is_dependency(path):
                self._add_path(path, why)
                return

    def _is_dependency(self, path: Path) -> bool:
        if path == self.project or not path.is_relative_to(self.project):
            return False
        relative = path.relative_to(self.project)
        if relative.as_posix() in self.source or not CACHE_DIRECTORIES.isdisjoint(relative.parts):
            return False
        if self.runs_dir and (path.is_relative_to(self.runs_dir) or self.runs_dir.is_relative_to(path)):
            return False
        folders = [self.project / p for p in (relative, *relative.parents) if p.parts]
        is_environment = any(os.path.lexists(p / mark) for p in folders for mark in ENVIRONMENT_MARKERS)
        return is_inside(path, self.project) and not is_environment

    def _add_path(self, path: Path, why: str) -> None:
        relative = path.relative_to(self.project).as_posix()
        if relative in (*self.dependencies, *self.notices) or self._is_below_another(relative):
            return
        dependency = _measure_dependency(path, self.project, why, is_limited=True)
        if _is_too_large(dependency.files, dependency.size):
            self.notices[relative] = (
                f"{relative} ({why}) is not copied: it exceeds {MAX_BYTES >> 30} GB or {MAX_FILES:,} files. "
                f"Use --depends {relative} to copy it, or read it from $PROJECT_DIR/{relative}"
            )
        elif dependency.files and not self._has_only_source(path, dependency.files):
            self.dependencies[relative] = dependency

    def _has_only_source(self, path: Path, files: int) -> bool:
        """Returns whether a directory has only source code."""
        prefix = path.relative_to(self.project).as_posix() + "/"
        return path.is_dir() and sum(s.startswith(prefix) for s in self.source) >= files

    def _is_below_another(self, relative: str) -> bool:
        return any(relative.startswith(f"{other}/") for other in (*self.dependencies, *self.notices))

    def list_dependencies(self) -> list[Dependency]:
        return [d for d in self.dependencies.values() if not self._is_below_another(d.path)]


def _resolve_literal(text: str, base: Path) -> Path | None:
    """Returns the existing path that a literal names, cut where a pattern or a placeholder begins; else None."""
    text = text.strip().replace("\\\\", "/")
    cut = re.split(r"[{%*?\[$]", text, maxsplit=1)[0]
    if cut != text:
        cut = cut.rpartition("/")[0]
    if not cut.strip("./") or cut.startswith(("/", "~", "-")) or "\0" in cut or "://" in text:
        return None
    return Path(os.path.normpath(base / cut)) if os.path.lexists(f"{base}/{cut}") else None


def _measure_dependency(path: Path, project: Path, why: str, is_limited: bool = False) -> Dependency:
    """Returns the dependency at `path` with its size; if `is_limited`, counting ends when it is too large."""
    files = size = 0
    for file in _walk_files(path):
        try:
            info = os.stat(file)
        except OSError:
            continue
        size += min(info.st_size, info.st_blocks * 512)  # without holes
        files += 1
        if is_limited and _is_too_large(files, size):
            break
    return Dependency(path.relative_to(project).as_posix(), why, files, size)


def _is_too_large(files: int, size: int) -> bool:
    return files > MAX_FILES or size > MAX_BYTES


def _walk_files(path: Path) -> Iterator[Path]:
    """Yields the file at `path`, or those below it if it is a directory."""
    if not path.is_dir():
        yield path
    for top, folders, files in walk_dirs(path):
        folders[:] = sorted(f for f in folders if f not in CACHE_DIRECTORIES)
        yield from (Path(top, name) for name in sorted(files))


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
    from gage.static_analysis.import_scan import find_imported_files

    sizes = {project / f.path: f.size for f in source.files}
    queue = [script]
    roots = (script.parent, project, project / "src")
    budget = MAX_SCANNED_BYTES
    for path in queue:
        budget -= sizes.get(path, 0)
        if budget < 0 or len(queue) > MAX_SCANNED_FILES:
            return
        yield path
        if path.suffix == ".py":
            try:
                imported = find_imported_files(path.read_bytes(), path, roots)
            except OSError:
                continue
            queue += [p for p in imported if p in sizes and p not in queue]
