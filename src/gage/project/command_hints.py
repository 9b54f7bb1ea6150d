"""Refuses commands after `--` that cannot start in a run, and says what to type instead."""

import os
from collections.abc import Sequence
from pathlib import Path

from gage.assignments.convert_words import join_words
from gage.lib.command import Command, parse_shell_line, split_words
from gage.lib.python_lookup import find_program
from gage.project.find import Project
from gage.project.operation import INTERPRETERS
from gage.types.errors import UsageError

_SCRIPT_RUNNERS = ("uv", "pdm")
"""Runners that start a Python script without `python` in front of it: `uv run train.py`."""
_OTHER_INTERPRETERS = {".pl": "perl", ".rb": "ruby", ".lua": "lua", ".php": "php", ".m": "octave", ".awk": "awk -f"}


def reject_unstartable_command(command: Command, cwd: Path, project: Project) -> None:
    """Raises UsageError for a command that cannot start: a line for a shell in one word, an option, a file that is not
    executable, or one outside of the project.
    """
    words = command.words
    first = words[0]
    if first.startswith("-"):
        name = next(iter(_list_operations(project)), "train.py")
        raise UsageError(f"{first} is not a command", f"Try: gage run {name} -- {join_words(words)}")
    if any(c.isspace() for c in first) and not os.path.lexists(cwd / first) and not find_program(first):
        raise UsageError(f"{first!r} is one word, not a command line", f"Try: {_suggest_line(words)}")
    if command.launcher or command.script is None:
        return
    script, arguments = command.script, words[command.arguments :]
    path = cwd / command.directory / script
    is_run_by_wrapper = path.suffix == ".py" and command.wrappers[-1:] and command.wrappers[-1] in _SCRIPT_RUNNERS
    is_direct = command.interpreter is None and not is_run_by_wrapper
    after = ["--", *arguments] if arguments else []
    if not os.path.isfile(path):
        if is_direct and script in _list_operations(project) and not find_program(script):
            raise UsageError(f"Command not found: {script}", f"Try: {join_words(('gage', 'run', script, *after))}")
        return
    if "/" not in script and is_direct:
        if not find_program(script):
            raise UsageError(f"Command not found: {script}", f"Try: {_suggest_file(script, path, after, arguments)}")
    elif is_direct and not os.access(path, os.X_OK):
        raise UsageError(f"{script} is not executable", f"Try: {_suggest_file(script, path, after, arguments)}")
    elif not os.path.isabs(script) and not Path(os.path.normpath(path)).is_relative_to(project.dir):
        start = (*words[: command.target], os.path.normpath(path), *arguments)
        is_script = path.suffix.lower() in INTERPRETERS and len(words) == command.arguments + len(arguments)
        typed = ["gage", "run", script, *after] if is_script else ["gage", "run", "--", *start]
        raise UsageError(
            f"{script} is outside the project {project.dir}, and a run starts in its own directory",
            f"Try: {join_words(typed)}",
        )


def _list_operations(project: Project) -> list[str]:
    return [*project.gagefile.operations] if project.gagefile else []


def suggest_program(target: str, words: Sequence[str], cwd: Path) -> str:
    """Returns the command line for a target that is a program and not an operation or script, "" for another one."""
    is_program = find_program(target) is not None if "/" not in target else os.access(cwd / target, os.X_OK)
    return f"Try: gage run -- {join_words((target, *words))}" if is_program and not os.path.isdir(cwd / target) else ""


def suggest_file(target: str, path: Path, words: Sequence[str]) -> str:
    """Returns the command line for a file that is not a script: as an executable, or by its interpreter."""
    named = target if "/" in target else f"./{target}"
    if os.access(path, os.X_OK):
        return f"gage run -- {join_words((named, *words))}"
    interpreter = _OTHER_INTERPRETERS.get(path.suffix.lower())
    if interpreter:
        return f"gage run -- {interpreter} {join_words((target, *words))}"
    return f"chmod +x {join_words((target,))}; gage run -- {join_words((named, *words))}"


def suggest_directory(target: str, cwd: Path) -> str:
    """Returns a command line for a program in a directory."""
    if os.path.isfile(cwd / target / "__main__.py"):
        return f"Try: gage run -- python -m {os.path.normpath(target).replace('/', '.')}"
    scripts = list_scripts(cwd, target)
    return f"Try: gage run {scripts[0]}" if scripts else f"Try: gage -C {target} run"


def list_scripts(cwd: Path, directory: str) -> list[str]:
    """Returns the scripts in a directory below `cwd`, as they are named there."""
    try:
        names = sorted(os.listdir(cwd / directory))
    except OSError:
        return []
    return [os.path.join(directory, n) for n in names if n.lower().endswith(tuple(INTERPRETERS)) and n != "__init__.py"]


def _suggest_file(script: str, path: Path, after: Sequence[str], arguments: Sequence[str]) -> str:
    if path.suffix.lower() in INTERPRETERS:
        return f"gage run {join_words((script, *after))}"
    return suggest_file(script, path, arguments)


def _suggest_line(words: Sequence[str]) -> str:
    """Returns how to run a command line that is quoted as one word."""
    line = words[0] if len(words) == 1 else f"{words[0]} {join_words(words[1:])}"
    parsed = parse_shell_line(line)
    if parsed.words and parsed.shape == "words":
        return f"gage run -- {line}"
    return join_words(("gage", "run", "--", "sh", "-c", line)) if split_words(line) else "gage run -- COMMAND"
