"""The series of runs that pages show. Keeps what was read of runs that have not ended, for all pages together."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from gage.index.load_series import build_input_filter, load_series
from gage.metrics.series import RunSeries
from gage.metrics.series_follower import SeriesFollower
from gage.metrics.series_types import Series
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.run import FINAL_STATUSES, Run

IDLE_SECONDS = 300.0
"""The series of a run that no page asked for in so many seconds are forgotten."""
RECALL_SECONDS = 0.5
"""Records of runs whose curves are followed are used for so long."""
MIN_READ_SECONDS = 0.25
"""The files of a run are looked at again after so many seconds."""


class _LiveRun:
    """A run that has not ended. `lock` is held while its series are read or used."""

    def __init__(self, store: RunStore, run: Run) -> None:
        self.lock = threading.Lock()
        self.asked = 0.0
        self._read = 0.0
        self._series: Mapping[str, Series] = {}
        self._follower = SeriesFollower(str(store.get_paths(run.id).run_dir), build_input_filter(store, run))

    def read(self) -> Mapping[str, Series]:
        """Returns all series. Looks at the files of the run unless it has just done so."""
        now = time.monotonic()
        if now - self._read >= MIN_READ_SECONDS:
            self._series, self._read = self._follower.read(), now
        return self._series


class _LoadedSeries(Mapping[str, Series]):
    """The series of a run by name. A series is read from the run's cache when it is taken."""

    def __init__(self, loaded: RunSeries) -> None:
        self._loaded = loaded

    def __getitem__(self, name: str) -> Series:
        return self._loaded.series(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded.names())

    def __len__(self) -> int:
        return len(self._loaded.names())


RunsWithStores = Sequence[tuple[RunStore, Run]]


class SeriesLoader:
    """Reads series of runs; those of runs that have not ended are read once for all pages, then only what is new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: dict[tuple[str, str], _LiveRun] = {}
        self._recent: dict[tuple[str, ...], tuple[float, RunsWithStores]] = {}

    def recall_runs(self, ids: tuple[str, ...], find: Callable[[tuple[str, ...]], RunsWithStores]) -> RunsWithStores:
        """Returns the runs that `find` returns, which it is asked once for all pages that follow the same runs. They
        are at most `RECALL_SECONDS` old, and none of them had ended when the stream of changes last looked.
        """
        now = time.monotonic()
        with self._lock:
            found = self._recent.get(ids)
        if found and now - found[0] < RECALL_SECONDS:
            return found[1]
        runs = find(ids)
        with self._lock:
            for other in [each for each, (when, _) in self._recent.items() if now - when >= RECALL_SECONDS]:
                del self._recent[other]
            self._recent[ids] = now, runs
        return runs

    def forget_runs(self) -> None:
        """Forgets runs that `recall_runs` returned: some have changed."""
        with self._lock:
            self._recent.clear()

    @contextmanager
    def open(self, store: RunStore, run: Run, system: bool = False) -> Iterator[Mapping[str, Series]]:
        """Yields the series of a run by name; use them before the end of the block only. A run that cannot be read has
        none.
        """
        key = str(store.root), run.id
        if system or run.status in FINAL_STATUSES:
            with self._lock:
                self._live.pop(key, None)
            try:
                loaded = load_series(store, run, system)
            except (GageError, OSError):
                yield {}
                return
            yield _LoadedSeries(loaded)
            return
        live = self._find_live(key, store, run)
        with live.lock:
            yield live.read()

    def _find_live(self, key: tuple[str, str], store: RunStore, run: Run) -> _LiveRun:
        now = time.monotonic()
        with self._lock:
            for other in [each for each, live in self._live.items() if now - live.asked > IDLE_SECONDS]:
                del self._live[other]
            live = self._live.get(key)
            if live is None:
                live = self._live[key] = _LiveRun(store, run)
            live.asked = now
        return live
