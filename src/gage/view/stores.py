"""The stores that the page shows, and how a request reads them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from gage.index.index import Index, open_index
from gage.index.load_series import build_series_reader
from gage.store.layout import is_run_id
from gage.store.store import RunStore
from gage.types.errors import NotFound, UsageError
from gage.types.run import Run
from gage.view.live_series import SeriesLoader


class ViewedStores(NamedTuple):
    """The stores that the page shows. `where` are filters and `ids` are runs that limit what it lists (() = no limit);
    `can_write` allows changes. `series` reads the series of runs.
    """

    stores: Sequence[RunStore]
    where: tuple[str, ...] = ()
    can_write: bool = True
    ids: tuple[str, ...] = ()
    series: SeriesLoader = SeriesLoader()

    def get_store(self, number: int) -> RunStore:
        """Returns a store by its number. Raises UsageError."""
        if not 0 <= number < len(self.stores):
            raise UsageError(f"There is no store {number}", f"Stores are numbered from 0 to {len(self.stores) - 1}")
        return self.stores[number]

    @contextmanager
    def open_index(self, number: int) -> Iterator[Index]:
        """Opens the index of a store. An index takes less than a millisecond to open, so each request opens its own."""
        store = self.get_store(number)
        with open_index(store, read_series=build_series_reader(store)) as index:
            yield index

    def find_run(self, id: str) -> tuple[RunStore, Run]:
        """Returns a run by its ID, with its store. Raises NotFound."""
        if is_run_id(id):
            for store in self.stores:
                if not store.exists(id):
                    continue
                run = store.read(id)
                if not run.user_attrs.purged_by:
                    return store, run
        raise NotFound(f"There is no run {id!r}")

    def find_runs(self, ids: Sequence[str]) -> list[tuple[RunStore, Run]]:
        """Returns the runs with these IDs, each once; leaves out those that do not exist or cannot be read."""
        wanted = [id for id in dict.fromkeys(ids) if is_run_id(id)]
        found: dict[str, tuple[RunStore, Run]] = {}
        for number, store in enumerate(self.stores):
            with self.open_index(number) as index:
                found |= {run.id: (store, run) for run in index.load(wanted)}
        return [found[id] for id in wanted if id in found]
