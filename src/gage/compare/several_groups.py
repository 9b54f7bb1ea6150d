"""Compares three or more groups of runs by a metric. Takes runs and returns a record."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from gage.compare.metric import RankedMetric
from gage.compare.ranked_entries import select_entries
from gage.compare.run_groups import MetricComparison, compare_entries
from gage.compare.statistics import CONFIDENCE, GroupComparison, OverallTest, adjust_holm, compare_means
from gage.lib.mean_std import GroupSummary, summarize_values
from gage.types.filter import SeriesReader
from gage.types.run import Run


class PairDifference(NamedTuple):
    """How the groups with the indexes `first` and `second` differ. The intervals of all pairs together contain all true
    differences with a probability of 95 % or more. `p` is adjusted for the number of pairs, None without an interval.
    """

    first: int
    second: int
    result: GroupComparison
    p: float | None

    @property
    def has_difference(self) -> bool:
        """Returns whether the runs show that the two groups differ."""
        return self.p is not None and self.p < 1 - CONFIDENCE


class SeveralGroups(NamedTuple):
    """How several groups of runs differ. A summary is None for a group without a run with a value. `left_out` has the
    number of other runs by reason. `overall` is None if a group has a single run, or runs that do not differ.
    """

    metric: RankedMetric
    summaries: tuple[GroupSummary | None, ...]
    left_out: tuple[Mapping[str, int], ...]
    overall: OverallTest | None = None
    pairs: tuple[PairDifference, ...] = ()


def compare_several_groups(
    groups: Sequence[Sequence[Run]], metric: RankedMetric, read_series: SeriesReader | None = None
) -> SeveralGroups:
    """Compares groups of runs. There are no pairs if a group has no run with a value.

    The intervals of the m differences have the confidence 1 − 0.05/m (Dunn, Multiple comparisons among means, Journal
    of the American Statistical Association 56, 1961). The p-values of their t tests are adjusted by Holm (1979).
    """
    entries = [select_entries(runs, metric, read_series, any_status=False) for runs in groups]
    summaries = tuple(summarize_values(each.values) if each.values else None for each in entries)
    compared = SeveralGroups(metric, summaries, tuple(each.left_out for each in entries))
    present = [summary for summary in summaries if summary is not None]
    if len(present) < len(groups):
        return compared
    places = list(combinations(range(len(groups)), 2))
    confidence = 1 - (1 - CONFIDENCE) / len(places)
    found = [compare_entries(entries[i], entries[k], metric, confidence) for i, k in places]
    return compared._replace(overall=compare_means(present), pairs=_adjust_pairs(places, found))


def _adjust_pairs(
    places: Sequence[tuple[int, int]], comparisons: Sequence[MetricComparison]
) -> tuple[PairDifference, ...]:
    """Returns the differences with their adjusted p. A test that is not possible counts as one with p = 1."""
    results = [each.result for each in comparisons if each.result is not None]
    adjusted = adjust_holm([1.0 if each.t_p is None else each.t_p for each in results])
    return tuple(
        PairDifference(first, second, result, None if result.t_p is None else p)
        for (first, second), result, p in zip(places, results, adjusted, strict=True)
    )
