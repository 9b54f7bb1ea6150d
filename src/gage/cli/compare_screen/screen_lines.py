"""Composes the screen: title, table, details, keys. A large screen has details below or beside the table."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from gage.cli.compare_screen.columns_layout import ColumnsLayout, LayoutCache
from gage.cli.compare_screen.key_map import KEY_GROUPS
from gage.cli.compare_screen.pane_lines import Pane, draw_pane
from gage.cli.compare_screen.screen_state import TABS, ScreenState, Tab
from gage.cli.compare_screen.spans import Charset, Line, Span, fit_line, measure_line
from gage.cli.compare_screen.table_lines import TableArea, draw_table

MIN_HEIGHT_WITH_FOOTER = 8
MIN_HEIGHT_WITH_TITLE = 6
WIDE = 120
"""Columns from which a screen of `TALL` lines has two panes of details below the table."""
TALL = 40
VERY_WIDE = 200
"""Columns from which a screen has the details at the right of the table."""
MIN_HEIGHT_BESIDE = 20
PANE_TABS: tuple[Tab, ...] = TABS[1:]

HINTS = (
    ("Enter", "details"),
    ("Space", "select"),
    ("/", "filter"),
    ("[ ]", "sort"),
    ("=", "differing"),
    ("b", "baseline"),
    ("c", "curves"),
    ("x", "seeds"),
    ("?", "keys"),
)


DETAIL_HINTS = (("Esc", "back"), ("Tab", "next"), ("j k", "runs"), ("PgDn", "scroll"), ("w", "smooth"), ("?", "keys"))
TEXT_HINTS = (("Esc", "back"), ("j k", "scroll"))


class Screen(NamedTuple):
    """The lines of the screen and the place of its rows: `first_line` is below the heading, `rows` is their
    number, `top` the first one; `sticky` counts the lines between the heading and the first row. `offset` is the offset
    of the state, limited to the lines of the page. `has_details`: details of the current run are on the screen.
    """

    lines: list[Line]
    first_line: int
    rows: int
    top: int
    layout: ColumnsLayout | None
    sticky: int = 0
    offset: int = 0
    has_details: bool = False


def draw_screen(state: ScreenState, cache: LayoutCache) -> Screen:
    """Returns exactly `state.height` lines of `state.width` columns."""
    title = [_draw_title(state)] if state.height >= MIN_HEIGHT_WITH_TITLE else []
    has_footer = state.height >= MIN_HEIGHT_WITH_FOOTER or bool(state.message)
    footer = _draw_footer(state)[: max(state.height - len(title) - 2, 1)] if has_footer else []
    height = max(state.height - len(title) - len(footer), 0)
    area = _draw_area(state, cache, height)
    lines = [*title, *area.lines, *footer]
    fitted = [fit_line(line, state.width, state.charset) for line in lines[: state.height]]
    return area._replace(lines=fitted, first_line=len(title) + area.first_line)


def _draw_area(state: ScreenState, cache: LayoutCache, height: int) -> Screen:
    width = state.width
    if state.page == "keys":
        return _draw_text(state, draw_keys(width, state.charset), height)
    if state.page == "text":
        return _draw_text(state, [[(state.text_title, "bold")], *state.text], height)
    if state.page == "details":
        details = _draw_details(state, width, height)
        return Screen(details.lines, 0, 0, state.top, None, offset=details.offset, has_details=True)
    if width >= VERY_WIDE and height >= MIN_HEIGHT_BESIDE:
        return _draw_beside(state, cache, height)
    if width >= WIDE and state.height >= TALL:
        return _draw_stacked(state, cache, height)
    table = draw_table(state, cache, width, height)
    return _build_table_screen(state, table, table.lines)


def _build_table_screen(state: ScreenState, table: TableArea, lines: list[Line], has_details: bool = False) -> Screen:
    return Screen(lines, 1, table.rows, table.top, table.layout, table.sticky, state.offset, has_details)


def _draw_stacked(state: ScreenState, cache: LayoutCache, height: int) -> Screen:
    upper = max(min(height * 3 // 5, len(state.grid.rows) + 2), height // 3)
    table = draw_table(state, cache, state.width, upper)
    half = state.width // 2
    lower = height - upper - 1
    left = draw_pane(state, "curves", half - 1, lower, ("curves",)).lines
    right = draw_pane(state, _get_side_tab(state), state.width - half, lower, PANE_TABS).lines
    side = state.charset.encode("│")
    rule: Line = [(state.charset.encode("─") * state.width, "dim")]
    below = [[*a, (side, "dim"), *b] for a, b in zip(left, right, strict=True)]
    return _build_table_screen(state, table, [*table.lines, rule, *below], has_details=True)


def _draw_beside(state: ScreenState, cache: LayoutCache, height: int) -> Screen:
    left = state.width * 3 // 5
    right = state.width - left - 1
    table = draw_table(state, cache, left, height)
    upper = height // 2
    panes = [
        *draw_pane(state, "curves", right, upper, ("curves",)).lines,
        *draw_pane(state, _get_side_tab(state), right, height - upper, PANE_TABS).lines,
    ]
    side = (state.charset.encode("│"), "dim")
    lines = [[*a, side, *b] for a, b in zip(table.lines, panes, strict=True)]
    return _build_table_screen(state, table, lines, has_details=True)


def _get_side_tab(state: ScreenState) -> Tab:
    return "config" if state.tab == "curves" else state.tab


def _draw_details(state: ScreenState, width: int, height: int) -> Pane:
    if width < WIDE or state.tab == "curves":
        return draw_pane(state, state.tab, width, height)
    half = width // 2
    left = draw_pane(replace(state, offset=0), "curves", half - 1, height, ("curves",)).lines
    right = draw_pane(state, state.tab, width - half, height)
    side = (state.charset.encode("│"), "dim")
    return right._replace(lines=[[*a, side, *b] for a, b in zip(left, right.lines, strict=True)])


def _draw_text(state: ScreenState, lines: list[Line], height: int) -> Screen:
    start = min(state.offset, max(len(lines) - height, 0))
    shown = lines[start : start + height]
    blank = [[(" " * state.width, "")]] * (height - len(shown))
    return Screen([*shown, *blank], 0, 0, state.top, None, offset=start)


def draw_keys(width: int, charset: Charset) -> list[Line]:
    """Returns the page of keys."""
    lines: list[Line] = []
    for title, keys in KEY_GROUPS.items():
        lines += [[("", "")]] if lines else []
        lines.append([(title, "heading")])
        lines += [
            [(charset.fit(charset.encode(f"  {k.label}"), 17), "bold"), (charset.encode(k.text), "")] for k in keys
        ]
    notes = (
        "✓ better, ✗ worse than the baseline, by the name of the metric; underlined: the best of all runs.",
        "–: no value.  ±: standard deviation over the runs of a group.  (3/5): only 3 of 5 have a number.",
    )
    return [*lines, [("", "")], *([(charset.cut(charset.encode(note), max(width, 1)), "dim")] for note in notes)]


def _draw_title(state: ScreenState) -> Line:
    grid, charset = state.grid, state.charset
    count = f"{len(grid.rows):,} {'groups' if grid.view.group else 'runs'}"
    parts: Line = [(" gage compare ", "title"), (f" {count}", "bold")]
    if len(grid.data.runs) != len(grid.rows) or state.total > len(grid.data.runs):
        parts.append((f" of {max(state.total, len(grid.data.runs)):,}", ""))
    if state.is_loading:
        parts.append((charset.encode("  reading…"), "dim"))
    for text in (state.scope, grid.view.filter and f"/ {grid.view.filter}"):
        parts += [("  ", ""), (charset.encode(text), "")] if text else []
    if grid.choice.same and grid.view.only_differing:
        parts.append((f"  {len(grid.choice.same)} same", "dim"))
    right: Line = []
    if chosen := len(state.selected):
        right.append((f" {chosen} selected ", "selected"))
    if live := grid.data.live_count:
        right.append((f" live {live} ", "live"))
    room = state.width - measure_line(right)
    return [*fit_line(parts, max(room, 0), charset), *right]


def _draw_footer(state: ScreenState) -> list[Line]:
    if state.message:
        style = "error" if state.is_error else ""
        return [[(state.charset.encode(f" {line}"), style)] for line in state.message.split("\n")]
    if state.offers:
        return [_draw_offers(state)]
    spans: list[Span] = []
    hints = HINTS if state.page == "table" else DETAIL_HINTS if state.page == "details" else TEXT_HINTS
    for key, text in hints:
        piece = [(f" {key}", "bold"), (f" {text} ", "dim")]
        if measure_line([*spans, *piece]) <= state.width:
            spans += piece
    return [spans]


def _draw_offers(state: ScreenState) -> Line:
    """Returns the words that Tab inserts, as many as fit, with the inserted one highlighted."""
    words = [state.charset.encode(word) for word in state.offers]
    first = _find_first_offer(words, state.offer or 0, state.width)
    line: Line = [(state.charset.encode(" … " if first else " Tab "), "bold")]
    for number, word in enumerate(words[first:], first):
        line += [(f" {word} ", "cursor" if number == state.offer else "")]
    return line


def _find_first_offer(words: Sequence[str], number: int, width: int) -> int:
    """Returns the first word to draw, so that the word with that number fits into `width` columns."""
    room = width - 5
    for first in range(number, -1, -1):
        room -= measure_line([(words[first], "")]) + 2
        if room < 0:
            return min(first + 1, number)
    return 0
