"""Finds a completed run that did what a plan would do. Compares what the run recorded with the project as it is now.

Whatever a run did not record, such as a command with a secret or a dependency that it changed, counts as different.
"""

import glob
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from gage.index.index import Index
from gage.lib.files import is_inside, walk_dirs
from gage.lib.processes import has_redirected_input
from gage.lib.secrets import MASK
from gage.project.command_line import parse_exec
from gage.project.file_references import CODE_SUFFIXES, FileReferences, find_references, split_words
from gage.project.find import is_run_of
from gage.project.operation import NOTEBOOK, find_script_file
from gage.project.path_literals import find_path_literals
from gage.project.previous_run_dependencies import read_reference
from gage.project.reached_source import ProgramStart, ReachedSource, SourceTree, find_reached_source
from gage.project.source_selection import CACHE_DIRECTORIES
from gage.project.variable_references import SameVariables, compare_variables, find_variables
from gage.store import manifest
from gage.store.copied_files import CopiedStates, parse_copied_states, parse_resumed_paths, parse_source_files
from gage.store.meta import MetaReader
from gage.store.meta_writer import encode_json
from gage.store.store import RunStore
from gage.types.errors import NotFound, StoreError
from gage.types.events import Events
from gage.types.plan import RunPlan
from gage.types.run import Run
from gage.types.values import JSONValue, as_list, as_table

MAX_OUTSIDE_FILES = 20_000
"""Files of a directory outside of the project that are looked at for changes."""

_PROJECT_VARIABLE = re.compile(r"\$(?:PROJECT_DIR\b|\{PROJECT_DIR\})")
_BEFORE_PATH = re.compile(r"^[{}*~]*/")
_PATTERN = re.compile(r"[*?\[{%$]")
_HOLE = re.compile(r"\{[^{}/]*\}|\{|%\d*\w|\$\w+")
_Value = TypeVar("_Value")
_Stamp = tuple[int, int, int]
"""Size, modification time and inode of a file."""


class SameRun(NamedTuple):
    """A completed run that did the same as a plan, and what was compared: `the script, 2 modules that it imports`."""

    run: Run
    compared: str


class _RecordedRun(NamedTuple):
    """What a run recorded. `exec` is the command of its operation, `dependencies` their paths and where links lead.
    `source` maps paths to digests as copied from the project, `copied` dependencies to size and time, `digests` to the
    digests of those that the run did not change.
    """

    plan: Mapping[str, JSONValue]
    exec: JSONValue
    env: Mapping[str, JSONValue]
    source: Mapping[str, str]
    dependencies: frozenset[tuple[str, str]]
    copied: CopiedStates
    digests: Mapping[str, str]


