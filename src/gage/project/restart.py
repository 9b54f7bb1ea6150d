"""An earlier run and a request → the plan of a new run made from it, and what is different. Nothing is made here."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gage.assignments import parse
from gage.assignments.parse import AssignedValue
from gage.lib.secrets import MASK, is_secret_name
from gage.project import source_selection
from gage.project.find import Project, find_project_dir
from gage.project.operation import Operation, prepare_operation
from gage.project.parameter_spec import ParameterSpec, is_same_value
from gage.project.plan import build_plan, find_dependencies
from gage.project.previous_run import PreviousRun, read_previous_run
from gage.project.previous_run_inputs import list_produced_files, restore_dependencies
from gage.project.previous_run_source import read_source_file, restore_source
from gage.project.request import RunRequest
from gage.project.run_config import RunConfig, apply_assignments, find_parameters
from gage.store.store import RunStore
from gage.types.errors import ConfigError, NotFound, UsageError
from gage.types.opdef import OpDef
from gage.types.plan import Dependency, RestartOrigin, RunPlan, SourcePlan
from gage.types.run import Run
from gage.types.values import JSONValue

RESUMED_FROM = "GAGE_RESUMED_FROM"
"""Tells a program the ID of the run whose files it goes on with."""

_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": -float("inf")}
"""How JSON of a run writes numbers that JSON has not."""
_MOST_TEXT = 1 << 20


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A config value that is not that of the earlier run. `before` and `after` are None where there is none."""

    name: str
    before: JSONValue
    after: JSONValue


@dataclass(frozen=True, slots=True)
class FileChange:
    """A source file that is not that of the earlier run: "added", "removed" or "changed"; `diff` as lines of text."""

    path: str
    what: str
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restart:
    """A new run made from the run `of`, and what is different."""

    plan: RunPlan
    previous: Run
    config: tuple[ValueChange, ...]
    source: tuple[FileChange, ...]

    @property
    def resumes(self) -> bool:
        """Whether it takes files that the run left."""
        return RESUMED_FROM in self.plan.env


def plan_restart(
    store: RunStore, run: Run, request: RunRequest, latest: bool = False, goes_on: bool = False
) -> Restart:
    """The plan of a new run with the op def, config and source code of an earlier one, and the request's new values.

    `latest` takes the source code from the project as it is now; `goes_on` takes the files that the run left, too.
    Raises UsageError for a run that still goes on, ConfigError for a value that cannot be, NotFound and ConfigError for
    source code and inputs that are gone or not the same any more, StoreError for a damaged run.
    """
    if goes_on and run.status in ("running", "pending"):
        raise UsageError(f"Run {run.name} is {run.status}: it still writes its files", f"Try: gage stop {run.name}")
    earlier = read_previous_run(store, run)
    projects = _projects(run, request.cwd)
    if latest:
        plan, changes = _with_latest(earlier, request, projects, goes_on)
    else:
        plan, changes = _with_own(earlier, request, projects, goes_on), []
    return Restart(plan, run, tuple(_values(earlier, plan)), tuple(changes))


def _projects(run: Run, cwd: Path) -> list[Path]:
    """Where the run's project may be on this machine, the most certain place first."""
    known = [Path(run.project)] if run.project and os.path.isdir(run.project) else []
    return list(dict.fromkeys([*known, find_project_dir(cwd)]))


