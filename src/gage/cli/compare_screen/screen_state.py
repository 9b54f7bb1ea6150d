"""The state of the screen: the grid, the cursor, the selection, the open page. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from gage.cli.compare_screen.spans import Charset, Line
from gage.cli.render.plot import Curve
from gage.compare.grid import Grid
from gage.compare.grid_columns import pick_metric
from gage.compare.grid_data import GridRow
from gage.compare.grid_fields import GridColumn
from gage.types.filter import Where
from gage.types.run import Run

Page = Literal["table", "details", "keys", "text"]
Tab = Literal["curves", "config", "output", "files", "system", "run"]
TABS: tuple[Tab, ...] = ("curves", "config", "output", "files", "system", "run")
CHART_TABS: tuple[Tab, ...] = ("curves", "system")
"""Tabs that scroll through charts instead of lines."""
SMOOTHINGS = (0.0, 0.6, 0.9, 0.97)
MAX_CURVES = 6
"""Runs whose curves are shown at once: one for each colour of `CURVE_STYLES`."""


class RunFiles(NamedTuple):
    """Output, files and other parts of a run that are not in `Run`. `is_read` is False until they were read."""

    is_read: bool = False
    output: tuple[str, ...] = ()
    files: tuple[tuple[str, str, str], ...] = ()
    system: tuple[Curve, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    evaluations: tuple[Run, ...] = ()
    pictures: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    problems: tuple[str, ...] = ()


NO_FILES = RunFiles()
Series = Mapping[str, Curve]
"""The curves of a run by metric."""


@dataclass(frozen=True, slots=True)
class ScreenState:
    """The state of the screen. `cursor` is the ID of a run in the current row, `column` the key of the current column,
    `top` the first row on the screen, `offset` the first line of the details. `scope` describes the selection of the
    command line, and `total` counts its runs. `offers` are the words that Tab inserts into the line of input, `offer`
    the number of the last one inserted.
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
    offers: tuple[str, ...] = ()
    offer: int | None = None
    is_error: bool = False
    last_where: tuple[Where, ...] = ()
    smoothing: float = 0.0
    log: bool = False
    metric_filter: str = ""
    files: Mapping[str, RunFiles] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)

    @property
    def row_number(self) -> int:
        """The number of the current row; 0 if no row contains the cursor's run."""
        return self.grid.find_row(self.cursor) or 0

    @property
    def row(self) -> GridRow | None:
        """The current row, None without any row."""
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
        """Returns the selected runs, in the order of the rows and then of the listing; if the user selected none, the
        runs of the current row.
        """
        if not self.selected:
            return self.grid.get_runs(self.row) if self.row else []
        data = self.grid.data
        chosen = [i for row in self.grid.rows for i in row.members if data.runs[i].id in self.selected]
        filtered_out = {data.numbers[id] for id in self.selected}.difference(chosen)
        return [data.runs[i] for i in (*chosen, *sorted(filtered_out))]

    def list_curve_runs(self) -> list[Run]:
        """Returns the runs whose curves are shown: the selected runs, the baseline and the current run."""
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
        """Returns the state with the cursor on a row, or on the first or last row if the number is out of range."""
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
        """Returns the state with another grid. The cursor stays on its run, or in its line if no row contains the run.
        Runs that the grid does not contain are no longer selected.
        """
        number = self.row_number
        state = replace(self, grid=grid, selected=frozenset(id for id in self.selected if id in grid.data.numbers))
        if grid.find_row(self.cursor) is None:
            state = replace(state.with_row(number), offset=self.offset)
        if state.column not in grid.choice.keys:
            state = replace(state, column=grid.choice.keys[0] if grid.choice.keys else "")
        return state
