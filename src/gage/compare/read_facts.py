"""Reads what is compared of a run from the store. Damage is listed, never raised. Compares nothing."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from gage.board.run_table import collect_attributes
from gage.compare.facts import Fact, FileContent, FileFact, FileText, RunFacts
from gage.compare.file_text import read_file
from gage.lib import secrets, times
from gage.lib.digests import digest_bytes
from gage.project.previous_run import PreviousSource, Raw, read_previous_source
from gage.project.previous_run_dependencies import read_reference
from gage.project.previous_run_source import revert_config
from gage.store.copied_files import parse_source_sizes, read_files
from gage.store.layout import REFERENCE_SUFFIX
from gage.store.manifest import is_safe_path
from gage.store.meta import MetaReader
from gage.store.output_log import list_phases, read_lines, strip_colors
from gage.store.store import RunStore
from gage.types.errors import GageError, StoreError
from gage.types.run import ManifestEntry, Run
from gage.types.values import JSONValue, as_list, as_table

T = TypeVar("T")
Facts = Mapping[str, Fact]

MAX_OUTPUT_BYTES = 1 << 20
"""Bytes of the output of a phase that is compared by lines."""
_MAX_DIGESTED_BYTES = 1 << 30

_CHANGING_FILE = re.compile(r"(.*/)?events\.out\.tfevents\.[^/]*")
"""Event files, whose names hold a time; their content is compared as metrics."""
_CHANGING_VARIABLE = re.compile(
    r"FLAG_.*|RUN_DIR|RUN_ID|PROJECT_DIR|GAGE_RUNS|PWD|OLDPWD|_|SHLVL|COLUMNS|LINES|WINDOWID|TTY|STY|WINDOW|TMUX.*"
    r"|SSH_(CLIENT|CONNECTION|TTY|AUTH_SOCK)|XDG_SESSION_ID|DBUS_SESSION_BUS_ADDRESS|INVOCATION_ID|JOURNAL_STREAM"
    r"|.*_SESSION_ID|VSCODE_.*|SLURM_(JOB|STEP|TASK|LOCAL|PROC|ARRAY).*|.*_PID"
)
"""Variables that differ from run to run by nature, or repeat the config (FLAG_…)."""


class SourceRecord(NamedTuple):
    """What is needed to read the source files of a run as they were copied from the project."""

    run_dir: Path
    source: PreviousSource
    config_values: tuple[Raw, ...]
    entries: Mapping[str, ManifestEntry]


def read_run_facts(store: RunStore, run: Run, everything: bool = False, output: bool = True) -> RunFacts:
    """Returns the facts of a run; with `everything` also those that differ in each run, such as times and paths.

    Without `output`, the output is not read, which may be large.
    """
    paths = store.get_paths(run.id)
    problems: list[str] = []
    sections: dict[str, Facts | None] = {
        "config": run.config,
        "metrics": run.metrics,
        "attributes": {name: each.value for name, each in collect_attributes(run).items()},
    }
    record: SourceRecord | None = None
    no_files: list[ManifestEntry] = []

    def safely(read: Callable[[], T], default: T) -> T:
        try:
            return read()
        except (GageError, OSError) as e:
            problems.append(f"{run.name}: {e.message if isinstance(e, GageError) else e}")
            return default

    meta = safely(lambda: MetaReader.open(paths), None)
    if run.damage:
        problems.append(f"{run.name} is damaged: {run.damage}")
    if meta is not None:
        with meta:
            plan = as_table(safely(lambda: meta.read_json("plan.json"), None))
            sections["run"] = safely(lambda: _read_run(meta, run, plan, everything), None)
            entries = safely(lambda: read_files(meta, paths.run_dir), no_files)
            record = safely(lambda: _read_source_record(meta, paths.run_dir, plan, entries), None)
            sections["source"] = safely(lambda: _list_source(meta, record), None)
            sections["dependencies"] = safely(lambda: _read_dependencies(meta, paths.run_dir, entries), None)
            sections["packages"] = safely(lambda: _read_packages(meta, everything), None)
            sections["environment"] = safely(lambda: _read_environment(meta, run, everything), None)
            sections["git"] = safely(lambda: _read_git(meta), None)
            sections["hardware"] = safely(lambda: _read_hardware(meta), None)
            sections["output"] = safely(lambda: _read_output(meta, run), None) if output else None
            sections["files"] = _list_generated(entries, everything)
    return RunFacts(
        run.id,
        run.name,
        {section: facts for section, facts in sections.items() if facts is not None},
        partial(_read_source, record),
        partial(_read_output_text, store, run),
        tuple(problems),
    )


def _read_run(meta: MetaReader, run: Run, plan: Raw, everything: bool) -> Facts:
    operation = as_table(meta.read_json("opdef.json"))
    request = as_table(meta.read_json("run-cmd.json"))
    facts: dict[str, Fact] = {
        "operation": str(run.op),
        "version": run.op.version,
        "status": run.status,
        "reason": run.reason,
        "command": operation.get("exec"),
        "arguments": plan.get("arguments") or None,
        "directory": plan.get("cwd"),
        "time limit": plan.get("max-time"),
        "Gage": request.get("gage"),
        **{f"hook {name}": command for name, command in as_table(plan.get("hooks")).items()},
    }
    if everything:
        moments = {"created": run.created, "started": run.started, "stopped": run.stopped}
        facts |= {"id": run.id, "project": run.project, "full command": meta.read_json("proc/cmd.json")}
        facts |= {name: times.format_iso(when) for name, when in moments.items() if when is not None}
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _read_source_record(
    meta: MetaReader, run_dir: Path, plan: Raw, entries: list[ManifestEntry]
) -> SourceRecord | None:
    source = read_previous_source(meta, entries)
    if source is None:
        return None
    values = tuple(map(as_table, as_list(plan.get("settings"))))
    return SourceRecord(run_dir, source, values, {entry.path: entry for entry in entries})


def _list_source(meta: MetaReader, record: SourceRecord | None) -> Facts | None:
    """Returns the source files as they were copied from the project; those of the run if that is not recorded."""
    if record is None:
        return None
    sizes = parse_source_sizes(meta.read_json("sourcecode.json"))
    unknown = ManifestEntry("s", "", -1, "")
    facts: dict[str, Fact] = {}
    for path, digest in record.source.files.items():
        entry = record.entries.get(path, unknown)
        facts[path] = FileFact(digest or entry.digest, sizes.get(path, entry.size))
    return facts


def _read_dependencies(meta: MetaReader, run_dir: Path, entries: list[ManifestEntry]) -> Facts:
    facts: dict[str, Fact] = {e.path: FileFact(e.digest, e.size) for e in entries if e.kind == "d"}
    for each in map(as_table, as_list(meta.read_json("inputs.json"))):
        path = str(each.get("path"))
        if each.get("mode") == "link":
            facts[path] = f"link to {each.get('source')}"
        elif is_safe_path(path):
            facts.pop(path + REFERENCE_SUFFIX, None)  # names the original's place on the machine
            for name, digest in read_reference(run_dir, path)[1].items():
                facts.setdefault(name, FileFact(digest, -1))
    return facts


def _read_packages(meta: MetaReader, everything: bool) -> Facts | None:
    recorded = meta.read_json("sys/packages.json")
    python = as_table(meta.read_json("sys/python.json"))
    if not isinstance(recorded, Mapping) and not python:
        return None
    version, _, build = str(python.get("version", "")).partition(" ")
    facts: dict[str, Fact] = {"Python": version} if version else {}
    if everything:
        facts |= {"Python build": build, "executable": python.get("executable"), "prefix": python.get("prefix")}
    return facts | dict(as_table(recorded))


def _read_environment(meta: MetaReader, run: Run, everything: bool) -> Facts | None:
    recorded = meta.read_json("proc/env.json")
    if not isinstance(recorded, Mapping):
        return None
    variables = secrets.mask_env({name: str(value) for name, value in recorded.items()})
    return {
        name: value if everything else _hide_id(value, run)
        for name, value in variables.items()
        if everything or not _CHANGING_VARIABLE.fullmatch(name)
    }


def _hide_id(text: str, run: Run) -> str:
    """Returns a text without the ID of the run, which is part of its paths."""
    return text.replace(run.id, "RUN_ID")


def _read_git(meta: MetaReader) -> Facts | None:
    state = meta.read_json("sys/git.json")
    if not isinstance(state, Mapping):
        return None
    facts = {name: state.get(name) for name in ("commit", "branch", "remote")}
    diff = meta.read("sys/git.diff") or b""
    changes = f"diff {digest_bytes(diff)[:8]}" if state.get("dirty") else "none"
    return {name: value for name, value in {**facts, "uncommitted changes": changes}.items() if value}


def _read_hardware(meta: MetaReader) -> Facts | None:
    facts: dict[str, JSONValue] = {}
    for member in ("sys/platform.json", "sys/hardware.json"):
        facts |= as_table(meta.read_json(member))
    return {name: value for name, value in facts.items() if value not in (None, "", [])} or None


def _read_output(meta: MetaReader, run: Run) -> Facts:
    """Returns a fact for the output of each phase, without its colours and the run's ID."""
    facts: dict[str, Fact] = {}
    for phase in list_phases(meta):
        size = meta.get_size(f"output/{phase}") or 0
        if size > _MAX_DIGESTED_BYTES:
            facts[phase] = FileFact("", size)
        elif size:
            facts[phase] = FileFact(digest_bytes("\n".join(_read_output_lines(meta, phase, run)).encode()), size)
    return facts


