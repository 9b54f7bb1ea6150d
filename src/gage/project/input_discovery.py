"""Project files that a program reads and that are not source code: named in its text, its config or by the user."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gage.lib.globs import compile_pattern, is_glob
from gage.project.gitfiles import CACHES
from gage.project.path_literals import find_path_literals, uses_own_location
from gage.types.errors import NotFound, UsageError
from gage.types.plan import ConfigValue, Dependency, SourcePlan

MAX_FILES = 20_000
MAX_BYTES = 2 << 30
MAX_SCANNED = 100
"""How many source files are searched for names."""
MAX_SCANNED_BYTES = 2 << 20
ENVIRONMENTS = ("pyvenv.cfg", "conda-meta")

_OUTPUT_NAME = re.compile(
    r"(?:^|[-_.])(?:out|output|save|log|logs|ckpt|checkpoint|checkpoints|results?)(?:$|[-_.])", re.I
)

_FOLDER = re.compile(r"^(?:\$\{?\w+\}?|\{|\))?/")
"""What stands for the folder of a program that asks where it is itself."""


def discover_dependencies(
    project: Path,
    cwd: str,
    source: SourcePlan,
    script: Path | None,
    settings: Sequence[ConfigValue],
    words: Iterable[str],
    skip: Path | None = None,
) -> tuple[list[Dependency], list[str]]:
    """What the program reads as far as it says so by literal relative paths, and notices for what is too large.

    `cwd` is the folder below `project` in which it starts; `words` are those of its command. `skip` is the runs
    directory. Never raises for what the text names: text may name anything.
    """
    names = _Names(project, cwd, source, skip)
    for s in settings:
        if isinstance(s.value, str) and not _OUTPUT_NAME.search(s.name):
            names.add(s.value, f"config {s.name}")
    for word in words:
        names.add(word.partition("=")[2] if word.startswith("-") else word, "the command")
    if script is not None:
        replaced = {s.default for s in settings if isinstance(s.default, str) and s.value != s.default}
        for text, why, beside in _literals(script, project, source):
            if text not in replaced:
                names.add(text, why, beside)
    return names.inputs(), names.notices


def names_file(text: str, folders: Iterable[Path]) -> bool:
    """Whether `text` names something that is there, seen from one of these folders."""
    return any(_named(text, folder, _listing(folder)) is not None for folder in folders)


def list_linked(project: Path, cwd: Path, paths: Iterable[str]) -> list[Dependency]:
    """What the user named with `--link`, relative to `cwd`. Raises NotFound or UsageError."""
    found = []
    for text in paths:
        path = Path(os.path.normpath(cwd / text))
        if not os.path.lexists(path):
            raise NotFound(f"Dependency {text} does not exist", f"Try: ls {cwd}")
        if not path.is_relative_to(project) or path == project or not _stays_inside(path, project):
            raise UsageError(
                f"{text} is not inside the project {project}", "A program can read such a file by its absolute path"
            )
        found.append(_input(path, project, "--depends", None))
    return [i for i in found if i]


def list_declared(project: Path, patterns: Iterable[str]) -> list[Dependency]:
    """The `depends` of an op def: paths and globs in the project. Raises NotFound for one that fits nothing."""
    found: list[Dependency] = []
    for pattern in patterns:
        if is_glob(pattern):
            fits = compile_pattern(pattern)
            paths = [p for p in _files_below(project) if fits(p.relative_to(project).as_posix())]
        else:
            paths = [project / pattern] if os.path.lexists(project / pattern) else []
        if not paths:
            raise NotFound(f"The operation depends on {pattern}, which is not in the project", f"Try: ls {project}")
        found += [i for p in paths if _stays_inside(p, project) and (i := _input(p, project, "depends", None))]
    return found


class _Names:
    """Collects the paths that exist, each once."""

    def __init__(self, project: Path, cwd: str, source: SourcePlan, skip: Path | None) -> None:
        self.project = project
        self.bases = list(dict.fromkeys((project / cwd, project)))
        self.tops = {base: _listing(base) for base in self.bases}
        self.source = {f.path for f in source.files}
        self.skip = skip
        self.found: dict[str, Dependency] = {}
        self.notices: list[str] = []

    def add(self, text: str, why: str, beside: Path | None = None) -> None:
        """Note what `text` names, seen from where the program starts, from the folder `beside` or those above it."""
        above = [p for p in (beside, *beside.parents) if p.is_relative_to(self.project)] if beside else []
        for base in dict.fromkeys((*self.bases, *above)):
            if base not in self.tops:
                self.tops[base] = _listing(base)
            path = _named(_FOLDER.sub("", text) if base in above else text, base, self.tops[base])
            if path is not None and self._fits(path):
                self._keep(path, why)
                return

    def _fits(self, path: Path) -> bool:
        relative = path.relative_to(self.project).as_posix() if path.is_relative_to(self.project) else ""
        if relative in ("", ".") or relative in self.source or not CACHES.isdisjoint(relative.split("/")):
            return False
        if self.skip is not None and (path.is_relative_to(self.skip) or self.skip.is_relative_to(path)):
            return False
        return _stays_inside(path, self.project) and not self._is_environment(path)

    def _is_environment(self, path: Path) -> bool:
        """Whether it is, or is in, a virtual environment."""
        folders = [p for p in (path, *path.parents) if p != self.project and p.is_relative_to(self.project)]
        return any(os.path.lexists(p / mark) for p in folders for mark in ENVIRONMENTS)

    def _keep(self, path: Path, why: str) -> None:
        relative = path.relative_to(self.project).as_posix()
        if relative in self.found or any(relative.startswith(k + "/") for k in self.found):
            return
        found = _input(path, self.project, why, (MAX_FILES, MAX_BYTES))
        if found is None:
            self.notices.append(
                f"{relative} ({why}) is not copied into the run: it is over {MAX_BYTES >> 30} GB or {MAX_FILES:,} "
                f"files. Use --depends {relative} to copy it anyway, or read it from $PROJECT_DIR/{relative}"
            )
            self.found[relative] = Dependency(relative, why, 0, -1)
        elif found.files and not self._all_source(path, found.files):
            self.found[relative] = found

    def _all_source(self, path: Path, files: int) -> bool:
        """Whether a folder has nothing but source code."""
        prefix = path.relative_to(self.project).as_posix() + "/"
        return path.is_dir() and sum(s.startswith(prefix) for s in self.source) >= files

    def inputs(self) -> list[Dependency]:
        below = [k for k in self.found if any(k.startswith(o + "/") for o in self.found)]
        return [i for k, i in self.found.items() if k not in below and i.size >= 0]


def _listing(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def _named(text: str, base: Path, top: set[str]) -> Path | None:
    """The existing path that a literal names: as it is, or up to where a pattern or a value begins."""
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


def _stays_inside(path: Path, project: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(project))


def _input(path: Path, project: Path, why: str, limit: tuple[int, int] | None) -> Dependency | None:
    """The input at `path`; None when it is over `limit` (files, bytes)."""
    files = size = 0
    for file in [path] if not path.is_dir() else _files_below(path):
        try:
            info = os.stat(file)
            size += min(info.st_size, getattr(info, "st_blocks", 1 << 60) * 512)  # holes cost nothing
        except OSError:
            continue
        files += 1
        if limit and (files > limit[0] or size > limit[1]):
            return None
    return Dependency(path.relative_to(project).as_posix(), why, files, size)


def _files_below(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in CACHES)
        for name in sorted(files):
            yield Path(top, name)


def _literals(script: Path, project: Path, source: SourcePlan) -> Iterator[tuple[str, str, Path | None]]:
    """What the script and the project's modules that it imports mention, with its place; and the folder beside which
    it may be meant.
    """
    for path in _reached(script, project, source):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        name = os.path.relpath(path, project)
        beside = path.parent if uses_own_location(text) else None
        for said, line in find_path_literals(text, path.suffix.lower()):
            yield said, f"{name}:{line}", beside


def _reached(script: Path, project: Path, source: SourcePlan) -> Iterator[Path]:
    """The script, then the modules of the project that it imports, and what those import."""
    sizes = {f.path: f.size for f in source.files}
    queue = [script]
    roots = (script.parent, project, project / "src")
    budget = MAX_SCANNED_BYTES
    for path in queue:
        budget -= sizes.get(path.relative_to(project).as_posix(), 0) if path.is_relative_to(project) else 0
        if budget < 0 or len(queue) > MAX_SCANNED:
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
