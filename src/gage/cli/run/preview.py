"""Formats the plan of a run as text or JSON, for `--preview` and for the question before a run starts."""

import os
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from gage.board.formatting import format_count, format_size, format_value
from gage.cli.global_options import find_runs_dir
from gage.cli.render import terminal
from gage.lib import times
from gage.lib.files import can_reflink, walk_dirs
from gage.lib.secrets import MASK
from gage.runner import plan_secrets
from gage.types.opdef import Exec
from gage.types.plan import ConfigValue, Dependency, RunPlan
from gage.types.values import JSONValue

HOW_INTROSPECTED = "read by starting the program and stopping it at its parser"
MAX_LISTED_FILES = 50
MIN_SHOWN_COPY_BYTES = 1_000_000
"""Bytes of copied dependencies from which the question before a run says so."""


def preview_plan(plan: RunPlan, as_json: bool) -> None:
    """Prints what a run would do."""
    if as_json:
        terminal.print_json(plan_to_json(plan))
        return
    terminal.print_facts(
        {
            "Operation": f"{plan.op} {plan.op.version}".strip(),
            "Command": _format_masked(plan, plan.command),
            "Arguments": _join_masked(plan_secrets.mask_words(plan, plan.arguments)),
            "Working directory": f"{plan.cwd} (in the run directory)" if plan.cwd else "the run directory",
            "Project": plan.project_dir,
            "Interpreter": plan.interpreter,
            "Parameters": HOW_INTROSPECTED if plan.is_introspected else "",
            "Label": plan.label,
            "Tags": " ".join(f"#{tag}" for tag in plan.tags),
            "Attributes": " ".join(f"{name}={attribute.value}" for name, attribute in plan.attributes.items()),
            "Max time": times.format_duration(int(plan.max_time * 1_000_000)) if plan.max_time else "",
        }
    )
    for title, lines in _build_sections(plan):
        shown = terminal.limit_lines(list(lines), MAX_LISTED_FILES, "use --json")
        if shown:
            terminal.print_section(title, map(terminal.escape, shown))


def _build_sections(plan: RunPlan) -> Iterator[tuple[str, Iterable[str]]]:
    """Yields the titles of sections and their lines."""
    yield "Config", map(_format_parameter, sorted(plan.config_values, key=lambda value: value.name))
    yield "Environment", [f"{name}={value}" for name, value in plan_secrets.mask_env(plan, plan.env).items()]
    yield "Hooks", [f"{name}: {_format_masked(plan, command)}" for name, command in plan.hooks.items()]
    source = plan.source
    count, size = format_count(len(source.files), "file"), sum(f.size for f in source.files)
    title = f"Source code to copy: {count}, {format_size(size)} (selected by: {source.rule})"
    yield title, [f"{f.path}  {format_size(f.size)}" for f in source.files] or ["none"]
    yield "Not copied", [f"{s.path}  {s.reason}" for s in source.skipped if not _is_dependency(s.path, plan)]
    copies = format_copies(plan)
    yield f"Dependencies ({copies})" if copies else "Dependencies", map(_format_dependency, plan.dependencies)
    yield "Notices", plan.notices


def _is_dependency(path: str, plan: RunPlan) -> bool:
    """Returns whether a path that is not source code is a dependency, or in one."""
    return any(f"{path}/".startswith(f"{each.path}/") for each in plan.dependencies)


def _format_dependency(d: Dependency) -> str:
    if d.target:
        return f"{d.path}  link to {d.target} ({d.why})"
    return f"{d.path}  {format_count(d.files, 'file')}, {format_size(d.size)} ({d.why})"


def _dependency_to_json(d: Dependency) -> JSONValue:
    target: dict[str, JSONValue] = {"target": d.target} if d.target else {}
    return {"path": d.path, "reason": d.why, "files": d.files, "size": d.size, **target}


def _format_parameter(setting: ConfigValue) -> str:
    text = f"{setting.name} = {_format_value(setting.name, setting.value)}"
    if setting.set_by_user:
        text += f"  (default {_format_value(setting.name, setting.default)})"
    return text + (f"  {setting.location}" if setting.location else "")


def _format_value(name: str, value: JSONValue) -> str:
    return format_value(plan_secrets.mask_config_value(name, value))


