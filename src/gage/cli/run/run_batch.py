"""Carries out `gage run` for several runs: plans the batch, shows it, asks, executes it and prints a summary."""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

from gage.batch.batch_file import BatchRecord
from gage.batch.batch_run import (
    create_batch_run,
    finish_batch_run,
    finish_staged_batch_run,
    start_staged_batch_run,
)
from gage.batch.planning import BatchPlan, plan_batch
from gage.batch.resume import BatchJob, plan_resume
from gage.batch.scheduler import BatchOutcome, Scheduler
from gage.batch.workers import TrialRun, WorkerContext
from gage.board.formatting import format_count, format_value
from gage.cli import run_selection
from gage.cli.global_options import open_store
from gage.cli.render import terminal
from gage.cli.render.spinner import wait_for_parameters
from gage.cli.run.batch_progress import BatchProgress, describe_values
from gage.cli.run.end_report import describe_end
from gage.cli.run.live_output import LiveOutput
from gage.cli.run.preview import HOW_INTROSPECTED, format_scope
from gage.cli.run.run_options import RunOptions
from gage.cli.run.run_single import compute_source_digest, confirm_run, describe_shared_options
from gage.identity.user import get_author
from gage.index.index import open_index
from gage.lib import uuid7
from gage.lib.uuid7 import name_from_id
from gage.project.request import RunRequest
from gage.project.same_run import SameRun, SameRunFinder
from gage.runner import plan_secrets
from gage.runner.provenance import ProvenanceProbe
from gage.store.store import RunStore
from gage.types.errors import UsageError
from gage.types.events import Events
from gage.types.plan import RunPlan
from gage.types.table import Column
from gage.types.values import JSONValue

MAX_SHOWN_TRIALS = 20
"""Trials that are shown before a batch starts."""
MAX_SHOWN_REASONS = 5
"""Reasons for which trials failed that are shown at the end of a batch."""


def plan_if_batch(request: RunRequest, options: RunOptions) -> BatchJob | None:
    """Returns the batch that the request means; None for one run."""
    with wait_for_parameters(request.target):
        plan = plan_batch(request, options.max_runs, options.seed, options.zip)
    if plan is None:
        return None
    shared = describe_shared_options(plan.plans[0]) if plan.plans else []
    plan = replace(plan, notes=(*plan.notes, *shared))
    return BatchJob(BatchRecord(request, {uuid7.generate(): values for values in plan.trials}, plan.seed), plan)


def resume_batch(word: str, request: RunRequest, options: RunOptions) -> int:
    """Runs the trials of an earlier batch that have not completed; returns the exit code."""
    store = open_store()
    job = plan_resume(store, run_selection.RunSelection((word,)).find_one(), request)
    if job.missing.plans or options.preview:
        return run_batch(job, options)
    if job.staged_batch:
        finish_batch_run(start_staged_batch_run(store, job.record, job.staged_batch, LiveOutput(options.quiet)), 0)
    terminal.print_stderr(f"All {len(job.record.trials):,} runs of {name_from_id(job.resumed)} have completed")
    return 0


def run_batch(job: BatchJob, options: RunOptions) -> int:
    """Executes or previews a batch; returns its exit code."""
    for option, value in (("--debug", options.debug), ("--run-dir", options.run_dir)):
        if value is not None and not options.preview:
            raise UsageError(f"{option} and several runs cannot be used together", "Remove one of them")
    if options.background:
        raise UsageError("A batch cannot be used with --background", "Try: nohup gage run … &")
    source = "" if options.preview and not job.record.source else compute_source_digest(job.plan.plans[0])
    notes = list(job.plan.notes)
    for file in job.changed_files:
        operation = job.plan.operation
        how = f"to run changed rows: gage run {operation} @{file} --needed"
        notes.append(f"{file} has changed: the remaining runs keep the values that were planned; {how}")
    if job.record.source not in ("", source) and job.is_code_changed:
        notes.append("The source code has changed since the batch started: the remaining runs use the current one")
    missing = replace(job.missing, notes=tuple(notes))
    if options.preview:
        _preview(missing, options.as_json)
        return 0
    _confirm(missing, options)
    if job.resumed:
        all_runs = format_count(len(job.record.trials), "run")
        notes.append(f"{len(job.completed):,} of {all_runs} have completed: running the other {len(missing.plans):,}")
    for note in notes:
        terminal.print_stderr(note)
    return _execute(replace(job, record=replace(job.record, source=source)), options)


