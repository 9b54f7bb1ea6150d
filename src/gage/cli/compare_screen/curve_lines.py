"""Draws curves of runs in a pane: a chart for each metric, as many as fit, with the runs overlaid. Knows points; not
where they come from.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from gage.cli.compare_screen.screen_state import ScreenState
from gage.cli.compare_screen.spans import CURVE_STYLES, Line, fit_line
from gage.cli.render.plot import Curve, build_legend, build_plot
from gage.metrics.smoothing import smooth_values
from gage.types.run import Run

MIN_CHART_WIDTH = 36
MIN_CHART_HEIGHT = 9

Item = TypeVar("Item")


def draw_charts(state: ScreenState, width: int, height: int) -> list[Line]:
    """Returns the charts of the chosen runs, the current metric first, then the legend of the runs."""
    runs = state.list_curve_runs()
    names = list_metric_names(state, runs)
    if not names:
        return [[(state.charset.encode(_explain_no_curves(state)), "dim")]]
    legend = _draw_legend(state, runs, width) if height > MIN_CHART_HEIGHT + 2 else []
    legend = legend[: max(height // 3, 1)]
    charts = _arrange_charts(
        names, state.offset, width, height - len(legend), lambda *each: _draw_metric(state, runs, *each)
    )
    return [*charts, *legend]


def _arrange_charts(
    items: Sequence[Item], offset: int, width: int, height: int, draw: Callable[[Item, int, int], list[Line]]
) -> list[Line]:
    """Returns the charts of as many items as fit, side by side and below each other. An offset of `height` starts with
    the next items; the first follow the last.
    """
    across = max(min(width // MIN_CHART_WIDTH, len(items)), 1)
    down = max(min(height // MIN_CHART_HEIGHT, -(-len(items) // across)), 1)
    size, tall = width // across, height // down
    first = offset // max(height, 1) * across * down % len(items)
    charts = [draw(item, size, tall) for item in [*items[first:], *items[:first]][: across * down]]
    blank: list[Line] = [[(" " * size, "")]] * tall
    charts += [blank] * (across * down - len(charts))
    return [
        [span for chart in charts[row * across : (row + 1) * across] for span in chart[line]]
        for row in range(down)
        for line in range(tall)
    ]


def list_metric_names(state: ScreenState, runs: Sequence[Run]) -> list[str]:
    """Returns the metrics of the runs, the current one first; with a filter, only the metrics that match it."""
    known = dict.fromkeys(name for run in runs for name in run.metrics)
    if state.metric_filter:
        words = state.metric_filter.split()
        return [n for n in known if any(fnmatchcase(n, word) or fnmatchcase(n, f"*{word}*") for word in words)]
    metric = state.metric
    main = [metric.field.name] if metric is not None and metric.field.name in known else []
    return list(dict.fromkeys([*main, *known]))


def _explain_no_curves(state: ScreenState) -> str:
    if state.metric_filter:
        return f" No metric matches {state.metric_filter}: f changes it"
    return " The runs have no metrics"


def _draw_legend(state: ScreenState, runs: Sequence[Run], width: int) -> list[Line]:
    curves = [Curve(_describe_run(state, run), (), ()) for run in runs]
    return [
        fit_line([(" ", ""), (state.charset.encode(text), _name_style(by))], width, state.charset)
        for text, by in build_legend(curves, width - 1)
    ]


def _describe_run(state: ScreenState, run: Run) -> str:
    is_baseline = run.id == state.grid.view.baseline
    notes = (run.label, "baseline" if is_baseline else "", "running" if run.status == "running" else "")
    return "  ".join((run.name, *filter(None, notes)))


def _draw_metric(state: ScreenState, runs: Sequence[Run], name: str, width: int, height: int) -> list[Line]:
    """Returns one chart in exactly `height` lines of `width` columns."""
    read = [state.series[run.id] for run in runs if run.id in state.series]
    curves = [_prepare(state, state.series.get(run.id, {}).get(name)) for run in runs]
    notes = "".join([f"  smoothed {state.smoothing}" if state.smoothing else "", "  log" if state.log else ""])
    title: Line = [(state.charset.encode(f" {name}{notes}"), "bold")]
    return _draw_chart(state, title, curves, width, height, is_reading=len(read) < len(runs))


def _draw_chart(
    state: ScreenState, title: Line, curves: Sequence[Curve], width: int, height: int, is_reading: bool = False
) -> list[Line]:
    try:
        plot = build_plot(
            curves, width - 1, max(height - 3, 2), state.log, whole=True, braille=not state.charset.is_ascii
        )
        body = [[(text, _name_style(by)) for text, by in row] for row in plot]
    except ValueError as error:
        has_points = any(curve.xs for curve in curves)
        text = str(error).capitalize() if has_points else "Reading…" if is_reading else "No points"
        body = [[(state.charset.encode(f"   {text}"), "dim")]]
    lines = [fit_line(line, width, state.charset) for line in [title, *body][:height]]
    return [*lines, *([[(" " * width, "")]] * (height - len(lines)))]


def _name_style(by: int) -> str:
    """Returns the style of the curve with that number; -1 stands for the axes."""
    return CURVE_STYLES[by % len(CURVE_STYLES)] if by >= 0 else "dim"


def _prepare(state: ScreenState, curve: Curve | None) -> Curve:
    """Returns the curve to draw; without points if the run has none."""
    if curve is None:
        return Curve("", (), ())
    ys = smooth_values(curve.ys, state.smoothing) if state.smoothing else curve.ys
    return Curve(curve.name, curve.xs, ys)


def draw_system_charts(curves: Sequence[Curve], state: ScreenState, width: int, height: int) -> list[Line]:
    """Returns a chart for each system metric, as many as fit."""

    def draw(curve: Curve, width: int, height: int) -> list[Line]:
        return _draw_chart(state, [(state.charset.encode(f" {curve.name}"), "bold")], [curve], width, height)

    return _arrange_charts(curves, state.offset, width, height, draw)
