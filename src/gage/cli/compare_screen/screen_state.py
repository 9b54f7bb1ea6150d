"""What the screen shows: a grid, where the cursor is, what is selected, which page is open. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from gage.cli.compare_screen.spans import Charset, Line
from gage.cli.render.plot import Curve
from gage.compare.grid import Grid
from gage.compare.grid_columns import pick_metric
from gage.compare.grid_fields import GridColumn
from gage.compare.grid_rows import GridRow
from gage.types.filter import Where
from gage.types.run import Run

Page = Literal["table", "details", "keys", "text"]
Tab = Literal["curves", "config", "output", "files", "system", "run"]
TABS: tuple[Tab, ...] = ("curves", "config", "output", "files", "system", "run")
SMOOTHINGS = (0.0, 0.6, 0.9, 0.97)
MAX_CURVES = 6
"""Runs whose curves are shown at once: as many as the colours that everybody can tell apart."""


class RunFiles(NamedTuple):
    """What was read of a run beside its record. `is_read` is False until it was."""

    is_read: bool = False
    output: tuple[str, ...] = ()
    files: tuple[tuple[str, str, str], ...] = ()
    system: tuple[Curve, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    pictures: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    problems: tuple[str, ...] = ()


NO_FILES = RunFiles()
Series = Mapping[str, Curve]
"""The curves of a run by metric."""


@dataclass(frozen=True, slots=True)
class ScreenState:
    """The state of the screen. `cursor` is the ID of a run in the current row, `column` the key of the current column,
    `top` the first row on the screen, `offset` the first line of the details. `scope` describes which runs there are,
    `limit` their number before the filter of the screen.
    """

    grid: Grid
    width: int
    height: int
    charset: Charset
    cursor: str = ""
    column: str = ""
    first_column: int = 0
    top: int = 0
    offset: int = 0
    selected: frozenset[str] = frozenset()
    page: Page = "table"
    tab: Tab = "curves"
    text: tuple[Line, ...] = ()
    text_title: str = ""
    scope: str = ""
    total: int = 0
    is_loading: bool = False
    message: str = ""
    is_error: bool = False
    last_where: tuple[Where, ...] = ()
    smoothing: float = 0.0
    log: bool = False
    metric_filter: str = ""
    files: Mapping[str, RunFiles] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)

    @property
    def row_number(self) -> int:
        """The number of the current row; 0 if the cursor's run is no longer there."""
        return self.grid.find_row(self.cursor) or 0

    @property
    def row(self) -> GridRow | None:
        """The current row, None if there are none."""
        return self.grid.rows[self.row_number] if self.grid.rows else None

    @property
    def run(self) -> Run | None:
        """The first run of the current row."""
        return self.grid.data.runs[self.row.members[0]] if self.row else None

    @property
    def current_column(self) -> GridColumn | None:
        """The current column."""
        columns = self.grid.choice.columns
        return next((each for each in columns if each.field.key == self.column), columns[0] if columns else None)

    @property
    def metric(self) -> GridColumn | None:
        """The metric that curves show first."""
        return pick_metric(self.grid.choice.columns, self.grid.view, self.column)

    def list_chosen_runs(self) -> list[Run]:
        """Returns the selected runs that there still are in the order of the rows, else those of the current row."""
        data = self.grid.data
        if not self.selected:
            return self.grid.get_runs(self.row) if self.row else []
        chosen = [data.runs[i] for row in self.grid.rows for i in row.members if data.runs[i].id in self.selected]
        seen = {run.id for run in chosen}
        chosen += [run for id in self.selected - seen if (run := self.grid.get_run(id))]
        return chosen or (self.grid.get_runs(self.row) if self.row else [])

    def list_curve_runs(self) -> list[Run]:
        """Returns the runs whose curves are shown: the selected ones, and the current one and the baseline."""
        selected = self.list_chosen_runs()
        base = self.grid.get_run(self.grid.view.baseline)
        runs = {run.id: run for run in (*selected[: MAX_CURVES - 1], *([base] if base else []))}
        if self.run is not None:
            runs.setdefault(self.run.id, self.run)
        return list(runs.values())[:MAX_CURVES]

    def with_message(self, text: str, is_error: bool = False) -> "ScreenState":
        """Returns the state with a message at the bottom."""
        return replace(self, message=text, is_error=is_error)

    def with_row(self, number: int) -> "ScreenState":
        """Returns the state with the cursor on a row, or the nearest one that there is."""
        rows = self.grid.rows
        if not rows:
            return self
        row = rows[min(max(number, 0), len(rows) - 1)]
        return replace(self, cursor=self.grid.data.runs[row.members[0]].id, offset=0)

    def with_column(self, by: int) -> "ScreenState":
        """Returns the state with the cursor moved by a number of columns."""
        keys = self.grid.choice.keys
        if not keys:
            return self
        at = keys.index(self.column) if self.column in keys else 0
        return replace(self, column=keys[min(max(at + by, 0), len(keys) - 1)])

    def with_grid(self, grid: Grid) -> "ScreenState":
        """Returns the state with another grid. The cursor stays on its run; if that is no longer there, at its place.
        The selection keeps the runs that there are.
        """
        number = self.row_number
        state = replace(self, grid=grid, selected=frozenset(id for id in self.selected if id in grid.data.numbers))
        if grid.find_row(self.cursor) is None:
            state = replace(state.with_row(number), offset=self.offset)
        if state.column not in grid.choice.keys:
            state = replace(state, column=grid.choice.keys[0] if grid.choice.keys else "")
        return state
