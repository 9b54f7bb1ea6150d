"""Measures which config values go with a metric, and whether that may be chance. Knows columns of values; no runs.

The effect of a config key is ε² of the ranks of the metric: the part of their variance between the values of the key,
corrected for the number of values (Kelley, An unbiased correlation ratio measure, 1935; of ranks: Tomczak and Tomczak,
The need to report effect size estimates revisited, 2014). Ranks do not depend on the scale of the metric, and a run
that diverged counts no more than the last one. Runs that differ in their seed only are one row, their mean: they share
all their values, and would make any key look as if it had an effect.
"""

import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from gage.board.formatting import format_comparable
from gage.compare.distributions import compute_f_tail
from gage.compare.statistics import adjust_holm
from gage.types.values import Comparable

MIN_CONFIGS = 20
"""Below, chance alone has large effects: the largest of 20 keys that do nothing is 0.7 at 10 configs, 0.4 at 20."""
MAX_BINS = 5
MAX_PERMUTED = 500
"""With more configs, the F distribution gives p instead of permutations."""
MAX_DRAWN = 200
"""With more configs, the 95 % range is computed from random means of bins instead of random configs."""
DRAWS = 300
MIN_PERMUTATIONS = 199
MAX_PERMUTATIONS = 999
PERMUTED_VALUES = 100_000
"""Number of configs times permutations, within these limits of permutations."""
TOGETHER = 0.8
"""Cramér's V of two keys from which their effects cannot be separated."""
SEED = 1
CHANCE = 0.05
"""The probability from which a result may be chance."""

Column = Sequence[Comparable | None]
"""The values of a key in all configs; None where a config does not have it."""


class KeyEffect(NamedTuple):
    """The effect of keys that move together on a metric, from 0 to 1: that of the strongest one, which comes first.
    `low` and `high` are its 95 % range. `p` is the probability that one of the keys has as large an effect by chance,
    None if the method does not compute it. `best` is the value, or the range of values, with the best results.
    """

    keys: tuple[str, ...]
    effect: float
    low: float
    high: float
    p: float | None
    best: str

    @property
    def may_be_chance(self) -> bool:
        """Returns whether chance alone may explain an effect of this size."""
        return self.p is not None and self.p >= CHANCE


class Importance(NamedTuple):
    """The effects, the largest first. `left_out` has the keys that were not measured and the reason. `method` is the
    name of the method, "" for the one of this module; `note` says which configs it measured, or why it measured none.
    """

    effects: tuple[KeyEffect, ...]
    left_out: Mapping[str, str]
    method: str = ""
    note: str = ""


class _Bins(NamedTuple):
    """A key whose values are in a few bins: the bin of each config, the configs of each bin, and its label."""

    key: str
    codes: Sequence[int]
    indexes: Sequence[Sequence[int]]
    labels: Sequence[str]


def measure_effects(values: Sequence[float], columns: Mapping[str, Column], lower_is_better: bool) -> Importance:
    """Returns the effect of each key on the values, of which each config has one. Keys with a single value are not
    measured, nor keys that few configs have, or texts that differ in nearly all of them. The same input always has the
    same result.
    """
    left_out: dict[str, str] = {}
    keys: list[_Bins] = []
    for key, column in columns.items():
        reason = find_reason(column)
        if reason:
            left_out[key] = reason
        elif (bins := _build_bins(key, column)) is not None:
            keys.append(bins)
    if len(values) < MIN_CONFIGS or not keys:
        return Importance((), left_out)
    ranks = rank_values(values)
    effects = {bins.key: _compute_effect(ranks, bins.indexes) for bins in keys}
    if all(math.isnan(effect) for effect in effects.values()):
        return Importance((), left_out)
    chance = _permute(ranks, keys, effects) if len(values) <= MAX_PERMUTED else _compute_tails(ranks, keys)
    measured = []
    for together in _group_together(keys):
        strongest = max(together, key=lambda bins: effects[bins.key])
        effect = max(effects[strongest.key], 0.0)
        low, high = _estimate_range(ranks, strongest, effects[strongest.key])
        names = (strongest.key, *(bins.key for bins in together if bins is not strongest))
        best = _find_best(ranks, strongest, lower_is_better)
        measured.append(KeyEffect(names, effect, min(low, effect), max(high, effect), chance[strongest.key], best))
    return Importance(tuple(sorted(measured, key=lambda each: -each.effect)), left_out)


