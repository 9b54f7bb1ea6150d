"""How much of what programs print is read as a person reads it, and what reading it costs.

    python benchmarks/output.py [-v]

The outputs are in `tests/samples/outputs`, written by hand in the manner of many tools, with the points that a person
reads in them. `right`: name, value and step; `elsewhere`: the right name and value at another step; `wrong`: what is no
metric. Then the time for a line of them, and of lines that say nothing.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

import outputs

from gage.metrics.output_parser import OutputParser

ROUNDS = 7
LEAST = 97.0
"""% of points that have to be found, with their steps."""
MOST_WRONG = 1.0
"""% of what is found that may be no metric."""


def main() -> None:
    every = list(outputs.cases())
    scores = [(case, outputs.score(case)) for case in every]
    right = sum(score.right for _, score in scores)
    elsewhere = sum(len(score.elsewhere) for _, score in scores)
    wrong = sum(len(score.wrong) for _, score in scores)
    expected = sum(len(case.points) for case in every)
    for case, score in scores if "-v" in sys.argv else ():
        if not score.is_perfect:
            print(f"{case.name}: {score}")
    perfect = sum(score.is_perfect for _, score in scores)
    found, bad = 100 * right / expected, 100 * wrong / (right + elsewhere + wrong)
    print(f"{len(every)} outputs, {perfect} without a mistake; {expected} points")
    print(f"right: {found:.1f} % (at least {LEAST:g})")
    print(f"right at another step: {100 * elsewhere / expected:.1f} %")
    print(f"no metric, of all that is found: {bad:.1f} % (at most {MOST_WRONG:g})")
    lines = [line for case in every for line in case.lines]
    loop = [f"epoch {i // 100} step {i}: loss: {1 / (i + 1):.4f} acc: 0.{i}" for i in range(5000)]
    talk = [f"reading file number {i} of many, which is called data/part-{i}.csv" for i in range(5000)]
    for what, which in (("of the outputs", lines * 10), ("with two numbers", loop), ("that says nothing", talk)):
        print(f"a line {what}: {_cost(which):.1f} µs")
    sys.exit(found < LEAST or bad > MOST_WRONG)


def _cost(lines: list[str]) -> float:
    return statistics.median(_once(OutputParser().parse_line, lines) for _ in range(ROUNDS)) / len(lines) * 1e6


def _once(read: Callable[[str], object], lines: list[str]) -> float:
    began = time.process_time()
    for line in lines:
        read(line)
    return time.process_time() - began


main()
