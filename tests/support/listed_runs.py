"""Creates stores for tests of the list of runs: with metrics and curves, and with names and values that are hostile."""

import json
import math
from pathlib import Path

from stores import make_run

RIGHT_TO_LEFT = "\u05d0\u05d1\u05d2 \u202e\u0627\u0644\u0639\u0631\u0628\u064a\u0629"
MARKUP = "<img src=x onerror=alert(1)>"


def summarize(metrics: dict[str, float]) -> str:
    """Returns the file with the summaries of metrics whose last values are given."""
    return json.dumps({name: summarize_one(value) for name, value in metrics.items()})


def summarize_one(value: float) -> dict:
    """Returns the summary of a metric that fell or rose to `value`."""
    if not math.isfinite(value):
        return {"last": {"value": value}, "count": 3}
    return {
        "last": {"value": value, "step": 9},
        "first": {"value": value + 1, "step": 0},
        "min": {"value": value, "step": 9},
        "max": {"value": value + 1, "step": 0},
        "mean": value + 0.5,
        "count": 10,
    }


def add_run(root: Path, number: int = 0, metrics: dict[str, float] | None = None, **options: object) -> str:
    """Writes a run with a config, the metrics loss and acc unless others are given, and a curve of the loss."""
    values = {"loss": 1 / (number + 1), "acc": number / 10} if metrics is None else metrics
    curve = "".join(json.dumps({"step": step, "loss": 1 / (step + number + 1)}) + "\n" for step in range(10))
    settings = {"config": {"lr": 0.1 * (number + 1), "model": "small net"}, "files": {"metrics.jsonl": curve}}
    members = {"summaries/metrics.json": summarize(values)}
    return make_run(root, **(settings | {"members": members} | options))  # type: ignore[arg-type]


def make_hostile_store(root: Path) -> None:
    """Writes runs with long, right-to-left and markup names, 200 tags, NaN, null and 12,000 metrics."""
    add_run(root, 0, label="x" * 300, config={"n" * 300: "v" * 300, "lr": 1})
    add_run(root, 1, label=RIGHT_TO_LEFT, tags=("\u05d0\u05d1",), config={RIGHT_TO_LEFT: RIGHT_TO_LEFT, "lr": 2})
    add_run(root, 2, label=MARKUP, tags=(MARKUP.replace(" ", "-"),), config={MARKUP: MARKUP, "lr": None})
    add_run(root, 3, tags=tuple(f"tag-{i}" for i in range(200)))
    add_run(root, 4, {"loss": math.nan, "acc": math.inf, "tiny": 1e-300})
    add_run(root, 5, {f"layer{i}/grad": float(i) for i in range(12_000)} | {"loss": 0.5})
