"""A request → a `RunPlan`: everything about the run is decided here, and nothing is made."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gage import __version__
from gage.config import assignments, placeholders
from gage.config.assignments import Assigned
from gage.config.program import Program
from gage.project import inputs, settings, source
from gage.project.choosing import choose
from gage.project.commandline import with_values, words_of
from gage.project.find import Project, find_project
from gage.project.offers import Offered
from gage.project.opconfig import Around
from gage.project.request import RunRequest
from gage.project.script import Script, find_script, script_of
from gage.types.errors import ConfigError, NotFound, UsageError
from gage.types.opdef import Exec, OpDef
from gage.types.plan import Input, RunCommand, RunPlan, Setting, SourcePlan
from gage.types.run import OpRef


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be run. `script` is the Python (or other) script behind it, if there is one; `cwd` the folder below
    the project in which it starts; `words` its command as words, where it has no shell line.
    """

    op: OpDef
    project: Project
    script: Script | None = None
    cwd: str = ""
    words: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where it starts, in the project."""
        return self.project.dir / self.cwd


def plan_run(request: RunRequest) -> RunPlan:
    """The plan of one run. Raises NotFound, UsageError or ConfigError; nothing was made then."""
    operation = find_operation(request)
    op, project = operation.op, operation.project.dir
    refuse_dependencies(op)
    config = config_of(operation, request)
    selected = source.select(project, op.source, request.store)
    found, notices = new_inputs(operation, request, selected, [o.setting for o in config.chosen])
    return plan_of(operation, request, config, selected, found, notices)


def plan_of(
    operation: Operation,
    request: RunRequest,
    config: "Config",
    selected: SourcePlan,
    found: Iterable[Input],
    notices: Iterable[str],
) -> RunPlan:
    """The plan of a run of which everything is known: its config, source code, inputs. Raises ConfigError."""
    op, project = operation.op, operation.project.dir
    chosen = [o.setting for o in config.chosen]
    command = _command(operation, config)
    values = {s.name: s.value for s in chosen}
    gagefile = operation.project.gagefile
    return RunPlan(
        op=OpRef(op.name, gagefile.namespace if gagefile else "", op.version),
        opdef=op.raw,
        project_dir=str(project),
        command=command,
        request=RunCommand(request.argv, str(request.cwd), __version__, request.parent),
        cwd=operation.cwd,
        project_id=gagefile.project_id if gagefile else "",
        source=selected,
        settings=tuple(chosen),
        patches=settings.patches(config.chosen, project),
        inputs=tuple(found),
        hooks={hook: placeholders.fill(e, values) for hook, e in op.hooks.items()},
        env={**op.env, **settings.variables(config.chosen), **request.env},
        interpreter=_interpreter(command),
        label=request.label or _filled(op.label, values),
        tags=tuple(dict.fromkeys((*op.tags, *request.tags))),
        max_time=request.max_time if request.max_time is not None else op.max_time,
        notices=(*notices, *filter(None, (config.note, selected.limit))),
    )


def refuse_dependencies(op: OpDef) -> None:
    """Better no run than one without what it needs."""
    if op.dependencies:
        kinds = ", ".join(dict.fromkeys(d.kind for d in op.dependencies))
        raise ConfigError(
            f"Operation {op.name} depends on {kinds}, which this version of Gage does not bring into a run",
            "Name files of the project in depends, or use --link PATH",
        )


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a run, what tells of the program's parser, and a sentence on what could not be found out."""

    chosen: tuple[Offered, ...]
    program: Program | None = None
    note: str = ""


def config_of(operation: Operation, request: RunRequest) -> Config:
    """The settings of the run. Raises ConfigError, UsageError."""
    given = assignments.parse(request.assignments)
    return config_with(settings_of(operation), given, operation.op.name)


def config_with(found: Config, given: Mapping[str, Assigned], what: str) -> Config:
    """What was found for the operation `what`, with these values. Raises ConfigError."""
    chosen = choose(found.chosen, given, what, found.note)
    return Config(tuple(chosen), found.program, found.note if given else "")


def settings_of(operation: Operation, ask: bool = True) -> Config:
    """All that can be set for an operation, with the values that it has by itself; without `ask`, as far as that can be
    told without starting its program. Raises ConfigError.
    """
    asked = _Asked(operation, ask)
    project = operation.project.dir

    def files() -> Iterator[str]:
        return (f.path for f in source.select(project, operation.op.source).files)

    script = operation.script.path if operation.script else None
    options, note = settings.offered(operation.op, Around(project, script, asked, files))
    return Config(tuple(options), asked.program, note)


class _Asked:
    """What the program's parser tells, asked for when it is needed, and once."""

    def __init__(self, operation: Operation, may_start: bool) -> None:
        self.operation = operation
        self.may_start = may_start
        self.is_asked = False
        self.program: Program | None = None

    def __call__(self) -> Program | None:
        if not self.is_asked and self.operation.op.run is not None:
            self.program = self._find(self.operation.op.run)
        self.is_asked = True
        return self.program

    def _find(self, run: Exec) -> Program | None:
        from gage.config import programs

        operation = self.operation
        script = operation.script.path if operation.script else None
        words = words_of(run) or operation.words
        if script is None and not (words and (operation.op.origin or "-m" in words)):
            return None
        folder, project = operation.folder, operation.project.dir
        return programs.find(words, script, folder, project, operation.op.env, self.may_start)


