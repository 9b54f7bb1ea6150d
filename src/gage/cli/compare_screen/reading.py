"""Lists the files and curves that the screen shows but has not read. Knows the state of the screen; reads nothing."""

from typing import NamedTuple

from gage.cli.compare_screen.curve_lines import MIN_CHART_HEIGHT, MIN_CHART_WIDTH, list_metric_names
from gage.cli.compare_screen.screen_lines import Screen
from gage.cli.compare_screen.screen_state import NO_FILES, ScreenState
from gage.compare.grid_fields import CURVE
from gage.types.run import Run

MAX_SPARKLINES = 100


class ReadingNeeds(NamedTuple):
    """The runs whose files, and the runs with the metrics whose curves, the screen needs."""

    files: tuple[Run, ...] = ()
    curves: tuple[tuple[Run, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.curves)


def list_needs(state: ScreenState, screen: Screen | None) -> ReadingNeeds:
    """Returns the files and curves that are on the screen but were not read, those of the current run first."""
    if screen is None:
        return ReadingNeeds()
    curves: dict[str, tuple[Run, tuple[str, ...]]] = {}
    files: tuple[Run, ...] = ()
    if screen.has_details and state.run is not None:
        files = () if state.files.get(state.run.id, NO_FILES).is_read else (state.run,)
        runs = state.list_curve_runs()
        count = max(state.width // MIN_CHART_WIDTH, 1) * max(state.height // MIN_CHART_HEIGHT, 1)
        names = list_metric_names(state, runs)
        first = state.offset // max(state.height, 1) * count % len(names) if names else 0
        shown = tuple([*names[first:], *names[:first]][: count * 2])
        for run in runs:
            _add_missing(state, curves, run, tuple(name for name in shown if name in run.metrics))
    layout, metric = screen.layout, state.metric
    if layout and metric and any(each.column.field.key == CURVE for each in layout.placed):
        for row in state.grid.rows[screen.top : screen.top + min(screen.rows, MAX_SPARKLINES)]:
            run = state.grid.data.runs[row.members[0]]
            _add_missing(state, curves, run, (metric.field.name,) if run.metrics else ())
    return ReadingNeeds(files, tuple(curves.values()))


def _add_missing(
    state: ScreenState, curves: dict[str, tuple[Run, tuple[str, ...]]], run: Run, names: tuple[str, ...]
) -> None:
    known = state.series.get(run.id, {})
    missing = tuple(name for name in names if name not in known)
    if missing or (run.id not in state.series and names):
        before = curves.get(run.id, (run, ()))[1]
        curves[run.id] = (run, tuple(dict.fromkeys((*before, *missing))))
