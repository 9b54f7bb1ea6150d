"""Reads runs for the index, many of them in two processes. Knows what the index stores of a run; writes nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from gage.index import file_stamps, rows
from gage.store import layout
from gage.store.store import RunStore
from gage.types.errors import NotFound
from gage.types.run import FINAL_STATUSES, Run

MIN_RUNS_TO_FORK = 1000
"""From so many runs on, a second process is worth its start."""


class RunSnapshot(NamedTuple):
    """A run as it was read. `columns`, `text`, `attributes` and `metrics` come from `rows`.

    `text` is None while the entries in the store make no run (yet). `liveness_stamp` is None for a run that has ended
    for good, `UNCERTAIN` for one that must be read again each time.
    """

    id: str
    parts: int
    user_stamp: int
    meta_stamp: int
    liveness_stamp: int | None
    columns: tuple[int | str | None, ...] = ("absent", "", 0, "", "", "", "", "", "", "", "", None, None)
    text: str | None = None
    attributes: tuple[tuple[str, int | float | str], ...] = ()
    metrics: tuple[tuple[int | float | str | None, ...], ...] = ()


def take_snapshot(store: RunStore, id: str, parts: int) -> RunSnapshot:
    """Returns the run as it is now. Stamps are taken before it is read, so a change meanwhile is seen next time."""
    root = str(store.root)
    user = file_stamps.stamp_user_attrs(root, id, parts)
    meta = file_stamps.stamp_meta(root, id, parts)
    sealed, is_open = parts & file_stamps.PART_BITS[layout.META_ZIP], parts & file_stamps.PART_BITS[layout.META]
    liveness = file_stamps.stamp_liveness(root, id) if is_open and not sealed else file_stamps.UNCERTAIN
    try:
        run = store.read(id) if sealed or store.exists(id) else None
    except NotFound:
        run = None
    if run is None:
        return RunSnapshot(id, parts, user, meta, file_stamps.UNCERTAIN if is_open else None)
    contents = (
        rows.build_columns(run),
        rows.encode_run(run),
        tuple(rows.iter_attributes(run)),
        tuple(rows.iter_metrics(run)),
    )
    if run.incomplete:
        meta = file_stamps.UNCERTAIN  # its files may arrive at any time: it is read again whenever it is shown
    return RunSnapshot(id, parts, user, meta, _choose_liveness_stamp(run, liveness), *contents)


def _choose_liveness_stamp(run: Run, stamp: int) -> int | None:
    if run.status in FINAL_STATUSES and (run.sealed or run.stopped is not None):
        return None
    return stamp if run.status in ("staged", "terminated") else file_stamps.UNCERTAIN


def take_snapshots(store: RunStore, runs: Sequence[tuple[str, int]]) -> list[RunSnapshot]:
    """Returns all of `runs` (ID and parts of each) as they are now, in their order."""
    if len(runs) < MIN_RUNS_TO_FORK:
        return [take_snapshot(store, id, parts) for id, parts in runs]
    from gage.lib.parallel import map_in_two_processes

    def take(some: Sequence[tuple[str, int]]) -> list[tuple[object, ...]]:
        return [tuple(take_snapshot(store, id, parts)) for id, parts in some]

    return [RunSnapshot._make(each) for each in map_in_two_processes(take, runs)]
