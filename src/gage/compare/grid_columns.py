"""Chooses the columns of a grid: by default those in which the rows differ. Knows names and values; no widths."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from gage.board.run_table import pick_headline_metrics
from gage.compare.grid_data import GridData, GridRow
from gage.compare.grid_fields import CURVE, GridColumn, GridField, list_metrics
from gage.compare.grid_rows import resolve_column
from gage.compare.grid_view import SEEDS, GridView
from gage.compare.groups import is_seed_name
from gage.types.run import Run

TRAILING = ("op", "label", "tags", "mark", "comments", "batch", "started", "duration", "reason")
"""The run's own values that become columns if they differ, after config and metrics."""
ALWAYS = ("status", "started")
"""The run's own values that are always columns."""
CONFIG_BEFORE_CURVE = 3
"""Number of config values before the curve of a metric. The curve is as wide as two of them."""
SAMPLED_RUNS = 200
"""Runs whose config decides the order of the columns."""
MIN_VARIED_SHARE = 0.1
"""Share of runs with other values than the most common one from which a config value counts as varied."""

PROBED_RUNS = 50
"""Number of runs that are compared first. If they differ in a column, the values of the other runs are not read."""


class ColumnChoice(NamedTuple):
    """The columns of a view. `same` lists columns that are left out because all rows have one value, `hidden` the keys
    of columns that the user hid.
    """

    columns: tuple[GridColumn, ...]
    same: tuple[GridColumn, ...]
    hidden: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the columns."""
        return tuple(column.field.key for column in self.columns)


class ColumnFacts:
    """Facts about the columns of some rows. The order of the rows does not matter. Computes a fact when a caller first
    needs it.
    """

    def __init__(self, data: GridData, rows: Sequence[GridRow], candidates: Sequence[str] | None = None) -> None:
        self._data = data
        self._rows = rows
        self._indexes: list[int] = []
        self._differing: dict[GridColumn, bool] = {}
        self._candidates = candidates

    @property
    def candidates(self) -> Sequence[str]:
        """The keys of the columns that a grid shows unless the user chooses others."""
        if self._candidates is None:
            self._candidates = _list_candidates(self._data)
        return self._candidates

    def has_differences(self, column: GridColumn) -> bool:
        """Returns whether the rows have different values in a column; True without any row."""
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
        if key in view.hidden or (key not in always and _is_averaged(data, view, key)):
            continue
        column = resolve_column(data, view, key)
        is_own = column.field.kind == "run"
        if key in always or not (view.only_differing or is_own) or facts.has_differences(column):
            columns.append(column)
        elif not is_own:
            same.append(column)
    if not view.listed:
        columns = _place_curve(columns)
    return ColumnChoice(_arrange(columns, view), tuple(same), tuple(key for key in keys if key in view.hidden))


def _is_averaged(data: GridData, view: GridView, key: str) -> bool:
    """Returns whether a column shows a seed, and the view joins the runs of all seeds."""
    field = data.fields.get(key)
    return view.group == SEEDS and field is not None and field.kind == "config" and is_seed_name(field.name)


def _place_curve(columns: Sequence[GridColumn]) -> list[GridColumn]:
    """Returns the columns with the curve after the first config values and two metrics."""
    curve = [column for column in columns if column.field.key == CURVE]
    others = [column for column in columns if column.field.key != CURVE]
    config = [at for at, column in enumerate(others) if column.field.kind == "config"][:CONFIG_BEFORE_CURVE]
    metrics = [at for at, column in enumerate(others) if column.field.kind == "metric"][:2]
    at = max((*config, *metrics), default=-1) + 1
    return [*others[:at], *curve, *others[at:]]


def _list_candidates(data: GridData) -> list[str]:
    """Returns the keys of the columns in their default order: a metric, a config value, a metric, so that a narrow
    screen shows both kinds, then the others. The status comes first if it differs.
    """
    fields = list(data.fields.values())
    metrics = list_metrics(fields)
    main = _find_main_metrics(data.runs, metrics)
    config = [field.key for field in _order_config(data, [field for field in fields if field.kind == "config"])]
    others = [field.key for field in metrics if field.key not in main]
    attributes = [field.key for field in fields if field.kind == "attribute"]
    curve = [CURVE] if metrics else []
    evaluated = [field.key for field in fields if field.kind == "evaluation"]
    values = [*main[:1], *config[:1], *main[1:2], *config[1:], *curve, *main[2:], *evaluated, *others, *attributes]
    is_uniform = data.is_uniform(GridColumn(data.fields["status"]))
    return [*values, "status", *TRAILING] if is_uniform else ["status", *values, *TRAILING]


def _order_config(data: GridData, fields: Sequence[GridField]) -> list[GridField]:
    """Returns config values in the order of their columns: those that vary, seeds, those that few runs changed."""
    sample = range(0, len(data.runs), max(len(data.runs) // SAMPLED_RUNS, 1))

    def rank(field: GridField) -> int:
        values = Counter(map(data.build_reader(GridColumn(field)), sample))
        del values[None]
        changed = values.total() - max(values.values(), default=0)
        if changed < values.total() * MIN_VARIED_SHARE:
            return 2 if changed else 3
        return int(is_seed_name(field.name))

    return sorted(fields, key=rank)


def _find_main_metrics(runs: Sequence[Run], metrics: Sequence[GridField]) -> list[str]:
    """Returns the keys of the main metrics: those that operations rank, otherwise those with well-known names."""
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
    return not data.is_uniform(column) and len(set(map(data.get_values(column).__getitem__, indexes))) > 1


def _arrange(columns: Sequence[GridColumn], view: GridView) -> tuple[GridColumn, ...]:
    """Returns the pinned columns, then the others, with moved ones at the places that the user chose."""
    places = {key: place for place, key in enumerate(view.order)}
    pins = {key: place for place, key in enumerate(view.pinned)}
    pinned = sorted((c for c in columns if c.field.key in pins), key=lambda c: pins[c.field.key])
    rest = [c for c in columns if c.field.key not in pins]
    if places:
        at = {c.field.key: i for i, c in enumerate(rest)}
        rest.sort(key=lambda c: (places.get(c.field.key, len(places)), at[c.field.key]))
    return (*pinned, *rest)


def pick_metric(columns: Sequence[GridColumn], view: GridView, current: str = "") -> GridColumn | None:
    """Returns the metric that curves show: the column `current`, otherwise the sorted one, otherwise the first one."""
    metrics = {column.field.key: column for column in columns if column.field.kind == "metric"}
    wanted = (current, *(each.key for each in view.sort))
    return next((metrics[key] for key in wanted if key in metrics), next(iter(metrics.values()), None))
