"""Compares two groups of numbers, such as the accuracies of two configs over seeds.

The choice of methods follows the simulations of Colas et al. (How many random seeds?, 2018) and the experiments of
Henderson et al. (Deep reinforcement learning that matters, 2018): from three seeds on, Welch's interval contains the
true difference as often as it claims; an interval from a bootstrap does not. Knows numbers only: `group_text` has
the words.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple

from gage.compare.distributions import compute_f_tail, compute_t_tails, find_t_quantile
from gage.lib.mean_std import GroupSummary, compute_difference, summarize_values

CONFIDENCE = 0.95
POWER = 0.8
"""The probability with which a difference of the size `detectable` is shown."""
MAX_EXACT_PAIRS = 16
"""Up to this many pairs, the test tries all sign changes: 65,536."""
MIN_STD_RATIO = 1e-100
"""The overall test needs deviations whose ratios are not smaller: their squares would not be floats."""
MIN_EFFECT_FREEDOM = 2
"""Hedges' g is defined from this many degrees of freedom on."""


class Interval(NamedTuple):
    """A range of numbers."""

    low: float
    high: float


class GroupComparison(NamedTuple):
    """How two groups of values differ.

    `difference` is mean A − mean B, and `interval` its 95 % confidence interval: None if a group has a single value, or
    if no value differs from the others of its group. `effect` is Hedges' g. `a_better` is the probability that a value
    of A is better than one of B. `p` is two-sided: of the t test, or exact over all sign changes of the pairs, where
    `least_p` is the smallest one possible; `t_p` is always that of the t test. `detectable` is the difference that this
    many values show with a probability of `POWER`.
    """

    a: GroupSummary
    b: GroupSummary
    difference: float
    interval: Interval | None
    effect: float | None
    a_better: float
    method: Literal["Welch", "paired t"]
    p: float | None = None
    least_p: float | None = None
    detectable: float | None = None
    t_p: float | None = None

    @property
    def excludes_zero(self) -> bool:
        """Returns whether the interval leaves out zero."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


def compare_groups(
    a: Sequence[float], b: Sequence[float], lower_is_better: bool, confidence: float = CONFIDENCE
) -> GroupComparison:
    """Compares two independent groups by Welch's t interval.

    Δ ± t(ν) · √(s²A/nA + s²B/nB), with ν by Satterthwaite (Welch, The generalization of Student's problem, Biometrika
    34, 1947; Satterthwaite, Biometrics Bulletin 2, 1946).
    """
    first, second = summarize_values(a), summarize_values(b)
    comparison = _describe_groups(a, b, first, second, lower_is_better)
    if first.std is None or second.std is None or not (first.std or second.std):
        return comparison
    scale = max(first.std, second.std)
    parts = [(each.std or 0.0) / scale for each in (first, second)]
    variances = [part * part / each.n for part, each in zip(parts, (first, second), strict=True)]
    total = sum(variances)
    weights = [part * part / (each.n - 1) for part, each in zip(variances, (first, second), strict=True)]
    freedom = total * total / sum(weights)
    return _add_interval(comparison, comparison.difference, scale * math.sqrt(total), freedom, confidence)


def compare_pairs(
    a: Sequence[float], b: Sequence[float], lower_is_better: bool, confidence: float = CONFIDENCE
) -> GroupComparison:
    """Compares two groups whose values belong together in pairs, such as those of the same seed, by the t interval of
    their differences d̄ ± t(n − 1) · s/√n, and by the exact test of Fisher over all changes of sign (The Design of
    Experiments, 1935, section 21).
    """
    differences = [compute_difference(x, y) for x, y in zip(a, b, strict=True)]
    summary = summarize_values(differences)
    comparison = _describe_groups(a, b, summarize_values(a), summarize_values(b), lower_is_better)
    comparison = comparison._replace(method="paired t", difference=summary.mean)
    count = len(differences)
    if count <= MAX_EXACT_PAIRS:
        comparison = comparison._replace(p=compute_sign_change_p(differences), least_p=2.0 ** (1 - count))
    rounding = 1e-15 * max(map(abs, (*a, *b)))
    if summary.std is None or summary.std <= rounding:
        return comparison
    p = comparison.p
    comparison = _add_interval(comparison, summary.mean, summary.std / math.sqrt(count), count - 1, confidence)
    return comparison if p is None else comparison._replace(p=p)


def compute_sign_change_p(differences: Sequence[float]) -> float:
    """Returns the share of all changes of signs that give a sum at least as far from 0 as that of the differences."""
    sums = [0.0]
    for each in differences:
        sums = [total + signed for total in sums for signed in (each, -each)]
    least = abs(math.fsum(differences)) * (1 - 1e-9)  # sums of floats in another order differ in the last digits
    return sum(abs(total) >= least for total in sums) / len(sums)


def adjust_holm(probabilities: Sequence[float]) -> list[float]:
    """Returns p-values adjusted for their number by the step-down method of Holm (A simple sequentially rejective
    multiple test procedure, Scandinavian Journal of Statistics 6, 1979).
    """
    adjusted = [1.0] * len(probabilities)
    largest = 0.0
    for rank, at in enumerate(sorted(range(len(probabilities)), key=probabilities.__getitem__)):
        largest = max(largest, min(1.0, (len(probabilities) - rank) * probabilities[at]))
        adjusted[at] = largest
    return adjusted


class OverallTest(NamedTuple):
    """An F test of whether several groups have the same mean: its value, degrees of freedom and p."""

    f: float
    numerator: float
    denominator: float
    p: float


def compare_means(groups: Sequence[GroupSummary]) -> OverallTest | None:
    """Returns the F test of groups whose deviations may differ (Welch, On the comparison of several mean values: an
    alternative approach, Biometrika 38, 1951); None if a group has a single value or no deviation, or one that is far
    smaller than that of another group.
    """
    stds = [group.std for group in groups if group.std]
    if len(stds) < len(groups):
        return None
    scale = max(stds)
    if min(stds) < scale * MIN_STD_RATIO:
        return None
    weights = [group.n / (std / scale) ** 2 for group, std in zip(groups, stds, strict=True)]
    total, count = math.fsum(weights), len(groups)
    center = math.fsum(weight / total * group.mean for weight, group in zip(weights, groups, strict=True))
    between = math.fsum(w * ((g.mean - center) / scale) ** 2 for w, g in zip(weights, groups, strict=True))
    spread = math.fsum((1 - w / total) ** 2 / (g.n - 1) for w, g in zip(weights, groups, strict=True))
    f = between / (count - 1) / (1 + 2 * (count - 2) / (count**2 - 1) * spread)
    denominator = (count**2 - 1) / (3 * spread)
    return OverallTest(f, count - 1, denominator, compute_f_tail(f, count - 1, denominator))


def compute_superiority(a: Sequence[float], b: Sequence[float], lower_is_better: bool) -> float:
    """Returns the probability that a value of A is better than one of B (Vargha and Delaney, A critique and improvement
    of the CL common language effect size statistics, 2000). Ties, which are values equal within rounding, count half.
    """
    ordered = sorted(b)
    below = ties = 0
    for each in a:
        first = bisect_left(ordered, 0.0, key=lambda other: compute_difference(other, each))
        below += first
        ties += bisect_right(ordered, 0.0, lo=first, key=lambda other: compute_difference(other, each)) - first
    greater = (below + ties / 2) / (len(a) * len(b))
    return 1 - greater if lower_is_better else greater


def _describe_groups(
    a: Sequence[float], b: Sequence[float], first: GroupSummary, second: GroupSummary, lower_is_better: bool
) -> GroupComparison:
    """Returns the comparison without an interval."""
    return GroupComparison(
        first,
        second,
        compute_difference(first.mean, second.mean),
        None,
        _compute_hedges_g(first, second),
        compute_superiority(a, b, lower_is_better),
        "Welch",
    )


def _compute_hedges_g(a: GroupSummary, b: GroupSummary) -> float | None:
    """Returns the difference in pooled standard deviations, corrected for small groups: (1 − 3/(4N − 9)) · Δ/s (Hedges,
    Distribution theory for Glass's estimator of effect size, 1981); None without a deviation, or for three values: the
    correction is 0 then.
    """
    scale = max(a.std or 0.0, b.std or 0.0)
    freedom = a.n + b.n - 2
    if not scale or freedom < MIN_EFFECT_FREEDOM:
        return None
    squares = sum(((each.std or 0.0) / scale) ** 2 * (each.n - 1) for each in (a, b))
    pooled = scale * math.sqrt(squares / freedom)
    return (1 - 3 / (4 * freedom - 1)) * compute_difference(a.mean, b.mean) / pooled


def _add_interval(
    comparison: GroupComparison, mean: float, error: float, freedom: float, confidence: float
) -> GroupComparison:
    """Adds the interval, p and the detectable difference by the t distribution. `error` is the standard error of the
    mean difference. The detectable difference is (t(97.5 %) + t(80 %)) · error, the usual approximation of the power of
    a t test. If the error is so small that it is 0 as a float, nothing is added.
    """
    if not error:
        return comparison
    reach = find_t_quantile((1 + confidence) / 2, freedom)
    p = compute_t_tails(mean / error, freedom)
    return comparison._replace(
        interval=Interval(mean - reach * error, mean + reach * error),
        p=p,
        t_p=p,
        detectable=(reach + find_t_quantile(POWER, freedom)) * error,
    )
