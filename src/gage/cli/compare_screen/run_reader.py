"""Reads the parts of a run that are not in `Run`: curves, output, files. Call it outside of the screen's thread.

Returns damage as text, never raises it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gage.board.formatting import format_size
from gage.cli.compare_screen.screen_state import RunFiles
from gage.cli.render.plot import Curve
from gage.compare.run_details import RunDetails, find_evaluations, read_run_details
from gage.index.load_series import load_series
from gage.metrics.downsample import downsample
from gage.metrics.series_types import Series
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.run import Run
from gage.types.values import as_table

if TYPE_CHECKING:
    from gage.cli.compare_screen.pictures import Picture

LAST_LINES = 500
DIFF_SECONDS = 60
DRAWN_COLUMNS = 400
"""Dots across the widest curve; a longer series is thinned so that its curve looks the same."""
KINDS = {"g": "generated", "s": "source", "d": "dependency", "r": "runtime"}


def read_curves(store: RunStore, run: Run, names: Sequence[str]) -> dict[str, Curve]:
    """Returns the curves of the metrics `names`; a curve has no points if the run has none."""
    curves = {name: Curve(run.name, (), ()) for name in names}
    try:
        series = load_series(store, run)
    except (GageError, OSError):
        return curves
    for name in names:
        try:
            curves[name] = _build_curve(run.name, series.series(name))
        except (KeyError, GageError, OSError):
            continue
    return curves


def _build_curve(name: str, series: Series) -> Curve:
    thin = downsample(series, DRAWN_COLUMNS)
    return Curve(name, thin.steps, thin.values)


def read_files(store: RunStore, run: Run, with_pictures: bool) -> RunFiles:
    """Returns the output, files, system metrics, origin, evaluations and images of a run."""
    try:
        details = read_run_details(store, run, LAST_LINES)
        evaluations = tuple(find_evaluations(store, run))
    except (GageError, OSError) as error:
        return RunFiles(True, problems=(str(error),))
    files = tuple(
        (KINDS.get(entry.kind, entry.kind), format_size(entry.size) if entry.size >= 0 else "", entry.path)
        for entry in details.files
    )
    system, facts = _read_system(store, run), _list_facts(details)
    pictures = _read_pictures(store, run) if with_pictures else ()
    return RunFiles(True, details.output, files, system, facts, evaluations, pictures, details.problems)


def _read_pictures(store: RunStore, run: Run) -> "tuple[Picture, ...]":
    from gage.cli.compare_screen.pictures import read_pictures

    try:
        return read_pictures(store, run)
    except (GageError, OSError):
        return ()


def _read_system(store: RunStore, run: Run) -> tuple[Curve, ...]:
    try:
        series = load_series(store, run, system=True)
        return tuple(_build_curve(name, series.series(name)) for name in series.names())
    except (GageError, OSError):
        return ()


def _list_facts(details: RunDetails) -> tuple[tuple[str, str], ...]:
    from gage.assignments.convert_words import join_words

    command = details.command
    words = [str(word) for word in command] if isinstance(command, list) else []
    git = as_table(details.git)
    commit, is_dirty = git.get("commit"), git.get("dirty")
    return (
        ("Directory", details.run_dir),
        ("Command", join_words(words)),
        ("Git", f"{commit}{' with changes' if is_dirty else ''}" if commit else ""),
    )


def read_diff(store: RunStore, runs: Sequence[Run], width: int) -> list[str]:
    """Returns the lines that `gage diff` prints about runs, without colours."""
    import os
    import subprocess
    import sys

    words = [sys.executable, "-m", "gage", "--runs", str(store.root), "diff", *(run.id for run in runs)]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": str(width)}
    try:
        done = subprocess.run(
            words, capture_output=True, env=environment, stdin=subprocess.DEVNULL, timeout=DIFF_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return [f"The runs were not compared within {DIFF_SECONDS} s"]
    text = done.stdout.decode("utf-8", "replace") + (
        done.stderr.decode("utf-8", "replace") if done.returncode > 1 else ""
    )
    return text.splitlines() or ["The runs do not differ"]
