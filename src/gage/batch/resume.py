"""An earlier batch → what is missing of it. No run that is completed, or still going on, is made a second time.

All that is done for a batch later names the batch that was begun first, so that its name finds everything.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gage.batch import batch_file
from gage.batch.batch_file import BatchRecord, RecordedTrial
from gage.batch.planning import BatchPlan, plan_trials
from gage.batch.trials import Trial
from gage.index.index import open_index
from gage.lib.run_names import name_from_id
from gage.project.operation import find_operation
from gage.project.request import RunRequest
from gage.project.run_config import find_parameters
from gage.store.store import RunStore
from gage.types.errors import UsageError
from gage.types.filter import RunFilter, Term
from gage.types.run import Run, Status


@dataclass(frozen=True, slots=True)
class ResumePlan:
    """What is missing of the batch that was begun with the ID `first`. `members` are all of it, with new IDs for runs
    that have to be made; `done` and `staged` are IDs of those that are completed, and that only have to be started.
    """

    first: str
    request: RunRequest
    batch: BatchPlan
    trials: tuple[RecordedTrial, ...]
    completed: frozenset[str]
    staged: frozenset[str]
    seed: int
    source: str

    @property
    def missing(self) -> list[int]:
        """The numbers of the runs to do."""
        return [i for i, m in enumerate(self.trials) if m.id not in self.completed]


def plan_resume(store: RunStore, run: Run, request: RunRequest) -> ResumePlan:
    """What is missing of a batch; `request` may add label, tags, variables and a limit of time.

    Raises UsageError for what is no batch, for one of which something is still going on or held a secret; and as
    `plan_trials`.
    """
    told = batch_file.read_batch(store, run)
    first = run.parent or run.id
    told = _read_latest_record(store, first, told)
    statuses = {m.id: store.read(m.id).status for m in told.trials if store.exists(m.id)}
    _refuse_running(first, statuses)
    _refuse_withheld(first, told, request)
    request = _merge_request(request, told)
    operation = find_operation(request)
    batch = plan_trials(request, operation, find_parameters(operation), [Trial(m.values) for m in told.trials])
    kept = [m.id if statuses.get(m.id) in ("completed", "staged") else "" for m in told.trials]
    return ResumePlan(
        first,
        request,
        batch,
        batch_file.assign_run_ids(batch, kept),
        frozenset(id for id, status in statuses.items() if status == "completed"),
        frozenset(id for id, status in statuses.items() if status == "staged"),
        told.seed,
        told.source,
    )


def _read_latest_record(store: RunStore, first: str, told: BatchRecord) -> BatchRecord:
    """What was written down last about a batch: it may have been gone on with before."""
    wanted = RunFilter(where=(Term(first, "parent"),))
    with open_index(store) as index:
        runs = index.find(wanted).runs
    for later in (r for r in runs if r.parent == first and r.op.name.endswith("+")):
        if later.status == "running":
            raise _running_error(name_from_id(later.id))
        return batch_file.read_batch(store, later)
    begun = store.read(first) if store.exists(first) else None
    if begun is not None and begun.status == "running":
        raise _running_error(begun.name)
    return told if begun is None else batch_file.read_batch(store, begun)


def _running_error(name: str) -> UsageError:
    return UsageError(f"The batch {name} is running", f"To end it: gage stop {name}")


def _refuse_running(first: str, statuses: Mapping[str, Status]) -> None:
    """The batch was killed, and runs of it have outlived it."""
    going = [name_from_id(id) for id, status in statuses.items() if status in ("running", "pending")]
    if going:
        more = f" and {len(going) - 3:,} more" if len(going) > 3 else ""
        raise UsageError(
            f"Of the batch {name_from_id(first)} is still running: {', '.join(going[:3])}{more}",
            f"To wait for it: gage watch {going[0]}; to end it: gage stop {going[0]}",
        )


def _refuse_withheld(first: str, told: BatchRecord, request: RunRequest) -> None:
    """A run without its secret would be another one."""
    missing = sorted(told.withheld - set(request.env))
    if missing:
        example = next((name for name in missing if name.isupper()), "API_KEY")
        raise UsageError(
            f"Of the batch {name_from_id(first)} is not known, as secrets are never written down: {', '.join(missing)}",
            f"Give secrets by variables, also when resuming: gage run --resume {name_from_id(first)}"
            f" --env {example}=...",
        )


def _merge_request(request: RunRequest, told: BatchRecord) -> RunRequest:
    """What was asked for then, where it was asked, with what is said now."""
    cwd = Path(told.cwd) if told.cwd and os.path.isdir(told.cwd) else request.cwd
    return replace(
        request,
        target=told.target,
        command=told.command,
        cwd=cwd,
        project=request.project if cwd == request.cwd else None,
        label=request.label or told.label,
        tags=tuple(dict.fromkeys((*told.tags, *request.tags))),
        attributes=(*told.attributes, *request.attributes),
        env={**told.env, **request.env},
        links=told.links,
        max_time=told.max_time if request.max_time is None else request.max_time,
    )
