"""What programs print, with what a person reads in it (`tests/samples/outputs`), and how well Gage reads the same.

Knows the form of these files, which is told at the top of `deep_learning.txt`.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gage.metrics.output_parser import OutputParser, PrintedValue

FOLDER = Path(__file__).parents[1] / "samples" / "outputs"
_ESCAPES = {"\\t": "\t", "\\r": "\r", "\\b": "\b", "\\e": "\x1b"}


@dataclass(frozen=True)
class Expected:
    """A point that a person reads: `step` is None where any will do."""

    name: str
    step: int | None
    value: float

    def is_met(self, point: PrintedValue, steps: bool = True) -> bool:
        if point.name != self.name or not (self.step is None or not steps or point.step == self.step):
            return False
        return math.isclose(point.value, self.value) or (math.isnan(point.value) and math.isnan(self.value))

    def __str__(self) -> str:
        return f"{self.name} {'*' if self.step is None else self.step}={self.value:g}"


@dataclass(frozen=True)
class Case:
    """Output, the points in it, and the names that may be found or not."""

    name: str
    lines: list[str]
    points: list[Expected]
    optional: frozenset[str]


@dataclass
class Score:
    """What Gage made of a case: right points, those with a wrong step, those that are missed, and what is none."""

    right: int = 0
    elsewhere: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_perfect(self) -> bool:
        return not (self.elsewhere or self.missed or self.wrong)

    def __str__(self) -> str:
        parts = {"another step": self.elsewhere, "missed": self.missed, "wrong": self.wrong}
        return "; ".join(f"{what}: {', '.join(which)}" for what, which in parts.items() if which)


def cases() -> Iterator[Case]:
    """All cases, file by file."""
    for path in sorted(FOLDER.glob("*.txt")):
        for text in re.split(r"^### ", path.read_text(), flags=re.M)[1:]:
            yield _case(text)


def score(case: Case) -> Score:
    """Read a case's output as Gage does."""
    reader, scored, left = OutputParser(), Score(), list(case.points)
    # what comes later replaces what came before under the same step: a bar that grows
    found = {(p.name, p.step, p.value): p for line in case.lines for p in reader.parse_line(line).points}
    points = list(found.values())
    for exact in (True, False):
        for point in list(points):
            met = next((e for e in left if e.is_met(point, exact)), None)
            if met is not None:
                left.remove(met)
                points.remove(point)
                if exact:
                    scored.right += 1
                else:
                    scored.elsewhere.append(f"{met} at {point.step}")
    scored.missed = [str(e) for e in left]
    scored.wrong = [f"{p.name} {p.step}={p.value:g}" for p in points if p.name not in case.optional]
    return scored


def _case(text: str) -> Case:
    head, _, rest = text.partition("\n")
    output, _, expected = rest.partition("\n--->\n") if not rest.startswith("--->\n") else ("", "", rest)
    for escape, char in _ESCAPES.items():
        output = output.replace(escape, char)
    points, optional = [], set()
    for line in expected.splitlines():
        name, _, said = line.removeprefix("? ").partition(" ")
        if line.startswith("? "):
            optional.add(name)
        for pair in said.split():
            step, _, value = pair.partition("=")
            points.append(Expected(name, None if step == "*" else int(step), float(value)))
    return Case(head.strip(), [line for line in re.split(r"[\r\n]", output) if line], points, frozenset(optional))
