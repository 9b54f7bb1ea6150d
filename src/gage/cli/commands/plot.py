"""`gage plot`."""

import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from gage.cli import load_series, run_selection
from gage.cli.command import gage_command
from gage.cli.render import terminal
from gage.cli.render.plot import Curve, draw_plot, smooth_values
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.metrics.series_types import Series
    from gage.store.store import RunStore
    from gage.types.run import Run

MOST_CURVES = 26
HIGHEST = 25
"""Lines that a drawing takes at most, so that what was typed stays in sight."""


@gage_command("plot", "gage plot loss", "gage plot 1:3 'val*' --smooth 0.9", "gage plot 1 2 loss --log --x relative")
@click.argument("words", metavar="[RUN]... METRIC...", nargs=-1, required=True)
@run_selection.where_option
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
def command(words: tuple[str, ...], where: tuple[str, ...], smooth: float, log: bool, x: str, system: bool) -> None:
    """Plot metrics of runs (default: the latest) in the terminal. METRIC may be a glob."""
    store = run_selection.open_store()
    found, wanted = _runs_and_metrics(store, words, where)
    if not found:
        raise NotFound("No runs match" if where else "There are no runs yet", "Try: gage list")
    width, height = shutil.get_terminal_size((100, 30))
    drawn = _curves(store, found, wanted, smooth, x, system, width)
    try:
        lines = draw_plot(drawn, width, min(max(height - 2, 12), HIGHEST), log, _text_of(x), whole=x == "step")
    except ValueError as e:
        raise UsageError(f"Nothing to plot: {' '.join(wanted)!r} has {e}", "Try: gage metrics") from None
    for line in lines:
        terminal.print_stdout(line)


def _runs_and_metrics(
    store: "RunStore", words: Sequence[str], where: tuple[str, ...]
) -> "tuple[Sequence[Run], Sequence[str]]":
    """Splits the words: the last is a metric, and so are those before it that name no run."""
    if _is_of_runs(words[-1]):
        raise UsageError("Missing metric", f"Try: gage plot {' '.join(words)} loss")
    for count in range(1, len(words) + 1):
        named, wanted = words[:-count], words[-count:]
        try:
            return run_selection.find_runs(store, named, where, limit=None if named or where else 1).runs, wanted
        except NotFound:
            if not named or _is_of_runs(named[-1]):
                raise
    return (), words


def _is_of_runs(word: str) -> bool:
    """Whether a word can only name runs: a position or a slice of the listing."""
    return all(part.isdigit() or not part for part in word.split(":"))


def _curves(
    store: "RunStore", runs: "Sequence[Run]", wanted: Sequence[str], smooth: float, x: str, system: bool, width: int
) -> list[Curve]:
    from gage.metrics.downsample import downsample

    names: set[str] = set()
    found: list[Curve] = []
    for run in runs:
        read = load_series.load_series(store, run, system)
        names.update(read.names())
        for name in load_series.select_names(read.names(), wanted):
            if len(found) == MOST_CURVES:
                terminal.print_stderr(f"Only the first {MOST_CURVES} curves are shown")
                return found
            series = read.series(name)
            if smooth:
                series = series._replace(values=smooth_values(series.values, smooth))
            few = downsample(series, width * 2)
            title = run.name if len(wanted) == 1 and not load_series.is_pattern(wanted[0]) else f"{run.name} {name}"
            label = f"  {run.label}" if run.label else ""
            found.append(Curve(f"{title}{label}", _places(few, x), list(few.values)))
    for word in wanted:
        if not any(load_series.select_names(list(names), [word])):
            raise load_series.build_not_found([word], sorted(names))
    return found


def _places(series: "Series", x: str) -> list[float]:
    if x == "step":
        return [float(step) for step in series.steps]
    begin = min(series.times, default=0.0) if x == "relative" else 0.0
    return [when - begin for when in series.times]


def _text_of(x: str) -> Callable[[float], str]:
    """Returns how values of the x axis are formatted."""
    from gage.lib import times

    if x == "time":
        return lambda when: times.format_iso(int(when * 1e6))[11:19]
    if x == "relative":
        return lambda seconds: terminal.format_duration(int(seconds * 1e6))
    return lambda step: f"{step:,.0f}"
