"""Carries out `gage run --restart` and `--resume-from`: shows the changes from the earlier run, then runs."""

import shlex
import sys
from collections.abc import Mapping

from gage.board.formatting import format_count, format_size, format_value
from gage.cli import run_selection
from gage.cli.global_options import get_current_dir, open_store
from gage.cli.render import terminal
from gage.cli.run import run_single
from gage.cli.run.preview import format_execution, format_scope, plan_to_json, preview_plan
from gage.cli.run.run_options import RunOptions
from gage.lib.secrets import mask_args
from gage.project.find import find_project_dir, is_run_of
from gage.project.request import RunRequest
from gage.project.restart import FileChange, Restart, ValueChange, plan_restart
from gage.types.errors import UsageError
from gage.types.values import JSONValue

MAX_DIFF_LINES = 200
MAX_CHANGED_FILES = 10


def restart_run(options: RunOptions, request: RunRequest) -> int:
    """Executes or previews the restart of a run; returns the exit code."""
    restart = _plan(options, request)
    if options.preview:
        return _preview(restart, options.as_json)
    text = "\n".join(_format_summary(restart))
    is_asked = not options.yes and sys.stdin.isatty()
    if not is_asked and not options.quiet:
        terminal.print_stderr(text)
    is_own = is_run_of(restart.previous, find_project_dir(get_current_dir()))
    execution = [] if is_own else format_execution(restart.plan)
    question = "\n".join([f"You are about to run {text}", *format_scope(restart.plan), *execution])
    return run_single.execute_plan(restart.plan, options, question)


def _preview(restart: Restart, as_json: bool) -> int:
    """Prints the changes and the plan; returns the exit code."""
    if as_json:
        terminal.print_json(plan_to_json(restart.plan) | {"changes": _changes_to_json(restart)})
        return 0
    for line in (*_format_summary(restart), *_format_diff(restart)):
        terminal.print_stdout(line)
    terminal.print_stdout()
    preview_plan(restart.plan, as_json=False)
    return 0


def _plan(options: RunOptions, request: RunRequest) -> Restart:
    option = "--restart" if options.restart is not None else "--resume-from"
    if request.target:
        raise UsageError(
            f"{option} and {request.target!r} cannot be used together",
            "It runs the same command again: only NAME=VALUE and arguments after -- can be added",
        )
    if not options.previous_run:
        raise UsageError(f"{option} requires a run", "Try: gage list")
    store = open_store()
    previous = run_selection.RunSelection((options.previous_run,)).find_one()
    run_selection.warn_incomplete([previous])
    return plan_restart(store, previous, request, options.latest_source, options.restart is None)


def _format_summary(restart: Restart) -> list[str]:
    """Returns the changes, in a few lines."""
    lines = [f"{terminal.escape(str(restart.plan.op))}, restarted from {restart.previous.name}"]
    lines += [f"  {_format_value_change(change)}" for change in restart.config]
    if restart.arguments:
        before, after = (shlex.join(mask_args(words)) or "none" for words in restart.arguments)
        lines.append(f"  {terminal.escape(f'arguments: {before} → {after}')}")
    changed_files = list(map(_format_file_change, restart.source))
    lines += [f"  {line}" for line in terminal.limit_lines(changed_files, MAX_CHANGED_FILES)]
    if restart.resumes:
        files = _resumed_files(restart)
        size = format_size(sum(files.values()))
        some = f"{format_count(len(files), 'file')} of that run ({size})"
        lines.append(f"  continues with {some}" if files else "  continues with no files: that run left none")
    return lines if len(lines) > 1 else [f"{lines[0]}: no changes"]


def _resumed_files(restart: Restart) -> Mapping[str, int]:
    return restart.plan.origin.files if restart.plan.origin else {}


def _format_value_change(change: ValueChange) -> str:
    return terminal.escape(f"{change.name}: {format_value(change.before)} → {format_value(change.after)}")


def _format_file_change(change: FileChange) -> str:
    added = sum(line.startswith("+") for line in change.diff[2:])
    removed = sum(line.startswith("-") for line in change.diff[2:])
    return terminal.escape(f"{change.path}: {change.kind}") + (f" (+{added} −{removed})" if change.diff else "")


def _format_diff(restart: Restart) -> list[str]:
    """Returns the changes of source files, up to `MAX_DIFF_LINES`."""
    lines = [terminal.escape_lines(line) for change in restart.source for line in change.diff]
    return ["", *terminal.limit_lines(lines, MAX_DIFF_LINES, "use --json")] if lines else []


def _changes_to_json(restart: Restart) -> dict[str, JSONValue]:
    return {
        "run": restart.previous.id,
        "config": [{"name": c.name, "before": c.before, "after": c.after} for c in restart.config],
        "arguments": [mask_args(words) for words in restart.arguments],
        "source": [{"path": c.path, "change": c.kind, "diff": list(c.diff)} for c in restart.source],
        "files": [{"path": path, "size": size} for path, size in _resumed_files(restart).items()],
    }
