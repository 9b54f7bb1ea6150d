"""Plots curves as text: Braille dots, axes with numbers, a legend. Knows numbers and characters, not runs."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from gage.board.formatting import format_number
from gage.cli.render import terminal

CURVE_COLORS = ("magenta", "cyan", "green", "red", "blue", "yellow")
CURVE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PlotSpan = tuple[str, int]
"""A part of a line of a plot, and the index of its curve (-1: none)."""

_ASCII_DOTS = '":.'
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a Braille character from U+2800 on: four rows of two dots."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A named line through points. A value that is not finite is a gap."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]


@dataclass(frozen=True, slots=True)
class AxisScale:
    """An axis from `low` to `high` over `dots` dots; logarithmic with `log`."""

    low: float
    high: float
    dots: int
    log: bool = False

    def position(self, value: float) -> int | None:
        """Returns the dot of a value, from 0 on; None if it cannot be shown."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return None
        low, high, at = map(self._map, (self.low, self.high, value))
        span = high / 2 - low / 2  # halves, as the difference of huge values is infinite
        part = min(max((at / 2 - low / 2) / span, 0.0), 1.0) if span > 0 else 0.5
        return round(part * (self.dots - 1))

    def _map(self, value: float) -> float:
        return math.log10(value) if self.log else value


def draw_plot(
    curves: Sequence[Curve],
    width: int,
    height: int,
    log: bool = False,
    x_text: Callable[[float], str] | None = None,
    whole: bool = False,
) -> list[str]:
    """Returns the curves as at most `height` lines of `width` columns, with a legend line for each.

    `x_text` says what a place of the x axis is called; there are only `whole` ones. Raises ValueError when there is
    nothing to draw.
    """
    rows = max(height - len(curves) - 2, 4)
    lines = build_plot(curves, width, rows, log, x_text, whole)
    margin = len(lines[-1][0][0]) - len(lines[-1][0][0].lstrip())
    lines += [[(" " * margin, -1), span] for span in build_legend(curves, max(width - margin, 10))]
    return ["".join(_paint_curve(text, by) if by >= 0 else text for text, by in line) for line in lines]


def build_plot(
    curves: Sequence[Curve],
    width: int,
    rows: int,
    log: bool = False,
    x_text: Callable[[float], str] | None = None,
    whole: bool = False,
    braille: bool = True,
) -> list[list[PlotSpan]]:
    """Returns the curves as `rows` lines of `width` columns, then the x axis and its numbers, without a legend. Without
    `braille`, all characters are ASCII. Raises ValueError when there is nothing to draw.
    """
    across = [x for c in curves for x, y in zip(c.xs, c.ys, strict=True) if math.isfinite(y)]
    values = [y for c in curves for y in c.ys if math.isfinite(y) and (y > 0 or not log)]
    if not values:
        raise ValueError("no finite values" if not log else "no values above 0")
    y_scale = AxisScale(min(values), max(values), rows * 4, log)
    labels = _y_labels(y_scale, rows)
    margin = max(map(len, labels.values())) + 2
    columns = max(width - margin, 10)
    x_scale = AxisScale(min(across), max(across), columns * 2)
    cells = _Canvas(columns, rows, braille)
    for i, curve in enumerate(curves):
        cells.line(curve, x_scale, y_scale, i)
    tick, side, corner, floor = "┤│└─" if braille else "+|+-"
    marks = (tick if row in labels else side for row in range(rows))
    lines = [
        [(f"{labels.get(row, ''):>{margin - 2}} {mark}", -1), *cells.build_spans(row)] for row, mark in enumerate(marks)
    ]
    lines.append([(f"{'':>{margin - 2}} {corner}{floor * columns}", -1)])
    lines.append([(" " * margin + _x_axis(x_scale, columns, x_text or format_number, whole), -1)])
    return lines


def build_legend(curves: Sequence[Curve], width: int) -> list[PlotSpan]:
    """Returns the letter and the name of each curve."""
    names = (f"{_curve_letter(i)} {terminal.escape(curve.name)}" for i, curve in enumerate(curves))
    return [(terminal.truncate(name, width), i) for i, name in enumerate(names)]


