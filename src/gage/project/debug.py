"""Changes a plan to run under a debugger. Knows pdb and debugpy; refuses programs that Python does not run."""

import os
import shlex
import socket
import subprocess
from collections.abc import Sequence

from gage.lib.command import Command
from gage.project.command_line import parse_exec
from gage.types.errors import UsageError
from gage.types.opdef import Exec
from gage.types.plan import RunPlan

HOST = "127.0.0.1"
DEFAULT_PORT = 5678
"""The default port of editors."""

_TIMEOUT_SECONDS = 30
_FIND_DEBUGPY = "import importlib.util, sys; sys.exit(importlib.util.find_spec('debugpy') is None)"


def plan_debugging(plan: RunPlan, tool: str) -> tuple[RunPlan, int]:
    """Returns the plan under `tool`, and the port where debugpy listens, 0 for pdb.

    `tool` is "pdb", "debugpy", or "" for debugpy if the operation's Python has it, else pdb. The plan has no time
    limit. Raises UsageError for a program that is not Python, and if debugpy is missing.
    """
    command = _parse_python_command(plan)
    assert command.interpreter is not None
    assigns = command.variables and not command.wrappers
    python = (*(("env",) if assigns else ()), *command.words[: command.interpreter + 1])
    program = command.words[command.program :]
    port = 0
    if tool != "pdb" and _has_debugpy(python, plan):
        port = _find_free_port()
        debugger = f"-Xfrozen_modules=off -m debugpy --listen {HOST}:{port} --wait-for-client".split()
    elif tool == "debugpy":
        shown = shlex.join(python)
        raise UsageError(f"debugpy is not installed for {shown}", f"Try: {shown} -m pip install debugpy")
    elif program[0] == "-c":
        raise UsageError("pdb cannot debug code passed with -c", "Put it into a script")
    else:
        debugger = ["-m", "pdb"]
    words = (*python, *command.interpreter_options, *debugger, *program)
    return plan._replace(command=Exec(args=words), max_time=None), port


def _parse_python_command(plan: RunPlan) -> Command:
    """Returns the command of a plan. Raises UsageError if it does not start Python directly."""
    command = parse_exec(plan.command)
    if command.shape != "words" or command.interpreter is None or command.target is None or not command.is_python:
        shown = plan.command.to_line().partition("\n")[0]
        raise UsageError(
            f"Only a command that starts Python directly can be debugged: {shown}",
            "For another program: gage run -- DEBUGGER PROGRAM",
        )
    if (command.script or "").endswith(".ipynb"):
        raise UsageError("A notebook cannot be debugged as a run", "Debug it in your editor or in Jupyter")
    return command


def _has_debugpy(python: Sequence[str], plan: RunPlan) -> bool:
    try:
        completed = subprocess.run(
            [*python, "-c", _FIND_DEBUGPY],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=plan.project_dir or None,
            env={**os.environ, **plan.env},
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return completed.returncode == 0


def _find_free_port() -> int:
    """Returns the default port, else any free one."""
    with socket.socket() as listener:
        try:
            listener.bind((HOST, DEFAULT_PORT))
        except OSError:
            listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port
