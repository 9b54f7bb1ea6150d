"""Measures `gage best` on 10,000 runs with 20 config values: the effects alone, and the whole process.

    python benchmarks/importance.py [ROUNDS]

The store is that of `find.py`; it is created the first time.
"""

import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from find import FOLDER, NUMBERS, SHARED_RUNS, load_store
from timing import GAGE, PYTHON, run_once

from gage.compare.importance import measure_effects

LIMIT = 2.0
"""Seconds of processor time for the effects."""


def main() -> int:
    """Measures and prints; returns 1 when the limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    draw = random.Random(1)
    choices = (0.1, 0.2, 0.3, 0.5, 1, 2, "adam", "sgd", "true", 8)
    columns = {f"config{i}": [draw.choice(choices) for _ in range(SHARED_RUNS)] for i in range(NUMBERS - 2)}
    columns["lr"] = [draw.random() for _ in range(SHARED_RUNS)]
    columns["warmup"] = [1000 * value for value in columns["lr"]]
    values = [lr + draw.gauss(0, 0.3) for lr in columns["lr"]]
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        measure_effects(values, columns, lower_is_better=True)
        seconds.append(time.process_time() - start)
    effects = statistics.median(seconds)
    print(f"Effects of {NUMBERS} keys in {SHARED_RUNS:,} runs: {effects:.2f} s, at most {LIMIT} s")
    env = {"GAGE_CACHE": str(FOLDER / "find-cache")}
    os.environ |= env
    root = str(load_store(SHARED_RUNS).root)
    programs = {"python -c pass": PYTHON, "gage best": [GAGE, "--runs", root, "best", "metric1", "--max"]}
    for name, argv in programs.items():
        times = [run_once(argv, env, processor_time=True) for _ in range(rounds)]
        print(f"  {name:<20}{statistics.median(times):6.2f} s")
    return int(effects > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
