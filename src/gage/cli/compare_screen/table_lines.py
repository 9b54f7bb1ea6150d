"""Draws the table of runs: heading, baseline, rows. Takes the state of the screen and returns lines."""

from collections.abc import Sequence
from typing import NamedTuple

from gage.cli.compare_screen.columns_layout import (
    MARKER_WIDTH,
    ColumnsLayout,
    LayoutCache,
    PlacedColumn,
    fit_columns,
    get_gap,
)
from gage.cli.compare_screen.screen_state import ScreenState, Series
from gage.cli.compare_screen.spans import Charset, Line, Span, add_style, draw_sparkline, fit_line
from gage.compare.grid_cells import GridCell
from gage.compare.grid_data import GridRow
from gage.compare.grid_fields import CURVE, NAME, POSITION, GridColumn

SIGNS = {"better": "✓", "worse": "✗", "": " "}
"""The signs of verdicts. An arrow would look like the sign of the difference."""
STATUS_LETTERS = 4
"""Letters of a status on a narrow screen, as in narrow listings."""
MIN_HEIGHT_WITH_BASELINE = 8


class TableArea(NamedTuple):
    """The lines of the table. `rows` is the number of lines for rows, `top` the first row; `sticky` counts the lines
    between the heading and the first row.
    """

    lines: list[Line]
    rows: int
    top: int
    layout: ColumnsLayout
    sticky: int = 0


def draw_table(state: ScreenState, cache: LayoutCache, width: int, height: int) -> TableArea:
    """Returns the table in exactly `height` lines of `width` columns."""
    layout = fit_columns(cache, width, state.column, state.first_column)
    head = [_draw_heading(state, layout, width)]
    count = max(height - 1, 1)
    top = _compute_top(state.top, state.row_number, len(state.grid.rows), count)
    base = state.grid.find_row(state.grid.view.baseline) if state.grid.view.baseline else None
    if base is not None and height >= MIN_HEIGHT_WITH_BASELINE and not top <= base < top + count:
        head.append(_draw_row(state, state.grid.rows[base], layout, width, is_copy=True))
        count -= 1
        top = _compute_top(state.top, state.row_number, len(state.grid.rows), count)
    body = [_draw_row(state, row, layout, width) for row in state.grid.rows[top : top + count]]
    if not state.grid.rows:
        body = [fit_line([(state.charset.encode(_explain_empty(state)), "dim")], width, state.charset)]
    blank = [(" " * width, "")]
    lines = [*head, *body][:height]
    return TableArea([*lines, *([blank] * (height - len(lines)))], count, top, layout, len(head) - 1)


def _compute_top(top: int, row: int, total: int, count: int) -> int:
    """Returns the first row on the screen, so that `row` is on it."""
    top = min(max(top, row - count + 1), row)
    return max(min(top, total - count), 0)


def _explain_empty(state: ScreenState) -> str:
    if state.is_loading:
        return "  Reading runs…"
    return "  No run matches the filter: Esc shows all" if state.grid.view.filter else "  No runs"


def _draw_heading(state: ScreenState, layout: ColumnsLayout, width: int) -> Line:
    left = "←" if layout.before else " "
    line: Line = [(state.charset.encode(left.ljust(MARKER_WIDTH)), "heading")]
    gap = " " * get_gap(width)
    for placed in layout.placed:
        title = state.charset.encode(_format_title(state, placed.column))
        style = "heading current" if placed.column.field.key == state.column else "heading"
        line += [(state.charset.fit(title, placed.width, placed.right), style), (gap, "heading")]
    fitted = fit_line(line, width, state.charset, "heading")
    more = state.charset.encode(f" +{layout.after} →")
    if layout.after and sum(placed.width + len(gap) for placed in layout.placed) + MARKER_WIDTH + len(more) <= width:
        fitted = [*fit_line(line, width - len(more), state.charset, "heading"), (more, "dim")]
    return fitted


def _format_title(state: ScreenState, column: GridColumn) -> str:
    """Returns the heading of a column, with a sign for its sort order and, among several sort keys, its number."""
    key = column.field.key
    title = {POSITION: "#", NAME: "run"}.get(key, column.title)
    if key == CURVE and state.metric is not None:
        title = f"curve {state.metric.field.name}"
    direction = state.grid.view.find_direction(key)
    sign = "" if direction is None else " ↓" if direction else " ↑"
    if sign and len(state.grid.view.sort) > 1:
        sign += str([each.key for each in state.grid.view.sort].index(key) + 1)
    return f"{title}{sign}"


def _draw_row(state: ScreenState, row: GridRow, layout: ColumnsLayout, width: int, is_copy: bool = False) -> Line:
    data, charset = state.grid.data, state.charset
    runs = [data.runs[i] for i in row.members]
    is_current = not is_copy and state.row is row
    is_selected = bool(state.selected) and any(run.id in state.selected for run in runs)
    is_baseline = bool(state.grid.view.baseline) and any(run.id == state.grid.view.baseline for run in runs)
    mark = "◆" if is_baseline else "●" if is_selected else "•" if any(r.status == "running" for r in runs) else " "
    line: Line = [
        (charset.encode("▸" if is_current else " "), ""),
        (charset.encode(mark), "baseline" if is_baseline else "selected" if is_selected else "live"),
    ]
    gap = (" " * get_gap(width), "")
    for placed in layout.placed:
        if placed.column.field.key == CURVE:
            line.append(_draw_curve(state, row, placed))
        else:
            line += _draw_cell(charset, placed.formatter.format(row), placed)
        line.append(gap)
    fitted = fit_line(line, width, charset)
    return add_style(fitted, "cursor") if is_current else add_style(fitted, "bold") if is_copy else fitted


def _draw_cell(charset: Charset, cell: GridCell, placed: PlacedColumn) -> Line:
    style = "dim" if cell.is_missing else "best" if cell.is_best else f"scale{cell.scale}" if cell.scale else ""
    key = placed.column.field.key
    if key == "status":
        style = {"error": "error", "damaged": "error", "running": "live"}.get(cell.text, "")
    elif key == NAME:
        style = "bold"
    text = charset.encode(cell.text)
    if key == "status" and len(text) > placed.width:
        text = text[:STATUS_LETTERS]
    if not placed.delta:
        return [(charset.fit(text, placed.width, placed.right), style)]
    delta = charset.encode(cell.delta and f"{cell.delta}{SIGNS[cell.verdict]}")
    return [
        (charset.fit(text, max(placed.width - placed.delta - 1, 1), placed.right), style),
        (" ", ""),
        (charset.fit(delta, min(placed.delta, placed.width - 2), True), cell.verdict),
    ]


def _draw_curve(state: ScreenState, row: GridRow, placed: PlacedColumn) -> Span:
    """Returns the curve of the current metric; blank until the curve was read."""
    metric = state.metric
    series = state.series.get(state.grid.data.runs[row.members[0]].id)
    text = "" if metric is None or series is None else _build_sparkline(series, metric.field.name, placed.width, state)
    return state.charset.fit(text, placed.width), "dim"


def _build_sparkline(series: Series, name: str, width: int, state: ScreenState) -> str:
    """Returns the curve of a metric as bars."""
    curve = series.get(name)
    if curve is None or len(curve.ys) < 2:
        return ""
    count = min(width, len(curve.ys))
    groups = [curve.ys[len(curve.ys) * i // count : len(curve.ys) * (i + 1) // count] for i in range(count)]
    return draw_sparkline((_average(group) for group in groups), state.charset)


def _average(values: Sequence[float]) -> float | None:
    finite = [value for value in values if value - value == 0]
    return sum(value / len(finite) for value in finite) if finite else None
