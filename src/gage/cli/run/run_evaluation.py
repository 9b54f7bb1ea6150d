"""Carries out `gage run --evaluate`: plans an evaluation of each run, asks once, and runs them in order."""

import sys

from gage.board.formatting import format_count, format_size
from gage.cli import run_selection
from gage.cli.global_options import open_store
from gage.cli.render import terminal
from gage.cli.render.spinner import wait_for_parameters
from gage.cli.run import run_single
from gage.cli.run.preview import format_short_plan, plan_to_json, preview_plan
from gage.cli.run.run_options import RunOptions
from gage.project.evaluation import plan_evaluation
from gage.project.request import RunRequest
from gage.types.errors import UsageError
from gage.types.plan import RunPlan
from gage.types.run import Run


def evaluate_runs(options: RunOptions, request: RunRequest) -> int:
    """Executes or previews evaluations; returns the exit code of the first that failed."""
    runs = _find_runs(options)
    with wait_for_parameters(request.target):
        plans = [(run, plan_evaluation(open_store(), run, request)) for run in runs]
    plans = [(run, p._replace(notices=(*p.notices, *run_single.describe_shared_options(p)))) for run, p in plans]
    if options.preview:
        return _preview(plans, options.as_json)
    question = "\n".join([format_short_plan(plans[0][1]), *(_describe(run, plan) for run, plan in plans)])
    run_single.confirm_run(options, question)
    if options.yes or not sys.stdin.isatty():
        for run, plan in () if options.quiet else plans:
            terminal.print_stderr(f"E{_describe(run, plan).strip()[1:]}")
    codes = [run_single.execute_plan(plan, options._replace(yes=True), "") for _, plan in plans]
    return next(filter(None, codes), 0)


def _find_runs(options: RunOptions) -> list[Run]:
    """Returns the runs that `--evaluate` names. Raises UsageError for options that only one run can have."""
    if not all(options.evaluate):
        raise UsageError("--evaluate requires a run", "Try: gage list")
    runs = list(run_selection.RunSelection(options.evaluate).find_each())
    runs = list({run.id: run for run in runs}.values())
    if len(runs) > 1 and (options.run_dir is not None or options.debugger is not None):
        option = "--run-dir" if options.run_dir is not None else "--debug"
        raise UsageError(f"{option} takes one evaluation, but --evaluate names {len(runs)} runs", "Name one run")
    run_selection.warn_incomplete(runs)
    return runs


def _preview(plans: list[tuple[Run, RunPlan]], as_json: bool) -> int:
    if as_json:
        evaluated = [plan_to_json(plan) | {"evaluates": run.id} for run, plan in plans]
        terminal.print_json(evaluated[0] if len(evaluated) == 1 else {"runs": evaluated})
        return 0
    for run, plan in plans:
        terminal.print_stdout(_describe(run, plan).strip())
    preview_plan(plans[0][1], as_json=False)
    return 0


def _describe(run: Run, plan: RunPlan) -> str:
    files = plan.origin.files if plan.origin else {}
    some = f"{format_count(len(files), 'file')} of that run ({format_size(sum(files.values()))})"
    about = terminal.escape(f"{run.name} ({run.op})")
    return f"  evaluates {about}, with {some}" if files else f"  evaluates {about}, which wrote no files"
