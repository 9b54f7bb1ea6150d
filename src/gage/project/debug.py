"""Changes a plan to run under a debugger. Knows pdb and debugpy; refuses programs that Python does not run."""

import os
import shlex
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from gage.project.command_line import parse_exec
from gage.types.errors import UsageError
from gage.types.opdef import Exec
from gage.types.plan import RunPlan

HOST = "127.0.0.1"
DEFAULT_PORT = 5678
"""The default port of editors."""

_TIMEOUT_SECONDS = 30
_FIND_DEBUGPY = "import importlib.util, sys; sys.exit(importlib.util.find_spec('debugpy') is None)"


@dataclass(frozen=True, slots=True)
class DebugPlan:
    """A plan whose program waits for a debugger. `port` is where debugpy listens, 0 for pdb."""

    plan: RunPlan
    tool: str
    port: int = 0


@dataclass(frozen=True, slots=True)
class _PythonProgram:
    """A command line of Python: up to the interpreter, its options, and from the program (`train.py`, `-m x`) on."""

    python: tuple[str, ...]
    options: tuple[str, ...]
    program: tuple[str, ...]


def plan_debugging(plan: RunPlan, tool: str) -> DebugPlan:
    """Returns the plan under `tool`: "pdb", "debugpy", or "" for debugpy if the operation's Python has it, else pdb.

    The plan has no time limit. Raises UsageError for a program that is not Python, and if debugpy is missing.
    """
    program = _find_program(plan)
    if tool != "pdb":
        if _has_debugpy(program, plan):
            return _plan_debugpy(plan, program)
        if tool == "debugpy":
            python = shlex.join(program.python)
            raise UsageError(f"debugpy is not installed for {python}", f"Try: {python} -m pip install debugpy")
    if program.program[0] == "-c":
        raise UsageError("pdb cannot debug code passed with -c", "Put it into a script")
    words = (*program.python, *program.options, "-m", "pdb", *program.program)
    return DebugPlan(plan._replace(command=Exec(args=words), max_time=None), "pdb")


def _plan_debugpy(plan: RunPlan, program: _PythonProgram) -> DebugPlan:
    port = _find_free_port()
    listen = ("-Xfrozen_modules=off", "-m", "debugpy", "--listen", f"{HOST}:{port}", "--wait-for-client")
    words = (*program.python, *program.options, *listen, *program.program)
    return DebugPlan(plan._replace(command=Exec(args=words), max_time=None), "debugpy", port)


def _find_program(plan: RunPlan) -> _PythonProgram:
    command = parse_exec(plan.command)
    if command.shape != "words" or command.interpreter is None or command.target is None or not command.is_python:
        raise _not_python_error(plan)
    if (command.script or "").endswith(".ipynb"):
        raise UsageError("A notebook cannot be debugged as a run", "Debug it in your editor or in Jupyter")
    assigns = command.variables and not command.wrappers
    python = (*(("env",) if assigns else ()), *command.words[: command.interpreter + 1])
    return _PythonProgram(python, command.interpreter_options, command.words[command.program :])


def _not_python_error(plan: RunPlan) -> UsageError:
    shown = shlex.join(plan.command.args) or plan.command.shell.partition("\n")[0]
    return UsageError(
        f"Only a command that starts Python directly can be debugged: {shown}",
        "For another program: gage run -- DEBUGGER PROGRAM",
    )


def _has_debugpy(program: _PythonProgram, plan: RunPlan) -> bool:
    env: Mapping[str, str] = {**os.environ, **plan.env}
    try:
        done = subprocess.run(
            [*program.python, "-c", _FIND_DEBUGPY],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=plan.project_dir or None,
            env=env,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _find_free_port() -> int:
    """Returns the default port, else any free one."""
    for candidate in (DEFAULT_PORT, 0):
        with socket.socket() as listener:
            try:
                listener.bind((HOST, candidate))
            except OSError:
                continue
            port: int = listener.getsockname()[1]
            return port
    raise UsageError("No free port for a debugger", "Try: --debug pdb")