def _with_own(earlier: PreviousRun, request: RunRequest, projects: list[Path], goes_on: bool) -> RunPlan:
    """With the source code of the run: planned in a copy of it, as programs that are asked may write files."""
    import tempfile

    selected, said = restore_source(earlier)
    found, more = restore_dependencies(earlier, projects, goes_on)
    with tempfile.TemporaryDirectory(prefix="gage-", ignore_cleanup_errors=True) as folder:
        for file in selected.files:
            path = Path(folder, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(read_source_file(earlier, file.path, selected))
        operation = _operation(earlier, Path(folder))
        plan = _planned(earlier, operation, request, selected, found, [*said, *more], goes_on)
    known = projects[0] if str(projects[0]) == earlier.run.project else ""
    return plan._replace(project_dir=str(known))


def _with_latest(
    earlier: PreviousRun, request: RunRequest, projects: list[Path], goes_on: bool
) -> tuple[RunPlan, list[FileChange]]:
    """With the source code of the project as it is now."""
    project = projects[0]
    operation = _operation(earlier, project)
    _refuse_stranger(earlier, operation)
    selected = source_selection.select_source(project, earlier.op.source, request.store)
    kept, said = restore_dependencies(earlier, projects, goes_on)
    plan = _planned(earlier, operation, request, selected, kept, said, goes_on)
    new, notices = find_dependencies(operation, request, selected, plan.config_values)
    known = {i.path for i in kept}
    found = (*kept, *(i for i in new if i.path not in known))
    assert plan.origin is not None
    plan = plan._replace(
        dependencies=found,
        notices=(*plan.notices, *notices),
        project_dir=str(project),
        origin=plan.origin._replace(git=None),
    )
    return plan, list(_files(earlier, project, selected))


def _refuse_stranger(earlier: PreviousRun, operation: Operation) -> None:
    """A project that has not what the run started is another one, or has moved on too far."""
    command = operation.command
    for word in command.words[: command.arguments]:
        path = os.path.normpath(os.path.join(operation.cwd, command.directory, word))
        if path in earlier.source and not (operation.project.dir / path).is_file():
            raise NotFound(
                f"The project {operation.project.dir} has no {path}, which {earlier.run.name} ran",
                "If its project is elsewhere: gage -C PROJECT run --restart RUN --latest-source",
            )


def _operation(earlier: PreviousRun, project: Path) -> Operation:
    return prepare_operation(earlier.op, Project(project), earlier.cwd or earlier.op.cwd)


def _planned(
    earlier: PreviousRun,
    operation: Operation,
    request: RunRequest,
    selected: SourcePlan,
    found: list[Dependency],
    said: list[str],
    goes_on: bool,
) -> RunPlan:
    run = earlier.run
    config = _config(earlier, operation, parse.parse_assignments(request.assignments))
    env, missing = _env(earlier, operation.op, request)
    if goes_on:
        env[RESUMED_FROM] = run.id
    asked = request._replace(
        env=env,
        max_time=request.max_time if request.max_time is not None else earlier.max_time,
        parent=run.id,
    )
    without = operation._replace(op=operation.op._replace(env={}))
    plan = build_plan(without, asked, config, selected, found, [*said, *missing])
    files = list_produced_files(earlier) if goes_on else {}
    origin = RestartOrigin(run.id, str(earlier.run_dir), files, earlier.git)
    return plan._replace(op=run.op, project_id=run.project_id, origin=origin)


def _config(earlier: PreviousRun, operation: Operation, new: Mapping[str, AssignedValue]) -> RunConfig:
    """The settings with the earlier run's values, and with the new ones. Raises ConfigError."""
    options = find_parameters(operation)
    known = {name: o for o in options.specs for name in (*o.aliases, o.config.name)}
    given: dict[str, AssignedValue] = {}
    for name in _chosen(earlier, options):
        value = _read(earlier.run.config[name], known.get(name))
        if value != MASK:
            given[name] = AssignedValue(value, str(value), is_typed=True)
        elif name not in new:
            raise ConfigError(f"{name} is a secret, and secrets are not stored", f"Set it again: {name}=VALUE")
    return apply_assignments(operation, options, {**given, **new})


def _chosen(earlier: PreviousRun, options: RunConfig) -> list[str]:
    """The names of values that the run was given: as it says, else those that are not what the program has."""
    run = earlier.run
    if run.changed_config is not None:
        return [name for name in run.changed_config if name in run.config]
    has = {o.config.name: o.config.value for o in options.specs if not o.is_hidden}
    return [name for name, value in run.config.items() if name in has and not is_same_value(value, has[name])]


def _read(value: JSONValue, option: ParameterSpec | None) -> JSONValue:
    """A value as it was before it was written as JSON."""
    is_number = option is not None and (
        option.value_type in ("float", "number") or isinstance(option.config.default, float)
    )
    return _NUMBERS[value] if is_number and isinstance(value, str) and value in _NUMBERS else value


def _env(earlier: PreviousRun, op: OpDef, request: RunRequest) -> tuple[dict[str, str], list[str]]:
    """The variables that the run set, without values of its config, and sentences about those that are secret."""
    places = {s.get("place") for s in earlier.settings if s.get("target") == "env"}
    had = {n: v for n, v in {**op.env, **earlier.env}.items() if n not in places and n != RESUMED_FROM}
    kept = {n: v for n, v in had.items() if MASK not in v}
    gone = [n for n in had if n not in kept and n not in request.env and n not in os.environ]
    notices = [
        f"{name} was set for {earlier.run.name}, but secrets are not stored: set it with --env {name}=…"
        for name in gone
    ]
    return {**kept, **request.env}, notices


def _values(earlier: PreviousRun, plan: RunPlan) -> Iterator[ValueChange]:
    """Config values that differ; secret ones are nobody's business. Gage 0.1 took more for config than there is."""
    run = earlier.run
    for name in sorted(plan.config if earlier.is_old else {*run.config, *plan.config}):
        before, after = run.config.get(name), plan.config.get(name)
        if isinstance(after, float) and isinstance(before, str):
            before = _NUMBERS.get(before, before)
        if not is_secret_name(name) and not is_same_value(before, after) and not _is_alike(before, after):
            yield ValueChange(name, before, after)


def _is_alike(one: JSONValue, other: JSONValue) -> bool:
    """Tuples are written as lists, and whole numbers may be written either way."""
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(
            is_same_value(a, b) or _is_alike(a, b) for a, b in zip(one, other, strict=True)
        )
    return type(one) in (int, float) and type(other) in (int, float) and one == other


def _files(earlier: PreviousRun, project: Path, now: SourcePlan) -> Iterator[FileChange]:
    """What is different in the source code of the project now."""
    from gage.lib.digests import digest_file

    try:
        was = restore_source(earlier)[0]
    except NotFound:
        was = SourcePlan()
    current = {f.path for f in now.files}
    for path in sorted({*earlier.source, *current}):
        if path not in current:
            yield FileChange(path, "removed")
        elif path not in earlier.source:
            yield FileChange(path, "added")
        else:
            before = _content(earlier, path, was)
            is_known = before is not None or earlier.source[path]
            if is_known and _sha(before, earlier.source[path]) != digest_file(project / path):
                yield FileChange(path, "changed", _diff(path, before, (project / path).read_bytes()))


def _content(earlier: PreviousRun, path: str, was: SourcePlan) -> bytes | None:
    return read_source_file(earlier, path, was) if was.files else None


def _sha(data: bytes | None, digest: str) -> str:
    import hashlib

    return digest or hashlib.sha256(data or b"").hexdigest()


def _diff(path: str, before: bytes | None, after: bytes) -> tuple[str, ...]:
    """The difference of two texts; nothing for what is no text, or very large."""
    import difflib

    if before is None or max(len(before), len(after)) > _MOST_TEXT:
        return ()
    try:
        texts = before.decode().splitlines(), after.decode().splitlines()
    except UnicodeDecodeError:
        return ()
    return tuple(difflib.unified_diff(*texts, path, path, lineterm=""))
