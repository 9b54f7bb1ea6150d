"""Plans the rest of an earlier batch: the trials that have not completed. No completed or running trial runs again.

Each resumed batch names the first batch as its parent, so that the first one's name finds everything.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
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
    """The rest of the batch with the ID `first`.

    `trials` are all its trials, with new IDs for those that have to run again. `completed` and `staged` are the run IDs
    of trials that have completed, and of those that only have to be started.
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
        """Returns the numbers of the trials to run."""
        return [i for i, m in enumerate(self.trials) if m.id not in self.completed]


def plan_resume(store: RunStore, run: Run, request: RunRequest) -> ResumePlan:
    """Plans the rest of a batch. `request` may add label, tags, variables and a time limit.

    Raises UsageError if the run is not a batch, still runs, or had secrets that `request` does not give again; and as
    `plan_trials` does.
    """
    record = batch_file.read_batch(store, run)
    first = run.parent or run.id
    record = _read_latest_record(store, first, record)
    statuses = {m.id: store.read(m.id).status for m in record.trials if store.exists(m.id)}
    _refuse_running(first, statuses)
    _refuse_withheld(first, record, request)
    request = _merge_request(request, record)
    operation = find_operation(request)
    batch = plan_trials(request, operation, find_parameters(operation), [Trial(m.values) for m in record.trials])
    kept = [m.id if statuses.get(m.id) in ("completed", "staged") else "" for m in record.trials]
    return ResumePlan(
        first,
        request,
        batch,
        batch_file.assign_run_ids(batch, kept),
        frozenset(id for id, status in statuses.items() if status == "completed"),
        frozenset(id for id, status in statuses.items() if status == "staged"),
        record.seed,
        record.source,
    )


def _read_latest_record(store: RunStore, first: str, record: BatchRecord) -> BatchRecord:
    """Returns the latest record of a batch, which may have been resumed before."""
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
    return record if begun is None else batch_file.read_batch(store, begun)


def _running_error(name: str) -> UsageError:
    return UsageError(f"Batch {name} is running", f"To end it: gage stop {name}")


def _refuse_running(first: str, statuses: Mapping[str, Status]) -> None:
    """Refuses a batch that was killed while some of its runs continue."""
    going = [name_from_id(id) for id, status in statuses.items() if status in ("running", "pending")]
    if going:
        more = f" and {len(going) - 3:,} more" if len(going) > 3 else ""
        raise UsageError(
            f"Batch {name_from_id(first)} still has running trials: {', '.join(going[:3])}{more}",
            f"To wait for it: gage watch {going[0]}; to end it: gage stop {going[0]}",
        )


def _refuse_withheld(first: str, record: BatchRecord, request: RunRequest) -> None:
    """Refuses to run trials without the secrets that they had."""
    missing = sorted(record.withheld - set(request.env))
    if missing:
        example = next((name for name in missing if name.isupper()), "API_KEY")
        raise UsageError(
            f"Cannot resume batch {name_from_id(first)}: secret values are not stored: {', '.join(missing)}",
            f"Set them again as variables: gage run --resume {name_from_id(first)} --env {example}=...",
        )


def _merge_request(request: RunRequest, record: BatchRecord) -> RunRequest:
    """Returns the request of the earlier batch, from its directory, with what `request` adds."""
    cwd = Path(record.cwd) if record.cwd and os.path.isdir(record.cwd) else request.cwd
    return request._replace(
        target=record.target,
        command=record.command,
        cwd=cwd,
        project=request.project if cwd == request.cwd else None,
        label=request.label or record.label,
        tags=tuple(dict.fromkeys((*record.tags, *request.tags))),
        attributes=(*record.attributes, *request.attributes),
        env={**record.env, **request.env},
        depends=record.depends,
        max_time=record.max_time if request.max_time is None else request.max_time,
    )
