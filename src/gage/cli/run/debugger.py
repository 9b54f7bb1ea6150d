"""Carries out `gage run --debug`."""

import json
from pathlib import Path

from gage.cli.render import terminal
from gage.project.debug import HOST, plan_debugging
from gage.types.plan import RunPlan
from gage.types.values import JSONValue


def wrap_in_debugger(plan: RunPlan, tool: str, run_dir: Path) -> RunPlan:
    """Returns the plan under the debugger `tool` ("" = one that is installed) and prints how to attach to it."""
    debugged, port = plan_debugging(plan, tool)
    if not port:
        if not tool:
            terminal.print_stderr("debugpy is not installed for this program's Python: using pdb instead")
        return debugged
    mapping = {"localRoot": plan.project_dir, "remoteRoot": str(run_dir)}
    attach: dict[str, JSONValue] = {"name": "Gage run", "type": "debugpy", "request": "attach"}
    attach |= {"connect": {"host": HOST, "port": port}, "pathMappings": [mapping] if plan.project_dir else []}
    terminal.print_stderr(
        f"Waiting for a debugger on {HOST}:{port}",
        f"To use breakpoints in the project's files, add this to VS Code's launch.json:\n{json.dumps(attach)}",
    )
    return debugged