def _preview(batch: BatchPlan, as_json: bool) -> None:
    """Prints the trials of a batch."""
    if as_json:
        runs: list[JSONValue] = [plan_secrets.mask_config(plan) for plan in batch.plans]
        terminal.print_json({"operation": batch.operation, "runs": runs, "notes": list(batch.notes)})
        return
    terminal.print_stdout(f"{format_count(len(batch.plans), 'run')} of {terminal.escape(batch.operation)}")
    for line in format_scope(batch.plans[0], " for each run") if batch.plans else ():
        terminal.print_stdout(line)
    _print_trials(batch, sys.stdout)
    if any(plan.is_introspected for plan in batch.plans):
        terminal.print_stderr(f"The parameters were {HOW_INTROSPECTED}")
    for note in batch.notes:
        terminal.print_stderr(note)


def _print_trials(batch: BatchPlan, out: TextIO) -> None:
    """Prints the values that all trials share, then a table of those that differ."""
    names = list(dict.fromkeys(name for values in batch.trials[:1000] for name in values))
    configs = [plan_secrets.mask_config(plan) for plan in batch.plans]
    same = [n for n in names if all(c.get(n) == configs[0].get(n) for c in configs)]
    if same:
        out.write(terminal.escape(" ".join(f"{n}={format_value(configs[0].get(n))}" for n in same)) + "\n")
    if len(same) == len(names) and len(configs) == 1:
        return
    different = [n for n in names if n not in same]
    columns = [Column("number", "#", "right"), *(Column(n, terminal.escape(n), "right") for n in different)]
    rows: list[tuple[JSONValue, ...]] = [
        (i, *(terminal.escape(format_value(c.get(n))) for n in different))
        for i, c in enumerate(configs[:MAX_SHOWN_TRIALS], 1)
    ]
    terminal.print_table(columns, rows, out)
    if len(configs) > MAX_SHOWN_TRIALS:
        out.write(f"and {len(configs) - MAX_SHOWN_TRIALS:,} more\n")


def _confirm(batch: BatchPlan, options: RunOptions) -> None:
    """Shows the batch and asks for confirmation, on a terminal."""
    if options.yes or not sys.stdin.isatty():
        return
    count = format_count(len(batch.plans), "run")
    sys.stderr.write(f"You are about to start {count} of {terminal.escape(batch.operation)}\n")
    for line in format_scope(batch.plans[0], " for each run"):
        sys.stderr.write(f"{line}\n")
    _print_trials(batch, sys.stderr)
    confirm_run(options)


