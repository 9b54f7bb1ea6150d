"""A grid of runs: rows and columns of a view. The face draws it; every change of view or runs returns another grid.

Knows which rows and columns there are; not how they are drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gage.compare.grid_columns import ColumnChoice, ColumnFacts, select_columns
from gage.compare.grid_data import GridData
from gage.compare.grid_fields import resolve_field
from gage.compare.grid_rows import GridRow, build_rows, check_filter
from gage.compare.grid_view import GridSort, GridView
from gage.select.parse import parse_where
from gage.types.run import Run


class RowNumbers(NamedTuple):
    """The number of the row of each run, by its ID."""

    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows and columns that a view shows of runs."""

    data: GridData
    view: GridView
    rows: Sequence[GridRow]
    choice: ColumnChoice
    facts: ColumnFacts
    _numbers: list[RowNumbers] = field(default_factory=list)

    def with_view(self, view: GridView) -> "Grid":
        """Returns the grid of another view. Raises UsageError if its filter takes too long."""
        is_same = _get_row_parts(view) == _get_row_parts(self.view)
        rows = self.rows if is_same else build_rows(self.data, view)
        has_same_runs = (view.where, view.group) == (self.view.where, self.view.group)
        facts = self.facts if has_same_runs else ColumnFacts(self.data, rows, self.facts.candidates)
        return Grid(self.data, view, rows, select_columns(self.data, view, facts), facts)

    def with_data(self, data: GridData) -> "Grid":
        """Returns the grid of other runs; without the baseline if it is no longer there."""
        view = self.view if self.view.baseline in data.numbers else self.view._replace(baseline="")
        return build_grid(data, view)

    @property
    def baseline(self) -> int | None:
        """The index of the baseline's run."""
        return self.data.numbers.get(self.view.baseline)

    def get_runs(self, row: GridRow) -> list[Run]:
        """Returns the runs of a row."""
        return [self.data.runs[i] for i in row.members]

    def find_row(self, id: str) -> int | None:
        """Returns the number of the row that a run is in, None if it is in none."""
        if not self._numbers:
            rows = {self.data.runs[i].id: number for number, row in enumerate(self.rows) for i in row.members}
            self._numbers.append(RowNumbers(rows))
        return self._numbers[0].rows.get(id)

    def get_run(self, id: str) -> Run | None:
        """Returns a run by its ID, None if the grid no longer has it."""
        number = self.data.numbers.get(id)
        return None if number is None else self.data.runs[number]


def build_grid(data: GridData, view: GridView) -> Grid:
    """Returns the grid of runs in a view. Raises UsageError if its filter takes too long."""
    rows = build_rows(data, view)
    facts = ColumnFacts(data, rows)
    return Grid(data, view, rows, select_columns(data, view, facts), facts)


def _get_row_parts(view: GridView) -> tuple[object, ...]:
    """Returns the parts of a view that decide which rows there are, and their order."""
    return view.where, view.group, view.sort, view.reducers if view.sort or view.group else None


def parse_grid_filter(data: GridData, text: str) -> GridView:
    """Returns a view with this filter and nothing else. Raises UsageError for a mistake, with a caret below it."""
    where = parse_where(text.strip())
    check_filter(data, where)
    return GridView().with_filter(text, where)


def build_view(data: GridData, sort: Sequence[str], listed: Sequence[str] = ()) -> GridView:
    """Returns the first view: `sort` has names, with "-" before those that are descending, and `listed` the columns
    (empty: those that differ). Raises UsageError for a name that no run has.
    """
    view = GridView()
    reducers: dict[str, str] = {}

    def add(text: str) -> str:
        column = resolve_field(text, data.fields)
        if column.reducer not in ("", "last"):
            reducers[column.field.key] = column.reducer
        return column.field.key

    keys = tuple(GridSort(add(text.strip().removeprefix("-")), text.strip().startswith("-")) for text in sort)
    listed = tuple(map(add, listed))
    return view._replace(listed=listed, sort=keys, reducers=reducers or view.reducers)
