"""What a request's words name: an operation of the Gage file, a script, or a command. Plans nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gage.project.find import Project, find_project
from gage.project.request import RunRequest
from gage.project.script import NOTEBOOK, Script, find_script, inner, script_of, started
from gage.types.errors import ConfigError, NotFound, UsageError
from gage.types.opdef import Exec, OpDef


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be run. `script` is the Python (or other) script behind it, if there is one; `cwd` the folder below
    the project in which it starts; `words` its command as words, where it has no shell line, or one around a single
    program that goes to the folder `inside` first.
    """

    op: OpDef
    project: Project
    script: Script | None = None
    cwd: str = ""
    words: tuple[str, ...] = ()
    inside: str = ""

    @property
    def start_dir(self) -> Path:
        """Where it starts, in the project."""
        return self.project.dir / self.cwd


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
        told = "has no command for this platform" if op.raw.get("exec") else "has nothing to run"
        raise UsageError(f"Operation {op.name} {told}", f'Add exec = "COMMAND" to it in {op.origin}')
    op = op._replace(run=started(op.run))
    assert op.run is not None
    script = script_of(op.run.args, op.run.shell, project.dir / op.cwd)
    if script is None and op.run.shell:
        folder, words = inner(op.run.shell)
        script = script_of(words, "", project.dir / op.cwd / folder) if words else None
        return Operation(op, project, script, op.cwd, words if script else (), folder)
    return Operation(op, project, script, op.cwd, op.run.args)


def _of_script(script: Script, request: RunRequest, project: Project) -> Operation:
    """A script of another folder brings that folder's project along. A notebook starts in its own folder."""
    cwd = script.path.parent if script.path.suffix.lower() == NOTEBOOK else request.cwd
    if not script.path.is_relative_to(project.dir):
        project = find_project(script.path.parent)
        cwd = script.path.parent
    op = _header(script, request.target)
    path = os.path.relpath(script.path, cwd)
    is_plain = script.words and not path.startswith("-")
    words = (*script.words, path if is_plain else os.path.join(".", path))
    if op.run is None:
        op = op._replace(run=Exec(args=words), raw={"exec": list(words), **op.raw})
    return Operation(op, project, script, op.cwd or _below(cwd, project.dir), words)


def _header(script: Script, target: str) -> OpDef:
    """The operation in the script's own comment block, else an empty one. Raises ConfigError for a wrong block."""
    name = script.path.name
    with open(script.path, "rb") as file:
        text = file.read(1 << 20)
    if b"///" in text:
        from gage.gagefile.script_block import load_script_block

        op, problems = load_script_block(text.decode("utf-8", "replace"), target, name)
        if problems:
            p = problems[0]
            raise ConfigError(f"{target}:{p.span}: {p.message}", p.hint)
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
    if project.gagefile is not None:
        name = os.path.basename(project.gagefile.path)
        raise UsageError(
            f"There is nothing to run: {name} has no operation", "Name a script, such as: gage run train.py"
        )
    raise UsageError("There is nothing to run: no Gage file here", "Name a script, such as: gage run train.py")


def _unknown(target: str, project: Project, cwd: Path) -> NotFound:
    from gage.lib.suggest import find_closest

    gagefile = project.gagefile
    broken = [p for p in gagefile.diagnostics if p.disables == target] if gagefile else []
    if gagefile and broken:
        p = broken[0]
        file = os.path.relpath(gagefile.path, cwd)
        return NotFound(
            f"Operation {target} cannot be used: {file}:{p.span}: {p.message}",
            p.hint or f"Try: gage check {file}",
        )
    operations = list(gagefile.operations) if gagefile else []
    scripts = [n for n in os.listdir(cwd) if n.endswith((".py", ".sh", ".R", ".jl", ".js"))]
    near = find_closest(target, [*operations, *scripts])
    if near:
        return NotFound(f"There is no operation or script {target!r}", f"Did you mean {near!r}?")
    known = f"Operations: {', '.join(operations)}" if operations else "Try: gage run SCRIPT, such as gage run train.py"
    return NotFound(f"There is no operation or script {target!r}", known)
