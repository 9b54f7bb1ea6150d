"""Carries out one `RunPlan`. A run is a list of steps; staging is the first part of it, starting the rest."""

import json
import os
from collections.abc import Sequence

from gage.runner import planfile
from gage.runner.ending import execute, finish
from gage.runner.inquiry import Inquiry
from gage.runner.job import Job, Step, Streams
from gage.runner.staging import apply_config, create, seal, stage_dependencies, stage_runtime, stage_sourcecode
from gage.store import manifest
from gage.store.rundir import RunDir
from gage.store.status import Lock
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
    seal,
    execute,
    finish,
)

STAGED = STEPS.index(seal) + 1
"""Steps before this one make a run ready; those from it on carry it out."""


def run(plan: RunPlan, store: RunStore, id: str, events: Events, streams: Streams, author: str = "") -> Run:
    """Make the run `id` of `plan` and carry it out; the run as it is afterwards, whatever became of its program.

    Raises RunFailed when a step of Gage's or a hook failed (the run is kept as `error`), StoreError when the store
    cannot be written.
    """
    job = _create(plan, store, id, events, streams, author)
    _carry_out(job, STEPS)
    return store.read(id)


def stage(plan: RunPlan, store: RunStore, id: str, events: Events, author: str = "") -> Run:
    """Make the run `id` of `plan` ready to be started, here or on another machine."""
    job = _create(plan, store, id, events, Streams(), author)
    _carry_out(job, STEPS[:STAGED])
    for name, value in job.inquiry.answers()[0].items():
        job.dir.write_json(name, value)
    job.dir.remove("proc/lock")
    job.dir.close()
    return store.read(id)


def start(store: RunStore, id: str, events: Events, streams: Streams) -> Run:
    """Carry out a staged run. Raises NotFound, or RunFailed when it was started before."""
    dir = RunDir.open(store, id)
    status = store.read(id).status
    if status != "staged":
        raise RunFailed(f"Run {id[:8]} cannot be started: it is {status}", f"Try: gage show {id[:8]}")
    plan = planfile.from_run(dir)
    dir.write("proc/lock", Lock.own(os.getpid()).format())
    entries = {e.path: e for e in manifest.parse(dir.read("manifest"))}
    job = Job(plan, store, dir, events, streams, Inquiry.nothing(), known=entries, copied=_copied(dir))
    _carry_out(job, STEPS[STAGED:])
    return store.read(id)


def _create(plan: RunPlan, store: RunStore, id: str, events: Events, streams: Streams, author: str) -> Job:
    inquiry = Inquiry.start(plan)
    try:
        dir = RunDir.create(store, id, plan.project_dir)
    except GageError:
        inquiry.cancel()
        raise
    return Job(plan, store, dir, events, streams, inquiry, author)


def _carry_out(job: Job, steps: Sequence[Step]) -> None:
    """Do the steps in order. What fails or is interrupted ends the run, which is finished all the same."""
    try:
        for step in steps:
            job.events.step(step.__name__)
            step(job)
    except RunFailed as e:
        _end(job, e.code, e.message)
        raise
    except KeyboardInterrupt:
        _end(job, 130, "Interrupted")
        raise
    except OSError as e:
        _end(job, 1, str(e))
        raise RunFailed(
            f"The run failed: {e.strerror}: {e.filename}" if e.filename else f"The run failed: {e}"
        ) from None
    except GageError as e:
        _end(job, 1, e.message)
        raise


def _end(job: Job, code: int, why: str) -> None:
    """End a run that could not go on. If even that cannot be done, it is left as it is: it lists as terminated."""
    job.ends.append(code)
    try:
        job.log(why)
        finish(job)
    except (GageError, OSError):
        job.inquiry.cancel()
        job.dir.close()


def _copied(dir: RunDir) -> dict[str, tuple[int, int]]:
    try:
        raw = json.loads(dir.read("copied.json"))
        return {str(p): (int(s[0]), int(s[1])) for p, s in raw.items()}
    except (GageError, ValueError, AttributeError, TypeError, LookupError):
        return {}
