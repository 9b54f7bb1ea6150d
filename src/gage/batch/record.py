"""A batch as a run of its own: which values it goes through, and which runs are its members.

`batch.json` is written before the first member is made, with the members' IDs, so that a batch that is killed at any
instant lists, and tells what is missing. See docs/store-format.md.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gage import __version__
from gage.batch.planned import Batch
from gage.batch.trials import Values
from gage.config.assignments import Assigned
from gage.lib import secrets, uuid7
from gage.lib.names import name_of
from gage.project.request import RunRequest
from gage.runner.claim import claim
from gage.store import opref
from gage.store.meta import MetaReader
from gage.store.rundir import RunDir
from gage.store.store import RunStore
from gage.types.errors import NotFound, StoreError, UsageError
from gage.types.run import OpRef, Run
from gage.types.values import JSONValue

MEMBER = "batch.json"


@dataclass(frozen=True, slots=True)
class Member:
    """One run of a batch: its ID and the values that were given to it."""

    id: str
    values: Values


@dataclass(frozen=True, slots=True)
class Record:
    """What a batch wrote down: what was asked for, and its members in order."""

    target: str
    command: tuple[str, ...]
    label: str
    tags: tuple[str, ...]
    env: Mapping[str, str]
    links: tuple[str, ...]
    max_time: float | None
    seed: int
    source: str
    members: tuple[Member, ...]


def members_of(batch: Batch, known: Sequence[str] = ()) -> tuple[Member, ...]:
    """Members with new IDs, which sort in their order; with those of `known` that are not empty."""
    ids: list[str] = []
    for i in range(len(batch.trials)):
        ids.append((known[i] if known else "") or uuid7.new())
    return tuple(Member(id, values) for id, values in zip(ids, batch.trials, strict=True))


def begin(
    store: RunStore,
    request: RunRequest,
    batch: Batch,
    members: Sequence[Member],
    seed: int,
    source: str,
    id: str,
    parent: str = "",
) -> RunDir:
    """Write the batch down; from here on it is a run that is running. Raises StoreError."""
    plan = batch.plans[0]
    run = RunDir.create(store, id, plan.project_dir)
    claim(run)
    run.write("schema", "2")
    run.write("id", id)
    run.write("opref", opref.format(OpRef(f"{batch.operation}+", plan.op.namespace, plan.op.version)))
    run.write_json("opdef.json", {})
    words = {name: text for word in request.assignments for name, _, text in [word.partition("=")] if text}
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
    run.write_json(MEMBER, _to_json(request, members, seed, source))
    run.mark("initialized")
    run.mark("staged")
    run.mark("started")
    said: dict[str, JSONValue] = {f"tag:{tag}": True for tag in request.tags}
    if request.label:
        said["label"] = request.label
    if said:
        store.annotate([id], set=said, author="")
    return run


def end(run: RunDir, code: int) -> None:
    """The batch has ended: `code` is its exit code, negative for a signal. Raises StoreError."""
    run.write("proc/exit", str(code))
    run.mark("stopped")
    run.write("manifest", b"")
    run.seal()


def _to_json(request: RunRequest, members: Sequence[Member], seed: int, source: str) -> JSONValue:
    return {
        "target": request.target,
        "command": list(request.command),
        "label": request.label,
        "tags": list(request.tags),
        "env": dict(secrets.mask_env(request.env)),
        "links": list(request.links),
        "max-time": request.max_time,
        "seed": seed,
        "source": source,
        "members": [
            {"id": m.id, "values": {n: [_plain(a.value), a.text, a.exact] for n, a in m.values.items()}}
            for m in members
        ],
    }


def _plain(value: JSONValue) -> JSONValue:
    """What the text says as well: JSON has no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read(store: RunStore, run: Run) -> Record:
    """What a batch wrote down. Raises UsageError for a run that is no batch, StoreError for one that is damaged."""
    try:
        with MetaReader.of(store.paths(run.id)) as meta:
            data = meta.read(MEMBER, limit=1 << 30)
    except (OSError, NotFound):
        data = None
    if data is None:
        raise UsageError(
            f"{name_of(run.id)} is no batch", "Try: gage list --where op=NAME+ (a batch's name ends with +)"
        )
    try:
        return _record(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise StoreError(f"The batch {name_of(run.id)} is damaged: {e}") from None


def _record(raw: Mapping[str, JSONValue]) -> Record:
    limit, seed = raw["max-time"], raw["seed"]
    members = raw["members"]
    if not isinstance(members, list):
        raise ValueError("its members are no list")
    return Record(
        str(raw["target"]),
        tuple(map(str, _list(raw["command"]))),
        str(raw["label"]),
        tuple(map(str, _list(raw["tags"]))),
        {str(n): str(v) for n, v in _table(raw["env"]).items() if v != secrets.MASK},
        tuple(map(str, _list(raw["links"]))),
        float(limit) if isinstance(limit, (int, float)) else None,
        seed if isinstance(seed, int) else 0,
        str(raw["source"]),
        tuple(_member(_table(m)) for m in members),
    )


def _member(raw: Mapping[str, JSONValue]) -> Member:
    from gage.store.layout import is_run_id

    id = str(raw["id"])
    if not is_run_id(id):
        raise ValueError(f"{id[:60]!r} is no run")
    values = {}
    for name, said in _table(raw["values"]).items():
        value, text, exact = _list(said)
        if value is None and str(text).lower().lstrip("+-") in ("nan", "inf", "infinity", ".nan", ".inf"):
            value = float(str(text).lower().replace(".", ""))
        values[str(name)] = Assigned(value, str(text), bool(exact))
    return Member(id, values)


def _list(value: JSONValue) -> list[JSONValue]:
    if not isinstance(value, list):
        raise ValueError("a list is missing")
    return value


def _table(value: JSONValue) -> Mapping[str, JSONValue]:
    if not isinstance(value, Mapping):
        raise ValueError("a table is missing")
    return value
