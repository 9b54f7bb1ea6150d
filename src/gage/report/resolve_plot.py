"""Resolves blocks that show curves: a plot for each metric, a line for each run or group of runs."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gage.board.axis import AxisKind
from gage.board.formatting import format_comparable, format_count, format_value
from gage.board.run_table import pick_headline_metrics
from gage.board.run_values import build_row
from gage.board.svg_plot import LinePlot, PlotLine, compute_band
from gage.compare.groups import group_by_seed, is_seed_name, normalize_config
from gage.index.load_series import build_no_metric_error, select_names
from gage.metrics.downsample import downsample
from gage.metrics.series import RunSeries
from gage.metrics.series_types import Series
from gage.metrics.smoothing import smooth_values
from gage.report.items import Item, PlotItem, TextItem
from gage.report.run_query import AUTO, NothingToShow, RunQuery
from gage.report.source import BlockSettings
from gage.select.evaluate import list_values
from gage.select.parse import parse_value_name
from gage.types.errors import NotFound
from gage.types.run import Run

MAX_PLOTS = 24
"""Plots of one block. A glob may match thousands of metrics."""
MAX_LINES = 100
MAX_NOTES = 3
MAX_SHOWN_VALUES = 3
"""Config values in the name of a line."""
COLUMNS = 320
"""Intervals of the x axis; a line keeps a few points of each."""
X_TITLES: Mapping[str, tuple[str, AxisKind]] = {
    "step": ("step", "number"),
    "time": ("time", "time"),
    "relative": ("time since start", "duration"),
}


class LineGroup(NamedTuple):
    """The runs of one line, and the name of the line."""

    name: str
    runs: tuple[Run, ...]


def resolve_plot(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns the plots of a block, and notes on what they leave out. Raises GageError."""
    found = query.find(settings.where, settings.sort)
    if not found.runs:
        return (TextItem(found.reason, "note"),)
    groups = list(_group_runs(found.runs, settings.group, query))[: settings.limit]
    shown = groups[:MAX_LINES]
    series = {run.id: query.load_series(run) for group in shown for run in group.runs}
    known = dict.fromkeys(name for each in series.values() for name in each.names())
    if not known:
        raise NothingToShow("The runs have no metrics")
    patterns = settings.y if settings.y != (AUTO,) or AUTO in known else pick_headline_metrics(known)
    plots = _select_metrics(patterns, list(known))
    items: list[Item] = []
    for names in plots[:MAX_PLOTS]:
        items += _resolve_metrics(names, shown, series, settings)
    notes = dict.fromkeys(note for each in series.values() for note in each.notes)
    items += [TextItem(note, "note") for note in list(notes)[:MAX_NOTES]]
    if len(groups) > len(shown):
        items.append(TextItem(f"Only the first {MAX_LINES} of {len(groups):,} lines are shown", "note"))
    if len(plots) > MAX_PLOTS:
        items.append(TextItem(f"Only the first {MAX_PLOTS} of {len(plots):,} metrics are shown", "note"))
    return tuple(items)


def _select_metrics(patterns: Sequence[str], known: Sequence[str]) -> list[tuple[str, ...]]:
    """Returns the metrics of each plot: one for each match of a pattern; `a + b` is one plot of both.

    Raises NotFound for a pattern that matches none.
    """
    plots: dict[tuple[str, ...], None] = {}
    for pattern in patterns:
        names = [pattern] if pattern in known else pattern.split(" + ")
        chosen = [list(select_names(known, [name.strip()])) for name in names]
        for name, matches in zip(names, chosen, strict=True):
            if not matches:
                raise build_no_metric_error([name.strip()], sorted(known))
        if len(names) > 1:
            plots[tuple(name for matches in chosen for name in matches)] = None
        else:
            plots.update(((name,), None) for name in chosen[0])
    return list(plots)


def _group_runs(runs: Sequence[Run], group: str, query: RunQuery) -> Iterator[LineGroup]:
    if not group:
        names = _describe_runs(runs)
        yield from (LineGroup(name, (run,)) for run, name in zip(runs, names, strict=True))
    elif group == "seed":
        groups = [[runs[i] for i in each.indexes] for each in group_by_seed(runs, [normalize_config(r) for r in runs])]
        names = _describe_configs([members[0] for members in groups], with_seeds=False)
        for members, name in zip(groups, names, strict=True):
            yield LineGroup(f"{name or members[0].op.name} (n = {len(members)})", tuple(members))
    else:
        yield from _group_by_value(runs, group, query)


