"""Describes in words and a table how two groups of runs differ, for every face. Does not know where runs come from."""

import re
from collections.abc import Sequence

from gage.board.formatting import format_count, format_deviation, format_number
from gage.compare.ranking_text import describe_reasons, format_distinct
from gage.compare.run_groups import UNPAIRED, MetricComparison
from gage.compare.statistics import GroupComparison
from gage.lib.mean_std import GroupSummary
from gage.lib.suggest import join_some
from gage.types.table import Column, Table
from gage.types.values import JSONValue

MAX_NAMES = 4
"""Config values that a note lists at most."""
COLUMNS = (
    Column("group", ""),
    Column("name", "Runs of"),
    Column("n", "n", "right"),
    Column("mean", "Mean", "right"),
    Column("std", "Std", "right"),
    Column("left_out", "Left out"),
)


def build_groups_table(comparison: MetricComparison, result: GroupComparison, labels: Sequence[str]) -> Table:
    """Returns the table of the two groups. `labels` are the names of runs, or the filters, that select the groups."""
    groups = (result.a, result.b)
    means = format_distinct([group.mean for group in groups])
    columns = COLUMNS if any(comparison.left_out) else COLUMNS[:-1]
    rows: list[tuple[JSONValue, ...]] = [
        (
            letter,
            label,
            group.n,
            mean,
            "" if group.std is None else format_deviation(group.std),
            describe_reasons(left_out, comparison.metric.text),
        )
        for letter, label, group, mean, left_out in zip("AB", labels, groups, means, comparison.left_out, strict=True)
    ]
    return Table(columns, tuple(row[: len(columns)] for row in rows))


def describe_comparison(
    comparison: MetricComparison, result: GroupComparison, labels: Sequence[str]
) -> tuple[str, ...]:
    """Returns sentences on the difference, its size and certainty, and on what else differs between the groups."""
    direction = "lower" if comparison.metric.lower_is_better else "higher"
    effect = "" if result.effect is None else f"Hedges' g {format_deviation(abs(result.effect))}; "
    return (
        f"{comparison.metric.text} ({direction} is better): {describe_difference(comparison, result)}",
        f"{effect}{_describe_superiority(result.a_better)}",
        *_describe_contrast(comparison, labels),
    )


def _describe_superiority(a_better: float) -> str:
    """Returns how often a run of the better group is better than one of the other."""
    better, share = ("B", 1 - a_better) if a_better < 0.5 else ("A", a_better)
    return f"{better} is better in {100 * share:.0f} % of all pairs of a run of A and one of B (ties count half)"


def _describe_contrast(comparison: MetricComparison, labels: Sequence[str]) -> list[str]:
    """Returns the config values in which pairs differ, or which the groups mix or differ in. A label of a group that
    names a config value says that already, so that value is left out.
    """
    contrast = comparison.contrast
    if contrast.pairs and any(UNPAIRED in reasons for reasons in comparison.left_out):
        counts = [reasons.get(UNPAIRED, 0) for reasons in comparison.left_out]
        differ = f" differ in {join_some(contrast.apart, MAX_NAMES)} only" if contrast.apart else ""
        return [
            f"Compared in {format_count(len(contrast.pairs), 'pair')} of runs{differ and f' that{differ}'}; left out:"
            f" {counts[0]:,} of A and {counts[1]:,} of B, which have no partner or several"
        ]
    if contrast.pairs:
        return [f"Each pair of runs differs in {join_some(contrast.apart, MAX_NAMES)} only"] if contrast.apart else []
    named = {word.removeprefix("config.") for label in labels for word in re.findall(r"[\w./-]+", label)}
    differing = [name for name in (*contrast.apart, *contrast.uneven) if name not in named]
    mixed = [name for name in contrast.mixed if name not in named]
    also = "also " if named & {*contrast.apart, *contrast.uneven} else ""
    parts = [f"the groups {also}differ in {join_some(differing, MAX_NAMES)}"] if differing else []
    parts += [f"each group mixes values of {join_some(mixed, MAX_NAMES)}"] if mixed else []
    return [f"Not compared in pairs: {'; '.join(parts)}"] if parts else []


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
        "differ_in": [*comparison.contrast.apart, *comparison.contrast.uneven],
        "mix": list(comparison.contrast.mixed),
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
    """Returns a text: which group is better and by how much, or `no difference shown`."""
    sign = -1 if comparison.metric.lower_is_better else 1
    gain = result.difference * sign
    counts = _describe_counts(result.a, result.b)
    better = f"{'A' if gain > 0 else 'B'} is {format_number(abs(gain))} better"
    if result.interval is None:
        return f"{better if gain else 'the means are equal'} ({counts}; no interval: {_explain_no_interval(result)})"
    low, high = sorted(sign * bound for bound in result.interval)
    if result.excludes_zero:
        low, high = sorted((abs(low), abs(high)))
    interval = f"95 % interval {format_deviation(low)} to {format_deviation(high)}"
    if result.excludes_zero:
        return f"{better} ({interval}; {counts}; {result.method})"
    missed = f"with {counts}, a difference under {format_deviation(result.detectable or 0)} is missed"
    return f"no difference shown ({interval}; {result.method}): {missed} more than 1 time in 5"


def _describe_counts(a: GroupSummary, b: GroupSummary) -> str:
    return f"{format_count(a.n, 'run')} each" if a.n == b.n else f"{a.n:,} and {b.n:,} runs"


def _explain_no_interval(result: GroupComparison) -> str:
    if None in (result.a.std, result.b.std):
        return "a group has one run only"
    return "all pairs differ by the same" if result.method == "paired t" else "the runs of a group do not differ"
