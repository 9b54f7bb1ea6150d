"""`gage run` of several runs: the batch is shown, asked about, carried out with its progress, and summed up."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from gage.cli import choose, looks
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.batch.planned import Batch
    from gage.batch.record import Member, Record
    from gage.batch.run_all import Outcome
    from gage.batch.workers import Ended, Task
    from gage.cli.running import How
    from gage.project.request import RunRequest
    from gage.store.store import RunStore
    from gage.types.plan import RunPlan
    from gage.types.values import JSONValue

SHOWN = 20
"""Runs of a batch that are shown beforehand."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to go about a batch."""

    jobs: int = 1
    most: int | None = None
    seed: int | None = None
    zip: bool = False
    fail_fast: bool = False

    @property
    def given(self) -> str:
        """The first of the options that was given, "" when none was."""
        said = {"--max-runs": self.most, "--seed": self.seed, "--zip": self.zip, "--fail-fast": self.fail_fast}
        return next((name for name, value in said.items() if value), "--jobs" if self.jobs != 1 else "")


def planned(request: "RunRequest", options: Options) -> "tuple[Batch, int] | None":
    """The batch that is meant, and the seed of what is drawn; None when it is one run."""
    if not any(may_be_several(word) for word in request.assignments):
        return None
    from gage.batch.planned import Wanted, plan_batch
    from gage.cli.warn import warn_of_problems
    from gage.project.find import find_project

    warn_of_problems(find_project(request.cwd).gagefile)
    seed = _seed() if options.seed is None else options.seed
    batch = plan_batch(request, Wanted(options.most, seed, options.zip))
    return (batch, seed) if batch else None


def may_be_several(word: str) -> bool:
    """Whether a word may mean several values: a quick look that is sometimes wrong, but never with no."""
    return word[:1] == "@" or "," in word or "[" in word


def _seed() -> int:
    import secrets

    return secrets.randbelow(1 << 31)


def preview(batch: "Batch", as_json: bool) -> None:
    """Show which runs there would be."""
    if as_json:
        runs: list[JSONValue] = [dict(plan.config) for plan in batch.plans]
        looks.say_json({"operation": batch.operation, "runs": runs, "notes": list(batch.notes)})
        return
    looks.say(f"{looks.count_text(len(batch.plans), 'run')} of {looks.safe(batch.operation)}")
    _show(batch, sys.stdout)
    for note in batch.notes:
        looks.tell(note)


def _show(batch: "Batch", out: TextIO) -> None:
    """The runs as a table of what differs between them, and what is the same for all above it."""
    from gage.board.runs import show_value
    from gage.types.table import Column, Table

    names = list(dict.fromkeys(name for values in batch.trials[:1000] for name in values))
    configs = [plan.config for plan in batch.plans]
    same = [n for n in names if all(_value(c, n) == _value(configs[0], n) for c in configs)]
    if same:
        out.write(looks.safe(" ".join(f"{n}={show_value(_value(configs[0], n))}" for n in same)) + "\n")
    columns = (Column("number", "#", "right"), *(Column(n, looks.safe(n), "right") for n in names if n not in same))
    rows: tuple[tuple[JSONValue, ...], ...] = tuple(
        (i, *(looks.safe(show_value(_value(c, n))) for n in names if n not in same))
        for i, c in enumerate(configs[:SHOWN], 1)
    )
    looks.print_table(Table(columns, rows, tuple("" for _ in rows), len(configs)), out)
    if len(configs) > SHOWN:
        out.write(f"and {len(configs) - SHOWN:,} more\n")


def _value(config: "object", name: str) -> "JSONValue":
    """A value by the name that was given, which may be an alias of the setting's."""
    from collections.abc import Mapping

    return config.get(name) if isinstance(config, Mapping) else None


