"""Carries out `gage run` for several runs: plans the batch, shows it, asks, executes it and prints a summary."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TextIO

from gage.cli import run_selection
from gage.cli.render import terminal
from gage.cli.run.run_options import RunOptions
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.batch.batch_file import RecordedTrial
    from gage.batch.planning import BatchPlan
    from gage.batch.scheduler import BatchOutcome
    from gage.batch.workers import TrialRun
    from gage.project.request import RunRequest
    from gage.store.store import RunStore
    from gage.types.plan import RunPlan
    from gage.types.values import JSONValue

MAX_SHOWN_TRIALS = 20
"""Trials that are shown before a batch starts."""


def plan_if_batch(request: "RunRequest", options: RunOptions) -> "tuple[BatchPlan, int] | None":
    """Returns the batch and the seed of its random values; None for one run."""
    from gage.batch.planning import BatchOptions, plan_batch
    from gage.cli.gagefile_warnings import warn_about_problems
    from gage.cli.render.spinner import Spinner

    warn_about_problems(request.project.gagefile if request.project else None, request.target)
    seed = _draw_seed() if options.seed is None else options.seed
    with Spinner(f"Reading the parameters of {request.target or 'the operation'}"):
        batch = plan_batch(request, BatchOptions(options.max_runs, seed, options.zip))
    if batch and batch.is_random and options.seed is None:
        batch = replace(batch, notes=(*batch.notes, f"To use the same random values again: --seed {seed}"))
    return (batch, seed) if batch else None


def _draw_seed() -> int:
    import secrets

    return secrets.randbelow(1 << 31)


def preview_batch(batch: "BatchPlan", as_json: bool) -> None:
    """Prints the trials of a batch."""
    if as_json:
        runs: list[JSONValue] = [dict(plan.config) for plan in batch.plans]
        terminal.print_json({"operation": batch.operation, "runs": runs, "notes": list(batch.notes)})
        return
    terminal.print_stdout(f"{terminal.format_count(len(batch.plans), 'run')} of {terminal.escape(batch.operation)}")
    _print_trials(batch, sys.stdout)
    for note in batch.notes:
        terminal.print_stderr(note)


def _print_trials(batch: "BatchPlan", out: TextIO) -> None:
    """Prints the values that all trials share, then a table of those that differ."""
    from gage.board.formatting import format_value
    from gage.types.table import Column

    names = list(dict.fromkeys(name for values in batch.trials[:1000] for name in values))
    configs = [plan.config for plan in batch.plans]
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
    terminal.print_rows(columns, rows, out)
    if len(configs) > MAX_SHOWN_TRIALS:
        out.write(f"and {len(configs) - MAX_SHOWN_TRIALS:,} more\n")


def start_batch(request: "RunRequest", batch: "BatchPlan", seed: int, options: RunOptions) -> int:
    """Executes a batch; returns its exit code."""
    from gage.batch.batch_file import assign_run_ids

    store = _open_store(options)
    _confirm(batch, options)
    for note in batch.notes:
        terminal.print_stderr(note)
    return _execute(store, _BatchJob(request, batch, assign_run_ids(batch), seed), options)


def resume_batch(word: str, request: "RunRequest", options: RunOptions) -> int:
    """Runs the trials of an earlier batch that have not completed; returns the exit code."""
    from gage.batch.resume import plan_resume
    from gage.lib.run_names import name_from_id

    store = _open_store(options)
    resumed = plan_resume(store, run_selection.find_run(store, word), request)
    todo = resumed.missing
    if options.preview:
        preview_batch(_select_trials(resumed.batch, todo), options.as_json)
        return 0
    if not todo:
        terminal.print_stderr(f"All {len(resumed.trials):,} runs of {name_from_id(resumed.first)} are completed")
        return 0
    if resumed.source and resumed.source != _source_digest(resumed.batch.plans[0]):
        terminal.print_stderr(
            "The source code has changed since the batch started: the remaining runs use the current source code"
        )
    _confirm(_select_trials(resumed.batch, todo), options)
    all_runs = terminal.format_count(len(resumed.trials), "run")
    terminal.print_stderr(f"{len(resumed.completed):,} of {all_runs} are completed: running the other {len(todo):,}")
    job = _BatchJob(
        resumed.request, resumed.batch, resumed.trials, resumed.seed, resumed.completed, resumed.staged, resumed.first
    )
    return _execute(store, job, options)


def _open_store(options: RunOptions) -> "RunStore":
    if options.background:
        raise UsageError("A batch cannot be used with --background", "Try: nohup gage run … &")
    return run_selection.open_store()


def _select_trials(batch: "BatchPlan", numbers: "Sequence[int]") -> "BatchPlan":
    trials, plans = tuple(batch.trials[i] for i in numbers), tuple(batch.plans[i] for i in numbers)
    return replace(batch, trials=trials, plans=plans)


def _confirm(batch: "BatchPlan", options: RunOptions) -> None:
    """Shows the batch and asks for confirmation, on a terminal."""
    if options.yes or not sys.stdin.isatty():
        return
    from gage.cli.run.run_single import confirm_run

    count = terminal.format_count(len(batch.plans), "run")
    sys.stderr.write(f"You are about to start {count} of {terminal.escape(batch.operation)}\n")
    _print_trials(batch, sys.stderr)
    confirm_run("")


def _source_digest(plan: "RunPlan") -> str:
    from pathlib import Path

    from gage.project.source_selection import digest_source

    return digest_source(Path(plan.project_dir), plan.source)


class _BatchJob(NamedTuple):
    """A batch to execute. `done` and `staged` are the IDs of completed and staged trials of an earlier execution;
    `resumed_id` is the ID of the batch that is resumed.
    """

    request: "RunRequest"
    batch: "BatchPlan"
    trials: "Sequence[RecordedTrial]"
    seed: int
    done: frozenset[str] = frozenset()
    staged: frozenset[str] = frozenset()
    resumed_id: str = ""


def _execute(store: "RunStore", job: _BatchJob, options: RunOptions) -> int:
    from gage.batch import batch_file
    from gage.batch.scheduler import run_trials
    from gage.batch.workers import WorkerContext
    from gage.cli.run.batch_progress import BatchProgress
    from gage.cli.run.live_output import LiveOutput
    from gage.identity.user import get_author
    from gage.lib import uuid7
    from gage.lib.run_names import name_from_id
    from gage.runner.provenance import ProvenanceProbe

    batch, trials, id = job.batch, job.trials, uuid7.generate()
    name = name_from_id(job.resumed_id or id)
    trial_runs = _build_trial_runs(job, job.resumed_id or id, options)
    provenance, source = ProvenanceProbe.start(batch.plans[0]).collect(), _source_digest(batch.plans[0])
    dir = batch_file.create_batch_run(store, job.request, batch, trials, job.seed, source, id, job.resumed_id)
    show = options.jobs == 1 and not options.quiet
    values = {m.id: m.values for m in trials}
    progress = BatchProgress([(t.id, values[t.id]) for t in trial_runs], show, options.quiet)
    context = WorkerContext(store, get_author(), provenance, LiveOutput(options.quiet), show)
    needed = _build_needed_check(store, source) if options.needed else None
    try:
        outcome = run_trials(
            trial_runs, context, options.jobs, progress, options.fail_fast, needed, dir.renew_heartbeat
        )
    except BaseException:
        batch_file.finish_batch_run(dir, 1)
        raise
    code = -outcome.signal_number if outcome.signal_number else 1 if outcome.failed or progress.left else 0
    batch_file.finish_batch_run(dir, code)
    progress.close()
    _print_summary(outcome, len(trial_runs), name, options, len(job.done))
    return 128 - code if code < 0 else code


def _build_trial_runs(job: _BatchJob, parent: str, options: RunOptions) -> "list[TrialRun]":
    """Returns the trial_runs of a batch. The runs name the batch as their parent."""
    from gage.batch.workers import TrialRun

    trial_runs: list[TrialRun] = []
    for trial, plan in zip(job.trials, job.batch.plans, strict=True):
        if trial.id in job.staged:
            trial_runs.append(TrialRun(trial.id, None, "start"))
        elif trial.id not in job.done:
            mine = plan._replace(request=plan.request._replace(parent=parent))
            trial_runs.append(TrialRun(trial.id, mine, "stage" if options.stage else "run"))
    return trial_runs


def _build_needed_check(store: "RunStore", source: str) -> "Callable[[TrialRun], bool]":
    """Returns a check whether no completed run did the same."""
    from gage.index.index import open_index

    index = open_index(store)

    def needed(trial_run: "TrialRun") -> bool:
        return trial_run.plan is None or not index.find_same(trial_run.plan.op, trial_run.plan.config, source)

    return needed


def _print_summary(outcome: "BatchOutcome", count: int, name: str, options: RunOptions, before: int) -> None:
    """Prints the results of `count` trials; `before` had completed when the batch was resumed."""
    begun = len(outcome.results)
    good = begun - len(outcome.failed)
    total = f"; {before + good:,} of {before + count:,} in total" if before else ""
    parts = [f"{good:,} {'staged' if options.stage else 'completed'}"]
    terminated = sum(e.status == "terminated" for e in outcome.failed)
    if terminated:
        parts.append(f"{terminated:,} stopped")
    if len(outcome.failed) > terminated:
        parts.append(f"{len(outcome.failed) - terminated:,} failed")
    if outcome.skipped:
        parts.append(f"{len(outcome.skipped):,} not needed")
    left = count - begun - len(outcome.skipped)
    if left:
        parts.append(f"{left:,} not started")
    hint = (
        f"To run the remaining trials: gage run --resume {name}"
        if left or outcome.failed
        else f"To see them: gage list --where batch={name}"
    )
    terminal.print_stderr(f"Batch {name}: {', '.join(parts)}{total}", hint)
