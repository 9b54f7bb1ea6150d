"""Formats the plan of a run as text or JSON, for `--preview` and for the question before a run starts."""

import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gage.cli.render import terminal
from gage.types.opdef import Exec

if TYPE_CHECKING:
    from gage.types.plan import ConfigValue, RunPlan
    from gage.types.values import JSONValue

MAX_LISTED_FILES = 50


def print_plan(plan: "RunPlan") -> None:
    """Prints what a run would do."""
    from gage.lib.secrets import mask_text

    facts = {
        "Operation": f"{plan.op} {plan.op.version}".strip(),
        "Command": mask_text(format_command(plan.command)).split("\n"),
        "Working directory": f"{plan.cwd} (in the run directory)" if plan.cwd else "the run directory",
        "Project": plan.project_dir,
        "Interpreter": plan.interpreter,
        "Label": plan.label,
        "Tags": " ".join(f"#{tag}" for tag in plan.tags),
        "Attributes": " ".join(f"{name}={fact.value}" for name, fact in plan.attributes.items()),
        "Max time": terminal.format_duration(int(plan.max_time * 1_000_000)) if plan.max_time else "",
    }
    terminal.print_facts(
        {t: terminal.escape(v) if isinstance(v, str) else list(map(terminal.escape, v)) for t, v in facts.items()}
    )
    for title, lines in _build_sections(plan):
        terminal.print_stdout()
        terminal.print_stdout(terminal.paint(title, "bold"))
        for line in lines:
            terminal.print_stdout(f"  {terminal.escape(line)}".rstrip())


def _build_sections(plan: "RunPlan") -> Iterator[tuple[str, list[str]]]:
    if plan.config_values:
        yield "Config", [_format_parameter(s) for s in sorted(plan.config_values, key=lambda s: s.name)]
    if plan.env:
        yield "Environment", [f"{name}={value}" for name, value in mask_variables(plan.env).items()]
    if plan.hooks:
        yield "Hooks", [f"{name}: {format_command(command)}" for name, command in plan.hooks.items()]
    source = plan.source
    size = terminal.format_size(sum(f.size for f in source.files))
    title = (
        f"Source code to copy: {terminal.format_count(len(source.files), 'file')}, {size} (selected by: {source.rule})"
    )
    yield title, _limit_lines([f"{f.path}  {terminal.format_size(f.size)}" for f in source.files])
    if source.skipped:
        yield "Not copied", _limit_lines([f"{s.path}  {s.reason}" for s in source.skipped])
    if plan.dependencies:
        files = "{}  {}, {} ({})"
        yield (
            "Dependencies",
            _limit_lines(
                [
                    files.format(i.path, terminal.format_count(i.files, "file"), terminal.format_size(i.size), i.why)
                    for i in plan.dependencies
                ]
            ),
        )
    if plan.notices:
        yield "Notices", list(plan.notices)


def _limit_lines(lines: list[str]) -> list[str]:
    rest = len(lines) - MAX_LISTED_FILES
    return lines if rest <= 0 else [*lines[:MAX_LISTED_FILES], f"and {rest:,} more (--json shows all)"]


def _format_parameter(setting: "ConfigValue") -> str:
    from gage.board.formatting import format_value

    text = f"{setting.name} = {format_value(setting.value)}"
    if setting.set_by_user:
        text += f"  (default {format_value(setting.default)})"
    return text + (f"  {setting.location}" if setting.location else "")


def mask_variables(env: Mapping[str, str]) -> dict[str, str]:
    """Returns variables with secret values masked."""
    from gage.lib.secrets import mask_env

    return mask_env(env)


def format_command(command: Exec) -> str:
    """Returns a command as a user would type it."""
    return shlex.join(command.args) if command.args else command.shell


def plan_to_json(plan: "RunPlan") -> "dict[str, JSONValue]":
    """Returns the whole plan as JSON."""
    source = plan.source
    return {
        "operation": plan.op.name,
        "namespace": plan.op.namespace,
        "version": plan.op.version,
        "command": plan.command.to_json(),
        "cwd": plan.cwd,
        "project": plan.project_dir,
        "project_id": plan.project_id,
        "interpreter": plan.interpreter,
        "label": plan.label,
        "tags": list(plan.tags),
        "max_time": plan.max_time,
        "config": [
            {"name": s.name, "value": s.value, "default": s.default, "set_by_user": s.set_by_user, "target": s.target}
            | {"location": s.location}
            for s in plan.config_values
        ],
        "env": dict(mask_variables(plan.env)),
        "hooks": {name: command.to_json() for name, command in plan.hooks.items()},
        "source": {
            "rule": source.rule,
            "limit": source.limit,
            "files": [{"path": f.path, "size": f.size} for f in source.files],
            "skipped": [{"path": s.path, "reason": s.reason} for s in source.skipped],
        },
        "dependencies": [
            {"path": i.path, "reason": i.why, "files": i.files, "size": i.size} for i in plan.dependencies
        ],
        "notices": list(plan.notices),
    }


def format_short_plan(plan: "RunPlan") -> str:
    """Returns the operation and the changed config, in a few lines."""
    from gage.board.formatting import format_value

    changed = [s for s in plan.config_values if s.set_by_user]
    lines = [f"You are about to run {terminal.escape(str(plan.op))}"]
    for s in sorted(changed, key=lambda s: s.name):
        lines.append(terminal.escape(f"  {s.name}: {format_value(s.value)} (default {format_value(s.default)})"))
    return "\n".join(lines)
