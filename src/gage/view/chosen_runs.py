"""Finds the runs of a query: those with some IDs, or those that match a filter."""

from collections.abc import Sequence

from gage.compare.comparison_table import ListedRun
from gage.select.parse import parse_where
from gage.types.errors import UsageError
from gage.types.filter import RunFilter, RunRef
from gage.view.stores import ViewedStores

MAX_RUNS = 2_000
MAX_FILTER_LENGTH = 100_000


def find_chosen_runs(
    stores: ViewedStores, store: int, ids: Sequence[str], where: Sequence[str], limit: int = MAX_RUNS
) -> list[ListedRun]:
    """Returns the runs of a store with these IDs (() = all) that match the filters, without the rows of batches. IDs
    that do not exist are left out. Raises UsageError for a filter that is wrong or too long.
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
            return []
        most = min(max(limit, 0), MAX_RUNS)
        result = index.find(RunFilter(tuple(map(RunRef, chosen)), conditions, limit=most))
    pairs = zip(result.runs, result.positions, strict=True)
    return [ListedRun(run, position) for run, position in pairs if not run.trials]
