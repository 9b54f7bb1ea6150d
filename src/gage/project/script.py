"""Finds the command that starts a script, and the script that a command starts. Reads only the first line."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

from gage.lib.command import Command, is_module_name, parse_command
from gage.lib.python_lookup import find_program
from gage.project.command_line import parse_exec
from gage.types.errors import NotFound, UsageError
from gage.types.opdef import Exec

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


class Script(NamedTuple):
    """A script that can be run: its path, and the words in front of it on a command line (() = it is executable)."""

    path: Path
    words: tuple[str, ...]


def find_script(target: str, cwd: Path) -> Script | None:
    """Returns the script that `target` names, relative to `cwd`; None if there is no such file.

    Raises UsageError for a file that cannot be run, NotFound when its interpreter is missing.
    """
    path = Path(os.path.normpath(cwd / target))
    if not path.is_file():
        return None
    suffix = path.suffix.lower()
    first = _read_first_line(path)
    if first.startswith("#!") and (suffix == ".sh" or suffix not in INTERPRETERS):
        words = _parse_shebang(first, target)
        return Script(path, () if os.access(path, os.X_OK) else words)
    if suffix in INTERPRETERS:
        return Script(path, (_find_interpreter(suffix, target),))
    raise UsageError(
        f"{target} is not a script that Gage can run",
        f"Scripts end with .py, .ipynb, .sh, .R, .jl or .js or start with #!; try: gage run -- COMMAND {target}",
    )


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
    return next((candidate for candidate in candidates if candidate.is_file()), None)


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
