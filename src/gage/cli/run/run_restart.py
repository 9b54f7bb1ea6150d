"""Carries out `gage run --restart` and `--resume-from`: shows the changes from the earlier run, then runs."""

import sys
from typing import TYPE_CHECKING, NamedTuple

from gage.cli import run_selection
from gage.cli.render import terminal
from gage.cli.run import run_single
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.project.request import RunRequest
    from gage.project.restart import FileChange, Restart, ValueChange
    from gage.types.values import JSONValue

MAX_DIFF_LINES = 200
MAX_CHANGED_FILES = 10


class RestartOptions(NamedTuple):
    """The run to restart (`run_ref`) and how: see `project.restart`."""

    option: str
    run_ref: str
    latest_source: bool = False
    with_files: bool = False


def parse_options(restart: str | None, resume_from: str | None, latest_source: bool) -> RestartOptions:
    """What the options mean. Raises `UsageError`."""
    if restart is not None:
        return RestartOptions("--restart", restart, latest_source)
    if resume_from is not None:
        return RestartOptions("--resume-from", resume_from, latest_source, with_files=True)
    raise UsageError(
        "--latest-source requires --restart or --resume-from", "Other runs always use the latest source code"
    )


def restart_run(restart: RestartOptions, request: "RunRequest", options: run_single.RunOptions) -> int:
    """Executes it and returns the exit code."""
    repeat = _plan(restart, request)
    text = "\n".join(_format_summary(repeat))
    is_asked = not options.yes and sys.stdin.isatty()
    if not is_asked and not options.quiet:
        terminal.print_stderr(text)
    return run_single.execute_plan(repeat.plan, options, lambda _: f"You are about to run {text}")


def preview_restart(restart: RestartOptions, request: "RunRequest", as_json: bool) -> int:
    """Prints the changes and the plan; returns the exit code."""
    from gage.cli.run.preview import plan_to_json, print_plan

    repeat = _plan(restart, request)
    if as_json:
        terminal.print_json(plan_to_json(repeat.plan) | {"changes": _changes_to_json(repeat)})
        return 0
    for line in (*_format_summary(repeat), *_format_diff(repeat)):
        terminal.print_stdout(line)
    terminal.print_stdout()
    print_plan(repeat.plan)
    return 0


def _plan(restart: RestartOptions, request: "RunRequest") -> "Restart":
    from gage.project.restart import plan_restart

    if request.target or request.command:
        what = request.target or "a command after --"
        raise UsageError(
            f"{restart.option} and {what!r} cannot be used together",
            "It runs the same command again: only NAME=VALUE can be added",
        )
    if not restart.run_ref:
        raise UsageError(f"{restart.option} requires a run", "Try: gage list")
    store = run_selection.open_store()
    return plan_restart(
        store, run_selection.find_run(store, restart.run_ref), request, restart.latest_source, restart.with_files
    )


def _format_summary(repeat: "Restart") -> list[str]:
    """Returns the changes, in a few lines."""
    lines = [f"{terminal.escape(str(repeat.plan.op))}, restarted from {repeat.previous.name}"]
    lines += [f"  {_format_value_change(change)}" for change in repeat.config]
    shown = [f"  {_format_file_change(change)}" for change in repeat.source]
    lines += (
        shown
        if len(shown) <= MAX_CHANGED_FILES
        else [*shown[:MAX_CHANGED_FILES], f"  and {len(shown) - MAX_CHANGED_FILES} more files"]
    )
    assert repeat.plan.origin is not None
    files = repeat.plan.origin.files
    if repeat.resumes:
        size = terminal.format_size(sum(files.values()))
        lines.append(f"  continues with {terminal.format_count(len(files), 'file')} of that run ({size})")
    return lines if len(lines) > 1 else [f"{lines[0]}: no changes"]


def _format_value_change(change: "ValueChange") -> str:
    from gage.board.formatting import format_value

    return terminal.escape(f"{change.name}: {format_value(change.before)} → {format_value(change.after)}")


def _format_file_change(change: "FileChange") -> str:
    added = sum(line.startswith("+") for line in change.diff[2:])
    removed = sum(line.startswith("-") for line in change.diff[2:])
    return terminal.escape(f"{change.path}: {change.what}") + (f" (+{added} −{removed})" if change.diff else "")


def _format_diff(repeat: "Restart") -> list[str]:
    """Returns the changes of source files, up to `MAX_DIFF_LINES`."""
    lines = [terminal.escape_lines(line) for change in repeat.source for line in change.diff]
    more = [f"and {len(lines) - MAX_DIFF_LINES} more lines (--json shows all)"] if len(lines) > MAX_DIFF_LINES else []
    return ["", *lines[:MAX_DIFF_LINES], *more] if lines else []


def _changes_to_json(repeat: "Restart") -> "dict[str, JSONValue]":
    assert repeat.plan.origin is not None
    return {
        "run": repeat.previous.id,
        "config": [{"name": c.name, "before": c.before, "after": c.after} for c in repeat.config],
        "source": [{"path": c.path, "change": c.what, "diff": list(c.diff)} for c in repeat.source],
        "files": [{"path": path, "size": size} for path, size in repeat.plan.origin.files.items()],
    }
