"""Loads sample outputs of programs (`tests/samples/outputs`) and scores the metrics that Gage finds in them.

Each sample lists the metrics that a person reads in it. The top of `deep_learning.txt` describes the syntax.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gage.metrics.output_parser import OutputParser, PrintedValue

DIRECTORY = Path(__file__).parents[1] / "samples" / "outputs"
_ESCAPES = {"\\t": "\t", "\\r": "\r", "\\b": "\b", "\\e": "\x1b"}


@dataclass(frozen=True)
class ExpectedPoint:
    """A value of a metric that a person reads in an output; any step is right if `step` is `None`."""

    name: str
    step: int | None
    value: float

    def matches(self, point: PrintedValue, compare_steps: bool = True) -> bool:
        """Returns whether name and value (and, if `compare_steps`, the step) of a point are the expected ones."""
        if point.name != self.name or not (self.step is None or not compare_steps or point.step == self.step):
            return False
        return math.isclose(point.value, self.value) or (math.isnan(point.value) and math.isnan(self.value))

    def __str__(self) -> str:
        return f"{self.name} {'*' if self.step is None else self.step}={self.value:g}"


@dataclass(frozen=True)
class OutputSample:
    """An output, the points in it, and the names of metrics that are neither required nor wrong."""

    name: str
    lines: list[str]
    points: list[ExpectedPoint]
    optional: frozenset[str]


@dataclass
class Score:
    """The points of a sample that Gage finds, finds at a wrong step, or misses, and points that are wrong."""

    right: int = 0
    wrong_step: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_perfect(self) -> bool:
        return not (self.wrong_step or self.missed or self.wrong)

    def __str__(self) -> str:
        parts = {"wrong step": self.wrong_step, "missed": self.missed, "wrong": self.wrong}
        return "; ".join(f"{kind}: {', '.join(points)}" for kind, points in parts.items() if points)


def load_samples() -> Iterator[OutputSample]:
    """Yields all samples, file by file."""
    for path in sorted(DIRECTORY.glob("*.txt")):
        for text in re.split(r"^### ", path.read_text(), flags=re.M)[1:]:
            yield _parse_sample(text)


def score_sample(sample: OutputSample) -> Score:
    """Parses the output of a sample as Gage does, and compares the points with the expected ones."""
    parser, score, missed = OutputParser(), Score(), list(sample.points)
    # a later line replaces an earlier one with the same step, as a progress bar does
    found = [point for line in sample.lines for point in parser.parse_line(line).points]
    points = list({(p.name, p.step, p.value): p for p in (*found, *parser.finish().points)}.values())
    for compare_steps in (True, False):
        for point in list(points):
            match = next((e for e in missed if e.matches(point, compare_steps)), None)
            if match is not None:
                missed.remove(match)
                points.remove(point)
                if compare_steps:
                    score.right += 1
                else:
                    score.wrong_step.append(f"{match} at {point.step}")
    score.missed = [str(e) for e in missed]
    score.wrong = [f"{p.name} {p.step}={p.value:g}" for p in points if p.name not in sample.optional]
    return score


def _parse_sample(text: str) -> OutputSample:
    head, _, rest = text.partition("\n")
    output, _, expected = rest.partition("\n--->\n") if not rest.startswith("--->\n") else ("", "", rest)
    for escape, char in _ESCAPES.items():
        output = output.replace(escape, char)
    points, optional = [], set()
    for line in expected.splitlines():
        name, _, pairs = line.removeprefix("? ").partition(" ")
        if line.startswith("? "):
            optional.add(name)
        for pair in pairs.split():
            step, _, value = pair.partition("=")
            points.append(ExpectedPoint(name, None if step == "*" else int(step), float(value)))
    return OutputSample(head.strip(), re.split(r"\r*\n|\r", output), points, frozenset(optional))
