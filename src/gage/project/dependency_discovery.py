"""Finds project files that a program reads: named in its source code, its config, its command, or by the user."""

import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gage.formats.registry import find_config_source, format_name, is_program
from gage.lib.files import is_inside, walk_dirs
from gage.lib.globs import compile_pattern, is_glob
from gage.project.missing_file_hint import describe_project_above, suggest_script_directory
from gage.project.operation import Operation
from gage.project.outside_links import build_link, find_link_out, list_links_below
from gage.project.path_literals import find_path_literals, has_location_above, has_own_location
from gage.project.path_values import (
    DATA_DIRECTORIES,
    expand_references,
    find_path_names,
    is_path_argument,
    is_path_parameter,
)
from gage.project.source_selection import CACHE_DIRECTORIES
from gage.types.errors import ConfigError, NotFound, UsageError
from gage.types.plan import Dependency, SourcePlan
from gage.types.values import ConfigValue

MAX_FILES = 20_000
MAX_BYTES = 2 << 30
MAX_SCANNED_FILES = 100
"""Source files that are searched for paths."""
MAX_SCANNED_BYTES = 2 << 20
MAX_CONFIG_FILES = 20
"""Config files that are searched for paths."""
ENVIRONMENT_MARKERS = ("pyvenv.cfg", "conda-meta")

_OUTPUT_NAME = r"(?i)(?:^|[-_.])(?:out|output|save|log|logs|ckpt|checkpoint|checkpoints|results?)(?:$|[-_.])"

_FINDS_FILES = (
    r"\b(?:[ir]?glob|os\.walk|walk_?dir|list_?dir|scandir|iterdir|read_?dir(?:Sync)?|list\.files"
    r"|environ|[gG]etenv|process\.env)\b|^\s*find\s|\$\{\w+:-"  # a shell's find, ${DATA:-...}
)
"""Code that lists directories, or reads the environment, which may name one."""

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
    used = find_path_names(_read_text(script)) if script is not None else frozenset()
    texts = {config.name: config.value for config in values if isinstance(config.value, str)}
    for config in values:
        text = config.value
        if not isinstance(text, str) or re.search(_OUTPUT_NAME, config.name):
            continue
        if is_path_parameter(config.name, text, used):
            text = expand_references(text, texts)
            collector.add(text if config.set_by_user else _make_relative(text, project), f"config {config.name}")
    run = operation.op.run
    own = run.shell.split() if run and command.shape == "partial" else command.words
    previous = ""
    for word in (*own, *operation.arguments):
        if is_path_argument(word, previous):
            collector.add(word.partition("=")[2] if word.startswith("-") else word, "the command")
        previous = word
    replaced = {c.default for c in values if isinstance(c.default, str) and c.value != c.default}
    if script is not None:
        for literal in _find_literals(script, project, source):
            if literal.text not in replaced:
                collector.add(*literal)
    _add_paths_in_config_files(collector, replaced)
    if script is not None:
        _report_unnamed_data(collector, script, source)
    return collector.list_dependencies(), collector.notices


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _make_relative(text: str, project: Path) -> str:
    """Returns a path in the project relative to it: a program that was introspected there may have made it absolute."""
    is_absolute = text.startswith(f"{project}{os.sep}") and "\0" not in text
    return os.path.relpath(text, project) if is_absolute else text


def _add_paths_in_config_files(collector: "_DependencyCollector", replaced: Collection[str]) -> None:
    """Adds the paths in config files that the program names, and in those that they name."""
    seen: set[str] = set()
    while names := collector.config_files - seen:
        if len(seen) >= MAX_CONFIG_FILES:
            return
        name = min(names)
        seen.add(name)
        path = collector.project / name
        try:
            config_source = find_config_source(name)
            values = config_source.read(path.read_bytes()) if config_source else {}
        except (OSError, ConfigError):
            continue
        texts = {key: entry.value for key, entry in values.items() if isinstance(entry.value, str)}
        for key, entry in values.items():
            text = entry.value
            if not isinstance(text, str) or text in replaced or re.search(_OUTPUT_NAME, key):
                continue
            if is_path_parameter(key, text, ()):
                collector.add(expand_references(text, texts), f"{name}:{entry.line}", path.parent)


