"""Measures filters and sorting in a large store: 100,000 runs with 20 config values and 20 metrics each.

    python benchmarks/find.py [ROUNDS] [RUNS]

The store is created once, in the directory for temporary files (100,000 runs: a minute, 1 GB), and kept there.
"""

import json
import os
import random
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from listing import FOLDER
from stores import locate_index, make_store
from timing import GAGE, compare, report, run_once

from gage.store.store import RunStore

NUMBERS = 20
SHARED_RUNS = 10_000
"""Runs of the store that other benchmarks share."""
LIMIT = 10.0


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    env = {"GAGE_CACHE": str(FOLDER / "find-cache")}
    os.environ |= env
    store = load_store(count)
    return int(not find_runs(store, count, rounds, env))


def load_store(count: int) -> RunStore:
    """Returns the store; creates it and its index the first time."""
    folder = FOLDER / f"find-{count}"
    if not folder.exists():
        unfinished = FOLDER / f"find-{count}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        draw = random.Random(1)
        config = {f"config{i}": 0 for i in range(NUMBERS)}
        for number in range(count):
            values = {name: draw.choice((0.1, 0.2, 0.3, 0.5, 1, 2, "adam", "sgd", True, 8)) for name in config}
            run = {"config": values, "members": build_metrics(draw), "status": "completed"}
            run["label"] = f"trial {number}" if number % 1000 == 0 else ""
            make_store(unfinished, 1, 60 * (count - number), **run)
        unfinished.rename(folder)
        time.sleep(5)  # the index checks younger directories again
    store = RunStore(folder)
    start = time.perf_counter()
    run_once([GAGE, "--runs", str(folder), "list"])
    print(
        f"First listing: {time.perf_counter() - start:.1f} s, index {locate_index(store).stat().st_size / 1e6:.0f} MB"
    )
    return store


def build_metrics(draw: random.Random) -> dict[str, str]:
    """Returns the summary of a run's metrics."""
    metrics = {}
    for i in range(NUMBERS):
        last, first = draw.random(), draw.random() + 1
        low, high = {"step": 90, "value": last * 0.9}, {"step": 1, "value": first}
        metrics[f"metric{i}"] = {
            "count": 100,
            "last": {"step": 100, "value": last},
            "first": {"step": 0, "value": first},
            "min": low,
            "max": high,
            "mean": (last + first) / 2,
        }
    return {"summaries/metrics.json": json.dumps(metrics)}


def find_runs(store: RunStore, count: int, rounds: int, env: dict[str, str]) -> bool:
    """Times filters and sorting; all list 20 runs."""
    gage = [GAGE, "--runs", str(store.root), "list"]
    programs = {
        "the latest runs": gage,
        "config and metric, sorted": [*gage, "-w", "config1 = 0.5 and metric1 < 0.1", "--sort", "metric2"],
        "min(metric) and a range of config": [*gage, "-w", "min(metric1) < 0.01 and 0.2 < config2 < 1"],
        "a label": [*gage, "-w", "label = 'trial 5000'"],
        "a tag that no run has": [*gage, "-w", "#paper"],
        "a glob and or": [*gage, "-w", "config3 ~ 's*' or metric4 > 0.99"],
        "two metrics of a run": [*gage, "-w", "metric1 / metric2 > 100"],
        "all, sorted by a metric": [*gage, "--sort", "metric1"],
        "all, sorted by a text and a metric": [*gage, "--sort", "config3", "--sort=-metric1"],
    }
    limits = {name: LIMIT for name in programs if name.startswith(("config and", "a label", "a tag"))}
    return report(f"Filters, {count:,} runs", compare(programs, limits, rounds, env))


if __name__ == "__main__":
    sys.exit(main())