class _Canvas:
    """The characters of a plot: which dots are set, and by which curve last."""

    def __init__(self, columns: int, rows: int, braille: bool) -> None:
        self._braille = braille
        self._bits = [[0] * columns for _ in range(rows)]
        self._by = [[-1] * columns for _ in range(rows)]
        self._ends: dict[tuple[int, int], int] = {}
        self._rows = rows

    def line(self, curve: Curve, x_scale: AxisScale, y_scale: AxisScale, by: int) -> None:
        before: tuple[int, int] | None = None
        for x, y in zip(curve.xs, curve.ys, strict=True):
            across, up = x_scale.position(x), y_scale.position(y)
            if across is None or up is None:
                before = None
                continue
            here = (across, self._rows * 4 - 1 - up)
            for dot in _line_dots(before or here, here):
                self._set(*dot, by)
            before = here
        if before:
            row, column = before[1] // 4, before[0] // 2
            while (row, column) in self._ends and column > 0:
                column -= 1  # the letter of a curve that ends at the same place stays
            self._ends[row, column] = by

    def _set(self, across: int, down: int, by: int) -> None:
        row, column = down // 4, across // 2
        self._bits[row][column] |= _DOTS[down % 4][across % 2]
        self._by[row][column] = by

    def build_spans(self, row: int) -> list[PlotSpan]:
        """Returns a row, with neighbouring characters of one curve as one span."""
        cells = (self._cell(row, column) for column in range(len(self._bits[row])))
        return [("".join(text for text, _ in group), by) for by, group in groupby(cells, key=lambda cell: cell[1])]

    def _cell(self, row: int, column: int) -> PlotSpan:
        end = self._ends.get((row, column))
        if end is not None:
            return _curve_letter(end), end
        bits, by = self._bits[row][column], self._by[row][column]
        if not bits:
            return " ", -1
        return (chr(0x2800 + bits) if self._braille else _ASCII_DOTS[_find_height(bits)]), by


def _find_height(bits: int) -> int:
    """Returns where the dots of a character are: 0 = upper half, 1 = both halves, 2 = lower half."""
    above, below = bits & (0x01 | 0x08 | 0x02 | 0x10), bits & (0x04 | 0x20 | 0x40 | 0x80)
    return 1 if above and below else 0 if above else 2


def _line_dots(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[int, int]]:
    """Returns the dots of a straight line."""
    steps = max(abs(b[0] - a[0]), abs(b[1] - a[1]), 1)
    return [
        (round(a[0] + (b[0] - a[0]) * i / steps), round(a[1] + (b[1] - a[1]) * i / steps)) for i in range(steps + 1)
    ]


def _paint_curve(text: str, by: int) -> str:
    return terminal.paint(text, CURVE_COLORS[by % len(CURVE_COLORS)])


def _curve_letter(by: int) -> str:
    return CURVE_LETTERS[by % len(CURVE_LETTERS)]


def _y_labels(scale: AxisScale, rows: int) -> dict[int, str]:
    """Returns the numbers of the y axis by row: round ones, the ends of the axis, or the one value of all points."""
    if scale.high == scale.low:
        return {_row_at(scale, scale.low, rows): format_number(scale.low)}
    labels = {_row_at(scale, value, rows): format_number(value) for value in reversed(_ticks(scale))}
    return labels if len(labels) > 1 else {0: format_number(scale.high), rows - 1: format_number(scale.low)}


def _row_at(scale: AxisScale, value: float, rows: int) -> int:
    return rows - 1 - (scale.position(value) or 0) // 4


def _ticks(scale: AxisScale) -> list[float]:
    """Returns about five round numbers on an axis: powers of ten on a logarithmic one."""
    if not scale.high > scale.low:
        return []
    if scale.log:
        first, last = math.ceil(math.log10(scale.low)), math.floor(math.log10(scale.high))
        return [10.0**power for power in range(first, last + 1, max((last - first) // 5, 1))]
    rough = (scale.high - scale.low) / 6
    if not math.isfinite(rough) or rough <= abs(scale.high) * 1e-9:
        return []
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * times for times in (1, 2, 2.5, 5, 10) if unit * times >= rough)
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    return [i * step for i in range(first, last + 1)]


def _x_axis(scale: AxisScale, columns: int, x_text: Callable[[float], str], whole: bool) -> str:
    """Returns the labels of the x axis: start, middle and end, or the one place of all points."""
    if scale.high == scale.low:
        return x_text(scale.low).rjust(columns // 2 + 1)
    half = scale.low / 2 + scale.high / 2
    half = float(math.floor(half)) if whole else half
    first, middle, last = (x_text(value) for value in (scale.low, half, scale.high))
    if len(first) + len(middle) + len(last) + 4 > columns or middle in (first, last):
        middle = ""
    left = max((scale.position(half) or 0) // 2 - len(middle) // 2 - len(first), 1)
    line = first + " " * left + middle
    return line + " " * max(columns - len(line) - len(last), 1) + last
