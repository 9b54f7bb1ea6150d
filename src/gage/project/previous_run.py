"""Reads what a restart needs from the files of a previous run. Knows nothing of its project, which may be gone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gage.gagefile.load import parse_gagefile
from gage.lib.secrets import MASK
from gage.store import manifest
from gage.store.copied_files import parse_copied_states
from gage.store.manifest import is_safe_path
from gage.store.meta import MetaReader
from gage.store.store import RunStore
from gage.types.errors import ConfigError, NotFound, StoreError, UsageError
from gage.types.json_values import as_list, as_table
from gage.types.opdef import OpDef
from gage.types.run import ManifestEntry, Run
from gage.types.values import JSONValue

Raw = Mapping[str, JSONValue]
_GIT_FILES = ("sys/git.json", "sys/git.diff")
_OPERATION_NAME = "operation"
_BATCH_FILE = "batch.json"


@dataclass(frozen=True, slots=True)
class PreviousRun:
    """The records of a previous run.

    `source` is its source code: path → SHA-256 as copied from the project ("" = not recorded), selected by `rule`.
    `entries` is its manifest by path, `patch` the diff that applied config to the source code. `dependencies` are the
    records of what it read, `copied` the size and mtime of each copied file, `resumed` the files that it started with.
    `config_values`, `env`, `cwd` and `max_time` are those of its plan, `git` the members about the project's commit.
    `is_old`: Gage 0.1 made the run.
    """

    run: Run
    run_dir: Path
    op: OpDef
    source: Mapping[str, str]
    rule: str
    entries: Mapping[str, ManifestEntry]
    patch: str
    dependencies: tuple[Raw, ...]
    copied: Mapping[str, tuple[int, int]]
    resumed: frozenset[str]
    config_values: tuple[Raw, ...]
    env: Mapping[str, str]
    cwd: str
    max_time: float | None
    git: Mapping[str, bytes]
    is_old: bool


def read_previous_run(store: RunStore, run: Run) -> PreviousRun:
    """Returns the records of a run. Raises StoreError if the run is damaged, NotFound if its command was not recorded,
    ConfigError if the command holds a secret, and UsageError for a batch.
    """
    if run.status == "damaged":
        raise StoreError(f"Cannot restart run {run.name}: it is damaged ({run.damage})", f"Try: gage check {run.name}")
    paths = store.get_paths(run.id)
    with MetaReader.open(paths) as meta:
        if meta.get_size(_BATCH_FILE) is not None:
            raise UsageError(
                f"Cannot restart {run.name}: it is a batch, and only its single runs can be restarted",
                f"To run the trials that have not completed: gage run --resume {run.name}",
            )
        op = _parse_operation(run, meta.read_json("opdef.json"))
        is_old = meta.get_size("__schema__") is not None
        data = meta.read("manifest")
        entries = {e.path: e for e in manifest.parse(data, 1 if is_old else 2)} if data else {}
        plan = as_table(meta.read_json("plan.json"))
        recorded = as_table(meta.read_json("sourcecode.json"))
        source = _parse_source(run, recorded, entries)
        limit = plan.get("max-time")
        return PreviousRun(
            run=run,
            run_dir=paths.run_dir,
            op=op,
            source=source,
            rule=str(recorded.get("rule") or "as in the previous run"),
            entries=entries,
            patch=meta.read_text("log/patched") or "",
            dependencies=tuple(i for i in map(as_table, as_list(meta.read_json("inputs.json"))) if _has_path(i)),
            copied=parse_copied_states(meta.read("copied.json")),
            resumed=_parse_resumed(meta.read_json("resumed.json")),
            config_values=tuple(map(as_table, as_list(plan.get("settings")))),
            env={n: v for n, v in as_table(plan.get("env")).items() if isinstance(v, str)},
            cwd=_check_directory(run, str(plan.get("cwd") or "")),
            max_time=float(limit) if isinstance(limit, (int, float)) else None,
            git={name: found for name in _GIT_FILES if (found := meta.read(name)) is not None},
            is_old=is_old,
        )


def _parse_operation(run: Run, raw: JSONValue) -> OpDef:
    """Returns the operation that the run recorded."""
    if not isinstance(raw, Mapping) or not raw.get("exec"):
        raise NotFound(f"Cannot restart run {run.name}: its command was not recorded")
    if MASK in json.dumps(raw.get("exec")):
        raise ConfigError(
            f"Cannot restart run {run.name}: its command contains a secret, and secrets are not stored",
            "Pass secrets in the environment, such as: --env API_KEY=...",
        )
    file = parse_gagefile(json.dumps({_OPERATION_NAME: raw}), "opdef.json")
    op = file.operations.get(_OPERATION_NAME)
    if op is None or op.run is None:
        why = f": {file.diagnostics[0].message}" if file.diagnostics else ""
        raise StoreError(f"Cannot restart run {run.name}: its operation is not supported by this version of Gage{why}")
    return op._replace(name=run.op.name, origin="", default=False)


def _parse_source(run: Run, recorded: Raw, entries: Mapping[str, ManifestEntry]) -> dict[str, str]:
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
    for path in found:
        if not is_safe_path(path):
            raise StoreError(f"Cannot restart run {run.name}: it names a file outside its directory: {path!r:.80}")
    return found


def _check_directory(run: Run, cwd: str) -> str:
    if cwd and not is_safe_path(cwd):
        raise StoreError(f"Cannot restart run {run.name}: it starts outside its directory")
    return cwd


def _has_path(record: Raw) -> bool:
    path = record.get("path")
    return isinstance(path, str) and is_safe_path(path)


def _parse_resumed(raw: JSONValue) -> frozenset[str]:
    return frozenset(str(row[0]) for row in as_list(as_table(raw).get("files")) if isinstance(row, list) and row)
