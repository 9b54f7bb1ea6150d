"""Plans a new run from a previous one, and compares the two. Creates nothing."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gage.assignments import parse
from gage.assignments.parse import AssignedValue
from gage.lib.digests import digest_bytes
from gage.lib.secrets import MASK, is_secret_name
from gage.lib.uuid7 import name_from_id
from gage.project import source_selection
from gage.project.find import Project, find_project_dir
from gage.project.operation import Operation, prepare_operation, reject_arguments
from gage.project.parameter_spec import ParameterSpec, is_same_value
from gage.project.plan import build_plan, find_dependencies
from gage.project.previous_run import PreviousRun, read_previous_run
from gage.project.previous_run_dependencies import list_produced_files, restore_dependencies
from gage.project.previous_run_source import read_source_file, restore_source
from gage.project.program_args import read_program_args
from gage.project.request import RunRequest
from gage.project.run_config import RunConfig, apply_assignments, find_parameters
from gage.store.meta_writer import encode_json
from gage.store.store import RunStore
from gage.types.errors import ConfigError, NotFound, UsageError
from gage.types.opdef import Exec
from gage.types.plan import Dependency, RestartOrigin, RunPlan, SourcePlan
from gage.types.run import Run
from gage.types.values import NON_FINITE, JSONValue

RESUMED_FROM = "GAGE_RESUMED_FROM"
"""Variable with the ID of the run whose files a program starts with."""

_MAX_DIFF_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A config value that differs from that of the previous run. `before` and `after` are None if there is no value."""

    name: str
    before: JSONValue
    after: JSONValue


@dataclass(frozen=True, slots=True)
class FileChange:
    """A source file that differs from that of the previous run: `kind` is "added", "removed", "changed"."""

    path: str
    kind: str
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restart:
    """The plan of a run that restarts `previous`, and the differences in config and source code. `arguments` are those
    that are not config, before and after; () if they are the same.
    """

    plan: RunPlan
    previous: Run
    config: tuple[ValueChange, ...]
    source: tuple[FileChange, ...]
    arguments: tuple[tuple[str, ...], ...] = ()

    @property
    def resumes(self) -> bool:
        """Returns whether the new run starts with the files that the previous one produced."""
        return RESUMED_FROM in self.plan.env


def plan_restart(
    store: RunStore, run: Run, request: RunRequest, latest: bool = False, take_files: bool = False
) -> Restart:
    """Returns the plan of a run with the operation, config and source code of `run`, and the request's new values.

    `latest` takes the project's current source code and changed data; `take_files` starts the new run with the files
    that `run` produced. Raises UsageError for a run that has not ended, ConfigError for an invalid value, NotFound and
    ConfigError for source code and dependencies that are gone or have changed, StoreError for a damaged run.
    """
    if take_files and run.status in ("running", "pending"):
        raise UsageError(f"Run {run.name} is {run.status} and still writes its files", f"Try: gage stop {run.name}")
    if run.relation == "evaluation":
        hint = f"Evaluate again: gage run {run.op.name} --evaluate {name_from_id(run.parent)}"
        raise UsageError(f"Run {run.name} is an evaluation and cannot be restarted", hint)
    previous = read_previous_run(store, run)
    projects = list_project_dirs(run, request.cwd)
    resumed = {RESUMED_FROM: run.id} if take_files else {}
    request = request._replace(env={**request.env, **resumed}, parent=run.id)
    changes: Iterable[FileChange] = ()
    if latest:
        plan, changes = _plan_with_latest_source(previous, request, projects, take_files)
    else:
        plan = _plan_with_own_source(previous, request, projects, take_files)
    files = list_produced_files(previous) if take_files else {}
    origin = RestartOrigin(run.id, str(previous.run_dir), files, None if latest else previous.git)
    values = tuple(_compare_values(previous, plan))
    if not (latest or values or request.assignments or request.arguments is not None):
        plan = plan._replace(command=_keep_command(previous, plan.command))
    arguments = (previous.arguments, plan.arguments)
    changed = () if arguments[0] == arguments[1] else arguments
    return Restart(plan._replace(origin=origin), run, values, tuple(changes), changed)


