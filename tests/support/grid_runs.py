"""Creates runs in memory for tests of grids and of the screen that shows them."""

from gage.types.run import Metric, OpRef, Run, UserAttrs

START = 1_700_000_000_000_000
HOUR = 3_600_000_000


def build_metric(last, *, low=None, high=None, first=None, points=3, rank=None):
    """Returns the summary of a metric whose last value is `last`."""
    low, high = last if low is None else low, last if high is None else high
    finite = last == last
    return Metric(
        last,
        last if first is None else first,
        low if finite else None,
        high if finite else None,
        last,
        points,
        9,
        None,
        rank,
    )


def build_run(
    number, status="completed", metrics=None, *, op="train", label="", tags=(), marked=False, source="", **config
):
    """Returns a completed run; higher numbers are older. `metrics` are last values or summaries."""
    summaries = {n: m if isinstance(m, Metric) else build_metric(m) for n, m in (metrics or {}).items()}
    return Run(
        f"01a1ee56-{number:04x}-7000-8000-0000{number:08x}",
        f"run-{number}",
        OpRef(op),
        status,
        START - number * HOUR,
        started=START - number * HOUR,
        stopped=None if status == "running" else START - number * HOUR + 90_000_000,
        exit=None if status == "running" else int(status == "error"),
        config=config,
        source_digest=source,
        metrics=summaries,
        user_attrs=UserAttrs(label, tuple(tags), marked),
    )
