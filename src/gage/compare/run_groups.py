"""Compares two groups of runs by a metric, such as two configs over seeds. Takes runs and returns a record."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.compare.groups import group_by_seed, normalize_config
from gage.compare.metric import RankedMetric
from gage.compare.ranked_entries import RankedEntries, select_entries
from gage.compare.run_pairs import GroupContrast, find_contrast
from gage.compare.statistics import CONFIDENCE, GroupComparison, compare_groups, compare_pairs
from gage.types.errors import UsageError
from gage.types.filter import SeriesReader
from gage.types.run import Run

MAX_SIZE = 1e300
"""Sums and differences of larger values may not be floats."""
UNPAIRED = "unpaired"
"""The reason for which a comparison in pairs leaves out runs."""


class MetricComparison(NamedTuple):
    """How two groups of runs differ. `sizes` has the number of runs with a value in each group, `left_out` the number
    of other runs by reason. `result` is None if a group has no run with a value. `contrast` has the names of the values
    in which the runs with a value differ.
    """

    metric: RankedMetric
    sizes: tuple[int, int]
    left_out: tuple[Mapping[str, int], Mapping[str, int]]
    result: GroupComparison | None = None
    contrast: GroupContrast = GroupContrast()


def compare_by_metric(
    a: Sequence[Run], b: Sequence[Run], metric: RankedMetric, read_series: SeriesReader | None = None
) -> MetricComparison:
    """Selects the runs of two groups that have a value, and compares them as `compare_entries` does."""
    first, second = (select_entries(runs, metric, read_series, any_status=False) for runs in (a, b))
    return compare_entries(first, second, metric)


def compare_entries(
    first: RankedEntries, second: RankedEntries, metric: RankedMetric, confidence: float = CONFIDENCE
) -> MetricComparison:
    """Compares the values of two groups of runs. `find_contrast` finds pairs of runs with the same seed and config,
    except for config values in which all runs of one group differ from the other. If there are pairs, leaves out runs
    without a partner. The interval has this `confidence`. Raises UsageError for values above `MAX_SIZE`.
    """
    comparison = MetricComparison(metric, (len(first.runs), len(second.runs)), (first.left_out, second.left_out))
    if not first.runs or not second.runs:
        return comparison
    _check_size((*first.values, *second.values), metric)
    contrast = find_contrast(first.runs, second.runs)
    if contrast.pairs:
        values = [first.values[i] for i, _ in contrast.pairs], [second.values[i] for _, i in contrast.pairs]
        result = compare_pairs(*values, metric.lower_is_better, confidence)
        left_out = tuple(
            _count_unpaired(reasons, size - len(contrast.pairs))
            for reasons, size in zip(comparison.left_out, comparison.sizes, strict=True)
        )
        comparison = comparison._replace(left_out=(left_out[0], left_out[1]))
    else:
        result = compare_groups(first.values, second.values, metric.lower_is_better, confidence)
    return comparison._replace(result=result, contrast=contrast)


def _check_size(values: Sequence[float], metric: RankedMetric) -> None:
    largest = max(values, key=abs)
    if abs(largest) > MAX_SIZE:
        raise UsageError(
            f"{largest:.4g} of {metric.text} is too large to compare: the limit is {MAX_SIZE:.0e}",
            f"Leave out such values: --where 'abs({metric.text}) < {MAX_SIZE:.0e}'",
        )


def _count_unpaired(left_out: Mapping[str, int], count: int) -> Mapping[str, int]:
    return {**left_out, UNPAIRED: count} if count else left_out


def find_siblings(run: Run, runs: Sequence[Run]) -> list[Run]:
    """Returns the runs that differ from `run` in their seed only, and `run` itself if it is in `runs`."""
    candidates = [each for each in runs if each.op == run.op and each.source_digest == run.source_digest]
    groups = group_by_seed(candidates, [normalize_config(each) for each in candidates])
    indexes = next((g.members for g in groups if any(candidates[i].id == run.id for i in g.members)), ())
    return [candidates[i] for i in indexes]
