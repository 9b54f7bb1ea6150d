"""Answers about several runs at once: the table of what differs, rankings, pivot tables. Asks the same functions as
`gage compare` and `gage best`.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gage.board.pivot import build_pivot, parse_pivot_value
from gage.board.run_table import pick_headline_metrics
from gage.compare.metric import RankedMetric, has_status_condition, infer_direction, parse_metric, require_names
from gage.compare.ranking import rank_runs
from gage.compare.ranking_text import convert_ranking_to_json, describe_reasons, list_ranking_facts
from gage.index.load_series import build_series_reader
from gage.select.parse import parse_value_name
from gage.types.errors import UsageError
from gage.types.table import Column
from gage.types.values import JSONValue, replace_non_finite
from gage.view.chosen_runs import find_chosen_runs
from gage.view.stores import ViewedStores

MAX_RANKED = 100
MAX_NAMES = 8
"""Names of the rows, columns or cells of a pivot table."""


class RankingQuery(NamedTuple):
    """Which runs are ranked: `runs` (IDs), or those that match `where`. `metric` is a metric or a function of one ("" =
    the first of the usual ones), `direction` says which values are better ("" = as the name says).
    """

    store: int = 0
    runs: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    metric: str = ""
    direction: Literal["", "min", "max"] = ""
    limit: int = 10


class RankingPage(NamedTuple):
    """The best runs by a metric, as `gage best --json` describes them; null if no run has a metric, or `direction` is
    "": the name does not say which values are better. `facts` are sentences about noise, best values and configs;
    `left_out` says which runs do not count.
    """

    metric: str
    direction: str
    ranking: JSONValue
    facts: Mapping[str, str]
    left_out: str


class PivotQuery(NamedTuple):
    """A pivot table of `runs` (IDs), or of those that match `where`. `rows` and `columns` are names of values, `values`
    are cells such as `mean(acc)`.
    """

    rows: tuple[str, ...]
    values: tuple[str, ...]
    columns: tuple[str, ...] = ()
    store: int = 0
    runs: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


class PivotPage(NamedTuple):
    """A pivot table. The first columns are the names of the rows; cells of means have `mean`, `std` and `n`. `left_out`
    says which runs do not count.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[JSONValue, ...], ...]
    left_out: tuple[str, ...]


def rank_chosen_runs(stores: ViewedStores, query: RankingQuery) -> RankingPage:
    """The best runs by a metric, what sets them apart, and which config values matter."""
    listed = find_chosen_runs(stores, query.store, query.runs, query.where).runs
    runs = [each.run for each in listed]
    text = query.metric or next(iter(pick_headline_metrics({name for run in runs for name in run.metrics}, 1)), "")
    if not text:
        return RankingPage("", "", None, {}, "")
    expression = parse_metric(text, runs)
    require_names([expression], runs)
    lower = query.direction == "min" if query.direction else infer_direction(expression)
    if lower is None:
        return RankingPage(text, "", None, {}, "")
    metric = RankedMetric(text, expression, lower)
    read_series = build_series_reader(stores.get_store(query.store))
    any_status = has_status_condition((*stores.where, *query.where))
    limit = min(max(query.limit, 1), MAX_RANKED)
    positions = [each.position for each in listed]
    ranking = rank_runs(runs, positions, metric, limit, None, read_series, any_status)
    return RankingPage(
        text,
        "min" if lower else "max",
        replace_non_finite(convert_ranking_to_json(ranking)),
        list_ranking_facts(ranking),
        describe_reasons(ranking.left_out, text) if ranking.left_out else "",
    )


def build_chosen_pivot(stores: ViewedStores, query: PivotQuery) -> PivotPage:
    """A pivot table of runs."""
    if not query.rows or not query.values:
        raise UsageError("A pivot table needs rows and values", "Choose a name for the rows and a value for the cells")
    if max(map(len, (query.rows, query.columns, query.values))) > MAX_NAMES:
        raise UsageError(f"A pivot table has at most {MAX_NAMES} names in each direction", "Choose fewer")
    listed = find_chosen_runs(stores, query.store, query.runs, query.where).runs
    runs = [each.run for each in listed]
    values = [parse_pivot_value(text, runs) for text in dict.fromkeys(query.values)]
    rows, columns = ([(name, parse_value_name(name)) for name in dict.fromkeys(n)] for n in (query.rows, query.columns))
    require_names([*(each for _, each in (*rows, *columns)), *(each.expression for each in values)], runs)
    read_series = build_series_reader(stores.get_store(query.store))
    pivot = build_pivot(runs, rows, columns, values, read_series, has_status_condition((*stores.where, *query.where)))
    body = tuple(tuple(replace_non_finite(cell) for cell in row) for row in pivot.table.rows)
    left_out = dict.fromkeys(describe_reasons(counts, text) for text, counts in pivot.left_out.items())
    return PivotPage(pivot.table.columns, body, tuple(left_out))
