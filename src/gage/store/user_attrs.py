"""User attributes of a run: a log of small files that never change; replaying them gives the current state.

Knows the log of one run; not who may change what.
"""

import errno
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gage.lib import uuid7
from gage.lib.files import READ_DIR_FLAGS, open_inside, unlink_quietly, write_atomic
from gage.lib.times import now_us
from gage.store.layout import is_run_id
from gage.store.meta import parse_json
from gage.types.errors import StoreError
from gage.types.run import NO_USER_ATTRS, Comment, UserAttrs
from gage.types.values import JSONValue

MAX_FILE_BYTES = 4 << 20
UNKNOWN_AUTHOR = "unknown"
"""The author of a deletion that the store does not name."""

_SUFFIX = ".json"


class AttrChange(NamedTuple):
    """One change: attributes set, and names of attributes deleted. `time` is in µs since the epoch."""

    author: str
    set: Mapping[str, JSONValue] = {}
    delete: tuple[str, ...] = ()
    time: int = 0


class AttrValue(NamedTuple):
    """An attribute's value, the author who set it and when (µs since the epoch, 0 = unknown)."""

    value: JSONValue
    author: str
    time: int


AttrState = dict[str, AttrValue]


def replay(user_dir: Path | str) -> UserAttrs:
    """Returns the state after all changes. Ignores damaged files and a directory that cannot be read."""
    state = replay_state(user_dir)
    return build_attrs(state) if state else NO_USER_ATTRS


def replay_state(user_dir: Path | str, broken: list[str] | None = None) -> AttrState:
    """Returns every attribute with value and author. Appends the names of damaged files to `broken`."""
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
            for key in change.delete:
                state.pop(key, None)
            for key, value in change.set.items():
                state[key] = AttrValue(value, change.author, change.time)
    finally:
        os.close(fd)
    return state


def write_change(user_dir: Path, change: AttrChange) -> str:
    """Adds a change that sorts after all others, whatever the clock says. Returns the name of its file.

    Raises OSError if the store cannot be written, and StoreError for a link in place of the directory; then nothing has
    changed.
    """
    fd = open_user_dir(user_dir)
    try:
        return _write_change(fd, change)
    finally:
        os.close(fd)


def remove_changes(user_dir: Path, before: str) -> None:
    """Removes the changes whose files sort before `before`. Raises as `write_change`."""
    fd = open_user_dir(user_dir)
    try:
        for name in list_change_files(fd):
            if name < before:
                unlink_quietly(name, fd)
    finally:
        os.close(fd)


def open_user_dir(user_dir: Path) -> int:
    """Returns a descriptor of the directory, which is made if it is missing. The caller closes it."""
    with suppress(FileExistsError):
        os.mkdir(user_dir, 0o700)
    try:
        return os.open(user_dir, READ_DIR_FLAGS)
    except OSError as e:
        if e.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        hint = "Remove it if you did not make it"
        raise StoreError(f"{user_dir} is a link or a file, not the directory of user attributes", hint) from None


def _write_change(fd: int, change: AttrChange) -> str:
    last = list_change_files(fd)[-1:]
    after = uuid7.parse_ms(last[0]) if last else 0
    text = {
        "author": change.author,
        "time": change.time or now_us(),
        "set": dict(change.set),
        "delete": list(change.delete),
    }
    try:
        data = json.dumps(text, ensure_ascii=False).encode()
    except UnicodeEncodeError as e:
        quoted = e.object[: e.start].rpartition('"')[2] + e.object[e.start :].partition('"')[0]
        raise StoreError(f"{quoted!r} is not UTF-8", "Check the encoding of your terminal") from None
    name = uuid7.generate(after) + _SUFFIX
    write_atomic(name, data, dir_fd=fd)
    return name


def list_change_files(user_dir: Path | int) -> list[str]:
    """Returns the names of the files with changes, in order. Ignores names with a time after the year 9999."""
    return sorted(
        name
        for name in os.listdir(user_dir)
        if name.endswith(_SUFFIX) and is_run_id(name[: -len(_SUFFIX)]) and uuid7.parse_ms(name) <= uuid7.MAX_MS
    )


def build_attrs(state: AttrState, deleted_mark: bool = False) -> UserAttrs:
    """Returns the built-in attributes and the others. `deleted_mark`: Gage 0.1 marked the run as deleted."""
    entries = {key: entry for key, entry in state.items() if entry.value not in (None, False, "")}
    mark = UNKNOWN_AUTHOR if deleted_mark and "deleted" not in state else ""
    return UserAttrs(
        label=_get_text(entries, "label"),
        tags=tuple(sorted(key[4:] for key in entries if key.startswith("tag:") and len(key) > 4)),
        marked="mark" in entries,
        comments=_get_comments(entries),
        archive=_get_text(entries, "archive"),
        deleted_by=_get_author(entries, "deleted") or mark,
        purged_by=_get_author(entries, "purged"),
        project=_get_text(entries, "project"),
        project_id=_get_text(state, "project-id") if "project-id" in state else None,
        other={key: entry.value for key, entry in state.items() if not _is_built_in(key)},
    )


_BUILT_IN_NAMES = frozenset(("label", "mark", "archive", "deleted", "purged", "project", "project-id"))


def _is_built_in(key: str) -> bool:
    return key in _BUILT_IN_NAMES or key.startswith(("tag:", "comment:"))


def _get_text(entries: AttrState, key: str) -> str:
    entry = entries.get(key)
    return entry.value if entry and isinstance(entry.value, str) else ""


def _get_author(entries: AttrState, key: str) -> str:
    entry = entries.get(key)
    return (entry.author or UNKNOWN_AUTHOR) if entry else ""


def _get_comments(entries: AttrState) -> tuple[Comment, ...]:
    comments = []
    for key, entry in entries.items():
        if key.startswith("comment:") and isinstance(entry.value, Mapping):
            text, ms = entry.value.get("msg"), entry.value.get("timestamp")
            when = ms * 1000 if isinstance(ms, int) and 0 <= ms <= uuid7.MAX_MS else entry.time
            if isinstance(text, str):
                comments.append(Comment(key[8:], entry.author, when, text))
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
    author, time, values, deleted = (value.get(key) for key in ("author", "time", "set", "delete"))
    values, deleted = {} if values is None else values, [] if deleted is None else deleted
    if not isinstance(values, dict) or not isinstance(deleted, list):
        return None
    when = time if isinstance(time, int) and 0 < time <= uuid7.MAX_MS * 1000 else named_time
    names = tuple(name for name in deleted if isinstance(name, str))
    return AttrChange(author if isinstance(author, str) else "", values, names, when)
