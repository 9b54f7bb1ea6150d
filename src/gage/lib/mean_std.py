"""Number, mean, standard deviation and differences of numbers."""

import math
from collections.abc import Sequence
from typing import NamedTuple

ROUNDING = 1e-14
"""Numbers with a smaller relative difference are equal: arithmetic alone can change them by as much."""


class GroupSummary(NamedTuple):
    """Number, mean and standard deviation (n − 1) of values. The deviation of a single value is None."""

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


def compute_difference(a: float, b: float) -> float:
    """Returns a − b, or 0 if the two are equal within rounding, such as two means of the same values."""
    return 0.0 if math.isclose(a, b, rel_tol=ROUNDING) else a - b