def _group_by_value(runs: Sequence[Run], group: str, query: RunQuery) -> Iterator[LineGroup]:
    expression = parse_value_name(group)
    query.require_names([expression], runs)
    members: dict[str, list[Run]] = {}
    for run in runs:
        for value in list_values(expression, build_row(run, query.read_series)) or ("(none)",):
            members.setdefault(format_comparable(value), []).append(run)
    name = group.removeprefix("config.")
    for value, each in members.items():
        yield LineGroup(f"{name}={value} (n = {len(each)})", tuple(each))


def _describe_runs(runs: Sequence[Run]) -> list[str]:
    """Returns name, label and differing config values of each run."""
    configs = _describe_configs(runs)
    return ["  ".join(filter(None, (run.name, run.label, text))) for run, text in zip(runs, configs, strict=True)]


def _describe_configs(runs: Sequence[Run], with_seeds: bool = True) -> list[str]:
    """Returns the first config values of each run that differ between the runs; seeds come last, or are left out."""
    known = {name for run in runs for name in run.config if with_seeds or not is_seed_name(name)}
    names = sorted(known, key=lambda name: (is_seed_name(name), name))
    differing = [name for name in names if any(run.config.get(name) != runs[0].config.get(name) for run in runs)]
    shown = differing[:MAX_SHOWN_VALUES]
    return [" ".join(f"{n}={format_value(run.config[n])}" for n in shown if n in run.config) for run in runs]


def _resolve_metrics(
    names: Sequence[str], groups: Sequence[LineGroup], series: Mapping[str, RunSeries], settings: BlockSettings
) -> Iterator[Item]:
    """Yields a plot of the metrics, and a note on what it leaves out."""
    lines: list[PlotLine] = []
    missing = 0
    for name in names:
        for group in groups:
            found = [each.series(name) for run in group.runs if name in (each := series[run.id]).names()]
            missing += len(group.runs) - len(found)
            if found:
                title = f"{name}  {group.name}" if len(names) > 1 else group.name
                lines.append(_build_line(title, found, settings))
    x_title, x_kind = X_TITLES[settings.x]
    title = " and ".join(names)
    yield PlotItem(LinePlot(title, x_title, tuple(lines), x_kind, settings.log))
    notes = [f"{format_count(missing, 'run')} without {title}"] if missing else []
    gaps = sum(any(not math.isfinite(y) for y in line.ys) for line in lines)
    if gaps:
        notes.append(f"{format_count(gaps, 'line')} with gaps where a value is NaN or infinite")
    if settings.log and (low := sum(any(y <= 0 for y in line.ys) for line in lines)):
        notes.append(f"{format_count(low, 'line')} with values up to 0, which a logarithmic axis does not show")
    if settings.group and any(not line.xs for line in lines):
        notes.append("No step is in all runs of a group")
    if notes:
        yield TextItem("; ".join(notes), "note")


def _build_line(title: str, found: Sequence[Series], settings: BlockSettings) -> PlotLine:
    """Returns the line of one run, or the mean of several runs at the steps that all of them have."""
    lines = [PlotLine("", _list_x(series, settings.x), list(series.values)) for series in found]
    line = compute_band(lines, title) if settings.group else lines[0]._replace(name=title)
    raw = line.ys if settings.smooth else ()
    if settings.smooth:
        line = line._replace(ys=smooth_values(line.ys, settings.smooth))
    return _thin_line(line._replace(raw=raw))


def _list_x(series: Series, x: str) -> list[float]:
    """Returns the x values of a series. Raises NotFound for a series without times."""
    if x == "step":
        return [float(step) for step in series.steps]
    if not any(series.times):
        raise NotFound("The metric has no times: its log has only steps", "Use x: step")
    begin = min(series.times, default=0.0) if x == "relative" else 0.0
    return [when - begin for when in series.times]


def _thin_line(line: PlotLine) -> PlotLine:
    """Returns the line with as many points as are visible, and all extremes."""
    values = line.raw or line.ys
    indexes = [float(i) for i in range(len(values))]
    # `downsample` takes integers: 1/100,000 of the axis is finer than a pixel.
    low, high = min(line.xs, default=0.0), max(line.xs, default=0.0)
    scale = 100_000 / (high - low) if high > low else 0.0
    steps = [round((x - low) * scale) if math.isfinite(x) else 0 for x in line.xs]
    kept = [int(i) for i in downsample(Series(steps, indexes, values), COLUMNS).times]
    columns = (line.xs, line.ys, line.raw, line.low, line.high)
    return PlotLine(line.name, *([column[i] for i in kept] if column else () for column in columns))