def run(request: "RunRequest", batch: "Batch", seed: int, options: Options, how: "How") -> int:
    """Carry a batch out; its exit code."""
    from gage.batch.record import members_of

    if how.background:
        raise UsageError("A batch cannot be put into the background by Gage", "Try: nohup gage run … &")
    store = choose.open_store()
    if not how.yes and sys.stdin.isatty():
        from gage.cli.running import confirm

        sys.stderr.write(
            f"You are about to do {looks.count_text(len(batch.plans), 'run')} of {looks.safe(batch.operation)}\n"
        )
        _show(batch, sys.stderr)
        confirm("")
    for note in batch.notes:
        looks.tell(note)
    return _carry_out(store, request, batch, members_of(batch), seed, options, how, set())


def resume(word: str, request: "RunRequest", options: Options, how: "How") -> int:
    """Do what is missing of an earlier batch, and nothing twice; the exit code."""
    from gage.batch import record
    from gage.batch.planned import plan_trials
    from gage.lib import uuid7
    from gage.project.configured import settings_of
    from gage.project.operation import find_operation

    store = choose.open_store()
    old = choose.one(store, word)
    told = record.read(store, old)
    if old.status == "running":
        raise UsageError(f"The batch {old.name} is running", f"To end it: gage stop {old.name}")
    request = _again(request, told)
    operation = find_operation(request)
    batch = plan_trials(request, operation, settings_of(operation), [m.values for m in told.members])
    _tell_of_changes(told, batch)
    statuses = {m.id: store.read(m.id).status for m in told.members if store.exists(m.id)}
    done = {id for id, status in statuses.items() if status == "completed"}
    if len(done) == len(told.members):
        looks.tell(f"Nothing is missing: all {len(done):,} runs of {old.name} are completed")
        return 0
    kept = {id for id, status in statuses.items() if status in ("completed", "staged")}
    ids = [m.id if m.id in kept or m.id not in statuses else uuid7.new() for m in told.members]
    members = record.members_of(batch, ids)
    missing = len(members) - len(done)
    looks.tell(f"{len(done):,} of {looks.count_text(len(members), 'run')} are completed: doing the other {missing:,}")
    staged = {id for id, status in statuses.items() if status == "staged"}
    return _carry_out(store, request, batch, members, told.seed, options, how, done, staged, old.id)


def _again(request: "RunRequest", told: "Record") -> "RunRequest":
    return replace(
        request,
        target=told.target,
        command=told.command,
        label=request.label or told.label,
        tags=tuple(dict.fromkeys((*told.tags, *request.tags))),
        env={**told.env, **request.env},
        links=told.links,
        max_time=told.max_time if request.max_time is None else request.max_time,
    )


def _tell_of_changes(told: "Record", batch: "Batch") -> None:
    if told.source and told.source != _source(batch.plans[0]):
        looks.tell("The source code has changed since the batch began: what is missing runs with what there is now")


def _source(plan: "RunPlan") -> str:
    from pathlib import Path

    from gage.project.source import digest

    return digest(Path(plan.project_dir), plan.source)


def _carry_out(
    store: "RunStore",
    request: "RunRequest",
    batch: "Batch",
    members: "Sequence[Member]",
    seed: int,
    options: Options,
    how: "How",
    done: set[str],
    staged: "set[str] | frozenset[str]" = frozenset(),
    parent: str = "",
) -> int:
    from gage.batch import record
    from gage.batch.run_all import run_all
    from gage.batch.workers import Setting, Task
    from gage.cli.live import Live
    from gage.identity.user import author
    from gage.lib import uuid7
    from gage.lib.names import name_of
    from gage.runner.inquiry import Inquiry

    id = uuid7.new()
    known = Inquiry.start(batch.plans[0]).answers()
    tasks: list[Task] = []
    for member, plan in zip(members, batch.plans, strict=True):
        if member.id not in done:
            mine = replace(plan, request=replace(plan.request, parent=id))
            tasks.append(
                Task(member.id, None, "start")
                if member.id in staged
                else Task(member.id, mine, "stage" if how.stage else "run")
            )
    dir = record.begin(store, request, batch, members, seed, _source(batch.plans[0]), id, parent)
    show = options.jobs == 1 and not how.quiet
    progress = Progress(tasks, batch, [m.id for m in members], show, how.quiet)
    setting = Setting(store, author(), known, Live(how.quiet), show)
    try:
        outcome = run_all(
            tasks,
            setting,
            options.jobs,
            progress,
            options.fail_fast,
            _needed(store, batch) if how.needed else None,
            dir.beat,
        )
    except BaseException:
        record.end(dir, 1)
        raise
    code = -outcome.stopped if outcome.stopped else 1 if outcome.failed or progress.left else 0
    record.end(dir, code)
    progress.close()
    _sum_up(outcome, len(tasks), name_of(id), how)
    return 128 - code if code < 0 else code


