"""Statistics of a whole series and of its parts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.metrics.series_types import Series
from gage.metrics.summary_stats import SeriesPoint, compute_stats, join_stats


def series(values, begin=0):
    return Series([begin + n for n in range(len(values))], [float(n) for n in range(len(values))], list(values))


def test_computes_stats():
    found = compute_stats(series([3.0, 1.0, 5.0, 1.0]))
    assert found is not None
    assert (found.first, found.last) == (SeriesPoint(3.0, 0, 0.0), SeriesPoint(1.0, 3, 3.0))
    assert (found.min, found.max) == (SeriesPoint(1.0, 1, 1.0), SeriesPoint(5.0, 2, 2.0))
    assert (found.mean, found.point_count, found.finite_count) == (2.5, 4, 4)


def test_no_points_have_no_stats():
    assert compute_stats(series([])) is None
    assert join_stats(None, compute_stats(series([]))) is None


def test_counts_non_finite_values_without_averaging():
    found = compute_stats(series([math.nan, 2.0, math.inf, 4.0, math.nan]))
    assert found is not None
    assert math.isnan(found.last.value)
    assert found.min is not None and found.max is not None
    assert (found.min.value, found.max.value, found.mean, found.point_count, found.finite_count) == (
        2.0,
        4.0,
        3.0,
        5,
        2,
    )
    empty = compute_stats(series([math.nan]))
    assert empty is not None
    assert (empty.min, empty.max, empty.mean) == (None, None, None)


@given(st.lists(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=20), max_size=6))
def test_stats_of_parts_are_those_of_the_whole(pieces):
    whole, begin, grown = [value for piece in pieces for value in piece], 0, None
    for piece in pieces:
        grown = join_stats(grown, compute_stats(series(piece, begin)))
        begin += len(piece)
    want = compute_stats(series(whole))
    if want is None or grown is None:
        assert want is grown
        return
    assert (grown.point_count, grown.finite_count) == (want.point_count, want.finite_count)
    for one, other in ((grown.min, want.min), (grown.max, want.max)):
        assert (one and (one.value, one.step)) == (other and (other.value, other.step))
    assert want.mean is None or grown.mean == pytest.approx(want.mean, abs=1e-6)