def _execute(job: BatchJob, options: RunOptions) -> int:
    store, id, record = open_store(), job.staged_batch or uuid7.generate(), job.record
    first = job.resumed or id
    trial_runs = job.build_trial_runs(first)
    provenance = ProvenanceProbe.start(job.plan.plans[0]).collect()
    live = LiveOutput(options.quiet)
    if job.staged_batch:
        batch_run = start_staged_batch_run(store, record, id, live)
    else:
        batch_run = create_batch_run(store, record, job.plan, id, job.resumed, options.stage)
    show = options.jobs == 1 and not options.quiet
    progress = BatchProgress([(t.id, record.trials[t.id]) for t in trial_runs], show, options.quiet)
    context = WorkerContext(store, get_author(), provenance, live, options.stage, show)
    scheduler = Scheduler(trial_runs, context, progress, options.jobs, options.fail_fast)
    scheduler.heartbeat = batch_run.renew_heartbeat
    same_runs: dict[str, SameRun] = {}
    if options.needed:
        scheduler.is_needed = _build_needed_check(store, context.events, same_runs)
    try:
        outcome = scheduler.run()
    except BaseException:
        finish_batch_run(batch_run, 1)
        raise
    code = -outcome.signal_number or int(bool(outcome.failed))
    counts = _count_results(outcome, len(trial_runs), options.stage)
    if options.stage and code == 0:
        finish_staged_batch_run(batch_run)
    else:
        finish_batch_run(batch_run, code, counts if code else "")
    progress.close()
    _report_not_needed(record, same_runs)
    run_selection.seal_abandoned_runs(store)
    if record.source and not job.staged and not _has_same_source(job.plan.plans[0], record.source):
        terminal.print_stderr(
            "The source code changed while the batch was running: runs that started later use the changed code",
            f"To compare: gage list --where batch={name_from_id(first)} --columns source_digest",
        )
    _print_summary(outcome, counts, len(trial_runs), name_from_id(first), len(job.completed))
    return 128 - code if code < 0 else code


def _has_same_source(plan: RunPlan, digest: str) -> bool:
    """Returns whether the source code in the project still has this digest."""
    try:
        return compute_source_digest(plan) == digest
    except OSError:
        return False


def _build_needed_check(store: RunStore, events: Events, same_runs: dict[str, SameRun]) -> Callable[[TrialRun], bool]:
    """Returns a check whether no completed run did the same as a trial; adds one that did to `same_runs`, by the ID of
    the trial's run.
    """
    finder = SameRunFinder(store, open_index(store), events)

    def is_needed(trial: TrialRun) -> bool:
        same = finder.find(trial.plan) if trial.plan else None
        if same:
            same_runs[trial.id] = same
        return same is None

    return is_needed


def _report_not_needed(record: BatchRecord, same_runs: dict[str, SameRun]) -> None:
    """Reports the trials that did not run, each with the run that did the same."""
    for compared in dict.fromkeys(same.compared for same in same_runs.values()):
        lines = [
            f"  {describe_values(record.trials[id])}: {same.run.name}"
            for id, same in same_runs.items()
            if same.compared == compared
        ]
        shown = "\n".join(terminal.limit_lines(lines, MAX_SHOWN_TRIALS))
        terminal.print_stderr(f"Not needed: earlier runs did the same ({compared})", shown)


def _count_results(outcome: BatchOutcome, count: int, is_staged: bool) -> str:
    """Returns how many of `count` trials completed, failed, and so on."""
    terminated = sum(result.status == "terminated" for result in outcome.failed)
    counts = {
        "terminated": terminated,
        "failed": len(outcome.failed) - terminated,
        "not needed": len(outcome.skipped),
        "not started": count - len(outcome.results) - len(outcome.skipped),
    }
    good = len(outcome.results) - len(outcome.failed)
    parts = [f"{good:,} {'staged' if is_staged else 'completed'}"]
    return ", ".join(parts + [f"{number:,} {what}" for what, number in counts.items() if number])


def _print_summary(outcome: BatchOutcome, counts: str, count: int, name: str, before: int) -> None:
    """Prints the results of `count` trials, and why some failed; `before` had completed when the batch was resumed."""
    good = len(outcome.results) - len(outcome.failed)
    total = f"; {before + good:,} of {before + count:,} in total" if before else ""
    ends = Counter(describe_end(result.status, result.exit, result.reason) for result in outcome.failed)
    lines = [f"  {number:,} {how.removeprefix('was ')}: {reason}" for (how, reason), number in ends.most_common()]
    hint = f"To see them: gage list --where batch={name}" if good else f"To see the batch: gage show {name}"
    if len(outcome.results) + len(outcome.skipped) < count or outcome.failed:
        hint = f"To run the remaining trials: gage run --resume {name}"
    text = "\n".join([f"Batch {name}: {counts}{total}", *terminal.limit_lines(lines, MAX_SHOWN_REASONS)])
    terminal.print_stderr(text, hint)
