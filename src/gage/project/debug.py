"""A plan → the same plan under a debugger. Knows pdb and debugpy; refuses programs that Python does not run."""

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
PORT = 5678
"""What editors offer first."""

_WAIT = 30
_FIND = "import importlib.util, sys; sys.exit(importlib.util.find_spec('debugpy') is None)"


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
    """The plan under `tool`: "pdb", "debugpy", or "" for debugpy where the operation's Python has it, else pdb.

    It has no time limit. Raises UsageError for other programs than Python's, and when debugpy is missing.
    """
    program = _find_program(plan)
    if tool != "pdb":
        if _has_debugpy(program, plan):
            return _under_debugpy(plan, program)
        if tool == "debugpy":
            python = shlex.join(program.python)
            raise UsageError(f"debugpy is not installed for {python}", f"Try: {python} -m pip install debugpy")
    if program.program[0] == "-c":
        raise UsageError("pdb cannot debug code given with -c", "Write it to a script")
    words = (*program.python, *program.options, "-m", "pdb", *program.program)
    return DebugPlan(plan._replace(command=Exec(args=words), max_time=None), "pdb")


def _under_debugpy(plan: RunPlan, program: _PythonProgram) -> DebugPlan:
    port = _free_port()
    listen = ("-Xfrozen_modules=off", "-m", "debugpy", "--listen", f"{HOST}:{port}", "--wait-for-client")
    words = (*program.python, *program.options, *listen, *program.program)
    return DebugPlan(plan._replace(command=Exec(args=words), max_time=None), "debugpy", port)


def _find_program(plan: RunPlan) -> _PythonProgram:
    command = parse_exec(plan.command)
    if command.shape != "words" or command.interpreter is None or command.target is None or not command.is_python:
        raise _no_python(plan)
    if (command.script or "").endswith(".ipynb"):
        raise UsageError("A notebook cannot be debugged as a run", "Debug it in your editor or in Jupyter")
    assigns = command.variables and not command.wrappers
    python = (*(("env",) if assigns else ()), *command.words[: command.interpreter + 1])
    return _PythonProgram(python, command.interpreter_options, command.words[command.program :])


def _no_python(plan: RunPlan) -> UsageError:
    shown = shlex.join(plan.command.args) or plan.command.shell.partition("\n")[0]
    return UsageError(
        f"Only commands that start Python can be debugged: {shown}",
        "For another program: gage run -- DEBUGGER PROGRAM",
    )


def _has_debugpy(program: _PythonProgram, plan: RunPlan) -> bool:
    env: Mapping[str, str] = {**os.environ, **plan.env}
    try:
        done = subprocess.run(
            [*program.python, "-c", _FIND],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=plan.project_dir or None,
            env=env,
            timeout=_WAIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _free_port() -> int:
    """The default port, else any free one."""
    for wanted in (PORT, 0):
        with socket.socket() as listener:
            try:
                listener.bind((HOST, wanted))
            except OSError:
                continue
            port: int = listener.getsockname()[1]
            return port
    raise UsageError("There is no free port for a debugger", "Try: --debug pdb")