def _needed(store: "RunStore", batch: "Batch") -> "Callable[[Task], bool]":
    """Whether no completed run did the same before."""
    from gage.index.index import open_index

    source = _source(batch.plans[0])
    index = open_index(store)

    def needed(task: "Task") -> bool:
        return task.plan is None or not index.find_same(task.plan.op, task.plan.config, source)

    return needed


def _sum_up(outcome: "Outcome", count: int, name: str, how: "How") -> None:
    begun = len(outcome.ended)
    parts = [f"{begun - len(outcome.failed):,} {'staged' if how.stage else 'completed'}"]
    terminated = sum(e.status == "terminated" for e in outcome.failed)
    if terminated:
        parts.append(f"{terminated:,} ended")
    if len(outcome.failed) > terminated:
        parts.append(f"{len(outcome.failed) - terminated:,} failed")
    if outcome.skipped:
        parts.append(f"{len(outcome.skipped):,} not needed")
    left = count - begun - len(outcome.skipped)
    if left:
        parts.append(f"{left:,} not begun")
    hint = (
        f"To do what is missing: gage run --resume {name}"
        if left or outcome.failed
        else f"To see them: gage list --where batch={name}"
    )
    looks.tell(f"Batch {name}: {', '.join(parts)}", hint)


class Progress:
    """How far a batch is, on standard error: a line that is rewritten on a terminal, failures as they come."""

    def __init__(self, tasks: "Sequence[Task]", batch: "Batch", ids: Sequence[str], show: bool, quiet: bool) -> None:
        self._tasks = tasks
        self._values = dict(zip(ids, batch.trials, strict=True))
        self._show = show
        self._line = sys.stderr.isatty() and not quiet and not show
        self._began = time.monotonic()
        self._done = self._failed = 0
        self._written = 0.0
        self.left = 0

    def begun(self, number: int) -> None:
        """A run begins: said when its output follows."""
        if self._show:
            looks.tell(f"Run {number + 1} of {len(self._tasks)}: {self._what(number)}")
        else:
            self._tell()

    def ended(self, ended: "Ended", left: int) -> None:
        """A run has ended."""
        self.left = left
        self._done += 1
        if ended.status not in ("completed", "staged"):
            self._failed += 1
            self._clear()
            why = ended.why or (f"exit code {ended.exit}" if ended.exit is not None else ended.status)
            became = "was ended" if ended.status == "terminated" else "failed"
            looks.tell(f"Run {ended.number + 1} of {len(self._tasks)} {became}: {self._what(ended.number)} ({why})")
        self._tell()

    def _what(self, number: int) -> str:
        from gage.lib.names import name_of

        id = self._tasks[number].id
        words = " ".join(f"{name}={assigned.text}" for name, assigned in self._values[id].items())
        return f"{name_of(id)}  {looks.safe(words)}".rstrip()

    def _tell(self) -> None:
        now = time.monotonic()
        if not self._line or now - self._written < 0.1:
            return
        self._written = now
        text = f"{self._done:,} of {len(self._tasks):,} runs"
        if self._failed:
            text += f", {self._failed:,} failed"
        if self._done:
            rest = (now - self._began) / self._done * (len(self._tasks) - self._done)
            text += f", about {looks.duration_text(int(rest * 1e6))} left"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def _clear(self) -> None:
        if self._line and self._written:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._clear()
