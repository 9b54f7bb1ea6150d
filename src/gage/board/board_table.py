"""Builds the table of a board from runs. Knows no file, and not where runs come from or how a table is drawn."""

from collections.abc import Sequence
from typing import NamedTuple

from gage.board import board_notes
from gage.board.board_groups import Aggregated, aggregate_values, group_runs, select_run, sort_by
from gage.board.board_values import ValueReader, get_value_type
from gage.board.formatting import format_count
from gage.board.run_table import ListedRun
from gage.board.value_formats import format_as
from gage.lib import times
from gage.select.grammar import parse_value
from gage.types.board import BoardColumn, BoardDef, BoardGroup
from gage.types.errors import UsageError
from gage.types.filter import FieldName, SeriesReader
from gage.types.run import Run
from gage.types.table import Column, Table
from gage.types.values import JSONValue

OLD_RUN_COLUMNS = ("id", "name", "operation", "started", "status", "label")
"""Columns of the run itself in a board without columns, as in Gage 0.1."""


class BoardTable(NamedTuple):
    """An evaluated board. `shown` has the texts for people, `values` the values for programs, in the same rows and
    columns. `columns` are the definitions of the columns, `total` is the number of rows without a limit. `notes` warn
    of values that a reader could misunderstand. `runs` are the IDs of the runs of each row, the newest last.
    """

    columns: tuple[BoardColumn, ...]
    shown: Table
    values: Table
    total: int
    notes: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()


class _BoardRow(NamedTuple):
    """The runs of a row, the oldest last; a value for each column, and the values that the board groups by."""

    runs: tuple[ListedRun, ...]
    cells: tuple[Aggregated, ...]
    key: tuple[JSONValue, ...] = ()


def build_board_table(
    board: BoardDef,
    runs: Sequence[Run],
    positions: Sequence[int],
    read_series: SeriesReader | None = None,
    now: int | None = None,
) -> BoardTable:
    """Returns the table of a board. `runs` meet the filters of the board and start with the newest; `positions` are
    their positions in the listing. The row of a batch is left out: its trials have the values.

    `now` (µs) is the time that an age refers to. Raises UsageError if an expression or a sort key of the board is
    wrong.
    """
    listed = [ListedRun(*pair) for pair in zip(runs, positions, strict=True) if not pair[0].trials]
    reader = ValueReader(board.scores, read_series)
    columns = board.columns or _choose_columns(board, [each.run for each in listed])
    rows = _build_rows(board.group, listed, columns, reader)
    total = len(rows)
    for key in reversed(board.sort):
        values = _list_sort_values(key.removeprefix("-"), rows, columns, board.group, reader)
        rows = sort_by(rows, values, descending=key.startswith("-"))
    rows = rows[: board.limit]
    cells = tuple(tuple(cell.value for cell in row.cells) for row in rows)
    heads = _build_columns(columns, cells)
    shown = _format_rows(columns, rows, reader, times.now_us() if now is None else now)
    notes = board_notes.collect_notes(board, columns, listed, reader)
    notes += _describe_left_out(columns, rows)
    ids = tuple(tuple(each.run.id for each in sorted(row.runs, key=lambda each: each.run.created)) for row in rows)
    return BoardTable(columns, Table(heads, shown), Table(heads, cells), total, tuple(notes), ids)


def convert_board_to_json(board: BoardDef, table: BoardTable) -> dict[str, JSONValue]:
    """Returns a board and its table as JSON."""
    keys = [column.key for column in table.values.columns]
    columns: list[JSONValue] = [
        {"key": head.key, "label": head.title, **column.other, "name": column.name, "aggregate": column.aggregate}
        for head, column in zip(table.values.columns, table.columns, strict=True)
    ]
    return {
        "title": board.title,
        "description": board.description,
        "columns": columns,
        "rows": [dict(zip(keys, row, strict=True)) for row in table.values.rows],
        "total": table.total,
        "notes": list(table.notes),
    }


def _choose_columns(board: BoardDef, runs: Sequence[Run]) -> tuple[BoardColumn, ...]:
    """Returns the columns of a board without columns: all values, as in Gage 0.1. A board with groups has columns for
    their keys, the number of runs and the means of metrics.
    """
    metrics = sorted({name for run in runs for name in run.metrics})
    scores = tuple(BoardColumn(score.name) for score in board.scores)
    if board.group and not board.group.selector:
        names = (*(score.name for score in board.scores), *(f"metric.{name}" for name in metrics))
        means = (BoardColumn(name, aggregate="mean") for name in names)
        return (*map(BoardColumn, board.group.by), BoardColumn("id", "Runs", aggregate="count"), *means)
    config = sorted({name for run in runs for name in run.config})
    attributes = sorted({name for run in runs for name in (*run.attributes, *run.user_attrs.other)})
    return (
        *map(BoardColumn, OLD_RUN_COLUMNS),
        *(BoardColumn(f"config.{name}") for name in config),
        *(BoardColumn(f"attribute.{name}") for name in attributes),
        *(BoardColumn(f"metric.{name}") for name in metrics),
        *scores,
    )