def find_operation(request: RunRequest) -> Operation:
    """What the request's words name: an operation, a script, or a command. Raises NotFound or UsageError."""
    project = find_project(request.cwd)
    if request.command:
        return _of_command(request, project)
    operations: Mapping[str, OpDef] = project.gagefile.operations if project.gagefile else {}
    if not request.target:
        return _of_op(_default(project), project)
    if request.target in operations:
        return _of_op(operations[request.target], project)
    script = find_script(request.target, request.cwd)
    if script is not None:
        return _of_script(script, request, project)
    raise _unknown(request.target, project, request.cwd)


def _of_command(request: RunRequest, project: Project) -> Operation:
    name = Path(request.command[0]).name or request.command[0]
    op = OpDef(name, Exec(args=request.command), raw={"exec": list(request.command)})
    cwd = _below(request.cwd, project.dir)
    return Operation(op, project, script_of(request.command, "", request.cwd), cwd, request.command)


def _of_op(op: OpDef, project: Project) -> Operation:
    if op.run is None:
        raise UsageError(f"Operation {op.name} has nothing to run", f'Add exec = "COMMAND" to it in {op.origin}')
    script = script_of(op.run.args, op.run.shell, project.dir / op.cwd)
    return Operation(op, project, script, op.cwd, op.run.args)


def _of_script(script: Script, request: RunRequest, project: Project) -> Operation:
    """A script of another folder brings that folder's project along."""
    cwd = request.cwd
    if not script.path.is_relative_to(project.dir):
        project = find_project(script.path.parent)
        cwd = script.path.parent
    op = _header(script, request.target)
    path = os.path.relpath(script.path, cwd)
    is_plain = script.words and not path.startswith("-")
    words = (*script.words, path if is_plain else os.path.join(".", path))
    if op.run is None:
        op = replace(op, run=Exec(args=words), raw={"exec": list(words), **op.raw})
    return Operation(op, project, script, op.cwd or _below(cwd, project.dir), words)


def _header(script: Script, target: str) -> OpDef:
    """The operation in the script's own comment block, else an empty one. Raises ConfigError for a wrong block."""
    name = script.path.name
    with open(script.path, "rb") as file:
        text = file.read(1 << 20)
    if b"# /// gage" in text:
        from gage.gagefile.header import load_header

        op, problems = load_header(text.decode("utf-8", "replace"), target, name)
        if problems:
            p = problems[0]
            raise ConfigError(f"{p.file}:{p.line}:{p.column}: {p.message}", p.hint)
        if op is not None:
            return op
    return OpDef(name, None, origin=str(script.path))


def _below(folder: Path, project: Path) -> str:
    path = os.path.relpath(folder, project)
    return "" if path == "." or path.startswith("..") else Path(path).as_posix()


def _default(project: Project) -> OpDef:
    operations = list(project.gagefile.operations.values()) if project.gagefile else []
    chosen = next((op for op in operations if op.default), operations[0] if len(operations) == 1 else None)
    if chosen is not None:
        return chosen
    if operations:
        names = ", ".join(op.name for op in operations)
        raise UsageError(
            "No operation is named, and none is the default", f"Try: gage run {operations[0].name} (of {names})"
        )
    raise UsageError("There is nothing to run: no Gage file here", "Name a script, such as: gage run train.py")


def _unknown(target: str, project: Project, cwd: Path) -> NotFound:
    from gage.lib.suggest import nearest

    broken = [p for p in (project.gagefile.problems if project.gagefile else ()) if p.operation == target]
    if broken:
        p = broken[0]
        return NotFound(
            f"Operation {target} cannot be used: {p.file}:{p.line}:{p.column}: {p.message}",
            p.hint or f"Try: gage check {p.file}",
        )
    operations = list(project.gagefile.operations) if project.gagefile else []
    scripts = [n for n in os.listdir(cwd) if n.endswith((".py", ".sh", ".R", ".jl", ".js"))]
    near = nearest(target, [*operations, *scripts])
    if near:
        return NotFound(f"There is no operation or script {target!r}", f"Did you mean {near!r}?")
    known = f"Operations: {', '.join(operations)}" if operations else "Try: gage run SCRIPT, such as gage run train.py"
    return NotFound(f"There is no operation or script {target!r}", known)


def _command(operation: Operation, config: Config) -> Exec:
    """The command with config filled in and arguments added."""
    run = operation.op.run
    assert run is not None
    named = set(placeholders.names(run))
    filled = placeholders.fill(run, {o.setting.name: o.setting.value for o in config.chosen})
    free = [o for o in config.chosen if o.setting.name not in named]
    script = operation.script.path if operation.script else None
    return with_values(filled, free, config.program, script, operation.folder)


def _filled(template: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        template = template.replace("{" + name + "}", str(value))
    return template


def _interpreter(command: Exec) -> str:
    """The Python that the command starts, as a full path; "" when it starts none."""
    import shutil

    words = command.args or tuple(command.shell.split()[:1])
    first = words[0] if words else ""
    if not Path(first).name.startswith("python"):
        return ""
    return shutil.which(first) or (first if first == sys.executable else "")


def new_inputs(
    operation: Operation, request: RunRequest, selected: SourcePlan, chosen: Sequence[Setting]
) -> tuple[list[Input], list[str]]:
    """What the program reads of the project as it is now, and notices. Raises NotFound, UsageError."""
    project = operation.project.dir
    run = operation.op.run
    words = operation.words or tuple(run.shell.split() if run else ())
    script = operation.script.path if operation.script else None
    named, notices = inputs.find(project, operation.cwd, selected, script, chosen, words, request.store)
    told = [*inputs.linked(project, request.cwd, request.links), *inputs.declared(project, operation.op.depends)]
    paths = {i.path for i in told}
    linked_notices = [n for n in notices if not any(n.startswith(f"{p} (") for p in paths)]
    merged = {i.path: i for i in [*named, *told]}
    return [merged[p] for p in sorted(merged)], linked_notices
