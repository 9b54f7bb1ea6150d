"""Measures which metrics are found in programs' output, and the cost of parsing it.

    python benchmarks/output.py [-v]

The outputs in `tests/samples/outputs` are written by hand in the style of many tools, with the points that a person
would read in them. `right`: name, value and step match; `wrong_step`: name and value match at another step; `wrong`:
not a metric. Then the time for one of these lines, and for lines without metrics.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

import output_samples

from gage.metrics.output_parser import OutputParser

ROUNDS = 7
MIN_RIGHT = 97.0
"""% of points that must be found at the right step."""
MAX_WRONG = 1.0
"""% of the points found that may not be a metric."""


def main() -> None:
    samples = list(output_samples.load_samples())
    scores = [(sample, output_samples.score_sample(sample)) for sample in samples]
    right = sum(score.right for _, score in scores)
    wrong_step = sum(len(score.wrong_step) for _, score in scores)
    wrong = sum(len(score.wrong) for _, score in scores)
    expected = sum(len(sample.points) for sample in samples)
    for sample, score in scores if "-v" in sys.argv else ():
        if not score.is_perfect:
            print(f"{sample.name}: {score}")
    perfect = sum(score.is_perfect for _, score in scores)
    right_percent, wrong_percent = 100 * right / expected, 100 * wrong / (right + wrong_step + wrong)
    print(f"{len(samples)} outputs, {perfect} without an error; {expected} points")
    print(f"right: {right_percent:.1f} % (at least {MIN_RIGHT:g})")
    print(f"right at another step: {100 * wrong_step / expected:.1f} %")
    print(f"not a metric, of all that is found: {wrong_percent:.1f} % (at most {MAX_WRONG:g})")
    lines = [line for sample in samples for line in sample.lines]
    loop = [f"epoch {i // 100} step {i}: loss: {1 / (i + 1):.4f} acc: 0.{i}" for i in range(5000)]
    prose = [f"reading file number {i} of many, which is called data/part-{i}.csv" for i in range(5000)]
    for label, batch in (("of the outputs", lines * 10), ("with two numbers", loop), ("without metrics", prose)):
        print(f"a line {label}: {_measure_line(batch):.1f} µs")
    sys.exit(right_percent < MIN_RIGHT or wrong_percent > MAX_WRONG)


def _measure_line(lines: list[str]) -> float:
    return statistics.median(_time_lines(OutputParser().parse_line, lines) for _ in range(ROUNDS)) / len(lines) * 1e6


def _time_lines(read: Callable[[str], object], lines: list[str]) -> float:
    start = time.process_time()
    for line in lines:
        read(line)
    return time.process_time() - start


main()
