"""Reads a `Run` from its files. Damage becomes the status `damaged`, never an error."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from gage.lib import uuid7
from gage.lib.files import READ_FLAGS
from gage.store import manifest, opref, summaries, user_attrs
from gage.store.layout import DELETED, META, MOVE_MARKS, PROJECT, TRASH_SUFFIX, USER, RunPaths
from gage.store.meta import MetaReader, parse_json
from gage.store.status import Lock, compute_status, describe_lost_process, is_program_left
from gage.types.errors import NotFound, StoreError
from gage.types.run import NO_USER_ATTRS, OpRef, Relation, Run
from gage.types.values import JSONValue, as_list, as_table

SCHEMA = 2
MARKS = ("initialized", "staged", "started", "stopped")

_MAX_TIME_US = 1 << 60
_HEAD_BYTES = 4096
_MAX_ORIGIN_BYTES = 1 << 16
_match_digest = re.compile(rb'\A\s*\{[^{\[]*"digest"\s*:\s*"([0-9a-f]{64})"').match


def read_run(paths: RunPaths, now: int) -> Run:
    """Returns the run at `paths`. `now` is in µs since the epoch. Raises NotFound if there is no such run."""
    state = user_attrs.replay_state(paths.base + USER)
    project = _read_project_dir(paths)
    try:
        with MetaReader.open(paths) as meta:
            return _read_intact(paths, meta, state, project, now)
    except NotFound:
        raise
    except StoreError as e:
        return _build_damaged(paths, e.message, state, project)
    except OSError as e:
        return _build_damaged(paths, f"Metadata cannot be read: {e.strerror}", state, project)


def _read_intact(paths: RunPaths, meta: MetaReader, state: user_attrs.AttrState, project: str, now: int) -> Run:
    if not meta.sealed and meta.get_size("initialized") is None:
        raise NotFound(f"No run {paths.id}", "Try: gage list")
    schema = _read_schema(meta)
    op = opref.parse(_read_required(meta, "opref").decode("utf-8", "replace"))
    times = {name: _parse_time(name, data) for name in MARKS if (data := meta.read(name, 64)) is not None}
    if "initialized" not in times:
        raise StoreError("initialized is missing")
    exit = _parse_exit(meta.read("proc/exit", 64))
    lock = None
    if "stopped" not in times:
        lock = Lock.parse(meta.read("proc/lock", _HEAD_BYTES), meta.get_modified_us("proc/heartbeat"))
    status = compute_status(times, exit, lock, now)
    if status == "terminated" and "stopped" not in times and is_program_left(paths.id, lock):
        status = "running"
    request = _read_request(meta, op.name)
    project_id, origin = request.project_id, _read_origin(meta)
    metrics, facts = summaries.read_summaries(meta, old=schema == 1)
    attrs = (
        user_attrs.build_attrs(state, deleted_mark=schema == 1 and has_deleted_mark(paths))
        if state or schema == 1
        else None
    )
    if attrs and attrs.project:
        project, project_id = (attrs.project, project_id) if os.path.isabs(attrs.project) else (project, attrs.project)
    if attrs and attrs.project_id is not None:
        project_id = attrs.project_id
    return Run(
        id=paths.id,
        name=uuid7.name_from_id(paths.id),
        op=op,
        status=status,
        created=times["initialized"],
        staged=times.get("staged"),
        started=times.get("started"),
        stopped=times.get("stopped"),
        exit=exit,
        config=_read_config(meta),
        user_attrs=attrs or NO_USER_ATTRS,
        project=project,
        project_id=project_id,
        source_digest=_read_source_digest(meta),
        parent=request.parent,
        relation=request.relation,
        incomplete=_describe_incomplete(paths, meta) if schema > 1 and meta.sealed else "",
        sealed=meta.sealed or (schema == 1 and "stopped" in times),
        reason=_read_reason(meta, exit, lock) if status in ("error", "terminated") else "",
        trials=_count_trials(meta) if op.name.endswith("+") else 0,
        host=origin.host,
        user=request.user,
        commit=origin.commit,
        branch=origin.branch,
        changed_config=request.changed_config,
        metrics=metrics,
        attributes=facts,
    )


def _count_trials(meta: MetaReader) -> int:
    """Returns the number of trials of a batch's own run."""
    data = meta.read("batch.json")
    try:
        return len(as_list(as_table(parse_json(data or b"{}", "batch.json")).get("members")))
    except StoreError:
        return 0


def _read_reason(meta: MetaReader, exit: int | None, lock: Lock | None) -> str:
    """Returns why a run ended that did not complete."""
    if recorded := meta.read("proc/reason", _HEAD_BYTES):
        return recorded.decode("utf-8", "replace")
    if exit is None:
        return describe_lost_process(lock)
    return f"signal {-exit}" if exit < 0 else f"exit code {exit}"


def _describe_incomplete(paths: RunPaths, meta: MetaReader) -> str:
    data = meta.read("manifest")
    try:
        return manifest.describe_incomplete(paths.run_dir, manifest.parse(data)) if data is not None else ""
    except StoreError as e:
        return e.message


def _build_damaged(paths: RunPaths, why: str, state: user_attrs.AttrState, project: str) -> Run:
    return Run(
        id=paths.id,
        name=uuid7.name_from_id(paths.id),
        op=OpRef(""),
        status="damaged",
        created=_guess_created(paths),
        user_attrs=user_attrs.build_attrs(state, deleted_mark=has_deleted_mark(paths)),
        project=project,
        damage=why,
    )


