"""The run that represents a batch, and its `batch.json`: the values and run IDs of its trials.

`batch.json` is written before the first trial starts, so that a batch that is killed at any time is listed, and its
missing trials are known. See docs/store-format.md.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gage import __version__
from gage.assignments.parse import AssignedValue
from gage.batch.planning import BatchPlan
from gage.batch.search_space import is_batch_file
from gage.batch.trials import Values
from gage.lib import secrets, uuid7
from gage.lib.run_names import name_from_id
from gage.project.request import RunRequest
from gage.runner.lock import claim_run
from gage.store import opref
from gage.store.meta import MetaReader
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import NotFound, StoreError, UsageError
from gage.types.run import OpRef, Run
from gage.types.values import JSONValue, as_table

BATCH_FILE = "batch.json"


@dataclass(frozen=True, slots=True)
class RecordedTrial:
    """One trial as `batch.json` has it: its run ID and its values."""

    id: str
    values: Values


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """The content of `batch.json`: the request, made in the directory `cwd`, and the trials in order.

    `withheld` names what held a secret and was not stored: variables, config values, "the command".
    """

    target: str
    command: tuple[str, ...]
    cwd: str
    label: str
    tags: tuple[str, ...]
    attributes: tuple[str, ...]
    env: Mapping[str, str]
    depends: tuple[str, ...]
    max_time: float | None
    seed: int
    source: str
    trials: tuple[RecordedTrial, ...]
    withheld: frozenset[str]


def assign_run_ids(batch: BatchPlan, known: Sequence[str] = ()) -> tuple[RecordedTrial, ...]:
    """Returns the trials with new run IDs in sorted order, or with the ID in `known` if that is not empty."""
    ids: list[str] = []
    for i in range(len(batch.trials)):
        ids.append((known[i] if known else "") or uuid7.generate())
    return tuple(RecordedTrial(id, values) for id, values in zip(ids, batch.trials, strict=True))


def create_batch_run(
    store: RunStore,
    request: RunRequest,
    batch: BatchPlan,
    trials: Sequence[RecordedTrial],
    seed: int,
    source: str,
    id: str,
    parent: str = "",
) -> MetaWriter:
    """Creates the batch's own run, which is running from here on. Raises StoreError."""
    plan = batch.plans[0]
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
    run.write_json(BATCH_FILE, _to_json(request, trials, seed, source))
    run.mark("initialized")
    run.mark("staged")
    run.mark("started")
    attributes: dict[str, JSONValue] = {f"tag:{tag}": True for tag in request.tags}
    if request.label:
        attributes["label"] = request.label
    if attributes:
        store.annotate([id], set=attributes, author="")
    return run


def finish_batch_run(run: MetaWriter, code: int) -> None:
    """Finishes the batch's own run. `code` is its exit code, -N for signal N. Raises StoreError."""
    run.write("proc/exit", str(code))
    run.mark("stopped")
    run.write("manifest", b"")
    run.seal()


def _to_json(request: RunRequest, trials: Sequence[RecordedTrial], seed: int, source: str) -> JSONValue:
    return {
        "target": request.target,
        "command": secrets.mask_args(request.command),
        "label": request.label,
        "tags": list(request.tags),
        "attributes": secrets.mask_args(request.attributes),
        "env": dict(secrets.mask_env(request.env)),
        "links": list(request.depends),
        "max-time": request.max_time,
        "seed": seed,
        "source": source,
        "members": [
            {"id": m.id, "values": {name: _value_to_json(name, a) for name, a in m.values.items()}} for m in trials
        ],
    }


def _value_to_json(name: str, a: AssignedValue) -> list[JSONValue]:
    """Returns a value as JSON, without secrets. JSON has no NaN: then only the text holds it."""
    if secrets.mask_value(name, a.text) != a.text:
        return [secrets.MASK, secrets.MASK, a.is_typed]
    return [None if isinstance(a.value, float) and not math.isfinite(a.value) else a.value, a.text, a.is_typed]


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
        return _parse_record(json.loads(data), as_table(command).get("cwd"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise StoreError(f"The batch {name_from_id(run.id)} is damaged: {e}") from None


def _parse_record(raw: Mapping[str, JSONValue], cwd: JSONValue) -> BatchRecord:
    limit, seed = raw["max-time"], raw["seed"]
    members = tuple(_parse_trial(_require_table(m)) for m in _require_list(raw["members"]))
    command = tuple(map(str, _require_list(raw["command"])))
    attributes = tuple(map(str, _require_list(raw["attributes"])))
    env = {str(n): str(v) for n, v in _require_table(raw["env"]).items()}
    withheld = {name for name, value in env.items() if secrets.MASK in value}
    withheld |= {name for m in members for name, a in m.values.items() if a.text == secrets.MASK}
    withheld |= {"the command"} if any(secrets.MASK in word for word in command) else set()
    withheld |= {"--attr"} if any(secrets.MASK in word for word in attributes) else set()
    return BatchRecord(
        str(raw["target"]),
        command,
        str(cwd or ""),
        str(raw["label"]),
        tuple(map(str, _require_list(raw["tags"]))),
        attributes,
        {name: value for name, value in env.items() if name not in withheld},
        tuple(map(str, _require_list(raw["links"]))),
        float(limit) if isinstance(limit, (int, float)) else None,
        seed if isinstance(seed, int) else 0,
        str(raw["source"]),
        members,
        frozenset(withheld),
    )


def _parse_trial(raw: Mapping[str, JSONValue]) -> RecordedTrial:
    from gage.store.layout import is_run_id

    id = str(raw["id"])
    if not is_run_id(id):
        raise ValueError(f"{id[:60]!r} is not a run ID")
    values = {}
    for name, row in _require_table(raw["values"]).items():
        value, text, exact = _require_list(row)
        if value is None and str(text).lower().lstrip("+-") in ("nan", "inf", "infinity", ".nan", ".inf"):
            value = float(str(text).lower().replace(".", ""))
        values[str(name)] = AssignedValue(value, str(text), bool(exact))
    return RecordedTrial(id, values)


def _require_list(value: JSONValue) -> list[JSONValue]:
    if not isinstance(value, list):
        raise ValueError("expected a list")
    return value


def _require_table(value: JSONValue) -> Mapping[str, JSONValue]:
    if not isinstance(value, Mapping):
        raise ValueError("expected an object")
    return value
