"""Finds the runs of a query: those with some IDs, or those that match a filter."""

from collections.abc import Sequence
from typing import NamedTuple

from gage.board.run_table import ListedRun
from gage.select.parse import parse_where
from gage.types.errors import UsageError
from gage.types.filter import RunFilter, RunRef
from gage.view.stores import ViewedStores

MAX_RUNS = 2_000
MAX_FILTER_LENGTH = 100_000
DEFAULT_LIMIT = 1_000
"""Runs of a filter that are compared."""


class ChosenRuns(NamedTuple):
    """The runs that are compared, without the rows of batches. `is_cut`: more runs match."""

    runs: list[ListedRun]
    is_cut: bool = False


def find_chosen_runs(
    stores: ViewedStores, store: int, ids: Sequence[str], where: Sequence[str], limit: int = DEFAULT_LIMIT
) -> ChosenRuns:
    """Returns the runs of a store with these IDs, or the newest `limit` ones, that match the filters. IDs that do not
    exist are left out. Raises UsageError for a filter that is wrong or too long.
    """
    if len(ids) > MAX_RUNS:
        raise UsageError(f"At most {MAX_RUNS:,} runs are compared, got {len(ids):,}", "Select fewer runs")
    if sum(map(len, where)) > MAX_FILTER_LENGTH:
        raise UsageError(f"The filter is longer than {MAX_FILTER_LENGTH:,} characters", "Shorten it")
    conditions = parse_where([text for text in (*stores.where, *where) if text.strip()])
    with stores.open_index(store) as index:
        known = {run.id for run in index.load(list(ids))} if ids else set()
        chosen = [id for id in (dict.fromkeys(ids) if ids else stores.ids) if not ids or id in known]
        if ids and stores.ids:
            chosen = [id for id in chosen if id in stores.ids]
        if ids and not chosen:
            return ChosenRuns([])
        most = MAX_RUNS if ids else min(max(limit, 0), MAX_RUNS)
        result = index.find(RunFilter(tuple(map(RunRef, chosen)), conditions, limit=most))
    pairs = zip(result.runs, result.positions, strict=True)
    runs = [ListedRun(run, position) for run, position in pairs if not run.trials]
    return ChosenRuns(runs, result.total > len(result.runs))
