"""Says what the screen shows but has not read yet. Knows the state of the screen; reads nothing."""

from typing import NamedTuple

from gage.cli.compare_screen.curve_lines import MIN_CHART_HEIGHT, MIN_CHART_WIDTH, list_metric_names
from gage.cli.compare_screen.screen_lines import TALL, VERY_WIDE, WIDE, Screen
from gage.cli.compare_screen.screen_state import NO_FILES, ScreenState
from gage.compare.grid_fields import CURVE
from gage.types.run import Run

MAX_SPARKLINES = 100


class ReadingNeeds(NamedTuple):
    """Runs whose files are to be read, and runs with the metrics whose curves are."""

    files: tuple[Run, ...] = ()
    curves: tuple[tuple[Run, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.curves)


def list_needs(state: ScreenState, screen: Screen | None) -> ReadingNeeds:
    """Returns what is on the screen and was not read: the current run first."""
    curves: dict[str, tuple[Run, tuple[str, ...]]] = {}
    files: tuple[Run, ...] = ()
    if has_details(state) and state.run is not None:
        files = () if state.files.get(state.run.id, NO_FILES).is_read else (state.run,)
        runs = state.list_curve_runs()
        count = max(state.width // MIN_CHART_WIDTH, 1) * max(state.height // MIN_CHART_HEIGHT, 1)
        names = list_metric_names(state, runs)
        first = state.offset // max(state.height, 1) * count % len(names) if names else 0
        shown = tuple([*names[first:], *names[:first]][: count * 2])
        for run in runs:
            _add(state, curves, run, tuple(name for name in shown if name in run.metrics))
    layout = screen.layout if screen else None
    has_curves = layout is not None and any(each.column.field.key == CURVE for each in layout.placed)
    if screen is not None and has_curves and state.metric is not None:
        for row in state.grid.rows[screen.top : screen.top + min(screen.rows, MAX_SPARKLINES)]:
            run = state.grid.data.runs[row.members[0]]
            _add(state, curves, run, (state.metric.field.name,) if run.metrics else ())
    return ReadingNeeds(files, tuple(curves.values()))


def _add(state: ScreenState, curves: dict[str, tuple[Run, tuple[str, ...]]], run: Run, names: tuple[str, ...]) -> None:
    known = state.series.get(run.id, {})
    missing = tuple(name for name in names if name not in known)
    if missing or (run.id not in state.series and names):
        before = curves.get(run.id, (run, ()))[1]
        curves[run.id] = (run, tuple(dict.fromkeys((*before, *missing))))


def has_details(state: ScreenState) -> bool:
    """Returns whether details of a run are on the screen."""
    if state.page == "details":
        return True
    return state.page == "table" and (state.width >= VERY_WIDE or (state.width >= WIDE and state.height >= TALL))
