"""Chooses the columns of a grid: by default those in which its rows differ. Knows names and values; no widths."""

from collections.abc import Sequence
from typing import NamedTuple

from gage.board.run_table import pick_headline_metrics
from gage.compare.grid_data import GridData
from gage.compare.grid_fields import CURVE, GridColumn, GridField, list_metrics
from gage.compare.grid_rows import GridRow, resolve_column
from gage.compare.grid_view import GridView
from gage.types.run import Run

LEADING = ("status", "op")
TRAILING = ("label", "tags", "mark", "comments", "batch", "started", "duration", "reason")
"""Values of the run itself that are columns if they differ, before and after those of config and metrics."""
ALWAYS = ("status", "started")
"""Values of the run itself that are columns also if they do not differ."""

PROBED_RUNS = 50
"""Runs in which columns are found to differ before all values are read."""


class ColumnChoice(NamedTuple):
    """The columns of a view. `same` has those left out since all rows have the same value, `hidden` those that were
    hidden.
    """

    columns: tuple[GridColumn, ...]
    same: tuple[GridColumn, ...]
    hidden: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the columns."""
        return tuple(column.field.key for column in self.columns)


class ColumnFacts:
    """What is computed of the columns of some rows, whatever their order: it is read when it is first needed."""

    def __init__(self, data: GridData, rows: Sequence[GridRow], candidates: Sequence[str] | None = None) -> None:
        self._data = data
        self._rows = rows
        self._indexes: list[int] = []
        self._differing: dict[GridColumn, bool] = {}
        self._candidates = candidates

    @property
    def candidates(self) -> Sequence[str]:
        """The columns that a grid of the data can have by itself."""
        if self._candidates is None:
            self._candidates = _list_candidates(self._data)
        return self._candidates

    def has_differences(self, column: GridColumn) -> bool:
        """Returns whether the rows have different values in a column; also if there are no rows."""
        if column not in self._differing:
            self._indexes = self._indexes or [i for row in self._rows for i in row.members]
            self._differing[column] = not self._indexes or has_differences(self._data, column, self._indexes)
        return self._differing[column]


def select_columns(data: GridData, view: GridView, facts: ColumnFacts) -> ColumnChoice:
    """Returns the columns of a view, the pinned ones first."""
    keys = dict.fromkeys((*view.pinned, *(view.listed or facts.candidates), *view.shown))
    always = {*view.pinned, *view.listed, *view.shown, *(each.key for each in view.sort), *ALWAYS, CURVE}
    columns: list[GridColumn] = []
    same: list[GridColumn] = []
    for key in keys:
        if key in view.hidden:
            continue
        column = resolve_column(data, view, key)
        is_own = column.field.kind == "run"
        if key in always or not (view.only_differing or is_own) or facts.has_differences(column):
            columns.append(column)
        elif not is_own:
            same.append(column)
    return ColumnChoice(_arrange(columns, view), tuple(same), tuple(key for key in keys if key in view.hidden))


def _list_candidates(data: GridData) -> list[str]:
    """Returns the columns that a grid can have by itself: the main metrics before config and other metrics."""
    fields = list(data.fields.values())
    metrics = list_metrics(fields)
    main = _find_main_metrics(data.runs, metrics)
    config = [field.key for field in fields if field.kind == "config"]
    others = [field.key for field in metrics if field.key not in main]
    attributes = [field.key for field in fields if field.kind == "attribute"]
    curve = [CURVE] if metrics else []
    return [*LEADING, *main, *curve, *config, *others, *attributes, *TRAILING]


def _find_main_metrics(runs: Sequence[Run], metrics: Sequence[GridField]) -> list[str]:
    """Returns the keys of the most telling metrics: those that operations rank, else those picked by their names."""
    by_name = {field.name: field.key for field in metrics}
    ranked = {
        name: metric.rank for run in runs[:1000] for name, metric in run.metrics.items() if metric.rank is not None
    }
    names = sorted(ranked, key=lambda name: (ranked[name], name))[:4] or pick_headline_metrics(by_name)
    return [by_name[name] for name in names]


def has_differences(data: GridData, column: GridColumn, indexes: Sequence[int]) -> bool:
    """Returns whether runs have different values in a column; a missing value differs from all others."""
    read = data.build_reader(column)
    if len(set(map(read, indexes[:PROBED_RUNS]))) > 1:
        return True
    return len(set(map(data.get_values(column).__getitem__, indexes))) > 1


def _arrange(columns: Sequence[GridColumn], view: GridView) -> tuple[GridColumn, ...]:
    """Returns pinned columns first, and moved ones where they were put."""
    places = {key: place for place, key in enumerate(view.order)}
    pins = {key: place for place, key in enumerate(view.pinned)}
    pinned = sorted((c for c in columns if c.field.key in pins), key=lambda c: pins[c.field.key])
    rest = [c for c in columns if c.field.key not in pins]
    if places:
        at = {c.field.key: i for i, c in enumerate(rest)}
        rest.sort(key=lambda c: (places.get(c.field.key, len(places)), at[c.field.key]))
    return (*pinned, *rest)


def pick_metric(columns: Sequence[GridColumn], view: GridView, current: str = "") -> GridColumn | None:
    """Returns the metric that curves show: that of the current column, else of the sorted one, else the first one."""
    metrics = {column.field.key: column for column in columns if column.field.kind == "metric"}
    wanted = (current, *(each.key for each in view.sort))
    return next((metrics[key] for key in wanted if key in metrics), next(iter(metrics.values()), None))
