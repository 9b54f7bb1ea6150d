"""`gage plot`."""

import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from gage.assignments.convert_words import join_words
from gage.board.formatting import format_value
from gage.board.run_table import pick_headline_metrics
from gage.cli import run_selection
from gage.cli.command import make_command
from gage.cli.render import terminal
from gage.cli.render.plot import Curve, draw_plot
from gage.index import load_series
from gage.lib import times
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.metrics.series_types import Series
    from gage.store.store import RunStore
    from gage.types.run import Run

MAX_CURVES = 26
MAX_HEIGHT = 25
"""Lines that a plot takes at most, so that what was typed stays in sight."""


@make_command("plot", "gage plot loss", "gage plot 1:3 'val*' --smooth 0.9", "gage plot 1 2 loss --log --x relative")
@run_selection.select_runs("[RUN]... METRIC...")
@click.option(
    "-s",
    "--smooth",
    type=click.FloatRange(0, 1, max_open=True),
    metavar="WEIGHT",
    default=0.0,
    help="Smoothing weight, from 0 (none) to below 1.",
)
@click.option("-l", "--log", is_flag=True, help="Use a logarithmic y axis.")
@click.option(
    "-x",
    "--x",
    type=click.Choice(("step", "time", "relative")),
    default="step",
    help="X axis: step (default), time of day, or time since the first value.",
)
@click.option("--system", is_flag=True, help="Plot CPU, memory, disk, network and GPU use instead, for example cpu.")
def command(selection: run_selection.RunSelection, smooth: float, log: bool, x: str, system: bool) -> None:
    """Plot metrics of runs (default: the latest) in the terminal. METRIC may be a glob."""
    runs, names = _find_runs_and_metrics(selection)
    run_selection.warn_incomplete(runs)
    width, height = shutil.get_terminal_size((100, 30))
    curves = _load_curves(selection.store, runs, names, smooth, x, system, width)
    try:
        lines = draw_plot(curves, width, min(max(height - 2, 12), MAX_HEIGHT), log, _x_formatter(x), whole=x == "step")
    except ValueError as e:
        raise UsageError(f"Nothing to plot: {' '.join(names)!r} has {e}", "Try: gage metrics") from None
    for line in lines:
        terminal.print_stdout(line)


def _find_runs_and_metrics(selection: run_selection.RunSelection) -> "tuple[Sequence[Run], Sequence[str]]":
    """Splits the words: the last is a metric, and so are those before it that name no run. Positions may follow."""
    words = selection.words
    if all(map(_is_position, words)):
        runs = selection.find_or_latest()
        metric = next(iter(pick_headline_metrics([name for run in runs for name in run.metrics], 1)), "loss")
        raise UsageError("Missing metric", f"Try: {join_words(('gage', 'plot', *words, metric))}")
    if _is_position(words[-1]):
        positions = tuple(filter(_is_position, words))
        return selection.with_words(positions).find_or_latest(), [word for word in words if not _is_position(word)]
    for count in range(1, len(words) + 1):
        named = words[:-count]
        try:
            return selection.with_words(named).find_or_latest(), words[-count:]
        except NotFound:
            if not named or _is_position(named[-1]):
                raise
    raise AssertionError("The last try has no words for runs")  # pragma: no cover - cannot happen


def _is_position(word: str) -> bool:
    """Returns whether a word can only name runs: a position or a slice of the listing."""
    return all(part.isdigit() or not part for part in word.split(":"))


def _load_curves(
    store: "RunStore", runs: "Sequence[Run]", patterns: Sequence[str], smooth: float, x: str, system: bool, width: int
) -> list[Curve]:
    from gage.metrics.downsample import downsample
    from gage.metrics.smoothing import smooth_values

    differences = _describe_differences(runs)
    names: set[str] = set()
    curves: list[Curve] = []
    for run in runs:
        read = load_series.load_series(store, run, system)
        names.update(read.names())
        for name in load_series.select_names(read.names(), patterns):
            if len(curves) == MAX_CURVES:
                terminal.print_stderr(f"Only the first {MAX_CURVES} curves are shown")
                return curves
            series = read.series(name)
            if x != "step" and not any(series.times):
                raise UsageError(f"{name} of {run.name} has no times: its log has only steps", "Use --x step")
            if smooth:
                series = series._replace(values=smooth_values(series.values, smooth))
            few = downsample(series, width * 2)
            title = "  ".join(filter(None, (f"{run.name} {name}", differences[run.id], run.label)))
            curves.append(Curve(title, _x_values(few, x), list(few.values)))
    for word in patterns:
        if not any(load_series.select_names(list(names), [word])):
            raise load_series.build_no_metric_error([word], sorted(names))
    return curves


def _describe_differences(runs: "Sequence[Run]") -> dict[str, str]:
    """Returns by run ID the config values that are not the same in all runs."""
    names = sorted({name for run in runs for name in run.config})
    differing = [n for n in names if any(run.config.get(n) != runs[0].config.get(n) for run in runs)]
    return {
        run.id: " ".join(f"{n}={format_value(run.config[n])}" for n in differing if n in run.config) for run in runs
    }


def _x_values(series: "Series", x: str) -> list[float]:
    if x == "step":
        return [float(step) for step in series.steps]
    begin = min(series.times, default=0.0) if x == "relative" else 0.0
    return [when - begin for when in series.times]


def _x_formatter(x: str) -> Callable[[float], str]:
    """Returns how values of the x axis are formatted."""
    if x == "time":
        return lambda when: times.format_iso(int(when * 1e6))[11:19]
    if x == "relative":
        return lambda seconds: times.format_duration(int(seconds * 1e6))
    return lambda step: f"{step:,.0f}"
