"""Carries out one `RunPlan`. A run is a list of steps; staging is the first part of it, starting the rest."""

import json
import os
from collections.abc import Sequence

from gage.lib.files import remove_tree
from gage.runner import planfile, provenance
from gage.runner.finish import execute, finish, write_provenance
from gage.runner.job import Job, Step, UserStreams
from gage.runner.lock import claim_staged_run, release_run
from gage.runner.provenance import ProvenanceProbe
from gage.runner.signals import Interrupted
from gage.runner.staging import apply_config, create, mark_staged, stage_dependencies, stage_runtime, stage_sourcecode
from gage.store import manifest
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

STAGING_STEP_COUNT = STEPS.index(mark_staged) + 1
"""Steps before this one make a run ready; those from it on carry it out."""


def run_plan(
    plan: RunPlan,
    store: RunStore,
    id: str,
    events: Events,
    streams: UserStreams,
    author: str = "",
    asked: ProvenanceProbe | None = None,
) -> Run:
    """Make the run `id` of `plan` and carry it out; the run as it is afterwards, whatever became of its program.
    `asked`: what has been asked of Git and Python already.

    Raises RunFailed when a step of Gage's or a hook failed (the run is kept as `error`), or the run was told to end
    before its program was started; StoreError when the store cannot be written.
    """
    job = _create_job(plan, store, id, events, streams, author, asked)
    _run_steps(job, STEPS)
    return store.read(id)


def stage_plan(
    plan: RunPlan, store: RunStore, id: str, events: Events, author: str = "", asked: ProvenanceProbe | None = None
) -> Run:
    """Make the run `id` of `plan` ready to be started, here or on another machine. Raises as `run` does, and
    RunFailed when the command holds a secret: that would have to be written down.
    """
    planfile.refuse_secrets(plan)
    job = _create_job(plan, store, id, events, UserStreams(), author, asked)
    _run_steps(job, STEPS[:STAGING_STEP_COUNT])
    try:
        write_provenance(job)
        release_run(job.dir)
    finally:
        job.dir.close()
    return store.read(id)


def start_staged(store: RunStore, id: str, events: Events, streams: UserStreams) -> Run:
    """Carry out a staged run. Raises NotFound, or RunFailed when it was started before."""
    dir = MetaWriter.open(store, id)
    plan = planfile.load_plan(dir)
    claim_staged_run(store, dir)
    for name, value in provenance.describe_machine().items():
        dir.write_json(name, value)
    entries = {e.path: e for e in manifest.parse(dir.read("manifest"))}
    asked = ProvenanceProbe.start(plan, of_project=False)
    job = Job(plan, store, dir, events, streams, asked, entries=entries, copied_states=_read_copied_states(dir))
    _run_steps(job, STEPS[STAGING_STEP_COUNT:])
    return store.read(id)


def _create_job(
    plan: RunPlan,
    store: RunStore,
    id: str,
    events: Events,
    streams: UserStreams,
    author: str,
    asked: ProvenanceProbe | None = None,
) -> Job:
    asked = asked or ProvenanceProbe.start(plan, of_project=plan.origin is None or plan.origin.git is None)
    try:
        dir = MetaWriter.create(store, id, plan.project_dir)
    except GageError:
        asked.cancel()
        raise
    return Job(plan, store, dir, events, streams, asked, author)


def _run_steps(job: Job, steps: Sequence[Step]) -> None:
    """Do the steps in order. What fails or is told to end ends the run, which is finished all the same."""
    with job.signals:
        try:
            for step in steps:
                job.events.step(step.__name__)
                step(job)
        except (KeyboardInterrupt, OSError, GageError) as e:
            job.signals.finishing = True
            told = _end_failed(job, e)
            job.provenance.cancel()
            raise told from None


def _end_failed(job: Job, error: BaseException) -> GageError:
    """End a run that could not go on; what to tell the user."""
    if isinstance(error, Interrupted) and error.finishing:
        job.dir.close()
        return RunFailed("The run has ended, but it is not sealed", "To seal it: gage check --repair", error.code)
    if isinstance(error, KeyboardInterrupt):
        code = error.code if isinstance(error, Interrupted) else 130
        told: GageError = RunFailed("The run was stopped before its program was started", code=code)
    elif isinstance(error, OSError):
        where = f": {os.fsdecode(error.filename)}" if error.filename else ""
        told = RunFailed(f"The run failed: {error.strerror or error}{where}")
    else:
        assert isinstance(error, GageError)
        told = error
    _finish_failed(job, told)
    return told


def _finish_failed(job: Job, error: GageError) -> None:
    """If even this cannot be done, the run is left as it is: it lists as terminated."""
    try:
        if not _exists(job):
            _discard(job)
            return
        job.ends.append(error.code)
        job.log(error.message)
        finish(job)
    except (GageError, OSError, KeyboardInterrupt):
        job.dir.close()


def _exists(job: Job) -> bool:
    return job.store.exists(job.dir.id)


def _discard(job: Job) -> None:
    """A run that never came to be leaves nothing."""
    job.dir.close()
    for path in (job.dir.paths.meta_dir, job.dir.path, job.dir.paths.project_file):
        remove_tree(path)


def _read_copied_states(dir: MetaWriter) -> dict[str, tuple[int, int]]:
    try:
        raw = json.loads(dir.read("copied.json"))
        return {str(p): (int(s[0]), int(s[1])) for p, s in raw.items()}
    except (GageError, ValueError, AttributeError, TypeError, LookupError):
        return {}
