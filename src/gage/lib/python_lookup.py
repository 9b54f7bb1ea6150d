"""A parsed command → the Python that runs its program. Looks at which programs are installed; starts nothing."""

import os
from collections.abc import Mapping
from pathlib import Path

from gage.lib.command import Command, is_python, parse_command

_CONDA = ("conda", "mamba", "micromamba")
_PROJECT_RUNNERS = ("uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi")


def locate_python(command: Command, cwd: Path, env: Mapping[str, str], guess: bool = True) -> str | None:
    """Returns the path of the Python that runs the command's program, None if there is none or it is unknown.

    `cwd` is where the command starts, `env` its environment. With `guess`, the Python on the PATH stands for the one of
    a project environment (`poetry run`) that is not found, and for the one that an unknown program starts.
    """
    if command.has_unknown_wrapper and not guess:
        return None
    path = _search_path(command, env)
    if command.interpreter is not None:
        word = command.words[command.interpreter]
        return locate_program(command, word, cwd, env, guess) if is_python(word) else None
    if not command.is_python:
        return _read_shebang(command, cwd, env)
    launcher = find_program(command.launcher, path) if command.launcher else None
    if launcher:
        for directory in (Path(os.path.realpath(launcher)).parent, Path(launcher).parent):
            if (directory / "python").exists():
                return str(directory / "python")
    return locate_program(command, "python", cwd, env, guess) or locate_program(command, "python3", cwd, env, guess)


def locate_program(command: Command, name: str, cwd: Path, env: Mapping[str, str], guess: bool = True) -> str | None:
    """Returns the path of a program that the command starts, in the environment that `uv run` and others use."""
    if os.sep in name:
        return str(cwd / command.directory / name)
    if any(w in _CONDA for w in command.wrappers):
        prefix = _find_conda_prefix(command, env)
        if prefix is not None:
            return str(prefix / "bin" / name) if (prefix / "bin" / name).exists() else None
    runner = next((w for w in command.wrappers if w in _PROJECT_RUNNERS), None)
    if runner is not None:
        start = cwd / command.directory
        project = next((d for d in (start, *start.parents) if (d / "pyproject.toml").exists()), None)
        for directory in (start, *start.parents):
            if (own := directory / ".venv" / "bin" / name).exists():
                return str(own)
            if directory == project:
                break
        if not guess and "VIRTUAL_ENV" not in env and (project or runner != "uv"):
            return None
    return find_program(name, _search_path(command, env))


def find_program(name: str, path: str | None = None) -> str | None:
    """Returns the path of a program, searched in the directories of `path` (None: those of the PATH), as `shutil.which`
    does, which takes 4 ms to import; None if it is not installed.
    """
    if os.sep in name:
        return name if _is_program(name) else None
    for directory in (os.environ.get("PATH", os.defpath) if path is None else path).split(os.pathsep):
        if _is_program(candidate := os.path.join(directory, name)):
            return candidate
    return None


def _is_program(path: str) -> bool:
    return os.access(path, os.X_OK) and not os.path.isdir(path)


def _search_path(command: Command, env: Mapping[str, str]) -> str:
    return dict(command.variables).get("PATH", env.get("PATH", os.defpath))


def _find_conda_prefix(command: Command, env: Mapping[str, str]) -> Path | None:
    """Returns the directory of the environment of `conda run -n NAME` or `-p DIRECTORY`, None for another command."""
    end = command.interpreter if command.interpreter is not None else command.target or 0
    options = dict(zip(command.words[:end], command.words[1 : end + 1], strict=False))
    prefix = options.get("-p", options.get("--prefix"))
    if prefix is not None:
        return Path(prefix)
    name = options.get("-n", options.get("--name"))
    conda = find_program("conda", _search_path(command, env))
    root = env.get("MAMBA_ROOT_PREFIX") or (os.path.dirname(os.path.dirname(os.path.realpath(conda))) if conda else "")
    return Path(root, "envs", name) if name is not None else None


def _read_shebang(command: Command, cwd: Path, env: Mapping[str, str]) -> str | None:
    """Returns the Python in the first line of a program, such as one of an installed package."""
    path = locate_program(command, command.script, cwd, env) if command.script and not command.launcher else None
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            first = file.readline(300)
    except OSError:
        return None
    shebang = parse_command(first[2:].decode("utf-8", "replace").split() if first.startswith(b"#!") else ())
    return locate_python(shebang, cwd, env) if shebang.interpreter is not None else None
