"""Downsampling preserves the shape of a curve."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from gage.metrics.downsample import downsample
from gage.metrics.series_types import Series


def series(values, steps=None):
    steps = list(range(len(values))) if steps is None else steps
    return Series(steps, [float(step) for step in range(len(values))], list(values))


def test_keeps_few_points():
    few = series([3.0, 1.0, 2.0])
    assert downsample(few, 10) == few
    assert downsample(series([]), 10) == series([])


def test_keeps_a_peak_of_one_point():
    values = [0.0] * 100_000
    values[54_321], values[77_777] = 9.0, -9.0
    found = downsample(series(values), 100)
    assert len(found.values) <= 400
    assert (max(found.values), min(found.values)) == (9.0, -9.0)
    assert found.steps[found.values.index(9.0)] == 54_321


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=True), max_size=300), st.integers(1, 20))
def test_each_pixel_column_keeps_first_last_min_and_max(values, columns):
    whole = series(values)
    found = downsample(whole, columns)
    assert list(found.steps) == sorted(set(found.steps))
    for column in range(columns):
        inside = [s for s in whole.steps if s * columns // len(values) == column]
        kept = [s for s in found.steps if s * columns // len(values) == column]
        finite = [values[s] for s in inside if math.isfinite(values[s])]
        if inside:
            assert (kept[0], kept[-1]) == (inside[0], inside[-1])
        if finite:
            shown = [values[s] for s in kept if math.isfinite(values[s])]
            assert (min(shown), max(shown)) == (min(finite), max(finite))


def test_keeps_all_points_of_a_short_range():
    whole = series([float(n % 7) for n in range(10_000)])
    found = downsample(whole, 100, first=5000, last=5099)
    assert list(found.steps) == list(range(5000, 5100))
    assert list(downsample(whole, 1, first=20_000).steps) == []


def test_keeps_the_order_of_steps_that_go_back():
    steps = [*range(1000), *range(500, 1500)]
    found = downsample(series([float(n % 11) for n in range(2000)], steps), 50)
    back = [at for at in range(1, len(found.steps)) if found.steps[at] < found.steps[at - 1]]
    assert len(back) == 1
    assert found.steps[back[0]] == 500


def test_accepts_huge_steps_and_gaps():
    steps = [0, 1, 2, 2**62, 2**62 + 1, 2**63 - 1]
    assert list(downsample(series([1.0] * 6, steps), 1).steps) == [0, 2**63 - 1]


def test_keeps_nan():
    values = [1.0] * 1000
    values[500] = math.nan
    assert any(map(math.isnan, downsample(series(values), 10).values))
