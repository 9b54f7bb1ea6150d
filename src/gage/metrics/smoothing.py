"""Smooths the values of a series."""

import math
from collections.abc import Sequence


def smooth_values(values: Sequence[float], weight: float) -> list[float]:
    """Returns the exponential moving average, corrected for its start as in TensorBoard.

    `weight` is from 0 to below 1. Values that are not finite are returned unchanged and do not affect the average. A
    series whose values are all the same is unchanged.
    """
    if all(value == values[0] for value in values):
        return list(values)
    last, count, out = 0.0, 0, []
    for value in values:
        if not math.isfinite(value):
            out.append(value)
            continue
        last, count = last * weight + (1 - weight) * value, count + 1
        out.append(last / (1 - weight**count))
    return out
