"""Resolves blocks that show a board of the project.

A report can name boards only, and no other file: the errors of a board show lines of its file.
"""

import os

from gage.board.board_table import build_board_table
from gage.board.formatting import format_count
from gage.gagefile.load_board import load_board
from gage.project.boards import find_board
from gage.report.items import Item, TableItem, TextItem
from gage.report.run_query import RunQuery
from gage.report.source import BlockSettings
from gage.types.board import BoardDef
from gage.types.errors import ConfigError, UsageError


def resolve_board(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns the table of a board and its notes. Raises GageError."""
    board = _load_board(settings.board, query)
    where = " and ".join(f"({part})" for part in (*board.where, settings.where) if part)
    found = query.find(where)
    if not found.runs:
        return (TextItem(found.reason, "note"),)
    table = build_board_table(board, found.runs, found.positions, query.read_series)
    shown, values = (each._replace(rows=each.rows[: settings.limit]) for each in (table.shown, table.values))
    rest = table.total - len(shown.rows)
    notes = [f"{rest:,} more rows are not shown"] if rest > 0 else []
    title = (TextItem(board.title, "title"),) if board.title else ()
    return (*title, TableItem(values, texts=shown.rows), *(TextItem(note, "note") for note in (*notes, *table.notes)))


def _load_board(name: str, query: RunQuery) -> BoardDef:
    if os.sep in name or "." in name:
        raise UsageError(f"{name!r} is not the name of a board of the project", "Write the name without a suffix")
    path = find_board(name, query.project_dir, query.project_dir)
    file = load_board(str(path))
    if file.definition is None:
        problems = format_count(len(file.diagnostics), "problem")
        hint = f"Try: gage check {path.relative_to(query.project_dir)}"
        raise ConfigError(f"The board {name!r} has {problems}", hint)
    return file.definition
