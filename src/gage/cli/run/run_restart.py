"""Carries out `gage run --restart` and `--resume-from`: shows what is different from the earlier run, then runs."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gage.cli import run_selection
from gage.cli.render import terminal
from gage.cli.run import run_single
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.project.request import RunRequest
    from gage.project.restart import FileChange, Restart, ValueChange
    from gage.types.values import JSONValue

MOST_LINES = 200
MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Again:
    """Which run is made again (`word` names it), and how: see `project.repeat.plan_repeat`."""

    option: str
    word: str
    latest: bool = False
    goes_on: bool = False


def of_options(restart: str | None, resume_from: str | None, latest_source: bool) -> Again:
    """What the options mean. Raises `UsageError`."""
    if restart is not None:
        return Again("--restart", restart, latest_source)
    if resume_from is not None:
        return Again("--resume-from", resume_from, latest_source, goes_on=True)
    raise UsageError("--latest-source is for --restart and --resume-from", "Without them it is always the latest")


def run(again: Again, request: "RunRequest", how: run_single.How) -> int:
    """Carry it out; the exit code."""
    repeat = _planned(again, request)
    text = "\n".join(_short(repeat))
    is_asked = not how.yes and sys.stdin.isatty()
    if not is_asked and not how.quiet:
        terminal.tell(text)
    return run_single.carry_out(repeat.plan, how, lambda _: f"You are about to run {text}")


def preview(again: Again, request: "RunRequest", as_json: bool) -> int:
    """Show all that would happen, and first what would be different; the exit code."""
    from gage.cli.run.preview import plan_json, print_plan

    repeat = _planned(again, request)
    if as_json:
        terminal.say_json(plan_json(repeat.plan) | {"changes": _as_json(repeat)})
        return 0
    for line in (*_short(repeat), *_diff(repeat)):
        terminal.say(line)
    terminal.say()
    print_plan(repeat.plan)
    return 0


def _planned(again: Again, request: "RunRequest") -> "Restart":
    from gage.project.restart import plan_restart

    if request.target or request.command:
        what = request.target or "a command after --"
        raise UsageError(
            f"{again.option} and {what!r} cannot be used together",
            "It runs what the earlier run ran: give it NAME=VALUE only",
        )
    if not again.word:
        raise UsageError(f"{again.option} names no run", "Try: gage list")
    store = run_selection.open_store()
    return plan_restart(store, run_selection.one(store, again.word), request, again.latest, again.goes_on)


def _short(repeat: "Restart") -> list[str]:
    """What is different, in a few lines."""
    lines = [f"{terminal.safe(str(repeat.plan.op))}, made from {repeat.previous.name}"]
    lines += [f"  {_value(change)}" for change in repeat.config]
    shown = [f"  {_file(change)}" for change in repeat.source]
    lines += shown if len(shown) <= MOST_NAMES else [*shown[:MOST_NAMES], f"  and {len(shown) - MOST_NAMES} more files"]
    assert repeat.plan.origin is not None
    files = repeat.plan.origin.files
    if repeat.resumes:
        size = terminal.size_text(sum(files.values()))
        lines.append(f"  goes on with {terminal.count_text(len(files), 'file')} that it left, {size}")
    return lines if len(lines) > 1 else [f"{lines[0]}: nothing is different"]


def _value(change: "ValueChange") -> str:
    from gage.board.formatting import show_value

    return terminal.safe(f"{change.name}: {show_value(change.before)} → {show_value(change.after)}")


def _file(change: "FileChange") -> str:
    added = sum(line.startswith("+") for line in change.diff[2:])
    removed = sum(line.startswith("-") for line in change.diff[2:])
    return terminal.safe(f"{change.path}: {change.what}") + (f" (+{added} −{removed})" if change.diff else "")


def _diff(repeat: "Restart") -> list[str]:
    """The differences of source files, not too long."""
    lines = [terminal.safe_lines(line) for change in repeat.source for line in change.diff]
    more = [f"and {len(lines) - MOST_LINES} more lines (--json shows all)"] if len(lines) > MOST_LINES else []
    return ["", *lines[:MOST_LINES], *more] if lines else []


def _as_json(repeat: "Restart") -> "dict[str, JSONValue]":
    assert repeat.plan.origin is not None
    return {
        "run": repeat.previous.id,
        "config": [{"name": c.name, "before": c.before, "after": c.after} for c in repeat.config],
        "source": [{"path": c.path, "what": c.what, "diff": list(c.diff)} for c in repeat.source],
        "files": [{"path": path, "size": size} for path, size in repeat.plan.origin.files.items()],
    }