def _read_output_lines(meta: MetaReader, phase: str, run: Run) -> list[str]:
    return [_hide_id(strip_colors(line.data), run) for line in read_lines(meta, phase)]


def _list_generated(entries: list[ManifestEntry], everything: bool) -> Facts:
    return {
        entry.path: FileFact(entry.digest, entry.size)
        for entry in entries
        if entry.kind in "gr" and (everything or not _CHANGING_FILE.fullmatch(entry.path))
    }


def _read_output_text(store: RunStore, run: Run, phase: str) -> FileText:
    try:
        with MetaReader.open(store.get_paths(run.id)) as meta:
            if (meta.get_size(f"output/{phase}") or 0) > MAX_OUTPUT_BYTES:
                return FileText(None, "over 1 MB")
            return FileText(tuple(_read_output_lines(meta, phase, run)))
    except (StoreError, OSError):
        return FileText(None, "cannot be read")


def _read_source(record: SourceRecord | None, path: str) -> FileContent:
    """Returns a source file as it was copied from the project, with a note if config was applied to it."""
    if record is None or not is_safe_path(path):
        return FileContent(None, "its path leads out of the run")
    data, note = read_file(record.run_dir, path)
    if data is None:
        return FileContent(None, note)
    digest, entry = record.source.files.get(path), record.entries.get(path)
    if path in record.source.patched:
        original = revert_config(record.source, record.config_values, path, data)
        if original is not None:
            return FileContent(original)
        note = "with the config values of the run"
    if (note or not digest) and entry is not None and entry.kind == "s":
        digest = entry.digest  # of the file to which config was applied
    if digest_bytes(data) != digest:
        return FileContent(None, "the file has changed since the run started")
    return FileContent(data, note)
