"""Answers about lists of runs: pages of a table, and IDs. Asks the index, and builds the same table as
the command line.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gage.board.run_values import is_computed
from gage.board.value_columns import find_column_values
from gage.index.filter_hints import FilterProblem
from gage.index.index import QueryResult
from gage.index.load_series import build_series_reader
from gage.select.fields import iter_fields
from gage.select.parse import parse_sort, parse_value_name, parse_where
from gage.types.errors import NotFound, UsageError
from gage.types.filter import RunFilter, RunRef, SeriesReader
from gage.types.run import Run
from gage.types.values import JSONValue, replace_non_finite
from gage.view.stores import ViewedStores

MAX_ROWS = 500
"""Rows of one page."""
MAX_IDS = 10_000
MAX_COLUMNS = 200
MAX_FILTER_LENGTH = 100_000
MAX_TEXT = 1_000
"""Characters of a text in a cell; the run's own page shows the rest."""


class RunsQuery(NamedTuple):
    """A page of a listing: `limit` runs of a store from `first` (0 = the latest run, or the first by `sort`).

    `where` are filters that all must match, `sort` names with "-" for descending order, `columns` names of values.
    """

    store: int = 0
    where: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    first: int = 0
    limit: int = 100


class RunsPageRow(NamedTuple):
    """A run in a list. Times are µs since the epoch, None if the run has not reached that step. `cells` has the values
    of the columns of the query: null if the run has no such value, or if the value is null; `nulls` are the indexes of
    the latter. `position` is its number in the listing. `trials` counts the runs of a batch; the batch has no values.
    """

    id: str
    name: str
    operation: str
    status: str
    position: int
    created: int
    started: int | None
    stopped: int | None
    label: str
    tags: tuple[str, ...]
    marked: bool
    parent: str
    relation: str
    reason: str
    trials: int
    cells: tuple[JSONValue, ...]
    nulls: tuple[int, ...] = ()


class Problem(NamedTuple):
    """What is wrong with a filter, and what to do."""

    message: str
    hint: str


class RunsPage(NamedTuple):
    """A page of a listing. `total` counts all runs that match. `problem` is set if a name of the filter is unknown or
    no run matches, `ambiguity` if a name of the filter stands for two values.
    """

    total: int
    first: int
    rows: tuple[RunsPageRow, ...]
    problem: Problem | None = None
    ambiguity: Problem | None = None


class IdsQuery(NamedTuple):
    """The first `limit` runs of a listing, as in a query of a page."""

    store: int = 0
    where: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    limit: int = 1000


class RunIds(NamedTuple):
    """IDs of runs in the order of a listing, and the number of all that match."""

    total: int
    ids: tuple[str, ...]


def list_runs(stores: ViewedStores, query: RunsQuery) -> RunsPage:
    """A page of the table of runs."""
    if len(query.columns) > MAX_COLUMNS:
        raise UsageError(f"A page has at most {MAX_COLUMNS} columns", f"Ask for fewer columns than {MAX_COLUMNS}")
    result = _find(stores, query.store, query.where, query.sort, query.first, min(query.limit, MAX_ROWS))
    read_series = build_series_reader(stores.get_store(query.store))
    with stores.open_index(query.store) as index:
        runs = index.complete_metrics(result.runs, {name for key in query.columns for name in _list_metrics(key)})
    rows = tuple(
        _build_row(run, at, [_find_values(run, at, key, read_series) for key in query.columns])
        for run, at in zip(runs, result.positions, strict=True)
    )
    problem = Problem(*result.problem) if result.problem else None
    return RunsPage(result.total, query.first, rows, problem, Problem(*result.ambiguity) if result.ambiguity else None)


def _list_metrics(key: str) -> tuple[str, ...]:
    """Returns the metrics that a column may show."""
    try:
        fields = iter_fields(parse_value_name(key)) if is_computed(key) else ()
        return (key, key.removeprefix("metric."), *(name for field in fields for name in field.metric_names))
    except UsageError:
        return ()


def _find_values(run: Run, position: int, key: str, read_series: SeriesReader) -> tuple[JSONValue, ...]:
    """Returns the value of a column in a tuple, an empty one if the run has none, or if there can be no such column."""
    try:
        return find_column_values(run, position, key, read_series)
    except UsageError:
        return ()


def list_ids(stores: ViewedStores, query: IdsQuery) -> RunIds:
    """The IDs of the runs that match, for curves of many runs."""
    result = _find(stores, query.store, query.where, query.sort, 0, min(query.limit, MAX_IDS))
    return RunIds(result.total, tuple(run.id for run in result.runs))


def _find(
    stores: ViewedStores, store: int, where: tuple[str, ...], sort: tuple[str, ...], first: int, limit: int
) -> QueryResult:
    if first < 0 or limit < 0:
        raise UsageError("The first row and the limit must not be negative", "The first page has first=0")
    if sum(map(len, where)) > MAX_FILTER_LENGTH:
        raise UsageError(f"The filter is longer than {MAX_FILTER_LENGTH:,} characters", "Shorten it")
    conditions = parse_where([text for text in (*stores.where, *where) if text.strip()])
    refs = tuple(RunRef(id) for id in stores.ids)
    run_filter = RunFilter(refs, conditions, limit=limit, offset=first, sort=parse_sort(sort))
    with stores.open_index(store) as index:
        try:
            return index.find(run_filter)
        except NotFound as error:  # a name of `sort` that no run has
            plain = index.find(run_filter._replace(sort=()))
            return plain._replace(problem=FilterProblem(error.message, error.hint))


def _build_row(run: Run, position: int, cells: Sequence[tuple[JSONValue, ...]]) -> RunsPageRow:
    attrs = run.user_attrs
    return RunsPageRow(
        id=run.id,
        name=run.name,
        operation=str(run.op),
        status=run.status,
        position=position,
        created=run.created,
        started=run.started,
        stopped=run.stopped,
        label=run.label,
        tags=run.tags,
        marked=attrs.marked,
        parent=run.parent,
        relation=run.relation,
        reason=run.reason or run.damage,
        trials=run.trials,
        cells=tuple(_limit(cell[0]) if cell else None for cell in cells),
        nulls=tuple(i for i, cell in enumerate(cells) if cell == (None,)),
    )


def _limit(value: JSONValue) -> JSONValue:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return value[: MAX_TEXT - 1] + "…"
    return replace_non_finite(value)
