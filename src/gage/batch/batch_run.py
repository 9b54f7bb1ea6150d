"""The run that represents a batch: it has no program, and ends with the batch.

Its `batch.json` is written before the first trial starts, so that a batch that is killed at any time is listed, and its
missing trials are known.
"""

import os
from collections.abc import Iterable
from dataclasses import replace

from gage import __version__
from gage.batch.batch_file import BATCH_FILE, BatchRecord, record_to_json
from gage.batch.planning import BatchPlan
from gage.batch.search_space import is_batch_file
from gage.identity.user import get_author
from gage.lib import secrets
from gage.lib.uuid7 import name_from_id
from gage.project.request import RunRequest
from gage.runner.lock import claim_run, claim_staged_run
from gage.store import opref
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.events import Events
from gage.types.run import OpRef
from gage.types.values import JSONValue


def create_batch_run(
    store: RunStore, record: BatchRecord, batch: BatchPlan, id: str, parent: str = "", only_stage: bool = False
) -> MetaWriter:
    """Creates the batch's own run, which is running from here on; with `only_stage`, it is being staged. `parent` is
    the batch that it resumes ("" = none).

    Raises StoreError.
    """
    plan, request = batch.plans[0], _mask_request(record.request, batch)
    run = MetaWriter.create(store, id, plan.project_dir)
    claim_run(run)
    run.write("schema", "2")
    run.write("id", id)
    run.write("opref", opref.format(OpRef(f"{batch.operation}+", plan.op.namespace, plan.op.version)))
    run.write_json("opdef.json", {})
    config = _build_config(request, parent)
    run.write_json("config.json", config)
    argv = list(request.argv)
    command: JSONValue = {
        "argv": argv,
        "cwd": str(request.cwd),
        "gage": __version__,
        "parent": parent,
        "project-id": plan.project_id,
        "user": get_author(),
        "set": list(config),
    }
    run.write_json("run-cmd.json", command)
    run.write_json("proc/cmd.json", argv)
    run.write_json(BATCH_FILE, record_to_json(replace(record, request=request)))
    for marker in ("initialized",) if only_stage else ("initialized", "staged", "started"):
        run.mark(marker)
    attributes: dict[str, JSONValue] = {"label": request.label} if request.label else {}
    attributes |= {f"tag:{tag}": True for tag in request.tags}
    if attributes:
        store.annotate([id], set=attributes, author="")
    return run


def start_staged_batch_run(store: RunStore, record: BatchRecord, id: str, events: Events) -> MetaWriter:
    """Starts a batch's own run that was staged: it is running from here on.

    Raises RunFailed when another process runs it, or ran it, and StoreError.
    """
    run = MetaWriter.open(store, id)
    claim_staged_run(store, run, events, BATCH_FILE)
    run.write_json(BATCH_FILE, record_to_json(record))
    run.mark("started")
    return run


def _mask_request(request: RunRequest, batch: BatchPlan) -> RunRequest:
    """Returns the request without secrets: those that names and shapes show, and the secret values of the trials."""
    hidden = sorted(
        {x for plan in batch.plans for x in secrets.find_secret_values(plan.config, os.environ)}, key=len, reverse=True
    )

    def mask(words: Iterable[str]) -> tuple[str, ...]:
        return tuple(secrets.mask_secret_values(word, hidden) for word in words)

    return request._replace(
        argv=mask(secrets.mask_args(request.argv)),
        command=mask(request.command),
        arguments=None if request.arguments is None else mask(request.arguments),
        attributes=mask(request.attributes),
        label=secrets.mask_secret_values(request.label, hidden),
        env={name: secrets.mask_secret_values(value, hidden) for name, value in request.env.items()},
    )


def _build_config(request: RunRequest, parent: str) -> dict[str, str]:
    """Returns the config of the batch's run: `lr` = `[0.1,0.2]`, `@` = its files, `resumes` = the earlier batch."""
    config = {name: text for word in request.assignments for name, _, text in [word.partition("=")] if text}
    files = [word[1:] for word in request.assignments if is_batch_file(word)]
    config |= {"@": " ".join(files)} if files else {}
    config |= {"resumes": name_from_id(parent)} if parent else {}
    return {name: secrets.mask_value(name, text) for name, text in config.items()}


def finish_staged_batch_run(run: MetaWriter) -> None:
    """Marks the batch's own run as staged, as its trials are. Raises StoreError."""
    run.write("manifest", b"")
    run.mark("staged")


def finish_batch_run(run: MetaWriter, code: int, reason: str = "") -> None:
    """Finishes the batch's own run. `code` is its exit code, -N for signal N, `reason` why it is not 0 ("" = the code).

    Raises StoreError.
    """
    run.write("proc/exit", str(code))
    if reason:
        run.write("proc/reason", reason)
    run.mark("stopped")
    run.write("manifest", b"")
    run.seal()
