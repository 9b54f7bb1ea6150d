"""Prints the metrics of a run as they change, one line per update: time, step, values."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.store.store import RunStore
    from gage.types.run import Metric, Run

POLL_SECONDS = 0.5
"""Seconds between two reads of the run."""
MAX_METRICS = 20
"""Metrics in one line."""


def follow_metrics(store: "RunStore", id: str) -> "Run":
    """Prints changed metrics until the run ends, then all of them; returns the ended run."""
    from gage.types.run import FINAL_STATUSES

    shown: dict[str, Metric] = {}
    while True:
        run = store.read(id)
        if run.status in FINAL_STATUSES:
            break
        if changed := {name: each for name, each in run.metrics.items() if shown.get(name) != each}:
            _print_line(changed)
            shown.update(changed)
        time.sleep(POLL_SECONDS)
    if run.metrics:
        _print_line(run.metrics)
    return run


def _print_line(metrics: "Mapping[str, Metric]") -> None:
    line = format_line(metrics)
    width = terminal.detect_width()
    terminal.print_stdout(terminal.truncate(line, width) if width else line)


def format_line(metrics: "Mapping[str, Metric]") -> str:
    """Returns time and step of the newest value, then the last value of each metric, the highest ranks first."""
    from gage.board.formatting import format_number

    names = sorted(metrics, key=lambda name: (metrics[name].rank or MAX_METRICS, name))
    newest = max(metrics.values(), key=lambda each: (each.time or 0.0, -1 if each.step is None else each.step))
    when = time.strftime("%H:%M:%S", time.localtime(newest.time or time.time()))
    step = "" if newest.step is None else f"step {newest.step}"
    values = [f"{terminal.escape(name)}={format_number(metrics[name].last)}" for name in names[:MAX_METRICS]]
    more = "…" if len(names) > MAX_METRICS else ""
    return "  ".join(part for part in (when, step, " ".join(values), more) if part)
