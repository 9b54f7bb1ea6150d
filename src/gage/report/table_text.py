"""Formats the cells of the tables of a report."""

from collections.abc import Callable

from gage.board.table_formats import convert_to_text
from gage.report.items import TableItem
from gage.report.resolve_values import apply_format
from gage.types.table import Column, Table
from gage.types.values import JSONValue, as_table


def build_table_item(table: Table, number_format: str, has_format: Callable[[Column], bool]) -> TableItem:
    """Returns a table. `number_format` applies to the fractions of the columns for which `has_format` is true ("" =
    four significant digits).
    """
    if not number_format:
        return TableItem(table)
    chosen = {i for i, column in enumerate(table.columns) if has_format(column)}
    columns = tuple(c._replace(content="value") if i in chosen else c for i, c in enumerate(table.columns))
    rows = (
        tuple(_format_cell(cell, number_format) if i in chosen else cell for i, cell in enumerate(row))
        for row in table.rows
    )
    return TableItem(table, convert_to_text(Table(columns, tuple(rows))).rows)


def _format_cell(cell: JSONValue, number_format: str) -> JSONValue:
    """Returns a number, or a mean with its deviation and number of values, as text."""
    if isinstance(cell, float):
        return apply_format(cell, number_format)
    summary = as_table(cell)
    mean, std = summary.get("mean"), summary.get("std")
    if not isinstance(mean, int | float):
        return cell
    spread = f" ± {apply_format(std, number_format)}" if isinstance(std, int | float) else ""
    return f"{apply_format(mean, number_format)}{spread} ({summary.get('n')})"


def format_table(item: TableItem) -> Table:
    """Returns a table of texts."""
    if not item.texts:
        return convert_to_text(item.table)
    return Table(tuple(column._replace(content="value") for column in item.table.columns), item.texts)
