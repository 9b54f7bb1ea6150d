"""The t, F and normal distributions, in plain Python. Knows numbers only."""

import math
from collections.abc import Callable

_TINY = 1e-300
_MAX_TERMS = 500
_EPSILON = 1e-15


def compute_incomplete_beta(x: float, a: float, b: float) -> float:
    """Returns the regularised incomplete beta function I_x(a, b), for x from 0 to 1.

    Its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), evaluated by the modified method
    of Lentz (Press et al., Numerical Recipes, 3rd edition, 6.4).
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - compute_incomplete_beta(1 - x, b, a)
    log_factor = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_factor) * _sum_beta_fraction(x, a, b) / a


def _sum_beta_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _avoid_zero(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, _MAX_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _avoid_zero(1 + term * d)
            c = _avoid_zero(1 + term / c)
            total *= c * d
        if abs(c * d - 1) < _EPSILON:
            break
    return total


def _avoid_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def compute_t_tails(t: float, freedom: float) -> float:
    """Returns the probability that |T| exceeds |t|, for Student's t with these degrees of freedom (Abramowitz and
    Stegun, 26.7.1 and 26.5.27).
    """
    return compute_incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def find_t_quantile(probability: float, freedom: float) -> float:
    """Returns the t that T stays below with this probability, from 0.5 to below 1."""
    return _find_root(lambda t: 1 - compute_t_tails(t, freedom) / 2, probability)


def compute_f_tail(f: float, numerator: float, denominator: float) -> float:
    """Returns the probability that F exceeds `f`, with these degrees of freedom (Abramowitz and Stegun, 26.6.2)."""
    if f <= 0:
        return 1.0
    return compute_incomplete_beta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2)


def find_normal_quantile(probability: float) -> float:
    """Returns the z that a standard normal value stays below with this probability, from 0.5 to below 1."""
    return _find_root(lambda z: 1 - math.erfc(z / math.sqrt(2)) / 2, probability)


def estimate_maximum(count: int) -> float:
    """Returns about the expected maximum of `count` standard normal values: 1.55 of 10, 2.50 of 100, 3.23 of 1,000
    (the approximation of Blom, Statistical Estimates and Transformed Beta-Variables, 1958).
    """
    return find_normal_quantile((count - 0.375) / (count + 0.25)) if count > 1 else 0.0


def _find_root(rise: Callable[[float], float], target: float) -> float:
    """Returns where a rising function of a number from 0 on reaches a value, by bisection."""
    low, high = 0.0, 1.0
    while rise(high) < target and high < 1e12:
        low, high = high, high * 2
    for _ in range(80):
        middle = (low + high) / 2
        if rise(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
