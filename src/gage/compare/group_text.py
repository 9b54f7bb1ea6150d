"""Says in words and a table how two groups of runs differ, for every face. Knows the comparison; not where the runs
come from.
"""

from collections.abc import Sequence

from gage.board.formatting import format_count, format_number
from gage.compare.ranking_text import describe_reasons, format_distinct
from gage.compare.run_groups import MetricComparison
from gage.compare.statistics import GroupComparison
from gage.lib.mean_std import GroupSummary
from gage.types.table import Column, Table
from gage.types.values import JSONValue

COLUMNS = (
    Column("group", ""),
    Column("name", "Runs of"),
    Column("n", "n", "right"),
    Column("mean", "Mean", "right"),
    Column("std", "Std", "right"),
    Column("left_out", "Left out"),
)


def build_groups_table(comparison: MetricComparison, result: GroupComparison, labels: Sequence[str]) -> Table:
    """Returns the table of the two groups; `labels` say which runs are in them."""
    groups = (result.a, result.b)
    means = format_distinct([group.mean for group in groups])
    columns = COLUMNS if any(comparison.left_out) else COLUMNS[:-1]
    rows: list[tuple[JSONValue, ...]] = [
        (
            letter,
            label,
            group.n,
            mean,
            "" if group.std is None else f"{group.std:.2g}",
            describe_reasons(left_out, comparison.metric.text),
        )
        for letter, label, group, mean, left_out in zip("AB", labels, groups, means, comparison.left_out, strict=True)
    ]
    return Table(columns, tuple(row[: len(columns)] for row in rows))


def describe_comparison(comparison: MetricComparison, result: GroupComparison) -> tuple[str, str]:
    """Returns the difference, and how large and how sure it is."""
    direction = "lower" if comparison.metric.lower_is_better else "higher"
    effect = "" if result.effect is None else f"Hedges' g {abs(result.effect):.2g}; "
    share = f"{100 * result.a_better:.0f} % of all pairs of a run of A and one of B"
    return (
        f"{comparison.metric.text} ({direction} is better): {describe_difference(comparison, result)}",
        f"{effect}A is better in {share}",
    )


def convert_comparison_to_json(
    comparison: MetricComparison, result: GroupComparison, labels: Sequence[str]
) -> dict[str, JSONValue]:
    """Returns a comparison as JSON."""
    groups = zip("ab", labels, (result.a, result.b), comparison.left_out, strict=True)
    return {
        "metric": comparison.metric.text,
        "direction": "min" if comparison.metric.lower_is_better else "max",
        **{
            letter: {"runs": label, **group._asdict(), "left_out": dict(left_out)}
            for letter, label, group, left_out in groups
        },
        "difference": result.difference,
        "interval": None if result.interval is None else list(result.interval),
        "hedges_g": result.effect,
        "a_better": result.a_better,
        "method": result.method,
        "p": result.p,
        "least_p": result.least_p,
        "detectable": result.detectable,
    }


def describe_difference(comparison: MetricComparison, result: GroupComparison) -> str:
    """Returns which group is better and by how much, or that no difference is shown."""
    sign = -1 if comparison.metric.lower_is_better else 1
    gain = result.difference * sign
    counts = _describe_counts(result.a, result.b)
    better = f"{'A' if gain > 0 else 'B'} is {format_number(abs(gain))} better"
    if result.interval is None:
        return f"{better if gain else 'the means are equal'} ({counts}; no interval: {_explain_no_interval(result)})"
    low, high = sorted(sign * bound for bound in result.interval)
    if result.excludes_zero:
        ends = sorted((abs(low), abs(high)))
        return f"{better} (95 % interval {ends[0]:.2g} to {ends[1]:.2g}; {counts}; {result.method})"
    missed = f"{counts} would miss one under {result.detectable:.2g} more than 1 time in 5"
    return f"no difference shown (95 % interval {low:.2g} to {high:.2g}; {result.method}): {missed}"


def _describe_counts(a: GroupSummary, b: GroupSummary) -> str:
    return f"{format_count(a.n, 'run')} each" if a.n == b.n else f"{a.n:,} and {b.n:,} runs"


def _explain_no_interval(result: GroupComparison) -> str:
    if None in (result.a.std, result.b.std):
        return "a group has one run only"
    return "all pairs differ by the same" if result.method == "paired t" else "the runs of a group do not differ"
