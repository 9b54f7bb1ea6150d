"""Changes the state of the screen for keys and the mouse. Knows views and cursors; neither store nor terminal."""

from collections.abc import Callable
from dataclasses import replace

from gage.cli.compare_screen.columns_layout import MARKER_WIDTH, ColumnsLayout, get_gap
from gage.cli.compare_screen.screen_state import CHART_TABS, SMOOTHINGS, TABS, ScreenState
from gage.compare.grid import parse_grid_filter
from gage.compare.grid_fields import NAME, resolve_field
from gage.compare.grid_history import GridHistory, Step
from gage.compare.grid_rows import match_filter
from gage.compare.grid_view import SEEDS, GridView
from gage.types.errors import UsageError

Change = Callable[[ScreenState, int], ScreenState]
"""Takes the state and the number of rows on the screen, and returns the state after a key."""


END_OFFSET = 1_000_000
"""A line after the end of each page: `draw_screen` limits it to the last one that can be first."""


class ViewCommands:
    """Carries out keys, and remembers the steps that the user can undo."""

    def __init__(self) -> None:
        self._history = GridHistory()

    def remember(self, step: Step) -> None:
        """Adds a step that the user can undo."""
        self._history = self._history.push(step)

    def pop(self) -> Step | None:
        """Returns the latest step and forgets it; None if there is none."""
        self._history, step = self._history.pop()
        return step

    def apply(self, state: ScreenState, action: str, rows: int) -> ScreenState:
        """Returns the state after an action. Raises GageError."""
        change = VIEW_CHANGES.get(action)
        if change is not None:
            return self._show(state, change(state)) if state.page == "table" else state
        return MOVES[action](state, max(rows, 1))

    def _show(self, state: ScreenState, view: GridView) -> ScreenState:
        """Returns the state with another view, and remembers the present view."""
        if view == state.grid.view:
            return state
        shown = state.with_grid(state.grid.with_view(view))
        self.remember(state.grid.view)
        has_new_order = view.sort not in ((), state.grid.view.sort)
        return shown.with_row(0) if has_new_order else shown  # users sort to see the first rows

    def filter(self, state: ScreenState, text: str) -> ScreenState:
        """Returns the state with a filter. Raises UsageError."""
        found = parse_grid_filter(state.grid.data, text)
        shown = self._show(state, state.grid.view.with_filter(found.filter, found.where))
        return replace(shown, last_where=found.where or state.last_where)

    def show_column(self, state: ScreenState, text: str) -> ScreenState:
        """Returns the state with one more column, which becomes the current one. Raises UsageError."""
        if not text:
            return state
        column = resolve_field(text, state.grid.data.fields)
        view = state.grid.view.with_added(column.field.key)
        if column.reducer not in ("", "last"):
            view = view._replace(reducers={**view.reducers, column.field.key: column.reducer})
        return replace(self._show(state, view), column=column.field.key)

    def click(self, state: ScreenState, layout: ColumnsLayout, x: int, line: int, top: int, sticky: int) -> ScreenState:
        """Returns the state after a click: `line` counts from the first row, `sticky` rows do not scroll."""
        key = find_column(layout, x, state.width)
        if line == -1:
            if not key:
                return state
            direction = state.grid.view.find_direction(key)
            state = replace(state, column=key)
            if direction:
                return self._show(state, state.grid.view._replace(sort=()))
            return self._show(state, state.grid.view.with_sort(key, direction is False))
        number = top + line - sticky
        if line - sticky < 0 or number >= len(state.grid.rows):
            return state
        return replace(state.with_row(number), column=key or state.column)

    def go_back(self, state: ScreenState) -> ScreenState | None:
        """Returns the state one level back; None if the state is the plain table."""
        if state.message:
            return state.with_message("")
        if state.page != "table":
            return replace(state, page="table", offset=0)
        if state.grid.view.filter:
            return self._show(state, state.grid.view.with_filter("", ()))
        if state.selected:
            return replace(state, selected=frozenset())
        return None


def find_column(layout: ColumnsLayout, x: int, width: int) -> str:
    """Returns the key of the column at a place of a line, "" if no column is there."""
    start, gap = MARKER_WIDTH, get_gap(width)
    for placed in layout.placed:
        if start <= x < start + placed.width + gap:
            return placed.column.field.key
        start += placed.width + gap
    return ""


def _move(state: ScreenState, by: int) -> ScreenState:
    if state.page in ("keys", "text"):
        return _scroll(state, by)
    return state.with_row(state.row_number + by)


def _scroll(state: ScreenState, by: int) -> ScreenState:
    if state.page == "details" and state.tab == "output":
        by = -by  # the offset counts from the end of the output
    return replace(state, offset=max(state.offset + by, 0))


def move_by(state: ScreenState, by: int) -> ScreenState:
    """Returns the state with the cursor moved by a number of rows, or with the page scrolled by lines."""
    return state.with_row(state.row_number + by) if state.page == "table" else _scroll(state, by)


def _get_page_size(state: ScreenState, rows: int) -> int:
    return max(rows - 1 if state.page == "table" else state.height - 4, 1)


