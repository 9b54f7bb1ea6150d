"""Plans the rest of an earlier batch: the trials that have not completed. No completed or running trial runs again.

Each resumed batch names the first batch as its parent, so that the first one's name finds everything.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gage.batch.batch_file import BatchRecord, read_batch
from gage.batch.planning import BatchPlan, plan_trials
from gage.batch.trials import Trial
from gage.batch.workers import TrialRun
from gage.index.index import open_index
from gage.lib import uuid7
from gage.lib.suggest import join_some
from gage.lib.uuid7 import name_from_id
from gage.project.operation import find_operation
from gage.project.request import RunRequest
from gage.project.run_config import find_parameters
from gage.store.copied_files import parse_source_files
from gage.store.manifest import digest_regular_file
from gage.store.meta import MetaReader
from gage.store.store import RunStore
from gage.types.errors import GageError, UsageError
from gage.types.filter import Comparison, Constant, FieldName, RunFilter, Where
from gage.types.run import Run, Status


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A batch to run.

    - `record`: what was requested, with a run ID for each trial; `plan`: the plans of its trials.
    - `completed`: the run IDs of trials that have completed; `staged`: those of trials that are only staged.
    - `resumed`: the ID of the first batch that this one resumes, "" for a new batch.
    - `staged_batch`: the ID of a staged batch that this one starts, "" if the batch gets a new run.
    - `changed_files`: its batch files that have changed since a trial copied them.
    - `is_code_changed`: whether source files beside the batch files have changed; True if that is not known.
    """

    record: BatchRecord
    plan: BatchPlan
    completed: frozenset[str] = frozenset()
    staged: frozenset[str] = frozenset()
    resumed: str = ""
    staged_batch: str = ""
    changed_files: tuple[str, ...] = ()
    is_code_changed: bool = True

    @property
    def missing(self) -> BatchPlan:
        """Returns the trials to run."""
        numbers = [i for i, id in enumerate(self.record.trials) if id not in self.completed]
        trials, plans = tuple(self.plan.trials[i] for i in numbers), tuple(self.plan.plans[i] for i in numbers)
        return replace(self.plan, trials=trials, plans=plans)

    def build_trial_runs(self, parent: str) -> list[TrialRun]:
        """Returns the runs of the trials to run, with the ID of their batch as `parent`."""
        runs = []
        for id, plan in zip(self.record.trials, self.plan.plans, strict=True):
            if id not in self.completed:
                planned = plan._replace(request=plan.request._replace(parent=parent))
                runs.append(TrialRun(id, None if id in self.staged else planned))
        return runs


def plan_resume(store: RunStore, run: Run, request: RunRequest) -> BatchJob:
    """Plans the trials of a batch that have not completed. `request` may add label, tags, variables and a time limit.

    Raises UsageError if the run is not a batch, still runs, or had secrets that `request` does not give again, and the
    errors of `plan_trials`.
    """
    read_batch(store, run)
    first = run.parent or run.id
    latest = _find_latest_batch(store, first) or run
    record = read_batch(store, latest)
    statuses = {id: store.read(id).status for id in record.trials if store.exists(id)}
    _refuse_running(first, statuses)
    _refuse_withheld(first, record, request)
    request = _merge_requests(record.request, request)
    operation = find_operation(request)
    plan = plan_trials(
        request, operation, find_parameters(operation), [Trial(values) for values in record.trials.values()]
    )
    completed, staged = ({id for id, s in statuses.items() if s == status} for status in ("completed", "staged"))
    trials = {id if id in completed | staged else uuid7.generate(): values for id, values in record.trials.items()}
    record = replace(record, request=request, trials=trials)
    files = str(store.read(first).config.get("@", "")).split() if store.exists(first) else []
    staged_batch = latest.id if latest.status == "staged" else ""
    job = BatchJob(record, plan, frozenset(completed), frozenset(staged), first, staged_batch)
    return _add_changes(
        job, store, next(iter(statuses), ""), {os.path.normpath(operation.start_dir / f): f for f in files}
    )


def _add_changes(job: BatchJob, store: RunStore, trial: str, files: Mapping[str, str]) -> BatchJob:
    """Returns the job with what differs from the source code of a trial that was made before ("" = none). `files` maps
    the path of a batch file to its name.
    """
    if not (trial and files and job.plan.plans):
        return job
    try:
        with MetaReader.open(store.get_paths(trial)) as meta:
            copied = parse_source_files(meta.read_json("sourcecode.json")) or {}
    except (GageError, OSError):
        return job
    now = job.plan.plans[0]
    paths = {file.path: os.path.join(now.project_dir, file.path) for file in now.source.files}
    digests = {path: digest_regular_file(Path(place)) for path, place in paths.items()}
    changed = [p for p in {**copied, **paths} if (digests.get(p) or ("",))[0] != copied.get(p)]
    named = [files[place] for path in changed if (place := os.path.normpath(paths.get(path, ""))) in files]
    return replace(job, changed_files=tuple(named), is_code_changed=len(changed) > len(named))


def _find_latest_batch(store: RunStore, first: str) -> Run | None:
    """Returns the latest run of a batch, which may have been resumed before. Raises UsageError if it is running."""
    with open_index(store) as index:
        runs = index.find(RunFilter(where=(Where(Comparison(FieldName("parent"), "=", Constant(first))),))).runs
    batches = [run for run in runs if run.parent == first and run.op.name.endswith("+")]
    batches += [store.read(first)] if store.exists(first) else []
    if batches and batches[0].status == "running":
        name = batches[0].name
        raise UsageError(f"Batch {name} is running", f"To end it: gage stop {name}")
    return batches[0] if batches else None


def _refuse_running(first: str, statuses: Mapping[str, Status]) -> None:
    """Raises UsageError for a batch that was killed while some of its trials continue."""
    active = [name_from_id(id) for id, status in statuses.items() if status in ("running", "pending")]
    if active:
        raise UsageError(
            f"Batch {name_from_id(first)} still has running trials: {join_some(active, 3)}",
            f"To wait for it: gage watch {active[0]}; to end it: gage stop {active[0]}",
        )


def _refuse_withheld(first: str, record: BatchRecord, request: RunRequest) -> None:
    """Raises UsageError if the trials had secrets that `request` does not give again."""
    missing = sorted(record.withheld - set(request.env))
    if missing:
        example = next((name for name in missing if name.isupper()), "API_KEY")
        raise UsageError(
            f"Cannot resume batch {name_from_id(first)}: secret values are not stored: {', '.join(missing)}",
            f"Set them again as variables: gage run --resume {name_from_id(first)} --env {example}=...",
        )


def _merge_requests(earlier: RunRequest, request: RunRequest) -> RunRequest:
    """Returns the request of the earlier batch, from its directory, with what `request` adds."""
    cwd = earlier.cwd if earlier.cwd.is_absolute() and earlier.cwd.is_dir() else request.cwd
    return request._replace(
        target=earlier.target,
        command=earlier.command,
        arguments=earlier.arguments,
        cwd=cwd,
        project=request.project if cwd == request.cwd else None,
        label=request.label or earlier.label,
        tags=tuple(dict.fromkeys((*earlier.tags, *request.tags))),
        attributes=(*earlier.attributes, *request.attributes),
        env={**earlier.env, **request.env},
        depends=earlier.depends,
        max_time=earlier.max_time if request.max_time is None else request.max_time,
    )
