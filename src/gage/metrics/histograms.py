"""Reads histograms of event files: counts of values in intervals, as TensorFlow and PyTorch write them."""

import struct
from typing import NamedTuple

from gage.metrics.protobuf import MalformedMessage, parse_fields

MAX_BUCKETS = 10_000

_HISTOGRAM_FIELD, _TENSOR_FIELD = 5, 8
"""Fields of a `Summary.Value`."""
_LIMITS, _COUNTS, _MIN = 6, 7, 1
"""Fields of a `HistogramProto`: the upper ends of its intervals, what they count, its least value."""
_CONTENT, _DOUBLES = 4, 6
"""Fields of a tensor with rows of lower end, upper end and count."""


class HistogramBucket(NamedTuple):
    """How many values lie between two numbers."""

    low: float
    high: float
    values: float


def parse_histogram(value: bytes) -> tuple[HistogramBucket, ...]:
    """Returns the buckets of a `Summary.Value` with a histogram, empty ones at both ends left out; () for others."""
    try:
        for number, field in parse_fields(value):
            if number == _HISTOGRAM_FIELD and isinstance(field, bytes):
                return _trim(_parse_message(field))
            if number == _TENSOR_FIELD and isinstance(field, bytes):
                return _trim(_parse_tensor(field))
    except (MalformedMessage, struct.error):
        pass
    return ()


def _parse_message(message: bytes) -> list[HistogramBucket]:
    doubles: dict[int, list[float]] = {_LIMITS: [], _COUNTS: [], _MIN: []}
    for number, field in parse_fields(message):
        if number in doubles and isinstance(field, bytes):
            doubles[number] += _unpack(field)
    lows = [*(doubles[_MIN] or doubles[_LIMITS])[:1], *doubles[_LIMITS]]
    return [HistogramBucket(*each) for each in zip(lows, doubles[_LIMITS], doubles[_COUNTS], strict=False)]


def _parse_tensor(message: bytes) -> list[HistogramBucket]:
    numbers: list[float] = []
    for number, field in parse_fields(message):
        if number in (_CONTENT, _DOUBLES) and isinstance(field, bytes):
            numbers += _unpack(field)
    rows = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=False)
    return [HistogramBucket(*row) for row in rows]


def _unpack(field: bytes) -> tuple[float, ...]:
    """Returns the doubles in a packed field."""
    count = min(len(field) // 8, 3 * MAX_BUCKETS)
    return struct.unpack(f"<{count}d", field[: count * 8])


def _trim(buckets: list[HistogramBucket]) -> tuple[HistogramBucket, ...]:
    filled = [i for i, bucket in enumerate(buckets) if bucket.values]
    return tuple(buckets[filled[0] : filled[-1] + 1][:MAX_BUCKETS]) if filled else ()
