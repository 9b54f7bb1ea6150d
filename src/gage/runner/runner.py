"""Runs one `RunPlan`: a list of steps, of which the first ones stage the run and the others execute it."""

import os
from collections.abc import Sequence

from gage.lib.files import remove_tree
from gage.runner import planfile, provenance
from gage.runner.finish import execute, finish, write_provenance
from gage.runner.job import Job, Step
from gage.runner.lock import claim_staged_run, release_run
from gage.runner.provenance import ProvenanceProbe
from gage.runner.signals import Interrupted
from gage.runner.staging import apply_config, create, mark_staged, stage_dependencies, stage_runtime, stage_sourcecode
from gage.runner.stdio import UserStreams
from gage.store import manifest
from gage.store.copied_files import parse_copied_states
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import GageError, RunFailed
from gage.types.events import Events
from gage.types.plan import RunPlan
from gage.types.run import Run

STEPS: tuple[Step, ...] = (
    create,
    stage_sourcecode,
    apply_config,
    stage_runtime,
    stage_dependencies,
    mark_staged,
    execute,
    finish,
)

STAGING_STEPS = STEPS[: STEPS.index(mark_staged) + 1]
EXECUTION_STEPS = STEPS[len(STAGING_STEPS) :]


def run_plan(
    plan: RunPlan,
    store: RunStore,
    id: str,
    events: Events,
    streams: UserStreams,
    author: str = "",
    probe: ProvenanceProbe | None = None,
) -> Run:
    """Creates and executes the run `id`, and returns it as it is afterwards, whatever its program's exit code.

    `probe` is a provenance probe that was started before. Raises RunFailed when a step of Gage or a hook failed (the
    run then has the status `error`), or when a signal stopped the run before its program started; StoreError when
    the store cannot be written.
    """
    job = _create_job(plan, store, id, events, streams, author, probe)
    _run_steps(job, STEPS)
    return store.read(id)


def stage_plan(
    plan: RunPlan, store: RunStore, id: str, events: Events, author: str = "", probe: ProvenanceProbe | None = None
) -> Run:
    """Stages the run `id`, to be started later, here or on another machine. Raises as `run_plan` does.

    Also raises RunFailed when the command holds a secret, since it would have to be stored.
    """
    planfile.reject_secrets(plan)
    job = _create_job(plan, store, id, events, UserStreams(), author, probe)
    _run_steps(job, STAGING_STEPS)
    try:
        write_provenance(job)
        release_run(job.dir)
    finally:
        job.dir.close()
    return store.read(id)


def start_staged(store: RunStore, id: str, events: Events, streams: UserStreams) -> Run:
    """Executes a staged run. Raises NotFound, or RunFailed when it was started before."""
    dir = MetaWriter.open(store, id)
    plan = planfile.load_plan(dir)
    claim_staged_run(store, dir, events)
    for name, value in provenance.describe_machine().items():
        dir.write_json(name, value)
    job = Job(plan, store, dir, events, streams, ProvenanceProbe.start(plan, of_project=False))
    job.entries = {entry.path: entry for entry in manifest.parse(dir.read("manifest"))}
    job.copied_states = parse_copied_states(dir.find("copied.json"))
    _run_steps(job, EXECUTION_STEPS)
    return store.read(id)


def _create_job(
    plan: RunPlan,
    store: RunStore,
    id: str,
    events: Events,
    streams: UserStreams,
    author: str,
    probe: ProvenanceProbe | None,
) -> Job:
    probe = probe or ProvenanceProbe.start(plan, of_project=plan.origin is None or plan.origin.git is None)
    try:
        dir = MetaWriter.create(store, id, plan.project_dir)
    except GageError:
        probe.cancel()
        raise
    return Job(plan, store, dir, events, streams, probe, author)


def _run_steps(job: Job, steps: Sequence[Step]) -> None:
    """Runs the steps in order. A step that fails or is interrupted ends the run, which is then finished."""
    with job.signals:
        try:
            for step in steps:
                job.events.step(step.__name__)
                step(job)
        except (KeyboardInterrupt, OSError, GageError) as e:
            job.signals.finishing = True
            error = _end_failed(job, e)
            if job.provenance_writer is None:  # else it ends by itself
                job.provenance.cancel()
            raise error from None


def _end_failed(job: Job, cause: BaseException) -> GageError:
    """Finishes a run that cannot continue, and returns the error for the user."""
    if isinstance(cause, Interrupted) and cause.finishing:
        job.dir.close()
        return RunFailed("The run has ended, but it is not sealed", "To seal it: gage check --repair", cause.code)
    if isinstance(cause, GageError):
        error = cause
    elif isinstance(cause, OSError):
        where = f": {os.fsdecode(cause.filename)}" if cause.filename else ""
        error = RunFailed(f"The run failed: {cause.strerror or cause}{where}")
    else:
        code = cause.code if isinstance(cause, Interrupted) else 130
        error = RunFailed("The run was stopped before its program started", code=code)
    try:
        _finish_failed(job, error)
    except (GageError, OSError, KeyboardInterrupt):
        job.dir.close()  # the run remains unfinished, and lists as terminated
    return error


def _finish_failed(job: Job, error: GageError) -> None:
    if job.store.exists(job.dir.id):
        job.exit_code, job.reason = error.code, error.message
        job.log(error.message)
        finish(job)
        return
    job.dir.close()
    if job.started_us is not None:
        return  # the program removed the metadata: what it wrote is left
    for path in (job.dir.paths.meta_dir, job.dir.path, job.dir.paths.project_file):
        remove_tree(path)