class SameRunFinder:
    """Finds completed runs that did what plans would do. Reads each file once, unless it changes meanwhile."""

    def __init__(self, store: RunStore, index: Index, events: Events) -> None:
        self._store = store
        self._index = index
        self._events = events
        self._records: dict[str, _RecordedRun | None] = {}
        self._trees: dict[frozenset[str], SourceTree] = {}
        self._references: dict[str, tuple[_Stamp, FileReferences]] = {}
        self._digests: dict[str, tuple[_Stamp, str]] = {}

    def find(self, plan: RunPlan) -> SameRun | None:
        """Returns the latest completed run that did the same and has all of its files, or None. A restart is never the
        same; an evaluation can only be the same as another evaluation of the same run.
        """
        is_restart = plan.origin is not None and not plan.request.is_evaluation
        if is_restart or not plan.project_dir or has_redirected_input():
            return None
        evaluated = plan.request.parent if plan.request.is_evaluation else ""
        for run in self._index.find_same(plan.op, plan.config):
            if run.incomplete or (run.parent if run.relation == "evaluation" else "") != evaluated:
                continue
            if run.id not in self._records:
                self._records[run.id] = _read_record(self._store, run)
            record = self._records[run.id]
            if record is None or not (_is_same_project(plan, run) and _is_same_command(plan, record)):
                continue
            reached = self._compare_source(plan, record, self._store.get_paths(run.id).run_dir)
            if reached is None or not self._has_same_dependencies(plan, record):
                continue
            names = self._find_variables(plan, reached)
            variables = compare_variables(names, {**os.environ, **plan.env}, record.env)
            if variables is None:
                continue
            outside = _compare_outside(self._find_outside_paths(plan, reached), run)
            if outside is not None:
                return SameRun(run, _describe(plan, reached, len(record.copied), variables, outside))
        return None

    def _compare_source(self, plan: RunPlan, record: _RecordedRun, run_dir: Path) -> ReachedSource | None:
        """Returns the source files that the program reaches, None if they are not those of the record. Only the run's
        copy in `run_dir` has whether a file is executable.
        """
        start = find_program_start(plan)
        reached = self._find_reached(plan, start, frozenset(file.path for file in plan.source.files))
        before = self._find_reached(plan, start, frozenset(record.source))
        if reached.files != before.files:
            return None
        for path in sorted(reached.files):
            file = f"{plan.project_dir}/{path}"
            if self._digest(file) != record.source[path] or _is_executable(file) != _is_executable(run_dir / path):
                return None
        return reached

    def _find_reached(self, plan: RunPlan, start: ProgramStart | str, paths: frozenset[str]) -> ReachedSource:
        if isinstance(start, str):
            return ReachedSource(paths, start)
        if paths not in self._trees:
            self._trees[paths] = SourceTree(paths)
        return find_reached_source(start, self._trees[paths], lambda path: self._read_references(plan, path))

    def _read_references(self, plan: RunPlan, path: str) -> FileReferences:
        def read(file: str) -> FileReferences:
            return find_references(Path(file).read_bytes(), path)

        return _load(f"{plan.project_dir}/{path}", self._references, read) or FileReferences()

    def _digest(self, file: str) -> str | None:
        def digest(file: str) -> str:
            digested = manifest.digest_regular_file(Path(os.path.realpath(file)))
            return digested[0] if digested else ""

        return _load(file, self._digests, digest)

    def _has_same_dependencies(self, plan: RunPlan, record: _RecordedRun) -> bool:
        if {(each.path, each.target) for each in plan.dependencies} != record.dependencies:
            return False
        sizes = dict(_list_dependency_files(plan, self._store.root))
        if sizes != {path: size for path, (size, _) in record.copied.items()} or sizes.keys() != record.digests.keys():
            return False
        done, total = 0, sum(sizes.values())
        for path, size in sizes.items():
            self._events.progress("Comparing dependencies", done, total)
            if self._digest(f"{plan.project_dir}/{path}") != record.digests[path]:
                return False
            done += size
        self._events.progress("Comparing dependencies", total, total)
        return True

    def _list_references(self, plan: RunPlan, reached: ReachedSource) -> Iterator[FileReferences]:
        """Yields what the source files of programs, and those that they name, refer to."""
        for path in sorted(reached.files):
            if not reached.reason or path.endswith((".py", *CODE_SUFFIXES)):
                yield self._read_references(plan, path)

    def _find_variables(self, plan: RunPlan, reached: ReachedSource) -> set[str]:
        """Returns the names of environment variables that the command, config or source code names."""
        values = [text for value in plan.config.values() for text in _list_texts(value)]
        lines = [command.to_line() for command in (plan.command, *plan.hooks.values())]
        named = [find_variables(text) for text in (*lines, *values)]
        return set().union(*named, *(each.variables for each in self._list_references(plan, reached)))

    def _find_outside_paths(self, plan: RunPlan, reached: ReachedSource) -> Iterator[str]:
        """Yields the absolute paths of existing files that the command, config or source code names."""
        words = [word for word, _ in find_path_literals(plan.command.to_line(), ".sh")]
        words += [word for value in (*plan.config.values(), *plan.env.values()) for word in _list_texts(value)]
        words += [f for f in _list_python_path(plan, Path(plan.project_dir)) if not is_inside(f, plan.project_dir)]
        above = (Path(plan.project_dir), *Path(plan.project_dir).parents)
        for references in self._list_references(plan, reached):
            words += references.words
            bases = [*(["$PROJECT_DIR"] if references.reads_project else ()), *(["~"] if references.reads_home else ())]
            words += [f"{base}/{_BEFORE_PATH.sub('', word)}" for base in bases for word in references.words]
            implied = ([f"{folder}/{name}" for folder in above] for name in references.implied)
            words += [next(filter(os.path.exists, paths), "") for paths in implied]
        words += [dependency.target for dependency in plan.dependencies if dependency.target]
        for word in dict.fromkeys(words):
            path = _PROJECT_VARIABLE.sub(lambda _: plan.project_dir, os.path.expanduser(word))
            if os.path.relpath(path, plan.project_dir) in reached.files:
                continue
            if os.path.isabs(path) and _PATTERN.search(path) and not os.path.exists(path):
                yield from _find_matches(path, plan.project_dir)
                continue
            if path.endswith(".py") and not is_inside(path, plan.project_dir):
                path = os.path.dirname(path)  # with the modules beside the script
            if path.strip("/.") and os.path.isabs(path) and "\0" not in path and os.path.exists(path):
                yield path


