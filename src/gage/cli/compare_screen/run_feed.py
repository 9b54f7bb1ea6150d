"""Keeps the runs of the screen up to date, in a thread of its own. Knows index and store; nothing of screens."""

import gc
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gage.compare.grid import build_grid
from gage.compare.grid_data import GridData, exclude_from_collection
from gage.compare.grid_view import GridView
from gage.index.index import RunChanges, SeenRuns, open_index
from gage.lib.times import now_us
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.filter import RunFilter, SeriesReader
from gage.types.run import FINAL_STATUSES, Run

POLL_SECONDS = 1.0
"""Seconds between two looks at the index; the feed reads nothing if the index did not change."""
THOROUGH_SECONDS = 30
"""Seconds after which the feed looks for changes by other tools than Gage."""
DURATION_SECONDS = 5
"""Seconds after which the feed computes the durations of running runs again."""
MAX_NEWS = 3
"""Runs whose changes a message describes; it counts the others."""


class FeedUpdate(NamedTuple):
    """New data of the screen, and news: the ID of a run and a sentence about it."""

    data: GridData
    news: tuple[tuple[str, str], ...] = ()


class RunFeed:
    """Loads the runs that match a filter, then looks for changes until `stop`. If the filter names runs or has a limit,
    the first runs stay the only ones.

    Calls `send` with each update in the thread of the feed, and `fail` with a message if it cannot read the store.
    """

    def __init__(
        self,
        store: RunStore,
        run_filter: RunFilter,
        data: GridData,
        send: Callable[[FeedUpdate], None],
        fail: Callable[[str], None],
        read_series: SeriesReader | None = None,
    ) -> None:
        self._store = store
        self._filter = run_filter._replace(refs=(), sort=(), limit=None)
        is_fixed = run_filter.refs or run_filter.limit is not None
        self._ids = frozenset(run.id for run in data.runs) if is_fixed else None
        self._data = data
        self._send = send
        self._fail = fail
        self._read_series = read_series
        self._stopped = threading.Event()
        self._woken = threading.Event()
        self._is_thorough = False
        self._batches: dict[str, Run] = {}

    def stop(self) -> None:
        """Ends the thread soon."""
        self._stopped.set()
        self._woken.set()

    def wake(self, thorough: bool = False) -> None:
        """Makes the feed look for changes at once; if `thorough`, also for changes by other tools."""
        self._is_thorough = self._is_thorough or thorough
        self._woken.set()

    def run(self) -> None:
        """Loads and follows the runs. Call it in a thread."""
        seen, is_first, count = SeenRuns(), True, 0
        with open_index(self._store, read_series=self._read_series) as index:
            while not self._stopped.is_set():
                thorough = is_first or self._is_thorough or count % THOROUGH_SECONDS == 0
                self._woken.clear()
                self._is_thorough = False
                try:
                    if is_first:
                        gc.disable()  # a collection would walk through all values again and again
                    changes = index.find_changes(self._filter, seen, thorough)
                    if changes is not None:
                        seen = changes.seen
                        self._take(changes, is_first)
                    elif count % DURATION_SECONDS == 0:
                        self._update_durations()
                except (GageError, OSError) as error:
                    self._fail(error.message if isinstance(error, GageError) else str(error))
                finally:
                    if is_first:
                        gc.enable()
                is_first, count = False, count + 1
                self._woken.wait(POLL_SECONDS)

    def _take(self, changes: RunChanges, is_first: bool) -> None:
        known = {run.id: run for run in self._data.runs}
        places = dict(zip(changes.ids, changes.positions, strict=True))
        ids = changes.ids if self._ids is None else [id for id in changes.ids if id in self._ids]
        found = {id: _pick_run(changes, id, known, is_first, self._batches) for id in ids}
        kept = [(run, places[id]) for id, run in found.items() if not run.trials]
        self._batches = {id: run for id, run in found.items() if run.trials}
        runs = [run for run, _ in kept]
        data = self._data.update(runs, [at for _, at in kept], now_us())
        news = () if is_first else self._describe_news(known, runs)
        self._data = data
        build_grid(data, GridView())  # reads the values that the screen needs first
        data.get_seed_rows()
        if is_first:
            exclude_from_collection()
        self._send(FeedUpdate(data, news))

    def _update_durations(self) -> None:
        if any(run.status == "running" for run in self._data.runs):
            self._data = self._data.update(self._data.runs, self._data.positions, now_us())
            self._send(FeedUpdate(self._data))

    def _describe_news(self, known: Mapping[str, Run], runs: Sequence[Run]) -> tuple[tuple[str, str], ...]:
        """Returns the news: which runs ended, disappeared or are new."""
        present = {run.id for run in runs}
        gone = [run for run in known.values() if run.id not in present]
        was_open = {run.id for run in known.values() if run.status not in FINAL_STATUSES}
        return (
            *(
                (run.id, f"{run.name}: {run.status}")
                for run in runs
                if run.status in FINAL_STATUSES and run.id in was_open
            ),
            *((run.id, f"{run.name} {self._explain_absence(run)}") for run in gone[:MAX_NEWS]),
            *((run.id, f"{run.name} is gone") for run in gone[MAX_NEWS:]),
            *((run.id, f"{run.name} is new") for run in runs if run.id not in known),
        )

    def _explain_absence(self, run: Run) -> str:
        """Returns why a run is no longer listed."""
        try:
            if not self._store.exists(run.id):
                return "was purged"
            attrs = self._store.read(run.id).user_attrs
        except (GageError, OSError):
            return "cannot be read"
        if attrs.deleted_by:
            return f"was deleted by {attrs.deleted_by}"
        return "was archived" if attrs.archive else "no longer matches"


def _pick_run(
    changes: RunChanges, id: str, known: Mapping[str, Run], is_first: bool, batches: Mapping[str, Run]
) -> Run:
    """Returns the present record of a run: the known object if the run did not change."""
    if id not in changes.changed:
        return known[id] if id in known else batches[id]
    run = changes.changed[id]
    return known[id] if is_first and known.get(id) == run else run
