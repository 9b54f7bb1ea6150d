"""Reads what a restart needs from the files of a previous run. Knows nothing of its project, which may be gone."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gage.assignments.convert_words import join_words
from gage.gagefile.load import parse_gagefile
from gage.lib.secrets import MASK
from gage.store import manifest
from gage.store.copied_files import CopiedStates, parse_copied_states, parse_resumed_paths, parse_source_files
from gage.store.manifest import is_safe_path
from gage.store.meta import MetaReader
from gage.store.store import RunStore
from gage.types.errors import ConfigError, NotFound, StoreError, UsageError
from gage.types.opdef import Exec, OpDef
from gage.types.run import REPORT_OPERATION, ManifestEntry, Run
from gage.types.values import JSONValue, as_list, as_table

CHANGED_HINT = "Restore the file, or add --latest-source to use the project's current source code and data"
"""What to do about source code or data that a restart needs and that has changed."""

Raw = Mapping[str, JSONValue]
_GIT_FILES = ("sys/git.json", "sys/git.diff")
_OPERATION_NAME = "operation"
_BATCH_FILE = "batch.json"
_PATCHED_FILE = r"^\+\+\+ ([^\t\r\n]+)"  # +++ train.py


@dataclass(frozen=True, slots=True)
class PreviousSource:
    """The source code of a previous run.

    `files` maps each path to its SHA-256 as copied from the project ("" = not recorded), selected by `rule`. `patched`
    are the files that config was applied to, `replaced` the record of what it replaced there (see `patched.json`).
    """

    files: Mapping[str, str]
    rule: str
    patched: frozenset[str]
    replaced: Raw


@dataclass(frozen=True, slots=True)
class PreviousRun:
    """The records of a previous run.

    `op` is its operation, with the directory, variables and time limit that the run had. `command` is what it executed
    (None = not known without secrets), `arguments` are the words after `--` in it that are not config. `entries` is its
    manifest by path, `dependencies` the records of what it read, `copied` the size and mtime of each copied file,
    `resumed` the files that it started with. `config_values` are those of its plan, `git` the members about the
    project's commit. `is_old`: Gage 0.1 made the run.
    """

    run: Run
    run_dir: Path
    op: OpDef
    source: PreviousSource
    entries: Mapping[str, ManifestEntry]
    dependencies: tuple[Raw, ...]
    copied: CopiedStates
    resumed: frozenset[str]
    config_values: tuple[Raw, ...]
    git: Mapping[str, bytes]
    is_old: bool
    command: Exec | None = None
    arguments: tuple[str, ...] = ()


def _suggest_report(name: JSONValue) -> str:
    """Returns the hint with the command that makes a report again, or lists reports if its name is not recorded."""
    is_named = isinstance(name, str) and name != "" and name.isprintable()
    return f"To make it again: {join_words(('gage', 'report', str(name)))}" if is_named else "Try: gage report --list"


def read_previous_run(store: RunStore, run: Run) -> PreviousRun:
    """Returns the records of a run. Raises StoreError if the run is damaged, NotFound if its command was not recorded,
    ConfigError if the command holds a secret, and UsageError for a batch or a report.
    """
    if run.status == "damaged":
        raise StoreError(f"Cannot restart run {run.name}: it is damaged ({run.damage})", f"Try: gage check {run.name}")
    if run.op == REPORT_OPERATION:
        raise UsageError(f"Cannot restart {run.name}: it is a report", _suggest_report(run.config.get("report")))
    paths = store.get_paths(run.id)
    with MetaReader.open(paths) as meta:
        if meta.get_size(_BATCH_FILE) is not None:
            raise UsageError(
                f"Cannot restart {run.name}: it is a batch, and only its single runs can be restarted",
                f"To run the trials that have not completed: gage run --resume {run.name}",
            )
        plan = as_table(meta.read_json("plan.json"))
        op = _apply_plan(run, _parse_operation(run, meta.read_json("opdef.json")), plan)
        is_old = meta.get_size("__schema__") is not None
        entries = {e.path: e for e in manifest.parse(meta.read("manifest") or b"", 1 if is_old else 2)}
        return PreviousRun(
            run=run,
            run_dir=paths.run_dir,
            op=op,
            source=_require_source(run, read_previous_source(meta, entries.values())),
            entries=entries,
            dependencies=tuple(i for i in map(as_table, as_list(meta.read_json("inputs.json"))) if _has_path(i)),
            copied=parse_copied_states(meta.read("copied.json")),
            resumed=parse_resumed_paths(meta.read_json("resumed.json")),
            config_values=tuple(map(as_table, as_list(plan.get("settings")))),
            git={name: data for name in _GIT_FILES if (data := meta.read(name)) is not None},
            is_old=is_old,
            command=_parse_command(plan.get("command")),
            arguments=tuple(map(str, as_list(plan.get("arguments")))),
        )


def _parse_command(raw: JSONValue) -> Exec | None:
    """Returns a command of a plan, None if it is not recorded or holds a secret."""
    if not raw or MASK in json.dumps(raw):
        return None
    return Exec.from_json(raw)


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


def _apply_plan(run: Run, op: OpDef, plan: Raw) -> OpDef:
    """Returns the operation with the directory, variables and time limit of the run's plan."""
    cwd, env, limit = str(plan.get("cwd") or op.cwd), as_table(plan.get("env")), plan.get("max-time")
    if cwd and not is_safe_path(cwd):
        raise StoreError(f"Cannot restart run {run.name}: it starts outside its directory")
    return op._replace(
        cwd=cwd,
        env={**op.env, **{name: value for name, value in env.items() if isinstance(value, str)}},
        max_time=float(limit) if isinstance(limit, (int, float)) else op.max_time,
    )


def read_previous_source(meta: MetaReader, entries: Iterable[ManifestEntry]) -> PreviousSource | None:
    """Returns the source code that a run recorded, else that of its manifest; None if it has none. Its paths may be
    unsafe. Raises StoreError.
    """
    recorded = as_table(meta.read_json("sourcecode.json"))
    files = parse_source_files(recorded)
    if files is None:
        files = {e.path: "" for e in entries if e.kind == "s"}
        if not files:
            return None
    patched = frozenset(re.findall(_PATCHED_FILE, meta.read_text("log/patched") or "", re.MULTILINE))
    rule = str(recorded.get("rule") or "as in the previous run")
    return PreviousSource(files, rule, patched, _read_replaced(meta))


def _require_source(run: Run, source: PreviousSource | None) -> PreviousSource:
    if source is None:
        raise NotFound(
            f"Cannot restart run {run.name}: it has no source code",
            "To use the project's current source code: --latest-source",
        )
    for path in source.files:
        if not is_safe_path(path):
            raise StoreError(f"Cannot restart run {run.name}: it names a file outside its directory: {path!r:.80}")
    return source


def _read_replaced(meta: MetaReader) -> Raw:
    """Returns what config replaced in files; {} if it is damaged, as for runs that have no such record."""
    try:
        return as_table(meta.read_json("patched.json"))
    except StoreError:
        return {}


def _has_path(record: Raw) -> bool:
    path = record.get("path")
    return isinstance(path, str) and is_safe_path(path)
