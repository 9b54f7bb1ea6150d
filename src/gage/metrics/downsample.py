"""Selects fewer points that draw the same curve: the first, least, greatest and last point of each interval of steps.

This is min-max downsampling, as in the aggregation M4 (Jugel et al., VLDB 2014): with an interval for each column of
pixels, a line through these points covers the same pixels as one through all. No peak is lost, however short, which
largest-triangle-three-buckets does not promise. The first NaN or infinity of each interval is selected as well, so that
the gap shows.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import isfinite

from gage.metrics.series_types import Series

_POINTS_PER_INTERVAL = 4


def downsample(series: Series, columns: int, first: int | None = None, last: int | None = None) -> Series:
    """Returns the points that are visible when steps `first` to `last` are drawn `columns` pixels wide.

    Where the steps of a restarted job go back, each part of the series has intervals of its own. A part that has few
    enough points is returned whole.
    """
    chosen = find_visible_points(series, columns, first, last)
    steps, times, values = series
    return Series([steps[at] for at in chosen], [times[at] for at in chosen], [values[at] for at in chosen])


def find_visible_points(
    series: Series, columns: int, first: int | None = None, last: int | None = None
) -> Sequence[int]:
    """Returns the positions of the points that `downsample` returns."""
    chosen: list[int] = []
    parts = list(_split_monotonic(series.steps))
    clipped = [_clip(series.steps, begin, end, first, last) for begin, end in parts]
    low = min((series.steps[begin] for begin, end in clipped if begin < end), default=0)
    high = max((series.steps[end - 1] for begin, end in clipped if begin < end), default=0)
    for begin, end in clipped:
        if end - begin <= _POINTS_PER_INTERVAL * columns:
            chosen.extend(range(begin, end))
        else:
            for start, stop in _split_columns(series.steps, begin, end, low, high, columns):
                chosen.extend(_select_points(series.values, start, stop))
    return chosen


def _split_monotonic(steps: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yields the parts in which steps do not go back: begin, end."""
    begin = 0
    listed = list(steps)
    if listed != sorted(listed):
        for at in range(1, len(listed)):
            if listed[at] < listed[at - 1]:
                yield begin, at
                begin = at
    yield begin, len(listed)


def _clip(steps: Sequence[int], begin: int, end: int, first: int | None, last: int | None) -> tuple[int, int]:
    start = begin if first is None else bisect_left(steps, first, begin, end)
    stop = end if last is None else bisect_left(steps, last + 1, start, end)
    return start, stop


def _split_columns(
    steps: Sequence[int], begin: int, end: int, low: int, high: int, columns: int
) -> Iterator[tuple[int, int]]:
    """Yields the points of each column of pixels: begin, end."""
    width = high - low + 1
    start = begin
    for column in range(1, columns + 1):
        edge = low + -(-width * column // columns)
        stop = bisect_left(steps, edge, start, end)
        if stop > start:
            yield start, stop
            start = stop


def _select_points(values: Sequence[float], start: int, stop: int) -> list[int]:
    """Returns the positions of the visible points of an interval."""
    piece = list(values[start:stop])
    finite = piece if isfinite(sum(piece)) else [value for value in piece if isfinite(value)]
    places = {start, stop - 1}
    if finite:
        places |= {start + piece.index(min(finite)), start + piece.index(max(finite))}
    if len(finite) < len(piece):
        places.add(start + next(at for at, value in enumerate(piece) if not isfinite(value)))
    return sorted(places)
