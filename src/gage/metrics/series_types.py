"""The nouns of curves: a series of points, and what else a program noted beside them."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple


class Series(NamedTuple):
    """A number over steps: as many `steps` (whole numbers) as `times` (seconds since the epoch) as `values`.

    Points are in the order in which they were written: when a job was restarted, steps go back. Nothing is left out.
    """

    steps: Sequence[int]
    times: Sequence[float]
    values: Sequence[float]


class EventItem(NamedTuple):
    """Something other than a number that a program noted: an image, a histogram, a text …

    `file` is relative to the run directory. The message (a `Summary.Value`, or for a graph what the event
    holds) lies there from `offset` on and is `length` bytes long. `time` is in seconds since the epoch.
    """

    kind: str
    name: str
    step: int
    time: float
    file: str
    offset: int
    length: int


class SeriesBuilder:
    """A series that points are added to."""

    __slots__ = ("steps", "times", "values")

    def __init__(self) -> None:
        self.steps = array("q")
        self.times = array("d")
        self.values = array("d")

    def add(self, step: int, time: float, value: float) -> None:
        """Add one point."""
        self.steps.append(step)
        self.times.append(time)
        self.values.append(value)

    def extend(self, later: "SeriesBuilder") -> None:
        """Add the points of another."""
        self.steps += later.steps
        self.times += later.times
        self.values += later.values

    def series(self) -> Series:
        """What has been added; it goes on growing."""
        return Series(self.steps, self.times, self.values)