def _find_matches(pattern: str, project: str) -> Iterator[str]:
    """Yields the directory of the files that a pattern may match; their paths if that is the project or the home
    directory, where other files change.
    """
    folder = os.path.dirname(_PATTERN.split(pattern, maxsplit=1)[0])
    if os.path.realpath(folder) in (os.path.realpath(project), os.path.realpath(os.path.expanduser("~"))):
        yield from glob.iglob(_HOLE.sub("*", pattern))
    elif folder.strip("/.") and "\0" not in folder and os.path.exists(folder):
        yield folder


def find_program_start(plan: RunPlan) -> ProgramStart | str:
    """Returns what starts the plan's Python program; for any other program, the reason why what it reads is unknown."""
    project, command = Path(plan.project_dir), parse_exec(plan.command)
    directory = _normalize(os.path.join(plan.cwd, command.directory))
    script = find_script_file(command, project / plan.cwd)
    if command.shape == "partial" or command.has_unknown_wrapper or not command.is_python:
        return "the program is not a single Python script"
    if script is None and command.module is None:
        return "the program is not a script of the project"
    if script is not None and script.suffix == NOTEBOOK:
        return f"{script.name} is a notebook"
    name = os.path.relpath(script, project) if script is not None else ""
    first = directory if command.module is not None else os.path.dirname(name)
    roots = [_normalize(os.path.relpath(folder, project)) for folder in _list_python_path(plan, project / directory)]
    project_path = f"{plan.project_dir}/"
    texts = [
        *(word.removeprefix(project_path) for word in command.words),
        plan.command.shell,
        *(text for v in plan.config.values() for text in _list_texts(v)),
    ]
    texts += [text for hook in plan.hooks.values() for text in (*hook.args, hook.shell)]
    texts += [*plan.env.values(), *(dependency.path for dependency in plan.dependencies)]
    words = [word for text in texts for word in (text, *split_words(text))]
    return ProgramStart(
        script=name,
        module=command.module or "",
        directory=directory,
        roots=(first, *(root for root in roots if not root.startswith(".."))),
        words=tuple(words),
    )


def _normalize(path: str) -> str:
    """Returns a relative path in its shortest form, "" for the directory itself."""
    path = os.path.normpath(path)
    return "" if path == "." else path


def _list_python_path(plan: RunPlan, directory: Path) -> list[str]:
    """Returns the directories of PYTHONPATH, relative ones in the `directory` that the program starts in."""
    variables = {**os.environ, **plan.env, **dict(parse_exec(plan.command).variables)}
    return [str(directory / folder) for folder in variables.get("PYTHONPATH", "").split(os.pathsep) if folder]


