"""Fits a table into a narrow terminal: leaves columns out, shortens statuses and cuts texts, but never a number.

Knows columns, texts and widths; not where a table comes from. Loaded only for a terminal.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.board.formatting import format_count, is_number
from gage.board.run_table import RELATION_NOTES
from gage.cli.render.terminal import COLUMN_GAP, display_width, truncate
from gage.types.run import STATUSES
from gage.types.table import Column

Rows = Sequence[tuple[str, ...]]

KEPT_COLUMNS = ("index", "name")
"""Columns that users type from: always shown, and never cut."""

MIN_TEXT_WIDTH = 8
MAX_TITLE_WIDTH = 24
"""Width up to which titles are not cut: Gage leaves out whole columns instead."""
MIN_DESCRIPTION_WIDTH = 32
MAX_DESCRIPTION_WIDTH = 48
"""The least and most columns of descriptions for which other columns are left out or shortened."""
MIN_PART_WIDTH = 12
"""Columns that each text in a description, such as the label, needs to be readable."""
PART_GAP = "  "
"""Separates the parts of a description."""


class ColumnMeasure(NamedTuple):
    """The full width of a column, and whether its texts may not be cut."""

    width: int
    is_whole: bool


class FittedTable(NamedTuple):
    """What is shown of a table: its columns, rows and widths, and a note about the columns that are left out."""

    columns: list[Column]
    rows: list[tuple[str, ...]]
    widths: list[int]
    note: str


def fit_table(columns: Sequence[Column], rows: Rows, limit: int) -> FittedTable:
    """Returns the table for a terminal of `limit` columns. If it is too wide, columns that are equal in all rows are
    left out, then statuses become four letters, then the start is left out, then the last columns.
    """
    texts = {column.key: [row[i] for row in rows] for i, column in enumerate(columns)}
    measures = {column.key: _measure_column(column, texts[column.key]) for column in columns}
    shown = list(columns)
    equal: list[str] = []
    missing: list[str] = []

    description_width = max(map(_measure_description, texts.get("description", ())), default=0)

    def is_too_wide(text_width: int = description_width) -> bool:
        needed = [_measure_needed(column, measures[column.key], text_width) for column in shown]
        return sum(needed) + COLUMN_GAP * (len(needed) - 1) > limit

    def leave_out(column: Column) -> None:
        shown.remove(column)
        del texts[column.key]

    for column in columns[:-1] if len(rows) > 1 else ():
        value, *others = set(texts[column.key])
        if is_too_wide() and column.key not in KEPT_COLUMNS and not others:
            equal += [f"{column.title} {value}"] if value else []
            leave_out(column)
    if is_too_wide() and "status" in texts:
        texts["status"] = [text[:4] if text in STATUSES else text for text in texts["status"]]
        status = next(column for column in shown if column.key == "status")
        measures["status"] = _measure_column(status, texts["status"])
    started = next((column for column in shown if column.key == "started"), None)
    if started and is_too_wide():
        leave_out(started)
    while is_too_wide(MIN_TEXT_WIDTH) and shown[-1].key not in KEPT_COLUMNS:
        least = next((column for column in shown if column.key == "op" and "description" in texts), shown[-1])
        missing.insert(0, least.title)
        leave_out(least)
    fitted = [tuple(texts[column.key][i] for column in shown) for i in range(len(rows))]
    note = f"All rows: {', '.join(equal)}" if equal else ""
    note += f"{'; ' if equal else ''}+{format_count(len(missing), 'column')}: {', '.join(missing)}" if missing else ""
    return FittedTable(shown, fitted, _fit_widths(shown, measures, limit), truncate(note[:1].upper() + note[1:], limit))


def _measure_description(text: str) -> int:
    """Returns the columns in which the values of a description are whole and its texts readable, within limits."""
    parts = text.split(PART_GAP)
    needed = [display_width(p) if _is_values(p) else min(display_width(p), MIN_PART_WIDTH) for p in parts]
    return min(max(MIN_DESCRIPTION_WIDTH, sum(needed) + len(PART_GAP) * (len(parts) - 1)), MAX_DESCRIPTION_WIDTH)


def _is_values(part: str) -> bool:
    """Returns whether a part of a description is config or metrics, and not a text such as the label."""
    return "=" in part.partition(" ")[0]


def _measure_column(column: Column, texts: Sequence[str]) -> ColumnMeasure:
    is_whole = column.key in (*KEPT_COLUMNS, "status", "started") or column.content != "value"
    is_whole = is_whole or any(map(is_number, texts))
    return ColumnMeasure(max(map(display_width, (column.title, *texts))), is_whole)


def _measure_needed(column: Column, measure: ColumnMeasure, text_width: int) -> int:
    """Returns the least width of a column. Texts of descriptions may be cut to `text_width`, those of other columns to
    the width of the title.
    """
    if measure.is_whole:
        return measure.width
    if column.key == "description":
        return min(measure.width, text_width)
    return min(measure.width, max(MIN_TEXT_WIDTH, min(display_width(column.title), MAX_TITLE_WIDTH)))


def _fit_widths(columns: Sequence[Column], measures: Mapping[str, ColumnMeasure], limit: int) -> list[int]:
    """Returns the widths: the last column shrinks first, then the widest one that may be cut, and in the end any."""
    widths = [measures[column.key].width for column in columns]
    least = [_measure_needed(column, measures[column.key], MIN_TEXT_WIDTH) for column in columns]
    room = limit - COLUMN_GAP * (len(widths) - 1)
    if not measures[columns[-1].key].is_whole:
        lowest = max(least[-1], min(widths[-1], 2 * MIN_TEXT_WIDTH))
        widths[-1] = max(lowest, widths[-1] - max(0, sum(widths) - room))
    for bounds in (least, [1] * len(widths)):
        while sum(widths) > room:
            widest = max((i for i in range(len(widths)) if widths[i] > bounds[i]), key=widths.__getitem__, default=-1)
            if widest < 0:
                break
            widths[widest] -= 1
    return widths


def truncate_description(text: str, width: int) -> str:
    """Returns a description cut to `width` columns: the relation to the parent is left out, then texts such as the
    label are cut, then config and metrics, and in the end the whole.
    """
    parts = text.split(PART_GAP)
    if len(parts) > 1 and display_width(text) > width and parts[-1] in RELATION_NOTES.values():
        parts.pop()
    widths = list(map(display_width, parts))
    room = width - len(PART_GAP) * (len(parts) - 1)
    for are_values, least in ((False, MIN_TEXT_WIDTH), (True, MIN_PART_WIDTH)):
        candidates = [i for i, part in enumerate(parts) if _is_values(part) == are_values]
        while sum(widths) > room and candidates:
            widest = max(candidates, key=widths.__getitem__)
            if widths[widest] <= least:
                break
            widths[widest] -= 1
    return truncate_text(PART_GAP.join(map(truncate_text, parts, widths)), width)


def truncate_text(text: str, width: int) -> str:
    """Returns text cut to `width` columns, with … for the missing part. A number, also in `lr=0.01`, is left out
    rather than cut.
    """
    cut = truncate(text, width)
    if cut == text:
        return text
    length = len(cut) - 1
    start = text.rfind(" ", 0, length + 1) + 1
    token = text[start:].split(" ", 1)[0]
    is_cut = start + len(token) > length
    return f"{text[:start].rstrip()}…" if is_cut and is_number(token.partition("=")[2] or token) else cut
