"""Statistics of a whole series and of its parts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.metrics.series_types import Series
from gage.metrics.summary_stats import SeriesPoint, compute_stats, join_stats


def make_series(values, begin=0):
    return Series([begin + n for n in range(len(values))], [float(n) for n in range(len(values))], list(values))


def test_computes_stats():
    stats = compute_stats(make_series([3.0, 1.0, 5.0, 1.0]))
    assert stats is not None
    assert (stats.first, stats.last) == (SeriesPoint(3.0, 0, 0.0), SeriesPoint(1.0, 3, 3.0))
    assert (stats.min, stats.max) == (SeriesPoint(1.0, 1, 1.0), SeriesPoint(5.0, 2, 2.0))
    assert (stats.mean, stats.point_count, stats.finite_count) == (2.5, 4, 4)


def test_no_points_have_no_stats():
    assert compute_stats(make_series([])) is None
    assert join_stats(None, compute_stats(make_series([]))) is None


def test_counts_non_finite_values_without_averaging():
    stats = compute_stats(make_series([math.nan, 2.0, math.inf, 4.0, math.nan]))
    assert stats is not None
    assert math.isnan(stats.last.value)
    assert stats.min is not None and stats.max is not None
    assert (stats.min.value, stats.max.value, stats.mean, stats.point_count, stats.finite_count) == (
        2.0,
        4.0,
        3.0,
        5,
        2,
    )
    empty = compute_stats(make_series([math.nan]))
    assert empty is not None
    assert (empty.min, empty.max, empty.mean) == (None, None, None)


@given(st.lists(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=20), max_size=6))
def test_stats_of_parts_are_those_of_the_whole(pieces):
    values, begin, joined = [value for piece in pieces for value in piece], 0, None
    for piece in pieces:
        joined = join_stats(joined, compute_stats(make_series(piece, begin)))
        begin += len(piece)
    expected = compute_stats(make_series(values))
    if expected is None or joined is None:
        assert expected is joined
        return
    assert (joined.point_count, joined.finite_count) == (expected.point_count, expected.finite_count)
    for one, other in ((joined.min, expected.min), (joined.max, expected.max)):
        assert (one and (one.value, one.step)) == (other and (other.value, other.step))
    assert expected.mean is None or joined.mean == pytest.approx(expected.mean, abs=1e-6)
