"""Formats the cells of tables in reports."""

from gage.board.table_formats import convert_to_text
from gage.report.items import TableItem
from gage.report.resolve_values import apply_format
from gage.types.table import Table


def format_table(item: TableItem) -> Table:
    """Returns a table of texts; fractions have the format of the block."""
    if not item.format:
        return convert_to_text(item.table)
    rows = tuple(
        tuple(apply_format(cell, item.format) if isinstance(cell, float) else cell for cell in row)
        for row in item.table.rows
    )
    return convert_to_text(Table(item.table.columns, rows))