def _go_to_end(state: ScreenState, last: bool) -> ScreenState:
    if state.page == "table":
        return state.with_row(len(state.grid.rows) - 1 if last else 0)
    if state.page == "details" and state.tab == "output":
        last = not last
    if state.page == "details" and state.tab in CHART_TABS and last:
        return state
    return replace(state, offset=END_OFFSET if last else 0)


def _open(state: ScreenState) -> ScreenState:
    return replace(state, page="details", offset=0) if state.page == "table" and state.row else state


def _next_tab(state: ScreenState, by: int) -> ScreenState:
    tabs = TABS if state.page == "details" else TABS[1:]
    at = tabs.index(state.tab) if state.tab in tabs else 0
    return replace(state, tab=tabs[(at + by) % len(tabs)], offset=0)


def _select(state: ScreenState) -> ScreenState:
    if state.row is None:
        return state
    ids = {run.id for run in state.grid.get_runs(state.row)}
    selected = state.selected - ids if ids <= state.selected else state.selected | ids
    return replace(state, selected=selected).with_row(state.row_number + 1)


def _select_all(state: ScreenState) -> ScreenState:
    ids = frozenset(state.grid.data.runs[i].id for row in state.grid.rows for i in row.members)
    return replace(state, selected=frozenset() if ids <= state.selected else ids)


def _find_match(state: ScreenState, by: int) -> ScreenState:
    """Returns the state with the cursor on the next row that matches the last filter; the first follows the last."""
    if not state.last_where:
        return state.with_message("No filter yet: / sets one")
    data, rows = state.grid.data, state.grid.rows
    fits = match_filter(data, state.last_where)
    here = state.row_number
    for step in range(1, len(rows) + 1):
        number = (here + by * step) % len(rows)
        if any(fits[i] for i in rows[number].members):
            return state.with_row(number)
    return state.with_message("No run matches the last filter")


def _next_smoothing(state: ScreenState) -> ScreenState:
    at = SMOOTHINGS.index(state.smoothing)
    return replace(state, smoothing=SMOOTHINGS[(at + 1) % len(SMOOTHINGS)])


def _show_curves(state: ScreenState) -> ScreenState:
    return replace(state, page="details", tab="curves", offset=0) if state.row else state


MOVES: dict[str, Change] = {
    "up": lambda state, rows: _move(state, -1),
    "down": lambda state, rows: _move(state, 1),
    "left": lambda state, rows: state.with_column(-1),
    "right": lambda state, rows: state.with_column(1),
    "page_up": lambda state, rows: move_by(state, -_get_page_size(state, rows)),
    "page_down": lambda state, rows: move_by(state, _get_page_size(state, rows)),
    "half_up": lambda state, rows: move_by(state, -max(state.height // 2, 1)),
    "half_down": lambda state, rows: move_by(state, max(state.height // 2, 1)),
    "top": lambda state, rows: _go_to_end(state, False),
    "bottom": lambda state, rows: _go_to_end(state, True),
    "open": lambda state, rows: _open(state),
    "next_tab": lambda state, rows: _next_tab(state, 1),
    "previous_tab": lambda state, rows: _next_tab(state, -1),
    "select": lambda state, rows: _select(state),
    "select_all": lambda state, rows: _select_all(state),
    "next_match": lambda state, rows: _find_match(state, 1),
    "previous_match": lambda state, rows: _find_match(state, -1),
    "curves": lambda state, rows: _show_curves(state),
    "smooth": lambda state, rows: _next_smoothing(state),
    "log_scale": lambda state, rows: replace(state, log=not state.log),
    "keys": lambda state, rows: replace(state, page="table" if state.page == "keys" else "keys", offset=0),
}
"""Actions that move or open something."""


def _hide(state: ScreenState) -> GridView:
    if state.column == NAME:
        raise UsageError("The name of the run cannot be hidden", "Other columns can")
    return state.grid.view.with_hidden(state.column)


def _next_reducer(state: ScreenState) -> GridView:
    column = state.current_column
    if column is None or column.field.kind != "metric":
        raise UsageError(f"{state.column} is not a metric", "Move to a metric first")
    return state.grid.view.with_next_reducer(column.field.key)


def _set_baseline(state: ScreenState) -> GridView:
    return state.grid.view.with_baseline(state.run.id) if state.run else state.grid.view


VIEW_CHANGES: dict[str, Callable[[ScreenState], GridView]] = {
    "sort_up": lambda state: state.grid.view.with_sort(state.column, False),
    "sort_down": lambda state: state.grid.view.with_sort(state.column, True),
    "add_sort": lambda state: state.grid.view.with_next_sort_key(state.column),
    "differing": lambda state: state.grid.view._replace(only_differing=not state.grid.view.only_differing),
    "hide": _hide,
    "move_left": lambda state: state.grid.view.with_moved(state.column, -1, state.grid.choice.keys),
    "move_right": lambda state: state.grid.view.with_moved(state.column, 1, state.grid.choice.keys),
    "pin": lambda state: state.grid.view.with_pin(state.column),
    "width": lambda state: state.grid.view.with_next_width(state.column),
    "reducer": _next_reducer,
    "group_seeds": lambda state: state.grid.view.with_group(SEEDS),
    "group_column": lambda state: state.grid.view.with_group(f"={state.column}"),
    "baseline": _set_baseline,
}
"""Actions that change the view; the user can undo them."""
