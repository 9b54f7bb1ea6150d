"""Number, mean and standard deviation of numbers."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class GroupSummary(NamedTuple):
    """Number, mean and standard deviation (n − 1) of values; None where one value has no deviation."""

    n: int
    mean: float
    std: float | None


def summarize_values(values: Sequence[float]) -> GroupSummary:
    """Returns number, mean and standard deviation. Raises ValueError if there are no values."""
    if not values:
        raise ValueError("no values")
    count = len(values)
    mean = math.fsum(value / count for value in values)
    if count == 1:
        return GroupSummary(1, mean, None)
    deviations = [value - mean for value in values]
    scale = max(map(abs, deviations))
    if scale <= 4e-16 * abs(mean):  # nothing but the rounding of the mean
        return GroupSummary(count, mean, 0.0)
    squares = math.fsum((each / scale) ** 2 for each in deviations)
    return GroupSummary(count, mean, scale * math.sqrt(squares / (count - 1)))
