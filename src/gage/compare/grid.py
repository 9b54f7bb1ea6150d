"""A grid of runs: the rows and columns of a view. A face draws it. A change of the view or the runs makes a new grid.

Knows which rows and columns there are; not how they are drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gage.compare.grid_columns import ColumnChoice, ColumnFacts, select_columns
from gage.compare.grid_data import GridData, GridRow
from gage.compare.grid_fields import resolve_field
from gage.compare.grid_rows import build_rows, check_filter
from gage.compare.grid_view import GridSort, GridView
from gage.select.parse import parse_where
from gage.types.run import Run


@dataclass(frozen=True, slots=True)
class Grid:
    """Runs as the rows and columns of a view."""

    data: GridData
    view: GridView
    rows: Sequence[GridRow]
    choice: ColumnChoice
    facts: ColumnFacts
    _row_numbers: list[int | None] = field(init=False, compare=False, default_factory=list)

    def with_view(self, view: GridView) -> "Grid":
        """Returns the grid of another view. Raises UsageError if its filter takes too long."""
        is_same = _get_row_parts(view) == _get_row_parts(self.view)
        rows = self.rows if is_same else build_rows(self.data, view)
        has_same_runs = (view.where, view.group) == (self.view.where, self.view.group)
        facts = self.facts if has_same_runs else ColumnFacts(self.data, rows, self.facts.candidates)
        return Grid(self.data, view, rows, select_columns(self.data, view, facts), facts)

    def with_data(self, data: GridData) -> "Grid":
        """Returns the grid of other runs; without a baseline if they do not contain it."""
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
        """Returns the number of the row that contains a run, None if no row does."""
        if not self._row_numbers:
            self._row_numbers.extend(_number_rows(self.rows, len(self.data.runs)))
        index = self.data.numbers.get(id)
        return None if index is None else self._row_numbers[index]

    def get_run(self, id: str) -> Run | None:
        """Returns a run by its ID, None if the grid no longer has it."""
        number = self.data.numbers.get(id)
        return None if number is None else self.data.runs[number]


def _number_rows(rows: Sequence[GridRow], size: int) -> list[int | None]:
    """Returns the number of the row of each of `size` runs, None for a run without a row."""
    numbers: list[int | None] = [None] * size
    for at, row in enumerate(rows):
        for i in row.members:
            numbers[i] = at
    return numbers


def build_grid(data: GridData, view: GridView) -> Grid:
    """Returns the grid of runs in a view. Raises UsageError if its filter takes too long."""
    rows = build_rows(data, view)
    facts = ColumnFacts(data, rows)
    return Grid(data, view, rows, select_columns(data, view, facts), facts)


def _get_row_parts(view: GridView) -> tuple[object, ...]:
    """Returns the parts of a view that decide the rows and their order."""
    return view.where, view.group, view.sort, view.reducers if view.sort or view.group else None


def parse_grid_filter(data: GridData, text: str) -> GridView:
    """Returns a view that has only this filter. Raises UsageError for a mistake, with a caret below it."""
    where = parse_where(text.strip())
    check_filter(data, where)
    return GridView().with_filter(text, where)


def build_view(data: GridData, sort: Sequence[str], listed: Sequence[str] = ()) -> GridView:
    """Returns the first view. `sort` lists names, with "-" for descending order, and `listed` the columns (empty: those
    that differ). Raises UsageError for a name that no run has.
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
