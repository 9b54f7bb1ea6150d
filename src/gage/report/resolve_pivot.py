"""Resolves blocks that show a pivot table of runs."""

from gage.board.pivot import build_pivot, mark_missing_rows, parse_pivot_value
from gage.compare.ranking_text import describe_reasons
from gage.report.items import Item, TextItem
from gage.report.run_query import RunQuery
from gage.report.source import BlockSettings
from gage.report.table_text import build_table_item
from gage.select.parse import parse_value_name


def resolve_pivot(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns a pivot table, and notes on the runs that are not in it. Raises GageError."""
    found = query.find(settings.where)
    if not found.runs:
        return (TextItem(found.reason, "note"),)
    values = [parse_pivot_value(text, found.runs) for text in dict.fromkeys(settings.values)]
    rows = [(name, parse_value_name(name)) for name in settings.rows]
    columns = [(name, parse_value_name(name)) for name in settings.cols]
    named = [*(each for _, each in (*rows, *columns)), *(each.expression for each in values)]
    query.require_names(named, found.runs)
    any_status = query.has_status_condition(settings.where)
    pivot = build_pivot(found.runs, rows, columns, values, query.read_series, any_status)
    notes = (f"Left out: {describe_reasons(left_out, text)}" for text, left_out in pivot.left_out.items())
    notes_items = tuple(TextItem(note, "note") for note in dict.fromkeys(notes))
    if not pivot.table.rows:
        return (TextItem("No run has a value for the pivot table", "note"), *notes_items)
    table = mark_missing_rows(pivot, len(rows)).table
    keys = {column.key for column in table.columns[len(rows) :]}
    return (build_table_item(table, settings.format, lambda column: column.key in keys), *notes_items)
