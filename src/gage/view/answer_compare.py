"""Answers with the table that compares runs: the values that differ, and the same values apart. Asks the same functions
as `gage compare`.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from gage.board.run_table import ListedRun
from gage.compare import comparison_table, seed_table
from gage.compare.comparison_table import ComparedColumns, collect_names, find_metric
from gage.compare.differences import compare_runs
from gage.compare.metric import has_status_condition, infer_direction
from gage.compare.read_facts import read_run_facts
from gage.index.load_series import build_series_reader
from gage.types.errors import NotFound
from gage.types.filter import SeriesReader
from gage.types.run import Run
from gage.types.table import Table
from gage.types.values import JSONValue, replace_non_finite
from gage.view.chosen_runs import DEFAULT_LIMIT, find_chosen_runs
from gage.view.stores import ViewedStores

MAX_COLUMNS = 200
MAX_SOURCES = 8
"""Versions of source code that are compared at most."""


class ComparisonQuery(NamedTuple):
    """Which runs are compared: `runs` (IDs), or the first `limit` ones that match `where`.

    `baseline` is the ID of the run to which differences are computed ("" = none), `columns` are more values, such as
    `min(loss)`. `group` joins runs that differ in their seed only.
    """

    store: int = 0
    runs: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    baseline: str = ""
    columns: tuple[str, ...] = ()
    group: bool = False
    limit: int = DEFAULT_LIMIT


class ComparedValue(NamedTuple):
    """A column. `kind` is run, config or metric; `lower_is_better` is null if the name does not say."""

    key: str
    kind: str
    differs: bool
    lower_is_better: bool | None


class ComparedRun(NamedTuple):
    """A run, or the newest run of a group over seeds with `n` runs. Times are µs since the epoch. `source` identifies
    its source code. `cells` has the values of the columns, a group's as `mean`, `std` and `n`; `deltas` the differences
    to the baseline: `value` and whether it is `better`.
    """

    id: str
    name: str
    position: int
    operation: str
    status: str
    label: str
    created: int
    started: int | None
    stopped: int | None
    parent: str
    relation: str
    source: str
    n: int
    cells: tuple[JSONValue, ...]
    deltas: tuple[JSONValue, ...]


class SourceChange(NamedTuple):
    """A source file that differs; `lines` are those added and removed, null if more than two versions are compared."""

    path: str
    lines: int | None


class ComparedBatch(NamedTuple):
    """A batch of which some of the runs are trials."""

    id: str
    name: str
    trials: int


class ComparisonPage(NamedTuple):
    """The comparison. `is_cut`: more runs match, and the newest ones are compared. `hidden` counts the values beyond
    the greatest number of columns, `sources` the versions of source code, `left_out` the runs in no group, by
    status.
    """

    is_cut: bool
    runs: tuple[ComparedRun, ...]
    columns: tuple[ComparedValue, ...]
    hidden: int
    baseline: str
    sources: int
    changes: tuple[SourceChange, ...]
    batches: tuple[ComparedBatch, ...]
    left_out: Mapping[str, int]


def compare_chosen_runs(stores: ViewedStores, query: ComparisonQuery) -> ComparisonPage:
    """The config values and metrics of runs, and which of them differ."""
    listed, is_cut = find_chosen_runs(stores, query.store, query.runs, query.where, query.limit)
    runs = [each.run for each in listed]
    read_series = build_series_reader(stores.get_store(query.store))
    baseline = next((run for run in runs if run.id == query.baseline), None)
    if query.group:
        joined = seed_table.join_seeds(listed, has_status_condition((*stores.where, *query.where)))
        groups, left_out = joined.groups, joined.left_out
        chosen = seed_table.pick_group_columns(groups) if groups else ComparedColumns(())
    else:
        groups, left_out = [[each] for each in listed], {}
        chosen = comparison_table.pick_columns(runs)
    keys = tuple(dict.fromkeys((*query.columns, *chosen.shown, *chosen.same)))
    shown = keys[:MAX_COLUMNS]
    table = _build_table(groups, shown, baseline, read_series, query.group)
    rows = [_split_row(table, row) for row in table.rows]
    changes, sources = _compare_sources(stores, runs)
    return ComparisonPage(
        is_cut,
        tuple(_describe_run(group, *row) for group, row in zip(groups, rows, strict=True)),
        _describe_columns(shown, chosen, runs),
        len(keys) - len(shown),
        baseline.id if baseline else "",
        sources,
        changes,
        _list_batches(stores, runs),
        left_out,
    )


def _build_table(
    groups: Sequence[Sequence[ListedRun]],
    keys: Sequence[str],
    baseline: Run | None,
    read_series: SeriesReader,
    is_grouped: bool,
) -> Table:
    if not is_grouped or not groups:
        return comparison_table.build_comparison_table([group[0] for group in groups], keys, baseline, read_series)
    table = seed_table.build_seed_table(groups, keys, baseline, read_series)
    first = len(seed_table.FIRST_COLUMNS)
    return Table(table.columns[first:], tuple(row[first:] for row in table.rows))


def _split_row(table: Table, row: Sequence[JSONValue]) -> tuple[tuple[JSONValue, ...], tuple[JSONValue, ...]]:
    """Returns the values of a row and the differences that follow some of them."""
    cells: list[JSONValue] = []
    deltas: list[JSONValue] = []
    for column, cell in zip(table.columns, row, strict=True):
        if column.content == "delta":
            deltas[-1] = replace_non_finite(cell)
        else:
            cells.append(replace_non_finite(cell))
            deltas.append(None)
    return tuple(cells), tuple(deltas)


def _describe_run(
    group: Sequence[ListedRun], cells: tuple[JSONValue, ...], deltas: tuple[JSONValue, ...]
) -> ComparedRun:
    run, position = group[0]
    return ComparedRun(
        run.id,
        run.name,
        position,
        str(run.op),
        run.status,
        run.label,
        run.created,
        run.started,
        run.stopped,
        run.parent,
        run.relation,
        run.source_digest[:12],
        len(group),
        cells,
        deltas,
    )


def _describe_columns(keys: Sequence[str], chosen: ComparedColumns, runs: Sequence[Run]) -> tuple[ComparedValue, ...]:
    names, same = collect_names(runs), set(chosen.same)
    described = []
    for key in keys:
        metric = find_metric(key, names)
        kind = "metric" if metric is not None else "run" if key in comparison_table.RUN_COLUMNS else "config"
        described.append(ComparedValue(key, kind, key not in same, infer_direction(metric) if metric else None))
    return tuple(described)


def _compare_sources(stores: ViewedStores, runs: Sequence[Run]) -> tuple[tuple[SourceChange, ...], int]:
    """Returns the source files that differ, and the number of versions of source code."""
    variants = {run.source_digest: run for run in runs if run.source_digest}
    if len(variants) < 2:
        return (), len(variants)
    facts = []
    for run in islice(variants.values(), MAX_SOURCES):
        try:
            facts.append(read_run_facts(*stores.find_run(run.id)))
        except NotFound:
            continue  # deleted while it is read
    if len(facts) < 2:
        return (), len(variants)
    differences = compare_runs(facts, ["source"]).differences
    changes = (
        SourceChange(each.name, None if each.lines is None else each.lines.added + each.lines.removed)
        for each in differences
        if each.name
    )
    return tuple(changes), len(variants)


def _list_batches(stores: ViewedStores, runs: Sequence[Run]) -> tuple[ComparedBatch, ...]:
    parents = dict.fromkeys(run.parent for run in runs if run.relation == "trial")
    return tuple(ComparedBatch(run.id, run.name, run.trials) for _, run in stores.find_runs(list(parents)))
