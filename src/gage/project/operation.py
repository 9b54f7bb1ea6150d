"""A request → the operation that it names: one of the Gage file, a script, or a command. Plans nothing.

Of a script, reads its first line, and the operation in its comment block.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gage.lib.command import Command, is_module_name, parse_command
from gage.lib.python_lookup import find_program
from gage.project.command_line import parse_exec
from gage.project.find import Project, find_project
from gage.project.request import RunRequest
from gage.types.errors import ConfigError, NotFound, UsageError
from gage.types.opdef import Exec, OpDef

INTERPRETERS = {
    ".py": ("python", "python3"),
    ".sh": ("bash", "sh"),
    ".bash": ("bash",),
    ".r": ("Rscript",),
    ".jl": ("julia",),
    ".js": ("node",),
    ".mjs": ("node",),
    ".ipynb": ("python", "python3"),
}
"""Suffix → programs that run it; the first installed one is used."""

NOTEBOOK = ".ipynb"

PACKAGES = {"Rscript": "r-base", "julia": "julia", "node": "nodejs"}


class Operation(NamedTuple):
    """An operation to run. `command` is its parsed command, `script` the file in the project that the command starts
    (None = unknown), `arguments` the words after `--` that follow the command, `variables` those of `--env`.
    """

    op: OpDef
    project: Project
    command: Command
    script: Path | None = None
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}

    @property
    def start_dir(self) -> Path:
        """Returns the directory in the project in which it starts."""
        return self.project.dir / self.op.cwd


def find_operation(request: RunRequest) -> Operation:
    """Returns the operation, script or command that the request names. Raises NotFound or UsageError."""
    project = request.project or find_project(request.cwd)
    if request.command:
        return _find_command_operation(request.command, project, request.cwd)._replace(variables=request.env)
    operation = _find_target(request, project)
    reject_arguments(operation, request.arguments or ())
    return operation._replace(arguments=request.arguments or (), variables=request.env)


def _find_command_operation(words: tuple[str, ...], project: Project, cwd: Path) -> Operation:
    """Returns the operation of a command. If it starts a script or a module, it is the operation of that script, and
    the words behind it are arguments.
    """
    from gage.project.command_hints import reject_unstartable_command

    directory = _relative_dir(cwd, project.dir)
    command = parse_command(words)
    reject_unstartable_command(command, cwd, project)
    script = find_script_file(command, cwd)
    name = Path(words[0]).name or words[0]
    if script is None and command.module is None:
        return prepare_operation(OpDef(name, Exec(args=words), cwd=directory, raw={"exec": list(words)}), project)
    started, arguments = words[: command.arguments], words[command.arguments :]
    op = OpDef(name, None)
    if script is not None:
        op = _read_script_block(script, command.script or str(command.module), name_script(script, project))
    op = op._replace(run=Exec(args=started), cwd=directory, raw={**op.raw, "exec": list(started)})
    operation = prepare_operation(op, project)
    return operation._replace(script=script, arguments=arguments)


def name_script(script: Path, project: Project) -> str:
    """Returns the name of a script's operation: its path in the project."""
    return script.relative_to(project.dir).as_posix() if script.is_relative_to(project.dir) else script.name


def reject_arguments(operation: Operation, arguments: tuple[str, ...]) -> None:
    """Raises UsageError if the operation's command cannot be followed by arguments."""
    run = operation.op.run
    if not arguments or run is None:
        return
    if (operation.command.script or "").endswith(NOTEBOOK):
        raise UsageError(f"{operation.op.name} is a notebook, which takes no arguments", "Set its values: NAME=VALUE")
    if run.is_script or (operation.command.shape == "partial" and not set("|;&\n").isdisjoint(run.shell)):
        raise UsageError(
            f"The command of {operation.op.name} starts several programs, so it takes no arguments after --",
            "Name them in its config, and set them with NAME=VALUE",
        )


