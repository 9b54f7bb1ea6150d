"""Statistics against published tables and hand-computed values; properties of comparisons of two groups."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gage.compare.distributions import (
    compute_f_tail,
    compute_incomplete_beta,
    compute_t_tails,
    estimate_maximum,
    find_normal_quantile,
    find_t_quantile,
)
from gage.compare.statistics import (
    adjust_holm,
    compare_groups,
    compare_means,
    compare_pairs,
    compute_sign_change_p,
    compute_superiority,
)
from gage.lib.mean_std import compute_difference, summarize_values

numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 6))
groups = st.lists(numbers, min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("freedom", "t", "tails"),
    # Abramowitz and Stegun, table 26.10: t at which both tails together have this probability
    [(1, 12.706, 0.05), (2, 4.303, 0.05), (5, 2.571, 0.05), (10, 2.228, 0.05), (10, 3.169, 0.01), (120, 1.980, 0.05)],
)
def test_t_distribution_agrees_with_the_table(freedom, t, tails):
    assert compute_t_tails(t, freedom) == pytest.approx(tails, abs=4e-5)
    assert find_t_quantile(1 - tails / 2, freedom) == pytest.approx(t, abs=5e-4)


@pytest.mark.parametrize(
    ("numerator", "denominator", "f", "tail"),
    # Abramowitz and Stegun, table 26.9
    [(1, 10, 4.96, 0.05), (5, 10, 3.33, 0.05), (4, 20, 2.87, 0.05), (10, 10, 4.85, 0.01), (2, 60, 4.98, 0.01)],
)
def test_f_distribution_agrees_with_the_table(numerator, denominator, f, tail):
    assert compute_f_tail(f, numerator, denominator) == pytest.approx(tail, rel=5e-3)
    assert compute_f_tail(0, numerator, denominator) == 1


def test_incomplete_beta_has_its_simple_cases():
    assert compute_incomplete_beta(0.3, 1, 1) == pytest.approx(0.3)
    assert compute_incomplete_beta(0.3, 2, 1) == pytest.approx(0.09)
    assert compute_incomplete_beta(0.3, 1, 3) == pytest.approx(1 - 0.7**3)
    assert compute_incomplete_beta(0.5, 40.5, 40.5) == pytest.approx(0.5)
    assert (compute_incomplete_beta(0, 2, 3), compute_incomplete_beta(1, 2, 3)) == (0, 1)


def test_normal_quantile_and_expected_maximum():
    assert find_normal_quantile(0.975) == pytest.approx(1.959964, abs=1e-6)
    # Harter, Expected values of normal order statistics (1961): the approximation is 0.02 off at most
    for count, expected in ((10, 1.5388), (100, 2.5076), (1000, 3.2414)):
        assert estimate_maximum(count) == pytest.approx(expected, abs=0.02)
    assert estimate_maximum(1) == 0


def test_summary_of_values():
    assert summarize_values([2, 4, 4, 4, 5, 5, 7, 9]) == (8, 5, pytest.approx(math.sqrt(32 / 7)))
    assert summarize_values([3.5]) == (1, 3.5, None)
    assert summarize_values([0.1] * 7).std == 0
    assert summarize_values([1e308, -1e308]).std == pytest.approx(1e308 * math.sqrt(2))
    with pytest.raises(ValueError):
        summarize_values([])


def test_welch_interval_of_a_worked_example():
    """Means 3 and 6, variances 2.5 and 10, n = 5 each: error √2.5, ν = 2.5²/(0.5²/4 + 2²/4) = 5.882."""
    result = compare_groups([1, 2, 3, 4, 5], [2, 4, 6, 8, 10], lower_is_better=False)
    assert (result.a.n, result.a.mean, result.b.mean, result.difference) == (5, 3, 6, -3)
    reach = find_t_quantile(0.975, 100 / 17) * math.sqrt(2.5)
    assert result.interval == pytest.approx((-3 - reach, -3 + reach))
    assert reach == pytest.approx(2.4589 * math.sqrt(2.5), rel=1e-3)
    assert result.p == pytest.approx(0.1074, abs=5e-4)
    assert result.effect == pytest.approx((1 - 3 / 31) * -3 / 2.5)
    assert result.a_better == (0 + 0.5 + 1 + 1.5 + 2) / 25
    assert not result.excludes_zero and result.method == "Welch"
    assert result.detectable == pytest.approx((2.4589 + 0.9065) * math.sqrt(2.5), rel=2e-3)


def test_pairs_are_compared_by_their_differences():
    """Differences 1, 2, 3, 4, 5: mean 3, error √2.5/√5, t(4) = 2.776; only all signs equal are as far from 0."""
    result = compare_pairs([2, 4, 6, 8, 10], [1, 2, 3, 4, 5], lower_is_better=False)
    assert result.difference == 3 and result.method == "paired t"
    assert result.interval == pytest.approx((3 - 2.7764 * math.sqrt(0.5), 3 + 2.7764 * math.sqrt(0.5)), abs=1e-3)
    assert result.p == result.least_p == 2 / 32
    assert result.excludes_zero


def test_sign_changes_are_counted_exactly():
    assert compute_sign_change_p([1, 2, 3]) == 2 / 8
    assert compute_sign_change_p([1, -1]) == 1
    assert compute_sign_change_p([3, 1, -1]) == 6 / 8  # |±3 ± 1 ± 1| is 5, 3, 3 or 1


def test_one_value_or_no_spread_has_no_interval():
    single = compare_groups([1], [2, 3], lower_is_better=True)
    assert (single.interval, single.p, single.detectable, single.a_better) == (None, None, None, 1)
    equal = compare_groups([1, 1], [2, 2], lower_is_better=True)
    assert (equal.interval, equal.effect, equal.difference) == (None, None, -1)
    assert compare_pairs([1, 2], [0, 1], lower_is_better=False).interval is None
    assert compare_groups([1, 1, 1], [2, 3, 4], lower_is_better=True).interval is not None


def test_three_values_have_no_effect_size():
    assert compare_groups([1], [2, 3], lower_is_better=True).effect is None
    assert compare_groups([1], [2, 3, 4], lower_is_better=True).effect == pytest.approx((1 - 3 / 7) * -2)


def test_values_that_differ_by_rounding_are_equal():
    a, b = 0.1 + 0.2, 0.3
    assert a != b and compute_difference(a, b) == 0
    assert compare_groups([a, a], [b, b], lower_is_better=True).difference == 0
    assert compare_pairs([a, a], [b, b], lower_is_better=True).difference == 0
    assert compute_difference(1e-300, 2e-300) == -1e-300 and compute_difference(0.3, 0.300001) != 0


def test_spread_that_is_too_small_for_a_float_has_no_interval():
    assert compare_groups([0, 0], [0, 0, 0, 5e-324], lower_is_better=True).interval is None


def test_holm_adjusts_in_steps():
    """Holm (1979): 4 · 0.01, 3 · 0.02, 2 · 0.03, and never below an earlier one."""
    assert adjust_holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert adjust_holm([0.9, 0.8]) == [1, 1]
    assert adjust_holm([]) == []


def test_superiority_counts_ties_half():
    assert compute_superiority([1, 2], [1, 3], lower_is_better=True) == (0.5 + 1 + 0 + 1) / 4
    assert compute_superiority([1, 2], [1, 3], lower_is_better=False) == 1 - 2.5 / 4


@given(groups, groups, st.booleans())
def test_comparisons_are_symmetric(a, b, lower):
    there, back = compare_groups(a, b, lower), compare_groups(b, a, lower)
    assert there.difference == pytest.approx(-back.difference)
    assert there.a_better == pytest.approx(1 - back.a_better)
    assert (there.interval is None) == (back.interval is None)
    if there.interval and back.interval:
        assert there.interval == pytest.approx((-back.interval.high, -back.interval.low))
        assert there.interval.low <= there.difference <= there.interval.high
        assert there.p == pytest.approx(back.p) and 0 <= there.p <= 1
        assert there.excludes_zero == (there.p < 0.05) or there.p == pytest.approx(0.05)


@given(groups, groups, st.sampled_from((1e-6, 0.5, 3, 1e9)))
def test_comparisons_do_not_depend_on_the_unit(a, b, factor):
    one = compare_groups(a, b, True)
    other = compare_groups([x * factor for x in a], [x * factor for x in b], True)
    assume(one.effect is not None and other.effect is not None and one.p is not None and other.p is not None)
    assert other.difference == pytest.approx(one.difference * factor, rel=1e-6, abs=1e-9 * factor)
    assert other.effect == pytest.approx(one.effect, rel=1e-4, abs=1e-6)
    assert other.p == pytest.approx(one.p, rel=1e-4, abs=1e-9)
    assert other.a_better == one.a_better


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=10))
def test_paired_interval_contains_the_mean_difference(pairs):
    result = compare_pairs([x for x, _ in pairs], [y for _, y in pairs], True)
    assert result.least_p is not None and result.least_p <= result.p <= 1
    if result.interval is not None:
        assert result.interval.low <= result.difference <= result.interval.high


def test_values_equal_within_rounding_are_ties():
    result = compare_groups([0.1 + 0.2, 0.3], [0.3, 0.3], lower_is_better=False)
    assert (result.difference, result.a_better) == (0, 0.5)


@given(st.lists(st.floats(-3, 3), min_size=1), st.lists(st.floats(-3, 3), min_size=1))
def test_superiority_counts_all_pairs(a, b):
    differences = [compute_difference(x, y) for x in a for y in b]
    better = sum(each > 0 for each in differences) + sum(each == 0 for each in differences) / 2
    assert compute_superiority(a, b, lower_is_better=False) == better / len(differences)
    assert compute_superiority(a, b, lower_is_better=True) == pytest.approx(1 - better / len(differences))


PLANT_GROWTH = (
    (4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14),
    (4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69),
    (6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26),
)
"""Dried weights of plants of a control and two treatments (Dobson, An Introduction to Statistical Modelling, 1983)."""


def test_overall_test_agrees_with_a_worked_example():
    test = compare_means(list(map(summarize_values, PLANT_GROWTH)))
    assert (test.f, test.denominator, test.p) == pytest.approx((5.181, 17.128, 0.01739), rel=1e-3)
    assert test.numerator == 2


@given(groups, groups)
def test_overall_test_of_two_groups_is_that_of_welch(a, b):
    test, pair = compare_means([summarize_values(a), summarize_values(b)]), compare_groups(a, b, True)
    assume(test is not None and pair.p is not None)
    # Near p = 1, p depends on the square root of F, whose rounding is 1e-16.
    assert test.p == pytest.approx(pair.p, abs=1e-7)


def test_groups_without_deviation_have_no_overall_test():
    assert compare_means(list(map(summarize_values, ([1, 2], [1], [2, 3])))) is None
    assert compare_means(list(map(summarize_values, ([1, 2], [1, 1], [2, 3])))) is None


def test_deviations_of_very_different_size_have_no_overall_test():
    assert compare_means([summarize_values(each) for each in ([0, 1e-170], [1, 2], [3, 5])]) is None


def test_wider_confidence_gives_a_wider_interval():
    usual, wide = (compare_groups([1, 2, 3, 4], [2, 4, 6], True, level).interval for level in (0.95, 0.99))
    assert wide.low < usual.low < usual.high < wide.high
