"""Fewer points that draw the same curve: per stretch of steps the first, the least, the greatest and the last point.

This is min-max downsampling, as in the aggregation M4 (Jugel et al., VLDB 2014): a line through these points covers the
same pixels as one through all, when there are as many stretches as columns of pixels. No peak is lost, however short,
which largest-triangle-three-buckets does not promise. Where values are NaN or infinite, the first such of each stretch
is kept, so that the gap shows.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import isfinite

from gage.metrics.series_types import Series

_PER_STRETCH = 4


def downsample(series: Series, columns: int, first: int | None = None, last: int | None = None) -> Series:
    """The points that show when steps `first` to `last` (as far as there are any) are drawn `columns` pixels wide.

    Where a restarted job's steps go back, each part of the series is cut into stretches of its own. A series with no
    more points than would be left comes back whole, but for the steps left out.
    """
    chosen: list[int] = []
    parts = list(_parts(series.steps))
    wanted = [_within(series.steps, begin, end, first, last) for begin, end in parts]
    low = min([series.steps[begin] for begin, end in wanted if begin < end], default=0)
    high = max([series.steps[end - 1] for begin, end in wanted if begin < end], default=0)
    for begin, end in wanted:
        if end - begin <= _PER_STRETCH * columns:
            chosen.extend(range(begin, end))
        else:
            for start, stop in _stretches(series.steps, begin, end, low, high, columns):
                chosen.extend(_telling(series.values, start, stop))
    steps, times, values = series
    return Series([steps[at] for at in chosen], [times[at] for at in chosen], [values[at] for at in chosen])


def _parts(steps: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where steps do not go back: from, to."""
    begin = 0
    listed = list(steps)
    if listed != sorted(listed):
        for at in range(1, len(listed)):
            if listed[at] < listed[at - 1]:
                yield begin, at
                begin = at
    yield begin, len(listed)


def _within(steps: Sequence[int], begin: int, end: int, first: int | None, last: int | None) -> tuple[int, int]:
    start = begin if first is None else bisect_left(steps, first, begin, end)
    stop = end if last is None else bisect_left(steps, last + 1, start, end)
    return start, stop


def _stretches(
    steps: Sequence[int], begin: int, end: int, low: int, high: int, columns: int
) -> Iterator[tuple[int, int]]:
    """Where the points of each column of pixels are: from, to."""
    width = high - low + 1
    start = begin
    for column in range(1, columns + 1):
        edge = low + -(-width * column // columns)
        stop = bisect_left(steps, edge, start, end)
        if stop > start:
            yield start, stop
            start = stop


def _telling(values: Sequence[float], start: int, stop: int) -> list[int]:
    """The places of the points of a stretch that show."""
    piece = list(values[start:stop])
    finite = piece if isfinite(sum(piece)) else [value for value in piece if isfinite(value)]
    places = {start, stop - 1}
    if finite:
        places |= {start + piece.index(min(finite)), start + piece.index(max(finite))}
    if len(finite) < len(piece):
        places.add(start + next(at for at, value in enumerate(piece) if not isfinite(value)))
    return sorted(places)