def _keep_command(previous: PreviousRun, command: Exec) -> Exec:
    """Returns the command of the previous run word for word, if it is the operation's with arguments (else `command`).

    Its config may come from words after `--`, which can be written in several ways.
    """
    before, run = previous.command, previous.op.run
    if before is None or run is None or bool(before.args) != bool(run.args):
        return command
    is_own = before.args[: len(run.args)] == run.args and before.shell.startswith(run.shell)
    return before if is_own else command


def list_project_dirs(run: Run, cwd: Path) -> list[Path]:
    """Returns the directories on this machine that may have the run's project, the most certain first."""
    known = [Path(run.project)] if run.project and os.path.isdir(run.project) else []
    return list(dict.fromkeys([*known, find_project_dir(cwd)]))


def _plan_with_own_source(
    previous: PreviousRun, request: RunRequest, projects: list[Path], take_files: bool
) -> RunPlan:
    """Plans with the run's own source code, in a copy of it: introspected programs may write files."""
    import tempfile

    selected, notices = restore_source(previous, projects, keep_changed=take_files)
    dependencies, more = restore_dependencies(previous, projects, take_files)
    with tempfile.TemporaryDirectory(prefix="gage-", ignore_cleanup_errors=True) as directory:
        for file in selected.files:
            path = Path(directory, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(read_source_file(previous, file.path, selected))
        operation = _prepare_operation(previous, Project(Path(directory)), request)
        plan = _build_plan(previous, operation, request, selected, dependencies, [*notices, *more])
    is_known = str(projects[0]) == previous.run.project
    return plan._replace(project_dir=previous.run.project if is_known else "")


def _plan_with_latest_source(
    previous: PreviousRun, request: RunRequest, projects: list[Path], take_files: bool
) -> tuple[RunPlan, Iterator[FileChange]]:
    """Plans with the project's current source code. Returns the plan and the differences in source code."""
    project = projects[0]
    operation = _prepare_operation(previous, Project(project), request)
    _require_started_files(previous, operation)
    selected = source_selection.select_source(project, previous.op.source, request.store, previous.op.config)
    restored, notices = restore_dependencies(previous, projects, take_files, latest=True)
    plan = _build_plan(previous, operation, request, selected, restored, notices)
    new, new_notices = find_dependencies(operation, request, selected, plan.config_values)
    known = {dependency.path for dependency in restored}
    plan = plan._replace(
        dependencies=(*restored, *(dependency for dependency in new if dependency.path not in known)),
        notices=(*plan.notices, *new_notices),
    )
    return plan, _compare_source(previous, project, selected)


def _prepare_operation(previous: PreviousRun, project: Project, request: RunRequest) -> Operation:
    """Returns the previous run's operation with the arguments of the request, else with its own. Raises ConfigError for
    arguments that hold a secret.
    """
    operation = prepare_operation(previous.op, project)
    arguments = request.arguments
    if arguments is None:
        arguments = previous.arguments
        if any(MASK in word for word in arguments):
            raise ConfigError(
                f"The arguments of run {previous.run.name} contain a secret, and secrets are not stored",
                "Give them again after --, or pass the secret in the environment",
            )
    reject_arguments(operation, arguments)
    variables = {name: value for name, value in request.env.items() if name != RESUMED_FROM}
    return operation._replace(arguments=arguments, variables=variables)


def _require_started_files(previous: PreviousRun, operation: Operation) -> None:
    """Raises NotFound if the project no longer contains the script that the run started."""
    command = operation.command
    for word in command.words[: command.arguments]:
        path = os.path.normpath(os.path.join(operation.op.cwd, command.directory, word))
        if path in previous.source.files and not (operation.project.dir / path).is_file():
            raise NotFound(
                f"The project {operation.project.dir} does not contain {path}, which run {previous.run.name} started",
                "If the project is elsewhere: gage -C PROJECT run --restart RUN --latest-source",
            )


def _build_plan(
    previous: PreviousRun,
    operation: Operation,
    request: RunRequest,
    selected: SourcePlan,
    dependencies: list[Dependency],
    notices: list[str],
) -> RunPlan:
    run = previous.run
    config = _restore_config(previous, operation, parse.parse_assignments(request.assignments))
    env, missing = _restore_env(previous, request)
    operation = operation._replace(op=operation.op._replace(env=env))
    plan = build_plan(operation, request, config, selected, dependencies, [*notices, *missing])
    return plan._replace(op=run.op, project_id=run.project_id)


def _restore_config(previous: PreviousRun, operation: Operation, new: Mapping[str, AssignedValue]) -> RunConfig:
    """Returns the parameters with the previous run's values and the new ones. Raises ConfigError."""
    parameters = find_parameters(operation)
    known = {name: spec for spec in parameters.specs for name in (*spec.aliases, spec.config.name)}
    args = read_program_args(operation, parameters.specs, parameters.program).values
    values: dict[str, AssignedValue] = {}
    for name in _list_changed_names(previous, parameters):
        spec = known.get(name)
        if spec and any(spec.has_name(each) for each in new):
            continue
        value = _from_json(previous.run.config[name], spec)
        if value != MASK:
            values[name] = AssignedValue(value, str(value), is_typed=True)
        elif name not in new and name not in args:
            raise ConfigError(f"{name} is a secret, and secrets are not stored", f"Set it again: {name}=VALUE")
    return apply_assignments(operation, parameters, new, values)


def _list_changed_names(previous: PreviousRun, parameters: RunConfig) -> list[str]:
    """Returns the names of the values that the user set: as recorded, else those that differ from the defaults."""
    run = previous.run
    if run.changed_config is not None:
        return [name for name in run.changed_config if name in run.config]
    defaults = {spec.config.name: spec.config.value for spec in parameters.specs if not spec.is_hidden}
    return [n for n, value in run.config.items() if n in defaults and not is_same_value(value, defaults[n])]


def _from_json(value: JSONValue, spec: ParameterSpec | None) -> JSONValue:
    """Returns a value as it was before it was written as JSON."""
    is_number = spec is not None and (spec.value_type in ("float", "number") or isinstance(spec.config.default, float))
    return NON_FINITE[value] if is_number and isinstance(value, str) and value in NON_FINITE else value


def _restore_env(previous: PreviousRun, request: RunRequest) -> tuple[dict[str, str], list[str]]:
    """Returns the variables that the run set, without values of its config, and notices on those that are secret."""
    computed = {RESUMED_FROM, *(s.get("place") for s in previous.config_values if s.get("target") == "env")}
    env = {name: value for name, value in previous.op.env.items() if name not in computed}
    secret = [name for name, value in env.items() if MASK in value]
    notices = [
        f"Run {previous.run.name} had the secret variable {name}, which is not stored: set it with --env {name}=…"
        for name in secret
        if name not in request.env and name not in os.environ
    ]
    return {name: value for name, value in env.items() if name not in secret}, notices


def _compare_values(previous: PreviousRun, plan: RunPlan) -> Iterator[ValueChange]:
    """Yields config values that differ, without secret ones. Gage 0.1 also recorded values that are not config."""
    run = previous.run
    for name in sorted(plan.config if previous.is_old else {*run.config, *plan.config}):
        before, after = run.config.get(name), plan.config.get(name)
        if not is_secret_name(name) and before != json.loads(encode_json(after)):
            yield ValueChange(name, before, after)


def _compare_source(previous: PreviousRun, project: Path, now: SourcePlan) -> Iterator[FileChange]:
    """Yields the differences between the run's source code and the project's current one."""
    try:
        original = restore_source(previous, keep_changed=True)[0]
    except NotFound:
        original = None
    current = {f.path for f in now.files}
    for path in sorted({*previous.source.files, *current}):
        if path not in current:
            yield FileChange(path, "removed")
        elif path not in previous.source.files:
            yield FileChange(path, "added")
        else:
            before = read_source_file(previous, path, original) if original else None
            after = (project / path).read_bytes()
            digest = previous.source.files[path] or (digest_bytes(before) if before is not None else "")
            if before is not None and path not in previous.source.patched and digest_bytes(before) != digest:
                before = None  # the program changed it
            if digest and digest != digest_bytes(after):
                yield FileChange(path, "changed", _compute_diff(path, before, after))


def _compute_diff(path: str, before: bytes | None, after: bytes) -> tuple[str, ...]:
    """Returns the unified diff of two texts; () for other files and large ones."""
    import difflib

    if before is None or max(len(before), len(after)) > _MAX_DIFF_BYTES:
        return ()
    try:
        texts = before.decode().splitlines(), after.decode().splitlines()
    except UnicodeDecodeError:
        return ()
    return tuple(difflib.unified_diff(*texts, path, path, lineterm=""))
