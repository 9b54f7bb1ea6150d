"""Carries out `gage run` for several runs: plans the batch, shows it, asks, executes it and prints a summary."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TextIO

from gage.cli import run_selection
from gage.cli.render import terminal
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.batch.batch_file import RecordedTrial
    from gage.batch.planning import BatchPlan
    from gage.batch.scheduler import BatchOutcome
    from gage.batch.workers import TrialRun
    from gage.cli.run.run_single import RunOptions
    from gage.project.request import RunRequest
    from gage.store.store import RunStore
    from gage.types.plan import RunPlan
    from gage.types.values import JSONValue

MAX_SHOWN_TRIALS = 20
"""Runs of a batch that are shown beforehand."""


class BatchOptions(NamedTuple):
    """How to carry out a batch."""

    jobs: int = 1
    max_runs: int | None = None
    seed: int | None = None
    zip: bool = False
    fail_fast: bool = False

    @property
    def first_given(self) -> str:
        """The first of these options on the command line, or ""."""
        given_options = {
            "--max-runs": self.max_runs,
            "--seed": self.seed,
            "--zip": self.zip,
            "--fail-fast": self.fail_fast,
        }
        return next((name for name, value in given_options.items() if value), "--jobs" if self.jobs != 1 else "")


def plan_if_batch(request: "RunRequest", options: BatchOptions) -> "tuple[BatchPlan, int] | None":
    """Returns the batch and the seed of its random values; None for one run."""
    if not any(may_be_several(word) for word in request.assignments):
        return None
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


def may_be_several(word: str) -> bool:
    """Whether a word may hold several values. A quick check: True may be wrong, False is not."""
    return word[:1] == "@" or "," in word or "[" in word


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
    from gage.types.table import Column, Table

    names = list(dict.fromkeys(name for values in batch.trials[:1000] for name in values))
    configs = [plan.config for plan in batch.plans]
    same = [n for n in names if all(_config_value(c, n) == _config_value(configs[0], n) for c in configs)]
    if same:
        out.write(terminal.escape(" ".join(f"{n}={format_value(_config_value(configs[0], n))}" for n in same)) + "\n")
    if len(same) == len(names) and len(configs) == 1:
        return
    columns = (
        Column("number", "#", "right"),
        *(Column(n, terminal.escape(n), "right") for n in names if n not in same),
    )
    rows: tuple[tuple[JSONValue, ...], ...] = tuple(
        (i, *(terminal.escape(format_value(_config_value(c, n))) for n in names if n not in same))
        for i, c in enumerate(configs[:MAX_SHOWN_TRIALS], 1)
    )
    terminal.print_table(Table(columns, rows, tuple("" for _ in rows), len(configs)), out)
    if len(configs) > MAX_SHOWN_TRIALS:
        out.write(f"and {len(configs) - MAX_SHOWN_TRIALS:,} more\n")


def _config_value(config: "object", name: str) -> "JSONValue":
    """Returns a config value, or None if `config` has none of that name."""
    from collections.abc import Mapping

    return config.get(name) if isinstance(config, Mapping) else None


def start_batch(
    request: "RunRequest", batch: "BatchPlan", seed: int, options: BatchOptions, run_options: "RunOptions"
) -> int:
    """Executes a batch; returns its exit code."""
    from gage.batch.batch_file import assign_run_ids

    if run_options.background:
        raise UsageError("A batch cannot be used with --background", "Try: nohup gage run … &")
    store = run_selection.open_store()
    _confirm(batch, run_options)
    for note in batch.notes:
        terminal.print_stderr(note)
    return _execute(store, _BatchJob(request, batch, assign_run_ids(batch), seed), options, run_options)


def resume_batch(
    word: str,
    request: "RunRequest",
    options: BatchOptions,
    run_options: "RunOptions",
    only_preview: bool = False,
    as_json: bool = False,
) -> int:
    """Runs the trials of an earlier batch that have not completed; returns the exit code."""
    from gage.batch.resume import plan_resume
    from gage.lib.run_names import name_from_id

    if run_options.background:
        raise UsageError("A batch cannot be used with --background", "Try: nohup gage run … &")
    store = run_selection.open_store()
    found = plan_resume(store, run_selection.find_run(store, word), request)
    todo = found.missing
    if only_preview:
        preview_batch(_select_trials(found.batch, todo), as_json)
        return 0
    if not todo:
        terminal.print_stderr(f"All {len(found.trials):,} runs of {name_from_id(found.first)} are completed")
        return 0
    if found.source and found.source != _source_digest(found.batch.plans[0]):
        terminal.print_stderr(
            "The source code has changed since the batch started: the remaining runs use the current source code"
        )
    _confirm(_select_trials(found.batch, todo), run_options)
    all_runs = terminal.format_count(len(found.trials), "run")
    terminal.print_stderr(f"{len(found.completed):,} of {all_runs} are completed: running the other {len(todo):,}")
    wanted = _BatchJob(found.request, found.batch, found.trials, found.seed, found.completed, found.staged, found.first)
    return _execute(store, wanted, options, run_options)


def _select_trials(batch: "BatchPlan", numbers: "Sequence[int]") -> "BatchPlan":
    trials, plans = tuple(batch.trials[i] for i in numbers), tuple(batch.plans[i] for i in numbers)
    return replace(batch, trials=trials, plans=plans)


def _confirm(batch: "BatchPlan", run_options: "RunOptions") -> None:
    """Shows the batch and asks for confirmation, on a terminal."""
    if run_options.yes or not sys.stdin.isatty():
        return
    from gage.cli.run.run_single import confirm_or_exit

    count = terminal.format_count(len(batch.plans), "run")
    sys.stderr.write(f"You are about to start {count} of {terminal.escape(batch.operation)}\n")
    _print_trials(batch, sys.stderr)
    confirm_or_exit("")


def _source_digest(plan: "RunPlan") -> str:
    from pathlib import Path

    from gage.project.source_selection import digest_source

    return digest_source(Path(plan.project_dir), plan.source)


class _BatchJob(NamedTuple):
    """A batch to execute. `done` and `staged` are IDs of trials that are completed, and that only have to be
    started; `first` is the batch that is gone on with.
    """

    request: "RunRequest"
    batch: "BatchPlan"
    members: "Sequence[RecordedTrial]"
    seed: int
    done: frozenset[str] = frozenset()
    staged: frozenset[str] = frozenset()
    resumed_id: str = ""


def _execute(store: "RunStore", wanted: _BatchJob, options: BatchOptions, run_options: "RunOptions") -> int:
    from gage.batch import batch_file
    from gage.batch.scheduler import run_trials
    from gage.batch.workers import WorkerContext
    from gage.cli.run.batch_progress import BatchProgress
    from gage.cli.run.live_output import LiveOutput
    from gage.identity.user import get_author
    from gage.lib import uuid7
    from gage.lib.run_names import name_from_id
    from gage.runner.provenance import ProvenanceProbe

    batch, members, id = wanted.batch, wanted.members, uuid7.generate()
    name = name_from_id(wanted.resumed_id or id)
    tasks = _build_tasks(wanted, wanted.resumed_id or id, run_options)
    known, source = ProvenanceProbe.start(batch.plans[0]).collect(), _source_digest(batch.plans[0])
    dir = batch_file.create_batch_run(store, wanted.request, batch, members, wanted.seed, source, id, wanted.resumed_id)
    show = options.jobs == 1 and not run_options.quiet
    values = {m.id: m.values for m in members}
    progress = BatchProgress([(t.id, values[t.id]) for t in tasks], show, run_options.quiet)
    setting = WorkerContext(store, get_author(), known, LiveOutput(run_options.quiet), show)
    needed = _build_needed_check(store, source) if run_options.needed else None
    try:
        outcome = run_trials(tasks, setting, options.jobs, progress, options.fail_fast, needed, dir.renew_heartbeat)
    except BaseException:
        batch_file.finish_batch_run(dir, 1)
        raise
    code = -outcome.signal_number if outcome.signal_number else 1 if outcome.failed or progress.left else 0
    batch_file.finish_batch_run(dir, code)
    progress.close()
    _print_summary(outcome, len(tasks), name, run_options, len(wanted.done))
    return 128 - code if code < 0 else code


def _build_tasks(wanted: _BatchJob, parent: str, run_options: "RunOptions") -> "list[TrialRun]":
    """Returns the tasks of a batch. The runs name the batch as their parent."""
    from gage.batch.workers import TrialRun

    tasks: list[TrialRun] = []
    for member, plan in zip(wanted.members, wanted.batch.plans, strict=True):
        if member.id in wanted.staged:
            tasks.append(TrialRun(member.id, None, "start"))
        elif member.id not in wanted.done:
            mine = plan._replace(request=plan.request._replace(parent=parent))
            tasks.append(TrialRun(member.id, mine, "stage" if run_options.stage else "run"))
    return tasks


def _build_needed_check(store: "RunStore", source: str) -> "Callable[[TrialRun], bool]":
    """Returns a check whether no completed run did the same."""
    from gage.index.index import open_index

    index = open_index(store)

    def needed(task: "TrialRun") -> bool:
        return task.plan is None or not index.find_same(task.plan.op, task.plan.config, source)

    return needed


def _print_summary(outcome: "BatchOutcome", count: int, name: str, run_options: "RunOptions", before: int) -> None:
    """Prints the results of `count` trials; `before` had completed when the batch was resumed."""
    begun = len(outcome.results)
    good = begun - len(outcome.failed)
    total = f"; {before + good:,} of {before + count:,} in total" if before else ""
    parts = [f"{good:,} {'staged' if run_options.stage else 'completed'}"]
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
