"""The records of curves: a series of points, and what else a program logged beside them."""

from array import array
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast


class Series(NamedTuple):
    """A number over steps: as many `steps` (whole numbers) as `times` (seconds since the epoch) as `values`.

    Points are in the order in which they were written: when a job was restarted, steps go back. Nothing is left out.
    """

    steps: Sequence[int]
    times: Sequence[float]
    values: Sequence[float]


class EventItem(NamedTuple):
    """Something other than a number in an event file: an image, a histogram, a text …

    `file` is relative to the run directory. The message (a `Summary.Value`, or for a graph the content of the event)
    is the `length` bytes from `offset` on. `time` is in seconds since the epoch.
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
        """Adds one point."""
        self.steps.append(step)
        self.times.append(time)
        self.values.append(value)

    def series(self) -> Series:
        """Returns what has been added; points that are added later appear in it."""
        return Series(self.steps, self.times, self.values)


def get_builder(series: dict[str, SeriesBuilder], name: str) -> SeriesBuilder:
    """Returns the series of this name, which is created if it is missing."""
    builder = series.get(name)
    if builder is None:
        builder = series[name] = SeriesBuilder()
    return builder


def build_series(builders: Mapping[str, SeriesBuilder], prefix: str = "") -> dict[str, Series]:
    """Returns the series of all builders, with a prefix before their names."""
    return {prefix + name: builder.series() for name, builder in builders.items()}


def append_series(series: dict[str, Series], later: Mapping[str, Series]) -> None:
    """Adds series that were read later, which consist of arrays, to those of the same names."""
    for name, piece in later.items():
        known = series.setdefault(name, piece)
        if known is not piece:
            for column, more in zip(known, piece, strict=True):
                cast("array[float]", column).extend(cast("array[float]", more))
