"""Stores the values of runs by column. Reads a value once, and again if its run changes. Knows neither order nor
selection.
"""

import gc
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from gage.compare.grid_fields import (
    POSITION,
    GridColumn,
    GridField,
    build_reader,
    find_column,
    is_read_from_points,
    list_fields,
)
from gage.compare.groups import group_by_seed, normalize_config
from gage.index.sorting import MISSING, Rank, build_rank
from gage.select.comparable import read_constant
from gage.select.evaluate import RunRow, Values, compute_arithmetic, list_values, pick_number
from gage.types.filter import Arithmetic, Call, Constant, Expression, FieldName, SeriesReader
from gage.types.run import Run
from gage.types.values import Comparable

MAX_OPERANDS = 16
"""Expressions whose values are stored: a filter rarely has more."""

Ranks = Sequence[Rank | float | None]
"""Sort keys of runs, all of one type; None where the value is missing or NaN."""


class GridRow(NamedTuple):
    """The runs of a row as indexes into the data, ascending; a single one unless rows are groups. `repeats` counts the
    runs that are left out because a newer run of the group has the same seed.
    """

    members: tuple[int, ...]
    repeats: int = 0


class GridData:
    """Runs in the order of the listing, with their positions in it. The runs never change; `update` returns new data.

    A column is read when it is first needed, and stored. `read_series` reads the points that a column such as
    `loss@100` needs.
    """

    def __init__(
        self, runs: Sequence[Run], positions: Sequence[int], now: int, read_series: SeriesReader | None = None
    ) -> None:
        self.runs: Final = tuple(runs)
        self.positions: Final = tuple(positions)
        self.now: Final = now
        self._read_series = read_series
        self.numbers: Final = {run.id: i for i, run in enumerate(self.runs)}
        self._live_count: int | None = None
        self._fields: dict[str, GridField] | None = None
        self._values: dict[GridColumn, list[Comparable | None]] = {}
        self._operands: dict[Expression, list[Values]] = {}
        self._ranks: dict[GridColumn, Ranks] = {}
        self._sorted: dict[GridColumn, list[float]] = {}
        self._configs: list[dict[str, Comparable]] | None = None
        self._run_rows: list[GridRow] | None = None
        self._seed_rows: list[GridRow] | None = None
        self._is_uniform: dict[GridColumn, bool] = {}

    def update(self, runs: Sequence[Run], positions: Sequence[int], now: int) -> "GridData":
        """Returns the data of these runs. Reads only the values of runs that are new, changed or running."""
        later = GridData(runs, positions, now, self._read_series)
        later.adopt_columns(self)
        old = [self._find_unchanged(run) for run in later.runs]
        for expression, operands in list(self._operands.items()):
            later._operands[expression] = [
                operands[i] if i is not None else list_values(expression, RunRow(run, now=now))
                for i, run in zip(old, later.runs, strict=True)
            ]
        if (configs := self._configs) is not None:
            later._configs = [
                configs[i] if i is not None else normalize_config(run) for i, run in zip(old, later.runs, strict=True)
            ]
        return later

    def adopt_columns(self, earlier: "GridData") -> None:
        """Copies the columns of earlier data that this data has not read. Reads only the values of runs that are new,
        changed or running.
        """
        old: list[int | None] = []
        for column, values in list(earlier._values.items()):  # the screen may be adding one
            if column.field.key != POSITION and column not in self._values:
                old = old or [earlier._find_unchanged(run) for run in self.runs]
                read = build_reader(column, self._read_series)
                self._values[column] = [
                    values[i] if i is not None else read(run, self.now) for i, run in zip(old, self.runs, strict=True)
                ]

    def has_column(self, column: GridColumn) -> bool:
        """Returns whether the values of a column were read."""
        return column in self._values

    def has_same(self, run: Run) -> bool:
        """Returns whether the runs contain this very object."""
        number = self.numbers.get(run.id)
        return number is not None and self.runs[number] is run

    def _find_unchanged(self, run: Run) -> int | None:
        """Returns the index of a run; None if the run is new, changed, or running (its duration grows)."""
        i = self.numbers.get(run.id)
        return i if i is not None and self.runs[i] is run and run.status != "running" else None

    @property
    def live_count(self) -> int:
        """The number of runs that are running or pending."""
        if self._live_count is None:
            self._live_count = sum(run.status in ("running", "pending") for run in self.runs)
        return self._live_count

    @property
    def fields(self) -> Mapping[str, GridField]:
        """The fields of the runs by key."""
        if self._fields is None:
            self._fields = list_fields(self.runs)
        return self._fields

    def get_values(self, column: GridColumn) -> Sequence[Comparable | None]:
        """Returns the value of each run, None where it is missing."""
        values = self._values.get(column)
        if values is None:
            read = build_reader(column, self._read_series)
            is_position = column.field.key == POSITION
            values = list(self.positions) if is_position else [read(run, self.now) for run in self.runs]
            self._values[column] = values
        return values

    def build_reader(self, column: GridColumn) -> Callable[[int], Comparable | None]:
        """Returns a function that reads the value of a run by its index, for callers that rarely need all runs."""
        if column in self._values or column.field.key == POSITION or is_read_from_points(column):
            return self.get_values(column).__getitem__
        read = build_reader(column)
        return lambda i: read(self.runs[i], self.now)

    def has_values(self, expression: Expression) -> bool:
        """Returns whether any run has a value of an expression of a filter."""
        column = find_column(expression, self.fields)
        if column is None:
            return any(self.get_operands(expression))
        return any(value is not None for value in self.get_values(column))

    def get_operands(self, expression: Expression) -> Sequence[Values]:
        """Returns the values that an expression of a filter has for each run."""
        key = _remove_positions(expression)
        if key not in self._operands:
            if len(self._operands) >= MAX_OPERANDS:
                self._operands.clear()
            self._operands[key] = self._list_operands(key)
        return self._operands[key]

    def _list_operands(self, expression: Expression) -> list[Values]:
        column = find_column(expression, self.fields)
        if column is not None:
            return [() if value is None else (value,) for value in self.get_values(column)]
        if isinstance(expression, Constant):
            return [(read_constant(expression),)] * len(self.runs)
        if isinstance(expression, Arithmetic):
            sides = self._list_numbers(expression.left), self._list_numbers(expression.right)
            return list(map(partial(compute_arithmetic, expression.operator), *sides))
        return [list_values(expression, RunRow(run, now=self.now)) for run in self.runs]

    def _list_numbers(self, expression: Expression) -> list[float | None]:
        """Returns the number that an expression has for each run."""
        column = find_column(expression, self.fields)
        if column is not None:
            return [None if isinstance(value, str) else value for value in self.get_values(column)]
        return list(map(pick_number, self._list_operands(expression)))

    def get_ranks(self, column: GridColumn) -> Ranks:
        """Returns the sort keys of the runs in a column."""
        if column not in self._ranks:
            self._ranks[column] = rank_values(self.get_values(column))
        return self._ranks[column]

    def get_sorted(self, column: GridColumn) -> Sequence[float]:
        """Returns the finite numbers of a column, ascending."""
        if column not in self._sorted:
            values = self.get_values(column)
            self._sorted[column] = sorted(v for v in values if isinstance(v, int | float) and v - v == 0)
        return self._sorted[column]

    def is_uniform(self, column: GridColumn) -> bool:
        """Returns whether all runs have the same value in a column, or none has one."""
        if column not in self._is_uniform:
            self._is_uniform[column] = len(set(self.get_values(column))) <= 1
        return self._is_uniform[column]

    def get_run_rows(self) -> Sequence[GridRow]:
        """Returns a row for each run."""
        if self._run_rows is None:
            self._run_rows = [GridRow((i,)) for i in range(len(self.runs))]
        return self._run_rows

    def get_seed_rows(self) -> Sequence[GridRow]:
        """Returns a row for each group of runs that differ in their seed only."""
        if self._seed_rows is None:
            if self._configs is None:
                self._configs = [normalize_config(run) for run in self.runs]
            groups = group_by_seed(self.runs, self._configs)
            self._seed_rows = [GridRow(each.indexes, len(each.members) - len(each.indexes)) for each in groups]
        return self._seed_rows

    def group_by_value(self, column: GridColumn) -> Mapping[Hashable, list[int]]:
        """Returns the indexes of the runs by their value in a column."""
        groups: dict[Hashable, list[int]] = {}
        for i, value in enumerate(self.get_values(column)):
            groups.setdefault((isinstance(value, str), value), []).append(i)
        return groups


def _remove_positions(expression: Expression) -> Expression:
    """Returns an expression without its positions in the filter, so that equal expressions compare equal."""
    match expression:
        case FieldName() | Constant():
            return expression._replace(at=0)
        case Call(_, arguments):
            return expression._replace(at=0, arguments=tuple(map(_remove_positions, arguments)))
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, _remove_positions(left), _remove_positions(right))


def rank_values(values: Sequence[Comparable | None]) -> Ranks:
    """Returns the sort keys of values: numbers before texts, texts in natural order; None for missing and NaN."""
    if all(not isinstance(value, str) or value in MISSING for value in values):
        return [None if value is None or isinstance(value, str) else value for value in values]
    known: dict[Comparable, Rank | None] = {}
    ranks: list[Rank | None] = []
    for value in values:
        if value is None:
            ranks.append(None)
            continue
        if value not in known:
            known[value] = build_rank((value,), False)
        ranks.append(known[value])
    return ranks


def exclude_from_collection() -> None:
    """Excludes all present objects from garbage collection, which would pause to walk through millions of values."""
    gc.collect()
    gc.freeze()