def _load(file: str, cache: dict[str, tuple[_Stamp, _Value]], read: Callable[[str], _Value]) -> _Value | None:
    """Returns what `read` returns for a file, from the cache if the file has not changed; None if there is no file."""
    try:
        info = os.stat(file)
        stamp = (info.st_size, info.st_mtime_ns, info.st_ino)
        if file not in cache or cache[file][0] != stamp:
            cache[file] = (stamp, read(file))
        return cache[file][1]
    except OSError:
        return None


def _read_record(store: RunStore, run: Run) -> _RecordedRun | None:
    """Returns what a run recorded; None if that is not enough to compare, as for runs of Gage 0.1."""
    paths = store.get_paths(run.id)
    try:
        with MetaReader.open(paths) as meta:
            plan, resumed = as_table(meta.read_json("plan.json")), parse_resumed_paths(meta.read_json("resumed.json"))
            files = parse_source_files(meta.read_json("sourcecode.json"))
            env = as_table(meta.read_json("proc/env.json"))
            command = as_table(meta.read_json("opdef.json")).get("exec")
            if meta.read("proc/stdin") is not None:
                return None
            if not plan or not env or files is None or (resumed and run.relation != "evaluation"):
                return None
            inputs = [_read_dependency(as_table(each)) for each in as_list(meta.read_json("inputs.json"))]
            copied = parse_copied_states(meta.read("copied.json"))
            entries = manifest.parse(meta.read("manifest") or b"") if copied else []
    except (StoreError, NotFound, OSError):
        return None
    digests = {entry.path: entry.digest for entry in entries if entry.kind == "d" and entry.path in copied}
    for path, _ in inputs:
        if manifest.is_safe_path(path):
            digests |= read_reference(paths.run_dir, path)[1]
    return _RecordedRun(plan, command, env, files, frozenset(inputs), copied, digests)


def _read_dependency(record: Mapping[str, JSONValue]) -> tuple[str, str]:
    """Returns the path of a recorded dependency, and where it leads if it is a link, else ""."""
    return str(record.get("path")), str(record.get("source")) if record.get("mode") == "link" else ""


def _is_same_project(plan: RunPlan, run: Run) -> bool:
    if plan.project_id and run.project_id:
        return plan.project_id == run.project_id
    return is_run_of(run, plan.project_dir)


def _is_same_command(plan: RunPlan, recorded: _RecordedRun) -> bool:
    """Returns whether the run was started in the same way. What was masked in the record is unknown."""
    now: dict[str, JSONValue] = {
        "cwd": plan.cwd,
        "env": dict(plan.env),
        "hooks": {str(name): command.to_json() for name, command in plan.hooks.items()},
        "interpreter": plan.interpreter,
    }
    if not _is_same(now, {name: recorded.plan.get(name) for name in now}):
        return False
    if recorded.env.get("PYTHONPATH") != {**os.environ, **plan.env}.get("PYTHONPATH"):
        return False
    settings: list[JSONValue] = [[each.name, each.target, each.location] for each in plan.config_values]
    raw = map(as_table, as_list(recorded.plan.get("settings")))
    before: list[JSONValue] = [[each.get("name"), each.get("target"), each.get("place")] for each in raw]
    if not _is_same(sorted(map(str, settings)), sorted(map(str, before))):
        return False
    if _is_same(plan.command.to_json(), recorded.plan.get("command")):
        return True
    # the same operation with the same values, which `--lr 0.3` and lr=0.3 set in different words
    rest: JSONValue = [plan.opdef.get("exec"), list(plan.arguments)]
    return bool(recorded.exec) and _is_same(rest, [recorded.exec, recorded.plan.get("arguments")])


def _is_same(now: JSONValue, before: JSONValue) -> bool:
    """Returns whether a value is that of a record, in which nothing is masked."""
    is_known = MASK not in json.dumps(before) and _is_text(json.dumps(now, ensure_ascii=False))
    return is_known and json.loads(encode_json(now)) == before