def _find_target(request: RunRequest, project: Project) -> Operation:
    """Returns the operation or script that the request names, or the default operation."""
    operations: Mapping[str, OpDef] = project.gagefile.operations if project.gagefile else {}
    if not request.target or request.target in operations:
        op = operations[request.target] if request.target else _find_default(project)
        if op.run is None:
            problem = "has no command for this platform" if op.raw.get("exec") else "has nothing to run"
            raise UsageError(f"Operation {op.name} {problem}", f'Add exec = "COMMAND" to it in {op.origin}')
        return prepare_operation(op, project)
    script = Path(os.path.normpath(request.cwd / request.target))
    if os.path.isfile(script):
        return _find_script_operation(script, request, project)
    raise _build_target_error(request, project)


def prepare_operation(op: OpDef, project: Project) -> Operation:
    """Returns the operation with its command parsed; it must have one. Raises NotFound without a Python."""
    assert op.run is not None
    run = start_notebook_with_python(op.run)
    command = parse_exec(run)
    return Operation(op._replace(run=run), project, command, find_script_file(command, project.dir / op.cwd))


def _find_script_operation(script: Path, request: RunRequest, project: Project) -> Operation:
    """Returns the operation of a script, in the script's project. A notebook starts in its own directory."""
    starter = find_starter(script, request.target, (*request.list_words(), *(request.arguments or ())))
    cwd = script.parent if script.suffix.lower() == NOTEBOOK else request.cwd
    if not script.is_relative_to(project.dir):
        project = find_project(script.parent)
        cwd = script.parent
    op = _read_script_block(script, request.target, name_script(script, project))
    op = op._replace(cwd=op.cwd or _relative_dir(cwd, project.dir))
    path = os.path.relpath(script, cwd)
    is_plain = starter and not path.startswith("-")
    words = (*starter, path if is_plain else os.path.join(".", path))
    if op.run is None:
        op = op._replace(run=Exec(args=words), raw={"exec": list(words), **op.raw})
    return Operation(op, project, parse_command(words), script)


def _read_script_block(script: Path, target: str, name: str) -> OpDef:
    """Returns the operation in the script's comment block, else an empty one, called `name`. Raises ConfigError for a
    wrong block.
    """
    with open(script, "rb") as file:
        text = file.read(1 << 20)
    if b"///" in text:
        from gage.gagefile.script_block import load_script_block

        op, problems = load_script_block(text.decode("utf-8", "replace"), target, name)
        if problems:
            p = problems[0]
            raise ConfigError(f"{target}:{p.span}: {p.message}", p.hint)
        if op is not None:
            return op
    return OpDef(name, None, origin=str(script))


def _relative_dir(folder: Path, project: Path) -> str:
    path = os.path.relpath(folder, project)
    return "" if path == "." or path.startswith("..") else Path(path).as_posix()


def _find_default(project: Project) -> OpDef:
    operations = list(project.gagefile.operations.values()) if project.gagefile else []
    chosen = next((op for op in operations if op.default), operations[0] if len(operations) == 1 else None)
    if chosen is not None:
        return chosen
    if operations:
        names = ", ".join(op.name for op in operations)
        raise UsageError(
            "No operation is named, and there is no default", f"Try: gage run {operations[0].name} (of {names})"
        )
    file = project.gagefile
    reason = f"{os.path.basename(file.path)} has no operations" if file else "no Gage file in this directory"
    if file and any(p.disables for p in file.diagnostics):
        reason = f"no operation of {os.path.basename(file.path)} can be used"
        raise UsageError(f"Nothing to run: {reason}", f"Try: gage check {os.path.relpath(file.path)}")
    raise UsageError(f"Nothing to run: {reason}", "Give a script, for example: gage run train.py")