def _format_masked(plan: RunPlan, command: Exec) -> str:
    masked = plan_secrets.mask_command(plan, command)
    return masked if isinstance(masked, str) else _join_masked(masked)


def _join_masked(words: list[str]) -> str:
    """Returns words as a user would type them, with masks as they are."""
    return " ".join(word if word == MASK else shlex.quote(word) for word in words)


def plan_to_json(plan: RunPlan) -> dict[str, JSONValue]:
    """Returns the whole plan as JSON."""
    source = plan.source
    return {
        "operation": plan.op.name,
        "namespace": plan.op.namespace,
        "version": plan.op.version,
        "command": plan_secrets.mask_command(plan, plan.command),
        "arguments": list(plan_secrets.mask_words(plan, plan.arguments)),
        "cwd": plan.cwd,
        "project": plan.project_dir,
        "project_id": plan.project_id,
        "interpreter": plan.interpreter,
        "is_introspected": plan.is_introspected,
        "label": plan.label,
        "tags": list(plan.tags),
        "max_time": plan.max_time,
        "config": [
            {key: getattr(s, key) for key in ("name", "set_by_user", "target", "location")}
            | {key: plan_secrets.mask_config_value(s.name, getattr(s, key)) for key in ("value", "default")}
            for s in plan.config_values
        ],
        "env": dict(plan_secrets.mask_env(plan, plan.env)),
        "hooks": {name: plan_secrets.mask_command(plan, command) for name, command in plan.hooks.items()},
        "source": {
            "rule": source.rule,
            "limit": source.limit,
            "files": [{"path": f.path, "size": f.size} for f in source.files],
            "skipped": [{"path": s.path, "reason": s.reason} for s in source.skipped],
        },
        "dependencies": list(map(_dependency_to_json, plan.dependencies)),
        "copied_bytes": measure_copies(plan),
        "notices": list(plan.notices),
    }


def format_scope(plan: RunPlan, each: str = "") -> list[str]:
    """Returns lines for the question before a run: its project, unless it is the current directory, and the size of the
    dependencies that are copied for it. `each` is added to that line.
    """
    lines = []
    if plan.project_dir and os.path.realpath(plan.project_dir) != os.path.realpath(plan.request.cwd):
        lines.append(terminal.escape(f"  Project: {plan.project_dir}"))
    if copies := format_copies(plan):
        lines.append(f"  C{copies[1:]} of dependencies{each}")
    return lines


def format_execution(plan: RunPlan) -> list[str]:
    """Returns lines with all that a run would execute, for the question before a run of somebody else's project."""
    lines = [f"Command: {_format_masked(plan, plan.command)}"]
    lines += [f"{name}: {_format_masked(plan, command)}" for name, command in plan.hooks.items()]
    lines += [f"Variable: {name}={value}" for name, value in plan_secrets.mask_env(plan, plan.env).items()]
    return [terminal.escape(f"  {line}") for line in lines]


def format_copies(plan: RunPlan) -> str:
    """Returns "copies" and the size of the dependencies whose blocks the run does not share; "" if that is little."""
    size = measure_copies(plan)
    return f"copies {format_size(size)}" if size >= MIN_SHOWN_COPY_BYTES else ""


def measure_copies(plan: RunPlan) -> int:
    """Returns the bytes of dependencies that are copied, as the file system of the runs cannot share their blocks."""
    runs_dir = find_runs_dir()
    return sum(d.size for d in plan.dependencies if d.size and not _is_shared(d, plan.project_dir, runs_dir))


def _is_shared(dependency: Dependency, project: str, runs_dir: Path) -> bool:
    top = os.path.join(dependency.root or project, dependency.path)
    folders = ((folder, names) for folder, _, names in walk_dirs(top) if names)
    file = top if os.path.isfile(top) else next((os.path.join(folder, names[0]) for folder, names in folders), top)
    return can_reflink(file, runs_dir)


def format_short_plan(plan: RunPlan) -> str:
    """Returns the operation and the changed config, in a few lines."""
    changed = [s for s in plan.config_values if s.set_by_user]
    lines = [f"You are about to run {terminal.escape(str(plan.op))}", *format_scope(plan)]
    for s in sorted(changed, key=lambda s: s.name):
        value, default = _format_value(s.name, s.value), _format_value(s.name, s.default)
        lines.append(terminal.escape(f"  {s.name}: {value} (default {default})"))
    return "\n".join(lines)
