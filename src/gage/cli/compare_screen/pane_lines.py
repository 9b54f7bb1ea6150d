"""Draws the details of runs: curves, config, output, files, system metrics, the run itself. Takes the state of the
screen and returns lines.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gage.board.formatting import format_number, format_value
from gage.cli.compare_screen.curve_lines import draw_charts, draw_system_charts
from gage.cli.compare_screen.screen_state import CHART_TABS, NO_FILES, TABS, RunFiles, ScreenState, Tab
from gage.cli.compare_screen.spans import Line, fit_line
from gage.compare.metric import infer_direction
from gage.compare.run_details import describe_evaluation
from gage.lib import times
from gage.types.filter import FieldName
from gage.types.run import Run

MAX_FILES = 5000
"""Files that the list of files shows."""


class Pane(NamedTuple):
    """The lines of a pane, and the offset of the screen, limited to the lines that the pane can scroll."""

    lines: list[Line]
    offset: int


def draw_pane(state: ScreenState, tab: Tab, width: int, height: int, with_tabs: Sequence[Tab] = TABS) -> Pane:
    """Returns a pane of details in exactly `height` lines of `width` columns: the title, then the content of `tab`."""
    if height <= 0 or width <= 0:
        return Pane([], state.offset)
    title = _draw_tabs(state, tab, with_tabs)
    room = height - 1
    body = _DRAWERS[tab](state, width, room)
    hidden = max(len(body) - room, 0)
    offset = min(state.offset, hidden)
    start = 0 if tab in CHART_TABS else hidden - offset if tab == "output" else offset
    lines = [fit_line(line, width, state.charset) for line in [title, *body[start : start + room]]]
    lines += [[(" " * width, "")]] * (height - len(lines))
    has_lines = tab not in CHART_TABS and _get_files(state).is_read
    return Pane(lines, offset if has_lines else state.offset)


def _draw_tabs(state: ScreenState, tab: Tab, tabs: Sequence[Tab]) -> Line:
    name = state.charset.encode(state.run.name) if state.run else ""
    line: Line = [(f" {name} ", "bold"), (" ", "")]
    for each in tabs:
        line.append((f"[{each}]", "bold") if each == tab else (f" {each} ", "dim"))
    return line


def _draw_system(state: ScreenState, width: int, height: int) -> list[Line]:
    files = _get_files(state)
    if not files.system:
        return [[(" Reading…" if not files.is_read else " No system metrics were recorded", "dim")]]
    return draw_system_charts(files.system, state, width, height)


def _draw_config(state: ScreenState, width: int, height: int) -> list[Line]:
    """Returns config and metrics of the run beside those of the baseline, and marks config values that differ; then the
    metrics of its evaluations.
    """
    run = state.run
    if run is None:
        return []
    base = state.grid.get_run(state.grid.view.baseline)
    base = None if base is None or base.id == run.id else base
    lines: list[Line] = []
    if base is not None:
        note = f" beside baseline {base.name}: * differs"
        lines.append([(state.charset.encode(note), "dim")])
    names = list(dict.fromkeys([*run.config, *(base.config if base else ())]))
    size = max((len(name) for name in [*names, *run.metrics]), default=0)
    size = min(size, max(width // 2, 8))
    for name in names:
        mine, its = _format_config(run, name), _format_config(base, name) if base else ""
        is_other = base is not None and mine != its
        text = f"{mine} ← {its}" if is_other else mine
        lines.append(_draw_pair(state, name, text, size, is_other))
    lines += [[(" ", "")], [(" metrics: last, best", "dim")]] if run.metrics else []
    for name in run.metrics:
        lines.append(_draw_pair(state, name, _format_metric(run, base, name), size, False))
    for each in _get_files(state).evaluations:
        lines += [[(" ", "")], [(state.charset.encode(f" evaluation {describe_evaluation(each)}"), "dim")]]
        lines += [_draw_pair(state, name, format_number(each.metrics[name].last), size, False) for name in each.metrics]
    return lines or [[(" No config and no metrics", "dim")]]


def _draw_pair(state: ScreenState, name: str, text: str, size: int, is_other: bool) -> Line:
    mark = "*" if is_other else " "
    return [
        (mark, "bold"),
        (state.charset.fit(state.charset.encode(name), size), "dim"),
        (f"  {state.charset.encode(text)}", "bold" if is_other else ""),
    ]


def _format_config(run: Run, name: str) -> str:
    return format_value(run.config[name]) if name in run.config else "(missing)"


def _format_metric(run: Run, base: Run | None, name: str) -> str:
    metric = run.metrics[name]
    lower = infer_direction(FieldName(name))
    best = None if lower is None or metric.points < 2 else metric.min if lower else metric.max
    text = format_number(metric.last) + ("" if best is None else f"  best {format_number(best)}")
    text += "" if metric.step is None else f"  step {metric.step}"
    other = base.metrics.get(name) if base else None
    return text if other is None else f"{text} ← {format_number(other.last)}"


def _draw_output(state: ScreenState, width: int, height: int) -> list[Line]:
    files = _get_files(state)
    if not files.output:
        return [[(" Reading…" if not files.is_read else " No output", "dim")]]
    return [[(state.charset.encode(f" {line}"), "")] for line in files.output]


def _draw_files(state: ScreenState, width: int, height: int) -> list[Line]:
    files = _get_files(state)
    if not files.files:
        return [[(" Reading…" if not files.is_read else " No files", "dim")]]
    sizes = max(len(size) for _, size, _ in files.files)
    lines: list[Line] = [
        [(f" {kind:<10} {size:>{sizes}}  ", "dim"), (state.charset.encode(path), "")]
        for kind, size, path in files.files[:MAX_FILES]
    ]
    for name, picture in files.pictures:
        lines += [[("", "")], [(state.charset.encode(f" {name}"), "dim")], *picture]
    return lines


def _draw_run(state: ScreenState, width: int, height: int) -> list[Line]:
    """Returns facts about the run itself: status, times, label, tags, comments, parent."""
    run, files = state.run, _get_files(state)
    if run is None:
        return []
    lines = [_draw_fact(state, title, text) for title, text in (*_list_facts(run), *files.facts) if text]
    for comment in run.user_attrs.comments:
        head = f" {comment.author}, {times.format_iso(comment.when)}"
        lines += [[("", "")], [(state.charset.encode(head), "dim")]]
        lines += [[(state.charset.encode(f"   {line}"), "")] for line in comment.text.splitlines()]
    return lines + [[(state.charset.encode(f" {problem}"), "error")] for problem in files.problems]


def _draw_fact(state: ScreenState, title: str, text: str) -> Line:
    return [(f" {state.charset.encode(title):<12}", "dim"), (state.charset.encode(text), "")]


def _list_facts(run: Run) -> list[tuple[str, str]]:
    from gage.board.run_table import RELATION_NOTES
    from gage.compare.grid_fields import OWN_VALUES

    parent = OWN_VALUES["parent"](run, 0)
    return [
        ("Name", run.name),
        ("ID", run.id),
        ("Operation", str(run.op)),
        ("Status", f"{run.status}{f': {run.reason}' if run.reason else ''}"),
        ("Damage", run.damage),
        ("Incomplete", run.incomplete),
        ("Started", times.format_iso(run.started) if run.started else ""),
        ("Stopped", times.format_iso(run.stopped) if run.stopped else ""),
        ("Exit code", "" if run.exit is None else str(run.exit)),
        ("Label", run.label),
        ("Tags", " ".join(f"#{tag}" for tag in run.tags)),
        ("Marked", "yes" if run.user_attrs.marked else ""),
        ("Parent", f"{parent} {RELATION_NOTES.get(run.relation, '')}" if parent else ""),
        ("Project", run.project),
        *((name, format_value(each.value)) for name, each in run.attributes.items()),
        *((name, format_value(value)) for name, value in run.user_attrs.other.items()),
    ]


def _get_files(state: ScreenState) -> RunFiles:
    return state.files.get(state.run.id, NO_FILES) if state.run else NO_FILES


_DRAWERS: dict[Tab, Callable[[ScreenState, int, int], list[Line]]] = {
    "curves": draw_charts,
    "config": _draw_config,
    "output": _draw_output,
    "files": _draw_files,
    "system": _draw_system,
    "run": _draw_run,
}
