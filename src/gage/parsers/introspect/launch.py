"""A parsed command → the words that start its Python program alone, so that its parser can be introspected.

Looks at which programs are installed; starts nothing.
"""

from collections.abc import Mapping
from pathlib import Path

from gage.lib.command import Command
from gage.lib.python_lookup import locate_program, locate_python

ALONE = {
    "RANK": "0",
    "LOCAL_RANK": "0",
    "WORLD_SIZE": "1",
    "LOCAL_WORLD_SIZE": "1",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "29500",
}
"""The variables that a launcher sets for a program of which it starts only one."""


def build_standalone_words(command: Command, cwd: Path, env: Mapping[str, str]) -> tuple[str, ...] | None:
    """The words that start the Python program of a command without wrapper and launcher, up to the program's own
    arguments; None where the command starts no Python program, or an isolated one. `cwd` is where it starts.
    """
    python = locate_python(command, cwd, env)
    if python is None or command.target is None:
        return None
    target = command.words[command.target : command.arguments]
    if not command.is_python:
        program = locate_program(command, target[0], cwd, env)
        return (python, program) if program else None
    if (command.script is not None and not (cwd / command.script).is_file()) or target[0] == "-c":
        return None
    options = () if command.launcher else command.interpreter_options
    return None if any(_isolates(option) for option in options) else (python, *options, *target)


def _isolates(option: str) -> bool:
    """Returns whether a Python option keeps the interpreter from loading the probe: `-I`, `-E`, `-S`."""
    return not option.startswith("--") and option.startswith("-") and not set(option[1:]).isdisjoint("IES")
