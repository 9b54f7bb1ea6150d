"""Draws line plots as SVG text: axes with round ticks, bands, a legend. Knows numbers and names, not runs.

The colours are those of Okabe and Ito, which colour-blind people tell apart, then the same ones dashed; further lines
are thin and grey. They are CSS variables, so that a plot follows the page, or the reader's light or dark theme.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gage.board.axis import AxisKind, PlotScale, Tick, extend_range, list_ticks
from gage.board.html.elements import escape_html
from gage.lib.mean_std import GroupSummary, summarize_values

COLORS = {
    "light": ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"),
    "dark": ("#56b4e9", "#e69f00", "#1fb98d", "#f0783c", "#d893b8", "#f0e442"),
}
DASHES = ("", "6 3", "2 3", "8 3 2 3")
MAX_STYLES = len(COLORS["light"]) * len(DASHES)
"""Lines that can be told apart; the others are grey."""

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_NEUTRALS = {
    "light": ("#1c1c1f", "#6b6b73", "#e6e6e8", "#a8a8b0"),
    "dark": ("#ececee", "#9a9aa3", "#2a2a2e", "#5c5c66"),
}
_CHAR_WIDTH = 6.1
"""Pixels of a character of the legend, on average."""


class PlotLine(NamedTuple):
    """A named line through points. A value that is not finite is a gap. `raw` has the values before smoothing, `low`
    and `high` the edges of a band around the line; each of these is empty or as long as `ys`.
    """

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    raw: Sequence[float] = ()
    low: Sequence[float] = ()
    high: Sequence[float] = ()


class LinePlot(NamedTuple):
    """Lines with a common x axis. `log`: the y axis is logarithmic, and values of 0 or less are gaps."""

    title: str
    x_title: str
    lines: tuple[PlotLine, ...]
    x_kind: AxisKind = "number"
    log: bool = False


class _Area(NamedTuple):
    """The scales of a plot and its ticks."""

    x: PlotScale
    y: PlotScale
    x_ticks: list[Tick]
    y_ticks: list[Tick]


def build_plot_css() -> str:
    """Returns the style that the plots of a page share. `data-theme` on the root of a page selects light or dark."""
    dark = _format_variables("dark")
    series = "".join(f".gp-{i}{{--line:var(--gp-{i})}}" for i in range(len(COLORS["light"])))
    return (
        f":root{{{_format_variables('light')}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}:root[data-theme=dark]{{{dark}}}"
        f".gage-plot{{font:11px {_FONT};fill:var(--gp-muted)}}.gage-plot text{{font-variant-numeric:tabular-nums}}"
        ".gage-plot .gp-title{font-size:13px;font-weight:600;fill:var(--gp-text)}"
        ".gage-plot .gp-name{fill:var(--gp-text)}"
        ".gp-grid{stroke:var(--gp-grid)}.gp-axis{stroke:var(--gp-other)}.gp-other{--line:var(--gp-other)}"
        ".gp-line path{fill:none;stroke:var(--line);stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}"
        ".gp-line circle{fill:var(--line)}.gp-line.gp-other path{stroke-width:.8}"
        ".gp-line .gp-raw{stroke-width:.8;opacity:.35}.gp-line .gp-band{fill:var(--line);stroke:none;opacity:.18}"
        f".gp-line:hover path:not(.gp-band){{stroke-width:2.6}}{series}"
    )


def _format_variables(theme: str) -> str:
    text, muted, grid, other = _NEUTRALS[theme]
    colors = "".join(f"--gp-{i}:{color};" for i, color in enumerate(COLORS[theme]))
    return f"--gp-text:{text};--gp-muted:{muted};--gp-grid:{grid};--gp-other:{other};{colors}"


def draw_svg(plot: LinePlot, width: int = 720, height: int = 300, standalone: bool = True) -> str:
    """Returns a plot as SVG, `height` pixels high without its legend. `standalone`: the SVG is a file of its own and
    has its style. A plot without values that can be drawn shows a text instead.
    """
    area = _measure_area(plot, width, height)
    legend, legend_height = _draw_legend(plot.lines, width, height)
    whole = height + legend_height
    title = f'<text class="gp-title" x="0" y="13">{escape_html(_cut(plot.title, (width - 8) / 7))}</text>'
    if area is None:
        reason = "No values above 0" if plot.log else "No values"
        body = f'<text x="{width / 2:g}" y="{height / 2:g}" text-anchor="middle">{reason}</text>'
    else:
        lines = "".join(_draw_line(line, i, area) for i, line in reversed(list(enumerate(plot.lines))))
        body = _draw_axes(plot, area, width, height) + lines
    # A file of its own has no page that defines the style.
    style = f"<style>{build_plot_css()}</style>" if standalone else ""
    names = f' xmlns="http://www.w3.org/2000/svg" width="{width}" height="{whole}"' if standalone else ""
    label = escape_html(f"Plot of {plot.title}")
    return (
        f'<svg{names} class="gage-plot" viewBox="0 0 {width} {whole}" role="img" aria-label="{label}">'
        f"{style}{title}{body}{legend}</svg>\n"
    )


def _measure_area(plot: LinePlot, width: int, height: int) -> _Area | None:
    """Returns the scales, None if there is nothing to draw."""
    ys = [y for line in plot.lines for y in _list_drawn(line, plot.log)]
    xs = [
        x
        for line in plot.lines
        for x, y in zip(line.xs, line.ys, strict=True)
        if math.isfinite(x) and math.isfinite(y) and (y > 0 or not plot.log)
    ]
    if not ys or not xs:
        return None
    low, high = extend_range(min(ys), max(ys), plot.log)
    top, bottom = 26, height - 38
    y_ticks = list_ticks(low, high, max(height // 55, 3), plot.log)
    left = max(len(tick.text) for tick in y_ticks) * 6.4 + 10
    x_scale = PlotScale(min(xs), max(xs), left, width - 10)
    x_ticks = list_ticks(x_scale.low, x_scale.high, max(width // 110, 3), kind=plot.x_kind)
    return _Area(x_scale, PlotScale(low, high, bottom, top, plot.log), x_ticks, y_ticks)


def _list_drawn(line: PlotLine, log: bool) -> Iterator[float]:
    for values in (line.ys, line.raw, line.low, line.high):
        yield from (y for y in values if math.isfinite(y) and (y > 0 or not log))


def _draw_axes(plot: LinePlot, area: _Area, width: int, height: int) -> str:
    left, right, bottom = area.x.start, area.x.end, area.y.start
    parts = []
    for tick in area.y_ticks:
        y = area.y.locate(tick.value)
        if y is not None:
            parts.append(f'<path class="gp-grid" d="M{left:.1f} {y:.1f}H{right:.1f}"/>')
            parts.append(
                f'<text x="{left - 7:.1f}" y="{y + 3.8:.1f}" text-anchor="end">{escape_html(tick.text)}</text>'
            )
    parts.append(f'<path class="gp-axis" d="M{left:.1f} {bottom:.1f}H{right:.1f}"/>')
    for tick in area.x_ticks:
        x = area.x.locate(tick.value)
        if x is not None:
            anchor = "end" if x > right - 16 else "middle"
            parts.append(f'<path class="gp-axis" d="M{x:.1f} {bottom:.1f}v4"/>')
            parts.append(
                f'<text x="{x:.1f}" y="{bottom + 16:.1f}" text-anchor="{anchor}">{escape_html(tick.text)}</text>'
            )
    parts.append(f'<text x="{right:.1f}" y="{height - 4}" text-anchor="end">{escape_html(plot.x_title)}</text>')
    return "".join(parts)


def _draw_line(line: PlotLine, number: int, area: _Area) -> str:
    parts = []
    if line.low:
        parts.append(_draw_band(line, area))
    if line.raw:
        parts.append(_draw_path(line.xs, line.raw, area, 'class="gp-raw"'))
    dash = _pick_dash(number)
    parts.append(_draw_path(line.xs, line.ys, area, f'stroke-dasharray="{dash}"' if dash else ""))
    return f'<g class="gp-line {_name_style(number)}"><title>{escape_html(line.name)}</title>{"".join(parts)}</g>'


def _draw_path(xs: Sequence[float], ys: Sequence[float], area: _Area, attributes: str) -> str:
    """Returns a path, and a dot for each point without neighbours."""
    commands: list[str] = []
    dots: list[str] = []
    for piece in _split_pieces(xs, ys, area):
        if len(piece) == 1:
            dots.append(f'<circle cx="{piece[0][0]:.1f}" cy="{piece[0][1]:.1f}" r="2.4"/>')
        else:
            commands.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in piece))
    path = f'<path {attributes} d="{"".join(commands)}"/>' if commands else ""
    return path + "".join(dots)


def _split_pieces(xs: Sequence[float], ys: Sequence[float], area: _Area) -> Iterator[list[tuple[float, float]]]:
    """Yields the places of points that follow each other without a gap."""
    piece: list[tuple[float, float]] = []
    for x, y in zip(xs, ys, strict=True):
        across, down = area.x.locate(x), area.y.locate(y)
        if across is None or down is None:
            if piece:
                yield piece
            piece = []
        else:
            piece.append((across, down))
    if piece:
        yield piece


def _draw_band(line: PlotLine, area: _Area) -> str:
    """Returns the band. Its lower edge is at the bottom of the plot where the band goes below."""
    floor = area.y.low
    lows = [max(y, floor) if math.isfinite(y) else y for y in line.low]
    points = [
        (area.x.locate(x), area.y.locate(low), area.y.locate(high))
        for x, low, high in zip(line.xs, lows, line.high, strict=True)
    ]
    known = [(x, low, high) for x, low, high in points if x is not None and low is not None and high is not None]
    if len(known) < 2:
        return ""
    upper = "L".join(f"{x:.1f} {high:.1f}" for x, _, high in known)
    lower = "L".join(f"{x:.1f} {low:.1f}" for x, low, _ in reversed(known))
    return f'<path class="gp-band" d="M{upper}L{lower}Z"/>'


def _draw_legend(lines: Sequence[PlotLine], width: int, top: int) -> tuple[str, int]:
    """Returns the legend in as many columns as fit, and its height in pixels. Lines without names have no legend."""
    listed = [line.name for line in lines[:MAX_STYLES]]
    if not any(listed):
        return "", 0
    more = len(lines) - len(listed)
    longest = max(map(len, listed)) * _CHAR_WIDTH + 40
    columns = max(min(int(width // longest), len(listed), 4), 1)
    rows = math.ceil(len(listed) / columns)
    room = width / columns
    parts = []
    for i, name in enumerate(listed):
        x, y = (i // rows) * room, top + 14 + (i % rows) * 17
        dash = f' stroke-dasharray="{_pick_dash(i)}"' if _pick_dash(i) else ""
        title, text = escape_html(name), escape_html(_cut(name, (room - 36) / _CHAR_WIDTH))
        parts.append(
            f'<g class="gp-line {_name_style(i)}"><path d="M{x:.1f} {y - 4}h22"{dash}/><title>{title}</title>'
            f'<text class="gp-name" x="{x + 29:.1f}" y="{y}">{text}</text></g>'
        )
    if more > 0:
        parts.append(f'<text x="0" y="{top + 14 + rows * 17}">and {more:,} more, in grey</text>')
    return "".join(parts), (rows + (more > 0)) * 17 + 8


def _name_style(number: int) -> str:
    return f"gp-{number % len(COLORS['light'])}" if number < MAX_STYLES else "gp-other"


def _pick_dash(number: int) -> str:
    return DASHES[number // len(COLORS["light"])] if number < MAX_STYLES else ""


def _cut(text: str, room: float) -> str:
    return text if len(text) <= room else f"{text[: max(int(room) - 1, 1)]}…"


def compute_band(lines: Iterable[PlotLine], name: str) -> PlotLine:
    """Returns the mean of lines at each x that all of them have, with a band of one standard deviation (n − 1)."""
    by_x: dict[float, list[float]] = {}
    count = 0
    for line in lines:
        count += 1
        for x, y in dict(zip(line.xs, line.ys, strict=True)).items():
            by_x.setdefault(x, []).append(y)
    points = sorted((x, values) for x, values in by_x.items() if len(values) == count)
    xs, means, lows, highs = [], [], [], []
    for x, values in points:
        is_finite = all(map(math.isfinite, values))
        summary = summarize_values(values) if is_finite else GroupSummary(count, math.nan, math.nan)
        std = summary.std or 0.0
        xs.append(x)
        means.append(summary.mean)
        lows.append(summary.mean - std)
        highs.append(summary.mean + std)
    return PlotLine(name, xs, means, low=lows if count > 1 else (), high=highs if count > 1 else ())
