"""Reads runs for the index, and many of them with all hands. Knows what the index keeps; writes nothing."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gage.index import file_stamps, rows
from gage.store import layout
from gage.store.store import RunStore
from gage.types.errors import NotFound
from gage.types.run import FINAL_STATUSES, Run

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MANY = 1000
"""From so many runs on, a second process is worth its start."""


class Seen(NamedTuple):
    """A run as it was found. `columns`, `text` and `attributes` are what `rows` makes of it, with no `text` when
    there is no run (yet) in what lies in the folder. `watch` is None when it has ended for good, and `UNSURE`
    when it must be read again each time.
    """

    id: str
    parts: int
    user_stamp: int
    meta_stamp: int
    watch: int | None
    columns: tuple[int | str, ...] = ("absent", "", 0, "", "", "", "", "", "", "", "", "")
    text: str | None = None
    attributes: tuple[tuple[str, int | float | str], ...] = ()


def observe(store: RunStore, id: str, parts: int) -> Seen:
    """A run as it is now. Stamps are taken before it is read, so that a change meanwhile is seen next time."""
    root = str(store.root)
    user = file_stamps.user_stamp(root, id, parts)
    meta = file_stamps.meta_stamp(root, id, parts)
    sealed, is_open = parts & file_stamps.BIT[layout.META_ZIP], parts & file_stamps.BIT[layout.META]
    watch = file_stamps.watch_stamp(root, id) if is_open and not sealed else file_stamps.UNSURE
    try:
        run = store.read(id) if sealed or store.exists(id) else None
    except NotFound:
        run = None
    if run is None:
        return Seen(id, parts, user, meta, file_stamps.UNSURE if is_open else None)
    columns, text, attributes = rows.columns(run), rows.to_text(run), tuple(rows.attributes(run))
    return Seen(id, parts, user, meta, _watch(run, watch), columns, text, attributes)


def _watch(run: Run, stamp: int) -> int | None:
    if run.status in FINAL_STATUSES and (run.sealed or run.stopped is not None):
        return None
    return stamp if run.status in ("staged", "terminated") else file_stamps.UNSURE


def observe_all(store: RunStore, runs: Sequence[tuple[str, int]]) -> list[Seen]:
    """All of `runs` (ID and parts of each) as they are now, in their order."""
    if len(runs) < MANY or not _may_fork():
        return [observe(store, id, parts) for id, parts in runs]
    import multiprocessing

    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    half = len(runs) // 2
    other = fork.Process(target=_send, args=(there, store, runs[half:]), daemon=True)
    other.start()
    there.close()
    first = [observe(store, id, parts) for id, parts in runs[:half]]
    try:
        second: list[Seen] = here.recv()
    except EOFError:  # it was killed
        second = [observe(store, id, parts) for id, parts in runs[half:]]
    other.join()
    return first + second


def _may_fork() -> bool:
    """Whether a copy of this process is of use and safe: two processors, and no threads that could hold a lock."""
    import threading

    return hasattr(os, "fork") and (os.cpu_count() or 1) > 1 and threading.active_count() == 1


def _send(there: "Connection", store: RunStore, runs: Sequence[tuple[str, int]]) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # end without a word: the other one tells
    there.send([observe(store, id, parts) for id, parts in runs])