def _report_unnamed_data(collector: "_DependencyCollector", script: Path, source: SourcePlan) -> None:
    """Adds a notice for a directory of data that is not copied, if the program finds files by itself or a library that
    is imported may read it.
    """
    paths = [base / name for base in dict.fromkeys(collector.bases) for name in DATA_DIRECTORIES]
    left = [path for path in paths if path.is_dir() and not collector.has_parts_of(path)]
    if not left or not _may_find_files(script, collector.project, source):
        return
    for path in left:
        found = _measure_dependency(path, collector.project, "", is_limited=True)
        has_data = found.files and not collector.has_only_source(path, found.files)
        if has_data or list_links_below(path, collector.project, ""):
            collector.notices[found.path] = (
                f"{found.path} is not part of the run, as the program does not name it. "
                f"If it is needed: --depends {found.path}"
            )


def _may_find_files(script: Path, project: Path, source: SourcePlan) -> bool:
    """Returns whether the program lists directories, reads the environment, or imports a module that is neither its own
    nor Python's.
    """
    texts = [_read_text(path) for path in _find_reachable_sources(script, project, source)]
    if any(re.search(_FINDS_FILES, text, re.MULTILINE) for text in texts):
        return True
    names = {name for text in texts for name in re.findall(r"(?m)^\s*(?:from|import)\s+([A-Za-z_]\w*)", text)}
    own = {part for file in source.files for part in Path(file.path).with_suffix("").parts}
    return script.suffix == ".py" and not names <= {*sys.stdlib_module_names, *own}


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
        if not os.path.exists(path):
            raise NotFound(f"{text} is a link that leads to nothing", f"Try: ls -l {path}")
        if link := find_link_out(path, project):
            dependencies.append(build_link(link, project, "--depends"))
            continue
        if not path.is_relative_to(project) or path == project or not is_inside(path, project):
            raise UsageError(
                f"{text} is not inside the project {project}", "A program can read such a file by its absolute path"
            )
        dependencies.append(_measure_dependency(path, project, "--depends"))
        dependencies += list_links_below(path, project, "--depends")
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
        for path in paths:
            if link := find_link_out(path, project):
                dependencies.append(build_link(link, project, "depends"))
            elif is_inside(path, project):
                dependencies += [
                    _measure_dependency(path, project, "depends"),
                    *list_links_below(path, project, "depends"),
                ]
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
        script = operation.script
        self.script = os.path.relpath(script, self.project) if script is not None else ""
        self.runs_dir = runs_dir
        self.dependencies: dict[str, Dependency] = {}
        self.notices: dict[str, str] = {}
        self.config_files: set[str] = set()

    def add(self, text: str, why: str, beside: Path | None = None, is_above: bool = False) -> None:
        """Adds the path that `text` names, relative to the program's directory, to `beside` or a directory above it.

        If it is only found outside the project, a notice says so; with `is_above` also what is beside the project.
        """
        above = [p for p in (beside, *beside.parents) if p.is_relative_to(self.project)] if beside else []
        for base in dict.fromkeys((*self.bases, *above)):
            path = _resolve_literal(re.sub(_OWN_DIRECTORY, "", text) if base in above else text, base)
            if path is not None and self._is_dependency(path):
                self._add_path(path, why)
                return
            if path is not None and self._note_config_file(path):
                return
        if "/" not in text and _is_config_file(text):
            same = [name for name in self.source if name.endswith(f"/{text}")]
            self.config_files.update(same if len(same) == 1 else ())
        self._report_outside(text, why, is_above)

    def _note_config_file(self, path: Path) -> bool:
        """Remembers a config file of the source code, whose paths are searched; returns whether it is one."""
        name = path.relative_to(self.project).as_posix() if path.is_relative_to(self.project) else ""
        is_config = name in self.source and _is_config_file(name)
        self.config_files.update((name,) if is_config else ())
        return is_config

    def _report_outside(self, text: str, why: str, is_above: bool) -> None:
        """Adds a notice for an existing path outside the project, which a run does not have at the same place."""
        bases = self.bases if re.match(r"\.\.[/\\]", text) else (self.project.parent,) if is_above else ()
        start = os.path.relpath(self.bases[0], self.project)
        for base in bases:
            path = _resolve_literal(text, base)
            if path is None or path.is_relative_to(self.project) or self.project.is_relative_to(path):
                continue
            above = os.path.commonpath((path, self.project))
            self.notices[str(path)] = (
                f"{path} ({why}) is outside the project {self.project}, so it is not part of the run. "
                f"{describe_project_above(self.project, Path(above))}"
            )
            return
        folder = (self.project / self.script).parent
        path = _resolve_literal(text, folder)
        relative = os.path.relpath(path, folder) if path is not None else ""
        if hint := suggest_script_directory(relative, self.project, start, self.script):
            self.notices[text] = (
                f"{text} ({why}) leads to a file from {os.path.dirname(self.script)}, but the program starts in "
                f"{'the project' if start == '.' else start}. {hint}"
            )

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
        is_found = is_inside(path, self.project) or find_link_out(path, self.project) is not None
        return is_found and not is_environment

    def _add_path(self, path: Path, why: str) -> None:
        link = find_link_out(path, self.project)
        relative = (link or path).relative_to(self.project).as_posix()
        if relative in (*self.dependencies, *self.notices) or self._is_below_another(relative):
            return
        if link is not None:
            self.dependencies[relative] = build_link(link, self.project, why)
            return
        dependency = _measure_dependency(path, self.project, why, is_limited=True)
        if _is_too_large(dependency.files, dependency.size):
            self.notices[relative] = (
                f"{relative} ({why}) is not copied: it exceeds {MAX_BYTES >> 30} GB or {MAX_FILES:,} files. "
                f"Use --depends {relative} to copy it, or read it from $PROJECT_DIR/{relative}"
            )
            return
        if dependency.files and not self.has_only_source(path, dependency.files):
            self.dependencies[relative] = dependency
        self.dependencies |= {link.path: link for link in list_links_below(path, self.project, why)}

    def has_parts_of(self, path: Path) -> bool:
        """Returns whether a directory, something in it or something around it is a dependency or has a notice."""
        relative = path.relative_to(self.project).as_posix()
        known = (*self.dependencies, *self.notices)
        return self._is_below_another(relative) or any(f"{each}/".startswith(f"{relative}/") for each in known)

    def has_only_source(self, path: Path, files: int) -> bool:
        """Returns whether a directory has only source code."""
        prefix = path.relative_to(self.project).as_posix() + "/"
        return path.is_dir() and sum(s.startswith(prefix) for s in self.source) >= files

    def _is_below_another(self, relative: str) -> bool:
        return any(relative.startswith(f"{other}/") for other in (*self.dependencies, *self.notices))

    def list_dependencies(self) -> list[Dependency]:
        return [d for d in self.dependencies.values() if d.target or not self._is_below_another(d.path)]


def _is_config_file(name: str) -> bool:
    return bool(format_name(name)) and not is_program(name)


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
    """Returns the dependency at `path` with its size, without what links out of the project lead to; if `is_limited`,
    counting ends when it is too large.
    """
    files = size = 0
    for file in _walk_files(path):
        if os.path.islink(file) and not is_inside(file, project):
            continue
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


class _Literal(NamedTuple):
    """A literal that may be a path, its `file:line`, the directory of a file that uses its own location (else None),
    and whether that file uses a directory above its own.
    """

    text: str
    why: str
    beside: Path | None
    is_above: bool


def _find_literals(script: Path, project: Path, source: SourcePlan) -> Iterator[_Literal]:
    """Yields the literals of the script and the project modules that it imports."""
    for path in _find_reachable_sources(script, project, source):
        text = _read_text(path)
        name = os.path.relpath(path, project)
        beside = path.parent if has_own_location(text) else None
        is_above = path.parent == project and has_location_above(text)
        for literal, line in find_path_literals(text, path.suffix.lower(), only_paths=True):
            yield _Literal(literal, f"{name}:{line}", beside, is_above)


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
