"""A batch as a run of its own: which values it goes through, and which runs are its members.

`batch.json` is written before the first member is made, with the members' IDs, so that a batch that is killed at any
instant lists, and tells what is missing. See docs/store-format.md.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gage import __version__
from gage.assignments.parse import Assigned
from gage.batch.planning import Batch
from gage.batch.search_space import is_file
from gage.batch.trials import Values
from gage.lib import secrets, uuid7
from gage.lib.run_names import name_from_id
from gage.project.request import RunRequest
from gage.runner.lock import claim
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
    """What a batch wrote down: what was asked for, and its members in order. `cwd` is where it was asked for.

    `withheld` names what held a secret, which is never written down: variables, config values, "the command".
    """

    target: str
    command: tuple[str, ...]
    cwd: str
    label: str
    tags: tuple[str, ...]
    attributes: tuple[str, ...]
    env: Mapping[str, str]
    links: tuple[str, ...]
    max_time: float | None
    seed: int
    source: str
    members: tuple[Member, ...]
    withheld: frozenset[str]


def members_of(batch: Batch, known: Sequence[str] = ()) -> tuple[Member, ...]:
    """Members with new IDs, which sort in their order; with those of `known` that are not empty."""
    ids: list[str] = []
    for i in range(len(batch.trials)):
        ids.append((known[i] if known else "") or uuid7.generate())
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
    files = [word[1:] for word in request.assignments if is_file(word)]
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
        "command": secrets.mask_args(request.command),
        "label": request.label,
        "tags": list(request.tags),
        "attributes": secrets.mask_args(request.attributes),
        "env": dict(secrets.mask_env(request.env)),
        "links": list(request.links),
        "max-time": request.max_time,
        "seed": seed,
        "source": source,
        "members": [{"id": m.id, "values": {name: _written(name, a) for name, a in m.values.items()}} for m in members],
    }


def _written(name: str, a: Assigned) -> list[JSONValue]:
    """A value without secrets. JSON has no NaN: there the text says it."""
    if secrets.mask_value(name, a.text) != a.text:
        return [secrets.MASK, secrets.MASK, a.exact]
    return [None if isinstance(a.value, float) and not math.isfinite(a.value) else a.value, a.text, a.exact]


def read(store: RunStore, run: Run) -> Record:
    """What a batch wrote down. Raises UsageError for a run that is no batch, StoreError for one that is damaged."""
    try:
        with MetaReader.of(store.paths(run.id)) as meta:
            data = meta.read(MEMBER, limit=1 << 30)
            said = meta.read_json("run-cmd.json")
    except (OSError, NotFound):
        data = said = None
    if data is None:
        raise UsageError(
            f"{name_from_id(run.id)} is no batch", "Try: gage list --where op=NAME+ (a batch's name ends with +)"
        )
    try:
        return _record(json.loads(data), said.get("cwd") if isinstance(said, Mapping) else "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise StoreError(f"The batch {name_from_id(run.id)} is damaged: {e}") from None


def _record(raw: Mapping[str, JSONValue], cwd: JSONValue) -> Record:
    limit, seed = raw["max-time"], raw["seed"]
    members = tuple(_member(_table(m)) for m in _list(raw["members"]))
    command = tuple(map(str, _list(raw["command"])))
    attributes = tuple(map(str, _list(raw["attributes"])))
    env = {str(n): str(v) for n, v in _table(raw["env"]).items()}
    withheld = {name for name, value in env.items() if secrets.MASK in value}
    withheld |= {name for m in members for name, a in m.values.items() if a.text == secrets.MASK}
    withheld |= {"the command"} if any(secrets.MASK in word for word in command) else set()
    withheld |= {"--attr"} if any(secrets.MASK in word for word in attributes) else set()
    return Record(
        str(raw["target"]),
        command,
        str(cwd or ""),
        str(raw["label"]),
        tuple(map(str, _list(raw["tags"]))),
        attributes,
        {name: value for name, value in env.items() if name not in withheld},
        tuple(map(str, _list(raw["links"]))),
        float(limit) if isinstance(limit, (int, float)) else None,
        seed if isinstance(seed, int) else 0,
        str(raw["source"]),
        members,
        frozenset(withheld),
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
