"""Carries out `gage run` for one run: request → plan → confirmation → run → exit code.

The run is executed here and now, or staged (`--stage`) and started later (`--start`) or in another process
(`--background`).
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gage.cli.command import confirm_or_exit
from gage.cli.errors import ARGS
from gage.cli.global_options import open_store
from gage.cli.render import terminal
from gage.cli.run.live_output import LiveOutput
from gage.cli.run.run_options import RunOptions
from gage.cli.run_selection import seal_abandoned_runs
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.project.request import RunRequest
    from gage.project.same_run import SameRun
    from gage.store.store import RunStore
    from gage.types.plan import RunPlan
    from gage.types.run import Run

BACKGROUND_START_TIMEOUT_SECONDS = 3.0
"""Seconds to wait until a run in the background has begun, so that it can be watched and stopped at once."""


def run_once(request: "RunRequest", options: RunOptions) -> int:
    """Executes or previews a run; returns the exit code."""
    from gage.cli.render.spinner import wait_for_parameters
    from gage.project.plan import plan_run

    with wait_for_parameters(request.target):
        plan = plan_run(request)
    plan = plan._replace(notices=(*plan.notices, *describe_shared_options(plan)))
    if options.yes and not options.preview:
        return execute_plan(plan, options, "")
    from gage.cli.run.preview import format_short_plan, preview_plan

    if options.preview:
        preview_plan(plan, options.as_json)
        return 0
    return execute_plan(plan, options, format_short_plan(plan))


def describe_shared_options(plan: "RunPlan") -> list[str]:
    """Returns notices on options of Gage that the program of the plan has too."""
    return [
        f"{option} is an option of Gage; to set the program's: {word}" for option, word in _find_shared(plan).items()
    ]


def _find_shared(plan: "RunPlan") -> dict[str, str]:
    context = click.get_current_context()
    args = context.meta[ARGS]
    if not any(word.startswith("--") for word in args[1:]):
        return {}
    from gage.cli.run.shared_options import list_shared_options

    return list_shared_options(context.command, args, {value.name for value in plan.config_values})


def execute_plan(plan: "RunPlan", options: RunOptions, summary: str) -> int:
    """Executes a plan after showing `summary` and asking for confirmation; returns the exit code."""
    from gage.lib import uuid7

    store = open_store()
    link = None if options.run_dir is None else Path(options.run_dir)
    if link and os.path.lexists(link):
        hint = "Use a new path: Gage creates a link to the run directory there"
        raise UsageError(f"--run-dir: {link} already exists", hint)
    if options.needed and (same := _find_same(store, plan, options)):
        name = same.run.name
        terminal.print_stderr(f"Not needed: {name} did the same ({same.compared})", f"Try: gage show {name}")
        return 0
    confirm_run(options, summary)
    for notice in plan.notices:
        terminal.print_stderr(notice)
    id = uuid7.generate()
    run_dir = store.get_paths(id).run_dir.absolute()
    if options.debugger is not None:
        from gage.cli.run.debugger import wrap_in_debugger

        plan = wrap_in_debugger(plan, options.debugger, run_dir)
    if link:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(run_dir, target_is_directory=True)
    try:
        if options.stage or options.background:
            return _stage_plan(store, plan, id, options)
        return _run_plan(store, plan, id, options)
    finally:
        if link and not store.exists(id):
            link.unlink()  # there is no run that it could lead to


def _find_same(store: "RunStore", plan: "RunPlan", options: RunOptions) -> "SameRun | None":
    """Returns the latest completed run that did the same, or None."""
    from gage.index.index import open_index
    from gage.project.same_run import SameRunFinder

    with open_index(store) as index:
        return SameRunFinder(store, index, LiveOutput(options.quiet)).find(plan)


def compute_source_digest(plan: "RunPlan") -> str:
    """Returns the digest of the source code that a run copies."""
    from gage.project.source_selection import digest_source

    return digest_source(Path(plan.project_dir), plan.source)


def confirm_run(options: RunOptions, text: str = "") -> None:
    """Shows `text` and asks for confirmation on a terminal; exits with code 1 unless the answer is yes or empty."""
    if not options.yes and sys.stdin.isatty():
        confirm_or_exit(f"{text}\nContinue? (Y/n) ".lstrip("\n"), "Nothing was run", default=True)


def _run_plan(store: "RunStore", plan: "RunPlan", id: str, options: RunOptions) -> int:
    from gage.cli.quick_imports import load_subprocess
    from gage.identity.user import get_author

    load_subprocess()
    from gage.runner import runner
    from gage.runner.stdio import UserStreams

    live, streams = LiveOutput(options.quiet), UserStreams.from_process(options.debugger is not None)
    author = get_author()
    return _execute(store, id, live, lambda: runner.run_plan(plan, store, id, live, streams, author), plan.cwd)


def _execute(store: "RunStore", id: str, live: LiveOutput, execute: "Callable[[], Run]", cwd: str = "") -> int:
    """Executes the run `id` and reports its end; returns the exit code. The program starts in `cwd` of the project."""
    from gage.cli.run.end_report import name_failed_run, report_end

    with name_failed_run(store, id):
        run = execute()
    report_end(store, run, live.end_line(), live.quiet, cwd)
    seal_abandoned_runs(store)
    return compute_exit_code(run)


def _stage_plan(store: "RunStore", plan: "RunPlan", id: str, options: RunOptions) -> int:
    from gage.identity.user import get_author
    from gage.runner import runner

    staged = runner.stage_plan(plan, store, id, LiveOutput(options.quiet), get_author())
    if options.background:
        return _start_in_background(store, staged, plan.env)
    terminal.print_stderr(f"Staged {staged.name}", f"To start it: gage run --start {staged.name}")
    return 0


def start_staged(word: str, options: RunOptions) -> int:
    """Starts a staged run; returns the exit code."""
    if not word:
        raise UsageError("--start requires a run", "Try: gage list --where staged")
    from gage.cli.run_selection import RunSelection

    store, staged = open_store(), RunSelection((word,)).find_one()
    if staged.status != "staged":
        raise UsageError(
            f"Run {staged.name} is {staged.status}: only a staged run can be started",
            "Try: gage list --where staged",
        )
    if staged.trials:
        raise UsageError(f"Run {staged.name} is a batch", f"Try: gage run --resume={staged.name}")
    if staged.user_attrs.deleted_by:
        raise UsageError(f"Run {staged.name} is deleted", f"Try: gage restore {staged.name}")
    confirm_run(options, f"You are about to start {staged.name} ({terminal.escape(str(staged.op))})")
    if options.background:
        return _start_in_background(store, staged)
    from gage.runner import runner
    from gage.runner.stdio import UserStreams

    live, streams = LiveOutput(options.quiet), UserStreams.from_process()
    return _execute(store, staged.id, live, lambda: runner.start_staged(store, staged.id, live, streams))


def _start_in_background(store: "RunStore", staged: "Run", env: Mapping[str, str] | None = None) -> int:
    """Starts a staged run in a separate process, which outlives this one and its terminal."""
    from gage.runner.background import spawn_background

    spawn_background(store, staged.id, env or {})
    until = time.monotonic() + BACKGROUND_START_TIMEOUT_SECONDS
    while store.read(staged.id).status == "staged" and time.monotonic() < until:
        time.sleep(0.02)
    terminal.print_stderr(
        f"Started {staged.name} in the background",
        f"To follow it: gage watch {staged.name}\nTo stop it: gage stop {staged.name}",
    )
    return 0


def compute_exit_code(run: "Run") -> int:
    """Returns the exit code that a shell would see: 128 + N after signal N."""
    if run.exit is None:
        return 0 if run.status == "completed" else 1
    return 128 - run.exit if run.exit < 0 else run.exit
