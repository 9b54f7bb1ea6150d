"""Saves the view of the screen as a board of the project. Knows views and boards; no runs."""

from collections.abc import Sequence
from pathlib import Path

from gage.compare.grid import Grid
from gage.compare.grid_fields import CURVE, MEASURED_KINDS, POSITION, GridColumn, format_filter_name
from gage.compare.grid_view import SEEDS
from gage.compare.groups import is_seed_name
from gage.types.board import BoardColumn, BoardDef, BoardGroup

LEFT_OUT = frozenset((POSITION, CURVE, "comments", "reason"))
"""Columns that a saved board leaves out."""


def build_board(grid: Grid, where: Sequence[str]) -> BoardDef:
    """Returns the board with the columns, filter, groups and order of the grid, and the filters `where`."""
    view = grid.view
    columns = [column for column in grid.choice.columns if column.field.key not in LEFT_OUT]
    filters = (*where, view.filter) if view.filter else tuple(where)
    group = _build_group(grid) if view.group else None
    sort = tuple(f"{'-' if key.descending else ''}{_name_key(grid, key.key)}" for key in view.sort)
    return BoardDef(
        where=filters, columns=tuple(_build_column(each, group) for each in columns), group=group, sort=sort
    )


def _build_group(grid: Grid) -> BoardGroup:
    """Returns the group of a board: runs with the same value, or runs that differ in their seed only."""
    if grid.view.group != SEEDS:
        return BoardGroup((_name_key(grid, grid.view.group.removeprefix("=")),))
    config = [each for each in grid.data.fields.values() if each.kind == "config" and not is_seed_name(each.name)]
    return BoardGroup(("op", *(format_filter_name(each) for each in config)))


def _build_column(column: GridColumn, group: BoardGroup | None) -> BoardColumn:
    aggregate = "mean" if group is not None and column.field.kind in MEASURED_KINDS else ""
    return BoardColumn(_name_column(column), aggregate=aggregate)  # type: ignore[arg-type]  # one of the two


def _name_column(column: GridColumn) -> str:
    name = column.field.key if column.field.kind == "expression" else format_filter_name(column.field)
    return f"{column.reducer}({name})" if column.reducer not in ("", "last") else name


def _name_key(grid: Grid, key: str) -> str:
    column = next((each for each in grid.choice.columns if each.field.key == key), None)
    return key if column is None else _name_column(column)


def save_view(grid: Grid, where: Sequence[str], name: str, project: Path) -> Path:
    """Saves the view as a board and returns its file. Raises UsageError and OSError."""
    from gage.project.boards import save_project_board

    return save_project_board(build_board(grid, where), name.strip(), project)
