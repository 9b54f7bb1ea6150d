"""Opens the full-screen view of runs. Knows the options of the command line. Loads Textual only then."""

import os
import signal
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from gage.cli.columns import split_names
from gage.cli.compare_tables import TableOptions
from gage.cli.run_selection import RunSelection, seal_abandoned_runs
from gage.compare.grid_fields import NAME
from gage.index import load_series
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.cli.compare_screen.app import CompareApp
    from gage.compare.grid import Grid
    from gage.index.index import QueryResult
    from gage.store.store import RunStore
    from gage.types.filter import Points
    from gage.types.run import Run

FIRST_RUNS = 200
"""Runs that are read before the first screen; the feed loads the others."""
ESCAPE_DELAY = "25"
"""Milliseconds after which Esc is a key and not the start of a sequence; Textual waits for 100."""
INSTALL_COMMAND = "pip install 'gage-ml[compare]'"


def can_open_screen() -> bool:
    """Returns whether the standard streams are a terminal that can show a full screen."""
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on standard error
    return all(stream.isatty() for stream in streams) and os.environ.get("TERM") not in (None, "", "dumb")


def open_screen(selection: RunSelection, options: TableOptions, is_ascii: bool = False, has_mouse: bool = True) -> None:
    """Shows the selected runs until the user quits; `options` decide its first view.

    Raises UsageError if Textual is not installed, and NotFound if no run matches.
    """
    app = build_app(selection, options, is_ascii or not has_utf8())
    app.run(mouse=has_mouse)
    if app.has_changed_runs:
        seal_abandoned_runs(selection.store)
    if app.ended_by is not None:
        signal.signal(app.ended_by, signal.SIG_DFL)
        signal.raise_signal(app.ended_by)


def build_app(selection: RunSelection, options: TableOptions, is_ascii: bool) -> "CompareApp":
    """Returns the program with its first runs. Raises as `open_screen`."""
    os.environ.setdefault("ESCDELAY", ESCAPE_DELAY)  # Textual reads it when it is imported
    try:
        from gage.cli.compare_screen.app import CompareApp
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in ("textual", "rich"):
            raise  # a mistake in Gage itself
        message = "The package textual, which draws the screen, is not installed"
        raise UsageError(message, f"Install it: {INSTALL_COMMAND}\nTry: gage compare --table") from None
    from gage.cli.compare_screen.palette import detect_color_mode
    from gage.cli.compare_screen.run_feed import RunFeed
    from gage.cli.compare_screen.screen_state import ScreenState
    from gage.cli.compare_screen.spans import Charset

    found, grid = _load_first_runs(selection, options)
    state = ScreenState(
        grid,
        80,
        24,
        Charset(is_ascii),
        cursor=grid.data.runs[grid.rows[0].members[0]].id,
        column=grid.view.sort[0].key if grid.view.sort else NAME,
        scope=" ".join((*selection.words, *selection.where)),
        total=found.total,
        is_loading=len(found.runs) < found.total,
    )
    read_series = load_series.build_series_reader(selection.store)
    feed = partial(RunFeed, selection.store, selection.build_filter(), grid.data, read_series=read_series)
    return CompareApp(selection.store, state, feed, detect_color_mode(), selection.where)


def _load_first_runs(selection: RunSelection, options: TableOptions) -> "tuple[QueryResult, Grid]":
    """Returns the first runs and their grid; all runs if the grid needs them. Raises NotFound, UsageError."""
    baseline = None if options.baseline is None else RunSelection((options.baseline,)).find_one()
    needs_all = bool(selection.words or selection.limit or options.group or baseline)
    found = selection.query(limit=None if needs_all else FIRST_RUNS).require()
    if not found.runs:
        raise selection.build_no_runs_error()
    try:
        return found, _build_grid(found, selection, options, baseline)
    except UsageError:
        if len(found.runs) == found.total:
            raise
    found = selection.query().require()  # an older run may have the column
    return found, _build_grid(found, selection, options, baseline)


def _build_grid(found: "QueryResult", selection: RunSelection, options: TableOptions, baseline: "Run | None") -> "Grid":
    """Returns the grid of runs, without batches but with their trials. Raises UsageError."""
    from gage.compare.grid import build_grid, build_view
    from gage.compare.grid_data import GridData
    from gage.compare.grid_view import SEEDS
    from gage.lib.times import now_us

    listed = [(run, at) for run, at in zip(found.runs, found.positions, strict=True) if not run.trials]
    if not listed:
        batch = found.runs[0].name
        raise UsageError(f"{batch} is a batch", f"Try: gage compare --where batch={batch}")
    if baseline is not None and all(run.id != baseline.id for run, _ in listed):
        raise UsageError(f"The baseline {baseline.name} is not among the runs", "Name it as well")
    data = GridData(
        [run for run, _ in listed], [at for _, at in listed], now_us(), partial(_read_series, selection.store)
    )
    columns = split_names(options.columns) if options.columns is not None else ()
    view = build_view(data, selection.sort, columns)
    view = view._replace(only_differing=not options.all_columns, baseline=baseline.id if baseline else "")
    return build_grid(data, view.with_group(SEEDS) if options.group else view)


def _read_series(store: "RunStore", id: str, name: str) -> "Points | None":
    """Returns the present points of a metric; the reader of a filter would keep those that it read first."""
    return load_series.build_series_reader(store)(id, name)


def has_utf8(environ: Mapping[str, str] = os.environ) -> bool:
    """Returns whether the locale of the terminal is UTF-8. In the locale C, Python sets LC_CTYPE to C.UTF-8, which says
    nothing about the terminal: LANG decides then.
    """
    language = environ.get("LANG", "")
    kind = environ.get("LC_CTYPE", "")
    if kind == "C.UTF-8" and language in ("", "C", "POSIX"):
        kind = ""
    name = environ.get("LC_ALL") or kind or language
    return name.rpartition(".")[2].replace("-", "").casefold() == "utf8"