def _is_text(text: str) -> bool:
    """Returns whether a text is recorded as it is: bytes of a command line that are not UTF-8 are replaced."""
    return text == text.encode("utf-8", "replace").decode()


def _list_texts(value: JSONValue) -> Iterator[str]:
    """Yields the strings in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _list_texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _list_texts(item)


def _list_dependency_files(plan: RunPlan, store: Path) -> Iterator[tuple[str, int]]:
    """Yields path and size of the files of the plan's dependencies that a run would copy: all but source code."""
    source = {file.path for file in plan.source.files}
    for dependency in plan.dependencies:
        if dependency.target:
            continue
        top = os.path.join(plan.project_dir, dependency.path)
        for folder, folders, names in walk_dirs(top) if os.path.isdir(top) else [("", [], [top])]:
            folders[:] = [f for f in folders if f != ".git" and os.path.join(folder, f) != str(store)]
            for name in names:
                file = os.path.join(folder, name)
                path = os.path.relpath(file, plan.project_dir)
                if path not in source and os.path.isfile(file) and is_inside(file, plan.project_dir):
                    yield path, os.stat(file).st_size


def _compare_outside(paths: Iterator[str], run: Run) -> list[str] | None:
    """Returns the directories that are too large to look for changes since the run started; None if a path has changed.
    These are not copied, so that only their times can be compared.
    """
    too_large = []
    for path in paths:
        is_changed = _has_changed_since(path, 1000 * (run.started or 0))
        if is_changed:
            return None
        if is_changed is None:
            too_large.append(path)
    return too_large


def _is_executable(file: Path | str) -> bool:
    return os.path.exists(file) and bool(os.stat(file).st_mode & stat.S_IXUSR)


def _walk_links(top: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields what `os.walk` yields, also for the directories that links lead to, each once."""
    seen: set[str] = set()
    pending = [top]
    while pending:
        start = pending.pop()
        for folder, folders, names in walk_dirs(start):
            real = os.path.realpath(folder)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            yield folder, folders, names
            pending += [path for name in folders if os.path.islink(path := os.path.join(folder, name))]


def _has_changed_since(path: str, nanoseconds: int) -> bool | None:
    """Returns whether a file, or one below a directory, has changed; None for more files than can be looked at."""
    seen = 0
    for folder, folders, names in _walk_links(path) if os.path.isdir(path) else [(path, [], [])]:
        is_code = "__pycache__" in folders  # its time changes when Python writes byte code
        folders[:] = [name for name in folders if name not in CACHE_DIRECTORIES]
        for file in (*(() if is_code else (folder,)), *(os.path.join(folder, name) for name in names)):
            seen += 1
            try:
                info = os.stat(file)
            except OSError:
                continue  # removed meanwhile, or a broken link
            is_device = not (stat.S_ISREG(info.st_mode) or stat.S_ISDIR(info.st_mode))
            if not is_device and max(info.st_mtime_ns, info.st_ctime_ns) > nanoseconds:
                return True
            if seen > MAX_OUTSIDE_FILES:
                return None
    return False


def _describe(
    plan: RunPlan, reached: ReachedSource, dependencies: int, variables: SameVariables, outside: list[str]
) -> str:
    """Returns what was compared, for a message."""
    if not plan.source.files:
        parts = ["the command"]
    elif reached.reason:
        parts = [f"all source code, since {reached.reason}"]
    else:
        modules = sum(path.endswith(".py") for path in reached.files) - 1
        others = len(reached.files) - 1 - modules
        parts = ["the script", _count(modules, "module", "that it imports"), _count(others, "file", "that it names")]
    parts.append(_count(dependencies, "dependency", ""))
    parts.append(_count(variables.number, "environment variable", ""))
    parts += [f"but not {name}, which is secret" for name in variables.secret]
    parts += [f"but not {path}, which is too large and not in the project" for path in outside]
    return ", ".join(part for part in parts if part)


def _count(number: int, noun: str, what: str) -> str:
    plural = noun if number == 1 else noun[:-1] + "ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {plural} {what}".strip() if number else ""