def _build_target_error(request: RunRequest, project: Project) -> NotFound:
    from gage.lib.suggest import find_closest
    from gage.project.command_hints import list_scripts, suggest_directory, suggest_program

    target, cwd = request.target, request.cwd
    gagefile = project.gagefile
    broken = [p for p in gagefile.diagnostics if p.disables == target] if gagefile else []
    if gagefile and broken:
        p = broken[0]
        file = os.path.relpath(gagefile.path, cwd)
        return NotFound(
            f"Operation {target} cannot be used: {file}:{p.span}: {p.message}",
            p.hint or f"Try: gage check {file}",
        )
    if os.path.isdir(cwd / target):
        return NotFound(f"{target} is a directory", suggest_directory(target, cwd))
    if os.path.isfile(project.dir / target):  # named as listings do, but from another directory
        script = os.path.relpath(project.dir / target, cwd)
        return NotFound(f"There is no operation or script {target!r} here", f"Try: gage run {script}")
    operations = list(gagefile.operations) if gagefile else []
    scripts = list_scripts(cwd, os.path.dirname(target))
    near = find_closest(target, [*operations, *scripts])
    words = request.list_words()
    is_like_command = any("=" not in word for word in words) or request.arguments is not None
    program = suggest_program(target, (*words, *(request.arguments or ())), cwd)
    if program and (is_like_command or not near):
        return NotFound(f"There is no operation or script {target!r}", program)
    if near:
        return NotFound(f"There is no operation or script {target!r}", f"Did you mean {near!r}?")
    known = f"Operations: {', '.join(operations)}" if operations else "Try: gage run SCRIPT, such as gage run train.py"
    return NotFound(f"There is no operation or script {target!r}", known)


def find_starter(script: Path, target: str, words: Sequence[str] = ()) -> tuple[str, ...]:
    """Returns the words in front of a script on a command line, () if it is executable. `target` is its name for
    messages, and `words` are what follows it. Raises UsageError for a file that cannot be run, NotFound when its
    interpreter is missing.
    """
    suffix = script.suffix.lower()
    first = _read_first_line(script)
    if first.startswith("#!") and (suffix == ".sh" or suffix not in INTERPRETERS):
        words = _parse_shebang(first, target)
        return () if os.access(script, os.X_OK) else words
    if suffix in INTERPRETERS:
        return (_find_interpreter(suffix, target),)
    from gage.project.command_hints import suggest_file

    suffixes = "Scripts end with .py, .ipynb, .sh, .R, .jl or .js or start with #!"
    hint = f"{suffixes}\nTry: {suggest_file(target, script, words)}"
    raise UsageError(f"{target} is not a script that Gage can run", hint)


def _read_first_line(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return file.readline(300).decode("utf-8", "replace").rstrip()
    except OSError as e:
        raise UsageError(f"Cannot read {path}: {e.strerror}", f"Try: ls -l {path}") from None


def _parse_shebang(first: str, target: str) -> tuple[str, ...]:
    """Returns the interpreter of a `#!` line, and its argument. Raises NotFound if it is not installed."""
    line = first.removeprefix("#!")
    command = parse_command(line.split())
    program = command.script if command.interpreter is None else command.words[command.interpreter]
    started = [word for word in (*command.words[:1], program) if word]
    if not started or not all(map(find_program, started)):
        raise NotFound(f"The interpreter of {target} is not installed: {first}", f"Check the first line of {target}")
    return tuple(line.split(None, 1))


def _find_interpreter(suffix: str, target: str) -> str:
    names = INTERPRETERS[suffix]
    installed = next((name for name in names if find_program(name)), None)
    if installed or names[0] == "python":
        return installed or sys.executable
    package = PACKAGES.get(names[0], names[0])
    raise NotFound(f"{target} needs {names[0]}, which is not installed", f"Install it, such as: apt install {package}")


def find_script_file(command: Command, directory: Path) -> Path | None:
    """Returns the file of the script or module that a command starts in `directory`, None if there is none."""
    directory = directory / command.directory
    if command.shape == "partial":
        return None
    if command.module is not None:
        path = directory / command.module.replace(".", "/")
        candidates = [path.with_suffix(".py"), path / "__main__.py"] if is_module_name(command.module) else []
    elif command.script is not None and os.path.splitext(command.script)[1].lower() in INTERPRETERS:
        candidates = [Path(os.path.normpath(directory / command.script))]
    else:
        return None
    return next((candidate for candidate in candidates if os.path.isfile(candidate)), None)


def start_notebook_with_python(run: Exec) -> Exec:
    """Returns the command of a notebook with an interpreter, as a list of words; other commands as they are.

    Raises NotFound without a Python.
    """
    command = parse_exec(run)
    if command.shape != "words" or not (command.script or "").endswith(NOTEBOOK):
        return run
    words = command.words
    if command.interpreter is None:
        words = (*words[: command.target], _find_interpreter(NOTEBOOK, words[-1]), *words[command.target :])
    return Exec(args=("env", *words) if command.variables and not command.wrappers else words)
