"""What people say about a run: a log of small files that never change; what holds is their replay.

Knows the log of one run. Who may say what, and which run is meant, is not its business.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gage.lib import uuid7
from gage.lib.files import READ_DIR_FLAGS, open_inside, write_atomic
from gage.lib.times import now_us
from gage.store.layout import is_run_id
from gage.store.meta import parse_json
from gage.types.errors import StoreError
from gage.types.run import NO_USER_ATTRS, Comment, UserAttrs
from gage.types.values import JSONValue

MAX_FILE_BYTES = 4 << 20
UNKNOWN_AUTHOR = "unknown"
"""Who deleted a run when the store does not say."""

_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class AttrChange:
    """One thing that somebody said: attributes set, and names of those deleted. `time` is in µs since the epoch."""

    author: str
    set: Mapping[str, JSONValue] = field(default_factory=dict)
    delete: tuple[str, ...] = ()
    time: int = 0


@dataclass(frozen=True, slots=True)
class AttrValue:
    """An attribute's value, who set it and when (µs since the epoch, 0 if unknown)."""

    value: JSONValue
    author: str
    time: int


AttrState = dict[str, AttrValue]


def replay(user_dir: Path | str) -> UserAttrs:
    """What holds after all changes. Broken files are passed over; so is a folder that cannot be read."""
    state = replay_state(user_dir)
    return attrs_from_state(state) if state else NO_USER_ATTRS


def replay_state(user_dir: Path | str, broken: list[str] | None = None) -> AttrState:
    """Every attribute with its value and its author. Names of files that are broken are added to `broken`."""
    state: AttrState = {}
    try:
        fd = os.open(user_dir, READ_DIR_FLAGS)
    except OSError as e:
        if broken is not None and not isinstance(e, FileNotFoundError):
            broken.append("")
        return state
    try:
        for name in list_change_files(fd):
            change = _read_change(fd, name)
            if change is None:
                if broken is not None:
                    broken.append(name)
                continue
            for gone in change.delete:
                state.pop(gone, None)
            for key, value in change.set.items():
                state[key] = AttrValue(value, change.author, change.time)
    finally:
        os.close(fd)
    return state


def write_change(user_dir: Path, change: AttrChange) -> str:
    """Add a change, which comes after every one that is there, whatever the clock says; return its file's name.

    Raises OSError when the store cannot be written; then nothing has changed.
    """
    user_dir.mkdir(mode=0o700, exist_ok=True)
    last = list_change_files(user_dir)[-1:]
    after = uuid7.parse_ms(last[0]) if last else 0
    text = {
        "author": change.author,
        "time": change.time or now_us(),
        "set": dict(change.set),
        "delete": list(change.delete),
    }
    data = json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")
    name = uuid7.generate(after) + _SUFFIX
    write_atomic(user_dir / name, data)
    return name


def list_change_files(user_dir: Path | int) -> list[str]:
    """The names of the files with changes, in order. A name that claims to be of the far future is none."""
    return sorted(
        name
        for name in os.listdir(user_dir)
        if name.endswith(_SUFFIX) and is_run_id(name[: -len(_SUFFIX)]) and uuid7.parse_ms(name) <= uuid7.MAX_MS
    )


def attrs_from_state(state: AttrState, deleted_mark: bool = False) -> UserAttrs:
    """The attributes as Gage knows them. `deleted_mark`: Gage 0.1 marked the run as deleted, in its own way."""
    found = {key: said for key, said in state.items() if said.value not in (None, False, "")}
    mark = UNKNOWN_AUTHOR if deleted_mark and "deleted" not in state else ""
    return UserAttrs(
        label=_get_text(found, "label"),
        tags=tuple(sorted(key[4:] for key in found if key.startswith("tag:") and len(key) > 4)),
        marked="mark" in found,
        comments=_get_comments(found),
        archive=_get_text(found, "archive"),
        deleted_by=_get_author(found, "deleted") or mark,
        purged_by=_get_author(found, "purged"),
        project=_get_text(found, "project"),
        project_id=_get_text(state, "project-id") if "project-id" in state else None,
        other={key: said.value for key, said in state.items() if not _is_built_in(key)},
    )


_BUILT_IN_NAMES = frozenset(("label", "mark", "archive", "deleted", "purged", "project", "project-id"))


def _is_built_in(key: str) -> bool:
    return key in _BUILT_IN_NAMES or key.startswith(("tag:", "comment:"))


def _get_text(found: AttrState, key: str) -> str:
    said = found.get(key)
    return said.value if said and isinstance(said.value, str) else ""


def _get_author(found: AttrState, key: str) -> str:
    said = found.get(key)
    return (said.author or UNKNOWN_AUTHOR) if said else ""


def _get_comments(found: AttrState) -> tuple[Comment, ...]:
    comments = []
    for key, said in found.items():
        if key.startswith("comment:") and isinstance(said.value, Mapping):
            text, ms = said.value.get("msg"), said.value.get("timestamp")
            when = ms * 1000 if isinstance(ms, int) and 0 <= ms <= uuid7.MAX_MS else said.time
            if isinstance(text, str):
                comments.append(Comment(key[8:], said.author, when, text))
    return tuple(sorted(comments, key=lambda c: (c.when, c.id)))


def _read_change(folder: int, name: str) -> AttrChange | None:
    try:
        fd = open_inside(folder, name)
        try:
            size = os.fstat(fd).st_size
            if size > MAX_FILE_BYTES:
                return None
            return _parse_change(os.read(fd, size), uuid7.parse_ms(name) * 1000)
        finally:
            os.close(fd)
    except (OSError, StoreError):
        return None


def _parse_change(data: bytes, named_time: int) -> AttrChange | None:
    value = parse_json(data, "")
    if not isinstance(value, dict):
        return None
    author, time, given, gone = (value.get(key) for key in ("author", "time", "set", "delete"))
    given, gone = {} if given is None else given, [] if gone is None else gone
    if not isinstance(given, dict) or not isinstance(gone, list):
        return None
    when = time if isinstance(time, int) and 0 < time <= uuid7.MAX_MS * 1000 else named_time
    names = tuple(name for name in gone if isinstance(name, str))
    return AttrChange(author if isinstance(author, str) else "", given, names, when)
