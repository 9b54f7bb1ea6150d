"""Places the columns of a grid on a line: which columns fit, and their widths. Does not know the order of rows."""

from collections.abc import Sequence
from typing import NamedTuple

from gage.cli.compare_screen.spans import Charset
from gage.cli.render import terminal
from gage.compare.grid import Grid
from gage.compare.grid_cells import CellFormatter, GridCell
from gage.compare.grid_columns import pick_metric
from gage.compare.grid_data import GridRow
from gage.compare.grid_fields import CURVE, NAME, POSITION, GridColumn
from gage.compare.grid_view import WidthMode

MARKER_WIDTH = 2
NARROW_SCREEN = 60
"""A terminal with fewer columns shows only the name of a run and one value."""
MEASURED_ROWS = 200
"""Rows, spread over the grid, whose cells decide the width of a column."""
MAX_WIDTHS: dict[WidthMode, int] = {"auto": 24, "full": 80, "narrow": 6}
CURVE_WIDTH = 16
NARROW_STATUS = 6
"""Width of the column of the status on a screen with fewer than `WIDE_STATUS_SCREEN` columns."""
WIDE_STATUS_SCREEN = 100
MORE_WIDTH = 8
"""Width of the note that counts the columns that do not fit."""


class PlacedColumn(NamedTuple):
    """A column on the screen. `delta` is the part of its width for the difference from the baseline."""

    column: GridColumn
    formatter: CellFormatter
    width: int
    right: bool
    delta: int = 0


class ColumnsLayout(NamedTuple):
    """The columns that fit, how many are left out `before` and `after` them, and the number of the `first` one, from
    which the next layout starts.
    """

    placed: tuple[PlacedColumn, ...]
    before: int
    after: int
    first: int


class LayoutCache:
    """Measures columns of one grid once."""

    def __init__(self, grid: Grid, charset: Charset) -> None:
        self.grid = grid
        self._charset = charset
        self._placed: dict[GridColumn, PlacedColumn] = {}

    def place(self, column: GridColumn) -> PlacedColumn:
        """Returns a column with its width."""
        if column not in self._placed:
            self._placed[column] = self._measure(column)
        return self._placed[column]

    def _measure(self, column: GridColumn) -> PlacedColumn:
        grid = self.grid
        formatter = CellFormatter(grid.data, column, grid.baseline)
        title = terminal.display_width(self._charset.encode(column.title)) + 2  # room for the sign of the sort order
        title += len(grid.view.sort) > 1  # and for the number of the sort key
        mode = grid.view.widths.get(column.field.key, "auto")
        if column.field.key == CURVE:
            return PlacedColumn(column, formatter, CURVE_WIDTH, False)
        if column.field.key == POSITION:
            width = len(str(max(grid.data.positions, default=1)))
            return PlacedColumn(column, formatter, max(width, 3), True)
        cells = [formatter.format(row) for row in _sample(grid.rows, mode)]
        texts = max((terminal.display_width(self._charset.encode(cell.text)) for cell in cells), default=1)
        deltas = max((len(self._charset.encode(cell.delta)) + 1 for cell in cells if cell.delta), default=0)
        limit = MAX_WIDTHS[mode]
        least = min(title, limit)
        width = min(max(texts, least - (deltas + 1 if deltas else 0)), limit)
        right = _is_number(formatter, grid.rows, cells)
        return PlacedColumn(column, formatter, width + (deltas + 1 if deltas else 0), right, deltas)


def _sample(rows: Sequence[GridRow], mode: WidthMode) -> Sequence[GridRow]:
    """Returns rows spread over all rows; more of them for a column in full width."""
    step = max(len(rows) // (MEASURED_ROWS * (5 if mode == "full" else 1)), 1)
    return rows[::step]


def _is_number(formatter: CellFormatter, rows: Sequence[GridRow], cells: Sequence[GridCell]) -> bool:
    """Returns whether a column is aligned at the right: it has numbers, and no text but NaN."""
    if formatter.column.field.key == NAME:
        return False
    return any(not cell.is_missing for cell in cells) and formatter.has_numbers(rows)


def fit_columns(cache: LayoutCache, width: int, current: str, first: int) -> ColumnsLayout:
    """Returns the columns that fit `width`: the pinned ones, then others from the number `first` on. If `current` is
    not among these, the others start with another number. A narrow screen does not change the number for a wide one.
    """
    grid, start = cache.grid, first
    pins = {NAME} if width < NARROW_SCREEN else set(grid.view.pinned)
    pinned = [_place(cache, column, width) for column in grid.choice.columns if column.field.key in pins]
    others = [column for column in grid.choice.columns if column.field.key not in pins]
    pinned = _limit_pinned(pinned, width)
    gap = get_gap(width)
    room = width - MARKER_WIDTH - sum(each.width + gap for each in pinned)
    if width < NARROW_SCREEN:
        others = [column for column in others if column.field.key != POSITION]
    at = next((i for i, column in enumerate(others) if column.field.key == current), None)
    if at is None and width < NARROW_SCREEN:
        at = first = _find_main(grid, others)
    first = min(first, max(len(others) - 1, 0)) if at is None else min(first, at)
    while True:
        fitting = _fill(cache, others[first:], room, gap, width)
        if first + len(fitting) < len(others) and width >= NARROW_SCREEN:
            fitting = _fill(cache, others[first:], room - MORE_WIDTH, gap, width)
        if at is None or at < first + len(fitting) or first >= at:
            break
        first += 1
    after = len(others) - first - len(fitting)
    return ColumnsLayout((*pinned, *fitting), first, after, start if width < NARROW_SCREEN else first)


def _find_main(grid: Grid, columns: Sequence[GridColumn]) -> int:
    """Returns the number of the one column that a narrow terminal shows: the sorted one, otherwise the first metric."""
    metric = pick_metric(columns, grid.view)
    wanted = (*(each.key for each in grid.view.sort), metric.field.key if metric else "")
    numbers = {column.field.key: i for i, column in enumerate(columns)}
    return next((numbers[key] for key in wanted if key in numbers), 0)


def get_gap(width: int) -> int:
    """Returns the number of blanks between columns."""
    return 2 if width >= NARROW_SCREEN else 1


def _limit_pinned(pinned: list[PlacedColumn], width: int) -> list[PlacedColumn]:
    """Returns pinned columns that leave at least half of a narrow line to the others."""
    room, limited = max(width * 2 // 3 if width >= NARROW_SCREEN else width // 2, 8), []
    for each in pinned:
        size = min(each.width, room)
        if size < 3:
            break
        limited.append(each._replace(width=size))
        room -= size + 1
    return limited


def _place(cache: LayoutCache, column: GridColumn, width: int) -> PlacedColumn:
    """Returns a column with its width on a screen of `width` columns."""
    placed = cache.place(column)
    is_short = column.field.key == "status" and width < WIDE_STATUS_SCREEN
    return placed._replace(width=min(placed.width, NARROW_STATUS)) if is_short else placed


def _fill(cache: LayoutCache, columns: Sequence[GridColumn], room: int, gap: int, width: int) -> list[PlacedColumn]:
    fitting: list[PlacedColumn] = []
    for column in columns:
        placed = _place(cache, column, width)
        if placed.width > room:
            if not fitting and room >= 4:
                fitting.append(placed._replace(width=room))
            break
        fitting.append(placed)
        room -= placed.width + gap
    return fitting
