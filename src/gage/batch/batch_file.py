"""The run that represents a batch, and its `batch.json`: the values and run IDs of its trials.

`batch.json` is written before the first trial starts, so that a batch that is killed at any time is listed, and its
missing trials are known. See docs/store-format.md.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gage import __version__
from gage.assignments.parse import AssignedValue
from gage.batch.planning import BatchPlan
from gage.batch.search_space import is_batch_file
from gage.batch.trials import Values
from gage.lib import secrets
from gage.lib.uuid7 import name_from_id
from gage.project.request import RunRequest
from gage.runner.lock import claim_run
from gage.store import opref
from gage.store.layout import is_run_id
from gage.store.meta import MetaReader
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import NotFound, StoreError, UsageError
from gage.types.run import OpRef, Run
from gage.types.values import JSONValue, as_table

BATCH_FILE = "batch.json"

_NON_FINITE = ("nan", "inf", "infinity", ".nan", ".inf")
"""Texts of numbers that JSON lacks, without a sign."""


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """The content of `batch.json`: what was requested, and the values of the trials by run ID, in order.

    `source` is the digest of the source code ("" = unknown). `withheld` names what held a secret and was not stored:
    variables, config values, "the command".
    """

    request: RunRequest
    trials: Mapping[str, Values]
    seed: int
    source: str = ""
    withheld: frozenset[str] = frozenset()


def create_batch_run(store: RunStore, record: BatchRecord, batch: BatchPlan, id: str, parent: str = "") -> MetaWriter:
    """Creates the batch's own run, which is running from here on. Raises StoreError."""
    plan, request = batch.plans[0], record.request
    run = MetaWriter.create(store, id, plan.project_dir)
    claim_run(run)
    run.write("schema", "2")
    run.write("id", id)
    run.write("opref", opref.format(OpRef(f"{batch.operation}+", plan.op.namespace, plan.op.version)))
    run.write_json("opdef.json", {})
    words = {name: text for word in request.assignments for name, _, text in [word.partition("=")] if text}
    files = [word[1:] for word in request.assignments if is_batch_file(word)]
    words |= {"@": " ".join(files)} if files else {}
    words |= {"resumes": name_from_id(parent)} if parent else {}
    run.write_json("config.json", {n: secrets.mask_value(n, t) for n, t in words.items()})
    argv = secrets.mask_args(request.argv)
    run.write_json(
        "run-cmd.json",
        {
            "argv": argv,
            "cwd": str(request.cwd),
            "gage": __version__,
            "parent": parent,
            "project-id": plan.project_id,
            "set": list(words),
        },
    )
    run.write_json("proc/cmd.json", argv)
    run.write_json(BATCH_FILE, _to_json(record))
    run.mark("initialized")
    run.mark("staged")
    run.mark("started")
    attributes: dict[str, JSONValue] = {"label": request.label} if request.label else {}
    attributes |= {f"tag:{tag}": True for tag in request.tags}
    if attributes:
        store.annotate([id], set=attributes, author="")
    return run


def finish_batch_run(run: MetaWriter, code: int) -> None:
    """Finishes the batch's own run. `code` is its exit code, -N for signal N. Raises StoreError."""
    run.write("proc/exit", str(code))
    run.mark("stopped")
    run.write("manifest", b"")
    run.seal()


def _to_json(record: BatchRecord) -> JSONValue:
    request = record.request
    return {
        "target": request.target,
        "command": secrets.mask_args(request.command),
        "label": request.label,
        "tags": list(request.tags),
        "attributes": secrets.mask_args(request.attributes),
        "env": secrets.mask_env(request.env),
        "links": list(request.depends),
        "max-time": request.max_time,
        "seed": record.seed,
        "source": record.source,
        "members": [
            {"id": id, "values": {name: _value_to_json(name, value) for name, value in values.items()}}
            for id, values in record.trials.items()
        ],
    }


def _value_to_json(name: str, assigned: AssignedValue) -> list[JSONValue]:
    """Returns a value as JSON, without secrets. JSON has no NaN: then only the text holds it."""
    value, text, is_typed = assigned
    if secrets.mask_value(name, text) != text:
        return [secrets.MASK, secrets.MASK, is_typed]
    return [None if isinstance(value, float) and not math.isfinite(value) else value, text, is_typed]


def read_batch(store: RunStore, run: Run) -> BatchRecord:
    """Reads `batch.json` of a run. Raises UsageError if the run is not a batch, StoreError if it is damaged."""
    try:
        with MetaReader.open(store.get_paths(run.id)) as meta:
            data = meta.read(BATCH_FILE, limit=1 << 30)
            command = meta.read_json("run-cmd.json")
    except (OSError, NotFound):
        data = command = None
    if data is None:
        raise UsageError(
            f"{name_from_id(run.id)} is not a batch",
            "Try: gage list --where op=NAME+ (the operation of a batch ends with +)",
        )
    try:
        return _parse_record(data, str(as_table(command).get("cwd") or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise StoreError(f"The batch {name_from_id(run.id)} is damaged: {e}") from None


def _parse_record(data: bytes, cwd: str) -> BatchRecord:
    raw = json.loads(data)
    limit, seed = raw["max-time"], raw["seed"]
    command, attributes, env = _parse_texts(raw["command"]), _parse_texts(raw["attributes"]), raw["env"]
    trials = {_parse_id(trial["id"]): _parse_values(trial["values"]) for trial in raw["members"]}
    withheld = {name for name, value in env.items() if secrets.MASK in value}
    withheld |= {name for values in trials.values() for name, value in values.items() if value.text == secrets.MASK}
    withheld |= {"the command"} if any(secrets.MASK in word for word in command) else set()
    withheld |= {"--attr"} if any(secrets.MASK in word for word in attributes) else set()
    request = RunRequest(
        target=str(raw["target"]),
        command=command,
        cwd=Path(cwd),
        label=str(raw["label"]),
        tags=_parse_texts(raw["tags"]),
        attributes=attributes,
        env={name: str(value) for name, value in env.items() if name not in withheld},
        depends=_parse_texts(raw["links"]),
        max_time=float(limit) if isinstance(limit, int | float) else None,
    )
    source = str(raw["source"])
    return BatchRecord(request, trials, seed if isinstance(seed, int) else 0, source, frozenset(withheld))


def _parse_texts(raw: JSONValue) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise ValueError("expected a list")
    return tuple(map(str, raw))


def _parse_id(raw: JSONValue) -> str:
    id = str(raw)
    if not is_run_id(id):
        raise ValueError(f"{id[:60]!r} is not a run ID")
    return id


def _parse_values(raw: Mapping[str, tuple[JSONValue, str, bool]]) -> Values:
    values = {}
    for name, (value, text, is_typed) in raw.items():
        if value is None and str(text).lower().lstrip("+-") in _NON_FINITE:
            value = float(str(text).lower().replace(".", ""))
        values[name] = AssignedValue(value, str(text), bool(is_typed))
    return values