def rank_values(values: Sequence[float]) -> list[float]:
    """Returns the ranks from 1 on; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or values[order[end]] != values[order[start]]:
            for at in order[start:end]:
                ranks[at] = (start + 1 + end) / 2
            start = end
    return ranks


def find_best_label(values: Sequence[float], column: Column, lower_is_better: bool) -> str:
    """Returns the value of a key, or the range of values, that goes with the best ranks."""
    bins = _build_bins("", column)
    return "" if bins is None else _find_best(rank_values(values), bins, lower_is_better)


def find_reason(column: Column) -> str:
    """Returns the reason why the effect of a key cannot be measured, "" if it can."""
    present = [value for value in column if value is not None]
    if len(present) < max(len(column) / 2, min(MIN_CONFIGS, len(column))):
        return f"in {len(present):,} config{'' if len(present) == 1 else 's'} only"
    texts = Counter(value for value in present if isinstance(value, str))
    frequent = sum(count for _, count in texts.most_common(MAX_BINS - 1))
    if len(texts) > MAX_BINS and frequent * 2 < sum(texts.values()) and texts.total() * 2 > len(present):
        return f"{len(texts):,} different texts"
    return ""


def _build_bins(key: str, column: Column) -> _Bins | None:
    """Returns the bins of a key, None if all configs have the same value."""
    label = build_labels(column)
    by_label: dict[str, list[int]] = {}
    for index, value in enumerate(column):
        by_label.setdefault(label(value), []).append(index)
    if len(by_label) < 2:
        return None
    codes = [0] * len(column)
    for code, indexes in enumerate(by_label.values()):
        for index in indexes:
            codes[index] = code
    return _Bins(key, codes, list(by_label.values()), list(by_label))


def build_labels(column: Column) -> Callable[[Comparable | None], str]:
    """Returns a function that returns the label of a value's bin. If there are few values, each has a bin of its own.
    Otherwise numbers are in ranges with about as many configs each, and all but the most frequent texts are in
    "others".
    """
    counts = Counter(column)
    labels = {value: _format_label(value) for value in counts} if len(counts) <= MAX_BINS else {}
    if labels:
        return labels.__getitem__
    numbers = sorted(value for value in column if isinstance(value, int | float))
    others = [value for value, _ in counts.most_common() if not isinstance(value, int | float)]
    room = MAX_BINS - min(len(others), MAX_BINS - 1 if not numbers else 2)
    labels = {value: _format_label(value) for value in others[: MAX_BINS - max(room, 1)]}
    cuts = sorted({numbers[len(numbers) * i // room] for i in range(1, room)}) if numbers else []
    ranges: dict[int, list[float]] = {}
    for value in numbers:
        ranges.setdefault(bisect_right(cuts, value), []).append(value)
    names = {
        at: _format_label(each[0]) if each[0] == each[-1] else f"{_format_label(each[0])} to {_format_label(each[-1])}"
        for at, each in ranges.items()
    }

    def label(value: Comparable | None) -> str:
        if isinstance(value, int | float):
            return names[bisect_right(cuts, value)]
        return labels.get(value, "others")

    return label


def _format_label(value: Comparable | None) -> str:
    return "missing" if value is None else format_comparable(value)


def _compute_effect(ranks: Sequence[float], indexes: Sequence[Sequence[int]]) -> float:
    """Returns ε² = 1 − (1 − η²)(n − 1)/(n − k), NaN if all ranks are equal."""
    explained, count = _compute_explained(ranks, indexes), len(ranks)
    return 1 - (1 - explained) * (count - 1) / max(count - len(indexes), 1)


def _compute_explained(ranks: Sequence[float], indexes: Sequence[Sequence[int]]) -> float:
    """Returns η²: the part of the variance of the ranks that is between the bins."""
    mean = (len(ranks) + 1) / 2
    total = math.fsum((rank - mean) ** 2 for rank in ranks)
    between = math.fsum(len(each) * (sum(map(ranks.__getitem__, each)) / len(each) - mean) ** 2 for each in indexes)
    return between / total if total else math.nan


def _permute(ranks: Sequence[float], keys: Sequence[_Bins], effects: Mapping[str, float]) -> dict[str, float]:
    """Returns how often the largest effect of all keys is at least as large when the ranks are permuted: the maximum
    statistic of Westfall and Young (Resampling-Based Multiple Testing, 1993), which allows for the number of keys.
    """
    draw = random.Random(SEED)
    rounds = max(MIN_PERMUTATIONS, min(MAX_PERMUTATIONS, PERMUTED_VALUES // len(ranks)))
    count, mean = len(ranks), (len(ranks) + 1) / 2
    total = math.fsum((rank - mean) ** 2 for rank in ranks)
    getters = [[(_build_getter(each), len(each)) for each in bins.indexes] for bins in keys]
    shuffled = [rank - mean for rank in ranks]
    largest = []
    for _ in range(rounds):
        draw.shuffle(shuffled)
        best = -math.inf
        for bins in getters:
            between = 0.0
            for get, size in bins:
                part = sum(get(shuffled))
                between += part * part / size
            best = max(best, 1 - (1 - between / total) * (count - 1) / max(count - len(bins), 1))
        largest.append(best)
    return {
        key: (1 + sum(each >= effect - 1e-12 for each in largest)) / (rounds + 1) for key, effect in effects.items()
    }


def _build_getter(indexes: Sequence[int]) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """Returns a function that picks items of a list as a tuple, even if there is only one."""
    if len(indexes) == 1:
        return lambda items: (items[indexes[0]],)
    return itemgetter(*indexes)


def _compute_tails(ranks: Sequence[float], keys: Sequence[_Bins]) -> dict[str, float]:
    """Returns the tails of F of an analysis of variance of the ranks (Conover and Iman, Rank transformations, 1981),
    adjusted for their number by the method of Holm.
    """
    tails = []
    for bins in keys:
        explained, between = _compute_explained(ranks, bins.indexes), len(bins.indexes) - 1
        within = len(ranks) - between - 1
        f = math.inf if explained >= 1 else explained / between / ((1 - explained) / within)
        tails.append(compute_f_tail(f, between, within) if f < math.inf else 0.0)
    return dict(zip((bins.key for bins in keys), adjust_holm(tails), strict=True))


def _estimate_range(ranks: Sequence[float], bins: _Bins, effect: float) -> tuple[float, float]:
    """Returns the 95 % percentile range of the effect over samples of the configs, drawn with replacement (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993) and centred on the effect, since samples have larger ones. Of
    many configs, the mean rank of each bin is drawn from the normal distribution that it has.
    """
    draw = random.Random(SEED)
    sample = _sample_configs if len(ranks) <= MAX_DRAWN else _sample_means
    drawn = sorted(sample(ranks, bins, draw))
    shift = effect - sum(drawn) / len(drawn)
    low, high = drawn[round(0.025 * (len(drawn) - 1))], drawn[round(0.975 * (len(drawn) - 1))]
    return min(max(low + shift, 0.0), 1.0), min(max(high + shift, 0.0), 1.0)


def _sample_configs(ranks: Sequence[float], bins: _Bins, draw: random.Random) -> list[float]:
    count, effects = len(ranks), []
    pairs = list(zip(bins.codes, ranks, strict=True))
    for _ in range(DRAWS):
        sums, sizes = [0.0] * len(bins.indexes), [0] * len(bins.indexes)
        squares = 0.0
        for code, rank in draw.choices(pairs, k=count):
            sums[code] += rank
            sizes[code] += 1
            squares += rank * rank
        centre = sum(sums) ** 2 / count
        total = squares - centre
        between = sum(part * part / size for part, size in zip(sums, sizes, strict=True) if size) - centre
        filled = sum(map(bool, sizes))
        effects.append(1 - (1 - between / total) * (count - 1) / max(count - filled, 1) if total > 1e-9 else 0.0)
    return effects


def _sample_means(ranks: Sequence[float], bins: _Bins, draw: random.Random) -> list[float]:
    count = len(ranks)
    parts = []
    inside = 0.0
    for each in bins.indexes:
        mean = sum(map(ranks.__getitem__, each)) / len(each)
        squares = math.fsum((ranks[i] - mean) ** 2 for i in each)
        inside += squares
        parts.append((len(each), mean, math.sqrt(squares) / len(each)))
    effects = []
    for _ in range(DRAWS):
        means = [(size, draw.gauss(mean, error)) for size, mean, error in parts]
        centre = sum(size * mean for size, mean in means) / count
        between = sum(size * (mean - centre) ** 2 for size, mean in means)
        effects.append(1 - inside / (between + inside) * (count - 1) / (count - len(parts)))
    return effects


def _find_best(ranks: Sequence[float], bins: _Bins, lower_is_better: bool) -> str:
    """Returns the label of the bin with the best mean rank."""
    means = [sum(map(ranks.__getitem__, each)) / len(each) for each in bins.indexes]
    return bins.labels[means.index(min(means) if lower_is_better else max(means))]


def _group_together(keys: Sequence[_Bins]) -> list[list[_Bins]]:
    """Returns the keys in groups of those that move together."""
    groups: list[list[_Bins]] = []
    for bins in keys:
        near = [group for group in groups if any(_measure_association(bins, each) >= TOGETHER for each in group)]
        groups = [group for group in groups if not any(group is each for each in near)]
        groups.append([*(each for group in near for each in group), bins])
    return groups


def _measure_association(a: _Bins, b: _Bins) -> float:
    """Returns Cramér's V of two keys: 1 if one of them decides the other (Cramér, Mathematical Methods of Statistics,
    1946, 21.9).
    """
    cells = Counter(zip(a.codes, b.codes, strict=True))
    squares = math.fsum(number * number / (len(a.indexes[i]) * len(b.indexes[j])) for (i, j), number in cells.items())
    fewest = min(len(a.indexes), len(b.indexes)) - 1
    return math.sqrt(max(squares - 1, 0.0) / fewest)
