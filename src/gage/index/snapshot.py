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

MIN_RUNS_TO_FORK = 1000
"""From so many runs on, a second process is worth its start."""


class RunSnapshot(NamedTuple):
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


def take_snapshot(store: RunStore, id: str, parts: int) -> RunSnapshot:
    """A run as it is now. Stamps are taken before it is read, so that a change meanwhile is seen next time."""
    root = str(store.root)
    user = file_stamps.stamp_user_attrs(root, id, parts)
    meta = file_stamps.stamp_meta(root, id, parts)
    sealed, is_open = parts & file_stamps.PART_BITS[layout.META_ZIP], parts & file_stamps.PART_BITS[layout.META]
    watch = file_stamps.stamp_liveness(root, id) if is_open and not sealed else file_stamps.UNCERTAIN
    try:
        run = store.read(id) if sealed or store.exists(id) else None
    except NotFound:
        run = None
    if run is None:
        return RunSnapshot(id, parts, user, meta, file_stamps.UNCERTAIN if is_open else None)
    columns, text, attributes = rows.build_columns(run), rows.encode_run(run), tuple(rows.iter_attributes(run))
    return RunSnapshot(id, parts, user, meta, _choose_liveness_stamp(run, watch), columns, text, attributes)


def _choose_liveness_stamp(run: Run, stamp: int) -> int | None:
    if run.status in FINAL_STATUSES and (run.sealed or run.stopped is not None):
        return None
    return stamp if run.status in ("staged", "terminated") else file_stamps.UNCERTAIN


def take_snapshots(store: RunStore, runs: Sequence[tuple[str, int]]) -> list[RunSnapshot]:
    """All of `runs` (ID and parts of each) as they are now, in their order."""
    if len(runs) < MIN_RUNS_TO_FORK or not _can_fork():
        return [take_snapshot(store, id, parts) for id, parts in runs]
    import multiprocessing

    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    half = len(runs) // 2
    other = fork.Process(target=_send_snapshots, args=(there, store, runs[half:]), daemon=True)
    other.start()
    there.close()
    first = [take_snapshot(store, id, parts) for id, parts in runs[:half]]
    try:
        second: list[RunSnapshot] = here.recv()
    except EOFError:  # it was killed
        second = [take_snapshot(store, id, parts) for id, parts in runs[half:]]
    other.join()
    return first + second


def _can_fork() -> bool:
    """Whether a copy of this process is of use and safe: two processors, and no threads that could hold a lock."""
    import threading

    return hasattr(os, "fork") and (os.cpu_count() or 1) > 1 and threading.active_count() == 1


def _send_snapshots(there: "Connection", store: RunStore, runs: Sequence[tuple[str, int]]) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # end without a word: the other one tells
    there.send([take_snapshot(store, id, parts) for id, parts in runs])