def has_deleted_mark(paths: RunPaths) -> bool:
    """Returns whether Gage 0.1 marked the run as deleted. Its marks are read and never changed."""
    if paths.deleted:
        return True
    try:
        return any(name.endswith(TRASH_SUFFIX) for name in os.listdir(paths.base + MOVE_MARKS))
    except OSError:
        return False


def _read_schema(meta: MetaReader) -> int:
    data = meta.read("schema", 64) or meta.read("__schema__", 64)
    if data is None:
        raise StoreError("Not the metadata of a run: it has no schema")
    if not data.strip().isdigit():
        raise StoreError("The format version is damaged")
    if int(data) > SCHEMA:
        raise StoreError(f"Written by a newer Gage (format {int(data)})", "Install a newer release of Gage to read it")
    return int(data)


def _read_required(meta: MetaReader, name: str) -> bytes:
    data = meta.read(name)
    if data is None:
        raise StoreError(f"{name} is missing")
    return data


def _parse_time(name: str, data: bytes) -> int:
    if not data.strip().isdigit() or int(data) > _MAX_TIME_US:
        raise StoreError(f"{name} is not a time")
    return int(data)


def _parse_exit(data: bytes | None) -> int | None:
    if data is None:
        return None
    if not re.fullmatch(rb"\s*-?[0-9]{1,10}\s*", data):
        raise StoreError("proc/exit is not an exit code")
    return int(data)


def _read_config(meta: MetaReader) -> Mapping[str, JSONValue]:
    value = meta.read_json("config.json")
    if value is not None and not isinstance(value, dict):
        raise StoreError("config.json is not a table")
    return value or {}


class _Request(NamedTuple):
    """What `run-cmd.json` says: the parent run and the relation to it, the ID of the project and the user ("" = none or
    not recorded), and the names of the config values set (None = not recorded).
    """

    parent: str = ""
    relation: Relation = ""
    project_id: str = ""
    user: str = ""
    changed_config: tuple[str, ...] | None = None


def _read_request(meta: MetaReader, operation: str) -> _Request:
    value = meta.read_json("run-cmd.json")
    if not isinstance(value, dict):
        return _Request()
    parent, set_names = _get_text(value, "parent"), value.get("set")
    return _Request(
        parent,
        _find_relation(value, operation) if parent else "",
        _get_text(value, "project-id"),
        _get_text(value, "user"),
        tuple(n for n in set_names if isinstance(n, str)) if isinstance(set_names, list) else None,
    )


class _Origin(NamedTuple):
    """The host, commit and branch of a run, "" where the run does not record it."""

    host: str
    commit: str
    branch: str


def _read_origin(meta: MetaReader) -> _Origin:
    """Returns the origin of a run. The host is without the process namespace that follows its name in a container."""
    host = _get_text(_read_table(meta, "sys/platform.json"), "host").partition("/")[0]
    git = _read_table(meta, "sys/git.json")
    return _Origin(host, _get_text(git, "commit"), _get_text(git, "branch"))


def _get_text(table: Mapping[str, JSONValue], name: str) -> str:
    """Returns a text of a table, "" if it is missing or of another type."""
    value = table.get(name)
    return value if isinstance(value, str) else ""


def _read_table(meta: MetaReader, member: str) -> Mapping[str, JSONValue]:
    try:
        data = meta.read(member, _MAX_ORIGIN_BYTES)
        return {} if data is None else as_table(parse_json(data, member))
    except StoreError:
        return {}


def _find_relation(request: Mapping[str, JSONValue], operation: str) -> Relation:
    """Returns the relation of a run to its parent: the recorded one, else the one that its command line shows."""
    if request.get("relation") == "evaluation":
        return "evaluation"
    words = [str(word) for word in as_list(request.get("argv"))]
    options = {word.partition("=")[0] for word in (words[: words.index("--")] if "--" in words else words)}
    if "--resume-from" in options or operation.endswith("+"):
        return "resume"
    return "restart" if "--restart" in options else "trial"


def _read_source_digest(meta: MetaReader) -> str:
    """Returns the digest, which stands before the long list of files, without reading the list."""
    data = meta.read_head("sourcecode.json", _HEAD_BYTES)
    if data is None:
        return ""
    if match := _match_digest(data):
        return match[1].decode()
    value = parse_json(_read_required(meta, "sourcecode.json"), "sourcecode.json")
    digest = value.get("digest") if isinstance(value, dict) else None
    return digest if isinstance(digest, str) else ""


def _read_project_dir(paths: RunPaths) -> str:
    """Returns the project's directory on this machine, "" if unknown."""
    try:
        fd = os.open(paths.base + PROJECT + (DELETED if paths.deleted else ""), READ_FLAGS)
    except OSError:
        return ""
    try:
        text = os.read(fd, 8192)
    except OSError:
        return ""
    finally:
        os.close(fd)
    path = os.fsdecode(text.removesuffix(b"\n"))
    # as the index writes the path of a project, so that a filter finds it
    clean = path.encode("utf-8", "backslashreplace").decode()
    return clean.removeprefix("file:") if clean.startswith("file:") else ""


def _guess_created(paths: RunPaths) -> int:
    """Returns when a damaged run was created, from its ID or else from its files; 0 if unknown."""
    if paths.id[14] == "7" and uuid7.parse_ms(paths.id) <= uuid7.MAX_MS:
        return uuid7.parse_ms(paths.id) * 1000
    for path in (paths.meta_zip, paths.meta_dir, Path(paths.base + META)):
        try:
            return os.stat(path).st_mtime_ns // 1000
        except OSError:
            continue  # a run has only some of them
    return 0