def _build_rows(
    group: BoardGroup | None, listed: Sequence[ListedRun], columns: Sequence[BoardColumn], reader: ValueReader
) -> list[_BoardRow]:
    if group is None:
        return [_build_row((each,), columns, reader) for each in listed]
    groups = group_runs(listed, [reader.get_value(name) for name in group.by])
    if not group.selector:
        return [_build_row(each.runs, columns, reader)._replace(key=each.key) for each in groups]
    value = reader.get_sort_value(group.selected_by)
    selected = (select_run(each.runs, value, group.selector) or each.runs[0] for each in groups)
    return [_build_row((each,), columns, reader) for each in selected]


def _build_row(runs: tuple[ListedRun, ...], columns: Sequence[BoardColumn], reader: ValueReader) -> _BoardRow:
    cells = []
    ordered = sorted(runs, key=lambda each: each.run.created) if len(runs) > 1 else runs
    for column in columns:
        value = reader.get_value(column.name)
        values = [value(run, position) for run, position in ordered]
        is_plain = len(runs) == 1 and not column.aggregate
        cells.append(Aggregated(values[0]) if is_plain else aggregate_values(values, column.aggregate))
    return _BoardRow(runs, tuple(cells))


def _list_sort_values(
    name: str, rows: Sequence[_BoardRow], columns: Sequence[BoardColumn], group: BoardGroup | None, reader: ValueReader
) -> list[JSONValue]:
    """Returns the values to sort the rows by. `name` is the label of a column or, unless the rows are groups, the name
    of a value of the run; for groups, it is a column or a name that they are grouped by.
    """
    labels = {column.label: i for i, column in reversed(list(enumerate(columns))) if column.label}
    if group is None or group.selector:
        value = reader.get_sort_value(columns[labels[name]].name if name in labels else name)
        return [value(*row.runs[0]) for row in rows]
    names = {column.name: i for i, column in reversed(list(enumerate(columns)))}
    i = labels.get(name, names.get(name))
    if i is not None:
        return [row.cells[i].value for row in rows]
    if name in group.by:
        return [row.key[group.by.index(name)] for row in rows]
    raise UsageError(f"Groups cannot be sorted by {name!r}, which is not a column", "Add a column of this name")


def _build_columns(columns: Sequence[BoardColumn], rows: Sequence[Sequence[JSONValue]]) -> tuple[Column, ...]:
    """Returns the headings. A heading is the name without its kind, unless two columns would have the same heading, or
    the name is that of a metric of an evaluation. Keys are unique.
    """
    titles = [
        _title(column, column.name.partition(".")[2] if _has_clear_kind(column.name) else column.name)
        for column in columns
    ]
    heads: list[Column] = []
    for i, (column, title) in enumerate(zip(columns, titles, strict=True)):
        values = [row[i] for row in rows if row[i] is not None]
        is_number = bool(values) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
        key = _title(column, column.name)
        label = column.label or (title if titles.count(title) == 1 else key)
        while any(head.key == key for head in heads):
            key += "*"
        heads.append(Column(key, label, "right" if is_number else "left"))
    return tuple(heads)


def _title(column: BoardColumn, name: str) -> str:
    return f"{name} ({column.aggregate})" if column.aggregate else name


def _has_clear_kind(name: str) -> bool:
    """Returns whether a name has a kind that its heading can leave out."""
    expression = parse_value(name)
    return isinstance(expression, FieldName) and expression.kind not in ("", "evaluation")


def _format_rows(
    columns: Sequence[BoardColumn], rows: Sequence[_BoardRow], reader: ValueReader, now: int
) -> tuple[tuple[str, ...], ...]:
    types = {"time": "datetime"}
    formats = []
    for column in columns:
        type = get_value_type(reader.get_expression(column.name)) if column.aggregate != "count" else ""
        formats.append(column.format or types.get(type, type))
    return tuple(
        tuple(
            _count_values(row, column, reader) or format_as(cell.value, format, now)
            for cell, column, format in zip(row.cells, columns, formats, strict=True)
        )
        for row in rows
    )


def _count_values(row: _BoardRow, column: BoardColumn, reader: ValueReader) -> str:
    """Returns `3 values` for a cell without an aggregate if the values of the group differ, else ""."""
    if len(row.runs) == 1 or column.aggregate:
        return ""
    value = reader.get_value(column.name)
    found = {repr(value(*each)) for each in row.runs} - {"None"}
    return format_count(len(found), "value") if len(found) > 1 else ""


def _describe_left_out(columns: Sequence[BoardColumn], rows: Sequence[_BoardRow]) -> list[str]:
    """Returns notes on the values that do not count in an aggregate."""
    notes: dict[str, None] = {}
    for i, column in enumerate(columns):
        nan, other = sum(row.cells[i].nan for row in rows), sum(row.cells[i].other for row in rows)
        if nan:
            notes[f"NaN does not count in aggregates of {column.name}: {format_count(nan, 'value')}"] = None
        if other:
            count = format_count(other, "value")
            notes[f"Only numbers count in the {column.aggregate} of {column.name}: {count} left out"] = None
    return list(notes)
