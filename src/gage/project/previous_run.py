"""An earlier run, read as what a new one can be made from. Works on its files alone: its project may be gone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from gage.gagefile.load import parse_gagefile
from gage.lib.secrets import MASK
from gage.store import manifest
from gage.store.manifest import is_safe_path
from gage.store.meta import MetaReader
from gage.store.store import RunStore
from gage.types.errors import ConfigError, NotFound, StoreError, UsageError
from gage.types.opdef import OpDef
from gage.types.run import ManifestEntry, Run
from gage.types.values import JSONValue

Raw = Mapping[str, JSONValue]
_GIT = ("sys/git.json", "sys/git.diff")
_NAME = "operation"
_BATCH = "batch.json"


@dataclass(frozen=True, slots=True)
class PreviousRun:
    """What an earlier run tells. `source` is its source code: path → SHA-256 as copied from the project, "" where the
    run does not say; `rule` how it was chosen. `entries` is its manifest by path, `patched` the diff of what config
    changed. `inputs` and `copied` are its records of what it read, `taken` the files that it took over from a run of
    its own. `settings`, `env`, `cwd` and `max_time` are those of its plan. `is_old`: Gage 0.1 made it.
    """

    run: Run
    run_dir: Path
    op: OpDef
    source: Mapping[str, str]
    rule: str
    entries: Mapping[str, ManifestEntry]
    patched: str
    inputs: tuple[Raw, ...]
    copied: Mapping[str, tuple[int, int]]
    taken: frozenset[str]
    settings: tuple[Raw, ...]
    env: Mapping[str, str]
    cwd: str
    max_time: float | None
    git: Mapping[str, bytes]
    is_old: bool


def read_previous_run(store: RunStore, run: Run) -> PreviousRun:
    """The run as something to repeat. Raises StoreError for one that is damaged, NotFound for one that does not say
    what it ran, ConfigError for one whose command holds a secret, UsageError for a batch.
    """
    if run.status == "damaged":
        raise StoreError(f"Cannot restart run {run.name}: it is damaged ({run.damage})", f"Try: gage check {run.name}")
    paths = store.get_paths(run.id)
    with MetaReader.open(paths) as meta:
        if meta.get_size(_BATCH) is not None:
            raise UsageError(
                f"{run.name} is a batch: restart its trials instead",
                f"To run the trials that have not completed: gage run --resume {run.name}",
            )
        op = _operation(run, meta.read_json("opdef.json"))
        is_old = meta.get_size("__schema__") is not None
        data = meta.read("manifest")
        entries = {e.path: e for e in manifest.parse(data, 1 if is_old else 2)} if data else {}
        plan = _table(meta.read_json("plan.json"))
        recorded = _table(meta.read_json("sourcecode.json"))
        source = _source(run, recorded, entries)
        limit = plan.get("max-time")
        return PreviousRun(
            run=run,
            run_dir=paths.run_dir,
            op=op,
            source=source,
            rule=str(recorded.get("rule") or "as in the earlier run"),
            entries=entries,
            patched=meta.read_text("log/patched") or "",
            inputs=tuple(i for i in map(_table, _list(meta.read_json("inputs.json"))) if _has_path(i)),
            copied=_copied(meta.read_json("copied.json")),
            taken=_taken(meta.read_json("resumed.json")),
            settings=tuple(map(_table, _list(plan.get("settings")))),
            env={n: v for n, v in _table(plan.get("env")).items() if isinstance(v, str)},
            cwd=_inside(run, str(plan.get("cwd") or "")),
            max_time=float(limit) if isinstance(limit, (int, float)) else None,
            git={name: found for name in _GIT if (found := meta.read(name)) is not None},
            is_old=is_old,
        )


def _operation(run: Run, raw: JSONValue) -> OpDef:
    """The op def that the run recorded."""
    if not isinstance(raw, Mapping) or not raw.get("exec"):
        raise NotFound(f"Cannot restart run {run.name}: its command is not recorded")
    if MASK in json.dumps(raw.get("exec")):
        raise ConfigError(
            f"Cannot restart run {run.name}: its command contains a secret, and secrets are not stored",
            "Give secrets in the environment, such as: --env API_KEY=...",
        )
    file = parse_gagefile(json.dumps({_NAME: raw}), "opdef.json")
    op = file.operations.get(_NAME)
    if op is None or op.run is None:
        why = f": {file.diagnostics[0].message}" if file.diagnostics else ""
        raise StoreError(f"Cannot restart run {run.name}: its operation is not valid in this version of Gage{why}")
    return op._replace(name=run.op.name, origin="", default=False)


def _source(run: Run, recorded: Raw, entries: Mapping[str, ManifestEntry]) -> dict[str, str]:
    files = recorded.get("files")
    if isinstance(files, list):
        rows = [row for row in files if isinstance(row, list) and len(row) == 3]
        found = {str(row[0]): str(row[2]) for row in rows}
    else:
        found = {path: "" for path, e in entries.items() if e.kind == "s"}
        if not found:
            raise NotFound(
                f"Cannot restart run {run.name}: it has no source code",
                "To use the project's current source code: --latest-source",
            )
    unsafe = next((path for path in found if not is_safe_path(path)), None)
    if unsafe is not None:
        raise StoreError(f"Cannot restart run {run.name}: it names a file outside the run: {unsafe!r:.80}")
    return found


def _inside(run: Run, cwd: str) -> str:
    if cwd and not is_safe_path(cwd):
        raise StoreError(f"Cannot restart run {run.name}: its working directory is outside the run directory")
    return cwd


def _has_path(record: Raw) -> bool:
    path = record.get("path")
    return isinstance(path, str) and is_safe_path(path)


def _copied(raw: JSONValue) -> dict[str, tuple[int, int]]:
    found = {}
    for path, state in _table(raw).items():
        if is_safe_path(path) and isinstance(state, list) and [type(n) for n in state] == [int, int]:
            found[path] = (cast(int, state[0]), cast(int, state[1]))
    return found


def _taken(raw: JSONValue) -> frozenset[str]:
    return frozenset(str(row[0]) for row in _list(_table(raw).get("files")) if isinstance(row, list) and row)


def _table(value: JSONValue) -> Raw:
    return value if isinstance(value, Mapping) else {}


def _list(value: JSONValue) -> list[JSONValue]:
    return value if isinstance(value, list) else []
