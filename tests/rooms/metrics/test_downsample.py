"""Downsampling preserves the shape of a curve."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from gage.metrics.downsample import downsample
from gage.metrics.series_types import Series


def make_series(values, steps=None):
    steps = list(range(len(values))) if steps is None else steps
    return Series(steps, [float(step) for step in range(len(values))], list(values))


def test_keeps_few_points():
    few = make_series([3.0, 1.0, 2.0])
    assert downsample(few, 10) == few
    assert downsample(make_series([]), 10) == make_series([])


def test_keeps_a_peak_of_one_point():
    values = [0.0] * 100_000
    values[54_321], values[77_777] = 9.0, -9.0
    result = downsample(make_series(values), 100)
    assert len(result.values) <= 400
    assert (max(result.values), min(result.values)) == (9.0, -9.0)
    assert result.steps[result.values.index(9.0)] == 54_321


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=True), max_size=300), st.integers(1, 20))
def test_each_pixel_column_keeps_first_last_min_and_max(values, columns):
    series = make_series(values)
    result = downsample(series, columns)
    assert list(result.steps) == sorted(set(result.steps))
    for column in range(columns):
        inside = [s for s in series.steps if s * columns // len(values) == column]
        remaining = [s for s in result.steps if s * columns // len(values) == column]
        finite = [values[s] for s in inside if math.isfinite(values[s])]
        if inside:
            assert (remaining[0], remaining[-1]) == (inside[0], inside[-1])
        if finite:
            remaining_finite = [values[s] for s in remaining if math.isfinite(values[s])]
            assert (min(remaining_finite), max(remaining_finite)) == (min(finite), max(finite))


def test_keeps_all_points_of_a_short_range():
    series = make_series([float(n % 7) for n in range(10_000)])
    result = downsample(series, 100, first=5000, last=5099)
    assert list(result.steps) == list(range(5000, 5100))
    assert list(downsample(series, 1, first=20_000).steps) == []


def test_keeps_the_order_of_steps_that_go_back():
    steps = [*range(1000), *range(500, 1500)]
    result = downsample(make_series([float(n % 11) for n in range(2000)], steps), 50)
    back = [i for i in range(1, len(result.steps)) if result.steps[i] < result.steps[i - 1]]
    assert len(back) == 1
    assert result.steps[back[0]] == 500


def test_accepts_huge_steps_and_gaps():
    steps = [0, 1, 2, 2**62, 2**62 + 1, 2**63 - 1]
    assert list(downsample(make_series([1.0] * 6, steps), 1).steps) == [0, 2**63 - 1]


def test_keeps_nan():
    values = [1.0] * 1000
    values[500] = math.nan
    assert any(map(math.isnan, downsample(make_series(values), 10).values))
