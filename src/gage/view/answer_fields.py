"""Answers about names: of the values that runs have, and what a filter may continue with."""

from typing import Literal, NamedTuple

from gage.board.run_table import COLUMNS, pick_headline_metrics
from gage.compare.metric import infer_direction
from gage.index.complete_filter import CompletedFilter, complete_filter
from gage.index.stored_names import MetricName, StoredName
from gage.index.suggestions import Suggestions
from gage.select.fields import FIELDS, FieldType
from gage.types.errors import UsageError
from gage.types.filter import FieldName
from gage.view.stores import ViewedStores

Direction = Literal["lower", "higher", "unknown"]

MAX_COMPLETED_LENGTH = 2_000
MAX_COMPLETIONS = 60
MAIN_METRICS = 8


class FieldsQuery(NamedTuple):
    """The store whose names are wanted."""

    store: int = 0


class MetricField(NamedTuple):
    """A metric: the number of runs that have it, whether its last values differ, the least and greatest of those that
    are finite, and which values are better by its name.
    """

    name: str
    runs: int
    differs: bool
    low: float | None
    high: float | None
    better: Direction


class RunColumn(NamedTuple):
    """A value of the run itself, such as its branch, and its type."""

    name: str
    title: str
    type: FieldType


class FieldNames(NamedTuple):
    """The names of config values, metrics and attributes, the most frequent first, and the values of the run itself.
    `main_metrics` are those that a narrow list shows.
    """

    config: tuple[StoredName, ...]
    metrics: tuple[MetricField, ...]
    attributes: tuple[StoredName, ...]
    run: tuple[RunColumn, ...]
    main_metrics: tuple[str, ...]


class CompletionsQuery(NamedTuple):
    """A filter up to the cursor."""

    text: str
    store: int = 0


class Completions(NamedTuple):
    """What the filter may become, each with one more word."""

    items: tuple[CompletedFilter, ...]


def list_fields(stores: ViewedStores, query: FieldsQuery) -> FieldNames:
    """The names of config values, metrics and attributes of a store, the most frequent first."""
    with stores.open_index(query.store) as index:
        names = index.list_stored_names()
    metrics = tuple(map(_add_direction, names.metrics))
    main = pick_headline_metrics({metric.name for metric in metrics}, MAIN_METRICS)
    return FieldNames(names.config, metrics, names.attributes, _list_run_columns(), tuple(main))


def list_completions(stores: ViewedStores, query: CompletionsQuery) -> Completions:
    """Words that an unfinished filter may continue with."""
    if len(query.text) > MAX_COMPLETED_LENGTH:
        raise UsageError(f"The filter is longer than {MAX_COMPLETED_LENGTH:,} characters", "Shorten it")
    with Suggestions(stores.get_store(query.store)) as suggestions:
        return Completions(tuple(complete_filter(query.text, suggestions)[:MAX_COMPLETIONS]))


def _add_direction(metric: MetricName) -> MetricField:
    is_lower = infer_direction(FieldName(metric.name, "metric"))
    return MetricField(*metric, "unknown" if is_lower is None else "lower" if is_lower else "higher")


def _list_run_columns() -> tuple[RunColumn, ...]:
    keys = [(field.column or field.key, field.type) for field in FIELDS]
    return tuple(RunColumn(key, COLUMNS[key][0].title, kind) for key, kind in keys if key in COLUMNS)
