"""Plans the evaluation of a run: another operation that starts with its files. Creates nothing."""

from collections.abc import Mapping

from gage.lib.suggest import join_some
from gage.project.plan import plan_run
from gage.project.previous_run import read_previous_run
from gage.project.previous_run_dependencies import list_produced_files
from gage.project.request import RunRequest
from gage.store.store import RunStore
from gage.types.errors import UsageError
from gage.types.plan import Dependency, RestartOrigin, RunPlan
from gage.types.run import Run

EVALUATED_RUN = "GAGE_EVALUATED_RUN"
"""Variable with the ID of the run that a program evaluates."""


def plan_evaluation(store: RunStore, run: Run, request: RunRequest) -> RunPlan:
    """Returns the plan of a run that evaluates `run` and starts with its files.

    Raises UsageError for a run that has not ended, is deleted, or is a batch; StoreError for a damaged one; and what
    `plan_run` raises.
    """
    _require_ended(run)
    previous = read_previous_run(store, run)
    files = list_produced_files(previous)
    plan = plan_run(request._replace(parent=run.id, env={**request.env, EVALUATED_RUN: run.id}))
    dependencies = tuple(each for each in plan.dependencies if not _hides(each, files))
    changed = {path for path in previous.source.files if (entry := previous.entries.get(path)) and entry.kind == "g"}
    own = sorted((files.keys() | changed) & {file.path for file in plan.source.files})
    notices = plan.notices
    if own:
        notices = (
            *notices,
            f"The evaluation uses these files of the project, not those of {run.name}: {join_some(own, 3)}",
        )
    if not files:
        notices = (*notices, f"{run.name} wrote no files")
    return plan._replace(
        origin=RestartOrigin(run.id, str(previous.run_dir), files),
        request=plan.request._replace(is_evaluation=True),
        dependencies=dependencies,
        notices=notices,
    )


def _require_ended(run: Run) -> None:
    if run.user_attrs.deleted_by:
        raise UsageError(f"Run {run.name} is deleted", f"Try: gage restore {run.name}")
    if run.trials:
        raise UsageError(f"Run {run.name} is a batch", f"Evaluate its trials: gage list --where batch={run.name}")
    if run.status in ("running", "pending"):
        raise UsageError(f"Run {run.name} is {run.status} and still writes its files", f"Try: gage stop {run.name}")
    if run.status == "staged":
        raise UsageError(f"Run {run.name} has not started", f"Try: gage run --start={run.name}")


def _hides(dependency: Dependency, files: Mapping[str, int]) -> bool:
    """Returns whether the evaluated run wrote a file of the dependency. Its file replaces the project's."""
    return any(path == dependency.path or path.startswith(f"{dependency.path}/") for path in files)
