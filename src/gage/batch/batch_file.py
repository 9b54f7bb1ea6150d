"""`batch.json` of a batch's run: what was requested, and the values and run IDs of its trials. See
docs/store-format.md. Formats and reads it, without secrets.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gage.assignments.parse import AssignedValue
from gage.batch.trials import Values
from gage.lib import secrets
from gage.lib.uuid7 import name_from_id
from gage.project.request import RunRequest
from gage.store.layout import is_run_id
from gage.store.meta import MetaReader
from gage.store.store import RunStore
from gage.types.errors import NotFound, StoreError, UsageError
from gage.types.run import Run
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


def record_to_json(record: BatchRecord) -> JSONValue:
    """Returns the content of `batch.json`. Secret values are masked."""
    request = record.request
    return {
        "target": request.target,
        "command": secrets.mask_args(request.command),
        "arguments": None if request.arguments is None else secrets.mask_args(request.arguments),
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
    trials = {_parse_id(trial["id"]): _parse_values(trial["values"]) for trial in raw["members"]}
    request = RunRequest(
        target=str(raw["target"]),
        command=_parse_texts(raw["command"]),
        arguments=_parse_texts(raw["arguments"]) if raw.get("arguments") is not None else None,
        cwd=Path(cwd),
        label=str(raw["label"]),
        tags=_parse_texts(raw["tags"]),
        attributes=_parse_texts(raw["attributes"]),
        env={name: str(value) for name, value in raw["env"].items()},
        depends=_parse_texts(raw["links"]),
        max_time=float(limit) if isinstance(limit, int | float) else None,
    )
    withheld = frozenset(_find_withheld(request, trials.values()))
    request = request._replace(env={name: value for name, value in request.env.items() if name not in withheld})
    return BatchRecord(request, trials, seed if isinstance(seed, int) else 0, str(raw["source"]), withheld)


def _find_withheld(request: RunRequest, trials: Iterable[Values]) -> Iterator[str]:
    """Yields the names of `BatchRecord.withheld`: what is masked."""
    yield from (name for name, value in request.env.items() if secrets.MASK in value)
    yield from (name for values in trials for name, value in values.items() if value.text == secrets.MASK)
    if any(secrets.MASK in word for word in (*request.command, *(request.arguments or ()))):
        yield "the command"
    if any(secrets.MASK in word for word in request.attributes):
        yield "--attr"


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
