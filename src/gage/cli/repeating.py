"""Carries out `gage run --restart` and `--resume-from`: shows what is different from the earlier run, then runs."""

import sys
from typing import TYPE_CHECKING

from gage.cli import choose, looks, running
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.project.repeat import FileChange, Repeat, ValueChange
    from gage.project.request import RunRequest
    from gage.types.values import JSONValue

MOST_LINES = 200
MOST_NAMES = 10


def run(word: str, request: "RunRequest", how: running.How, latest: bool, goes_on: bool) -> int:
    """Carry it out; the exit code."""
    repeat = _planned(word, request, latest, goes_on)
    text = "\n".join(_short(repeat))
    is_asked = not how.yes and sys.stdin.isatty()
    if not is_asked and not how.quiet:
        looks.tell(text)
    return running.carry_out(repeat.plan, how, lambda _: f"You are about to run again: {text}")


def preview(word: str, request: "RunRequest", latest: bool, goes_on: bool, as_json: bool) -> None:
    """Show all that would happen, and first what would be different."""
    from gage.cli.preview import plan_json, print_plan

    repeat = _planned(word, request, latest, goes_on)
    if as_json:
        looks.say_json(plan_json(repeat.plan) | {"changes": _as_json(repeat)})
        return
    for line in (*_short(repeat), *_diff(repeat)):
        looks.say(line)
    looks.say()
    print_plan(repeat.plan)


def _planned(word: str, request: "RunRequest", latest: bool, goes_on: bool) -> "Repeat":
    from gage.project.repeat import plan_repeat

    option = "--resume-from" if goes_on else "--restart"
    if request.target or request.command:
        what = request.target or "a command after --"
        raise UsageError(
            f"{option} and {what!r} cannot be used together",
            "It runs what the earlier run ran: give it NAME=VALUE only",
        )
    if not word:
        raise UsageError(f"{option} names no run", "Try: gage list")
    store = choose.open_store()
    return plan_repeat(store, choose.one(store, word), request, latest, goes_on)


def _short(repeat: "Repeat") -> list[str]:
    """What is different, in a few lines."""
    lines = [f"{looks.safe(str(repeat.plan.op))}, made from {repeat.of.name}"]
    lines += [f"  {_value(change)}" for change in repeat.config]
    shown = [f"  {_file(change)}" for change in repeat.source]
    lines += shown if len(shown) <= MOST_NAMES else [*shown[:MOST_NAMES], f"  and {len(shown) - MOST_NAMES} more files"]
    assert repeat.plan.origin is not None
    files = repeat.plan.origin.files
    if repeat.goes_on:
        size = looks.size_text(sum(files.values()))
        lines.append(f"  goes on with {looks.count_text(len(files), 'file')} that it left, {size}")
    return lines if len(lines) > 1 else [f"{lines[0]}: nothing is different"]


def _value(change: "ValueChange") -> str:
    from gage.board.runs import show_value

    return looks.safe(f"{change.name}: {show_value(change.before)} → {show_value(change.after)}")


def _file(change: "FileChange") -> str:
    added = sum(line.startswith("+") for line in change.diff[2:])
    removed = sum(line.startswith("-") for line in change.diff[2:])
    return looks.safe(f"{change.path}: {change.what}") + (f" (+{added} −{removed})" if change.diff else "")


def _diff(repeat: "Repeat") -> list[str]:
    """The differences of source files, not too long."""
    lines = [looks.safe_lines(line) for change in repeat.source for line in change.diff]
    more = [f"and {len(lines) - MOST_LINES} more lines (--json shows all)"] if len(lines) > MOST_LINES else []
    return ["", *lines[:MOST_LINES], *more] if lines else []


def _as_json(repeat: "Repeat") -> "dict[str, JSONValue]":
    assert repeat.plan.origin is not None
    return {
        "run": repeat.of.id,
        "config": [{"name": c.name, "before": c.before, "after": c.after} for c in repeat.config],
        "source": [{"path": c.path, "what": c.what, "diff": list(c.diff)} for c in repeat.source],
        "files": [{"path": path, "size": size} for path, size in repeat.plan.origin.files.items()],
    }
