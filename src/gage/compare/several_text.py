"""Describes in tables and words how three or more groups of runs differ, for every face."""

from collections.abc import Sequence

from gage.board.formatting import format_deviation, format_signed
from gage.compare.group_text import COLUMNS
from gage.compare.ranking_text import describe_reasons, format_distinct
from gage.compare.several_groups import PairDifference, SeveralGroups
from gage.compare.statistics import CONFIDENCE
from gage.types.table import Column, Table
from gage.types.values import JSONValue

LETTERS = "ABCDEFGHIJ"
"""Names of groups; no more can be compared."""

PAIR_COLUMNS = (
    Column("pair", "Pair"),
    Column("difference", "Difference", "right"),
    Column("interval", "95 % interval"),
    Column("verdict", ""),
)


def build_several_table(compared: SeveralGroups, labels: Sequence[str]) -> Table:
    """Returns the table of the groups. `labels` are the names of runs, or the filters, that select the groups."""
    summaries = [summary for summary in compared.summaries if summary is not None]
    means = format_distinct([each.mean for each in summaries])
    columns = COLUMNS if any(compared.left_out) else COLUMNS[:-1]
    rows = tuple(
        (
            LETTERS[i],
            labels[i],
            summary.n,
            means[i],
            "" if summary.std is None else format_deviation(summary.std),
            describe_reasons(compared.left_out[i], compared.metric.text),
        )[: len(columns)]
        for i, summary in enumerate(summaries)
    )
    return Table(columns, rows)


def build_pairs_table(compared: SeveralGroups) -> Table:
    """Returns the table of the differences between each two groups."""
    return Table(PAIR_COLUMNS, tuple(_build_pair_row(each, compared.metric.lower_is_better) for each in compared.pairs))


def _build_pair_row(pair: PairDifference, lower_is_better: bool) -> tuple[JSONValue, ...]:
    first, second, result = LETTERS[pair.first], LETTERS[pair.second], pair.result
    better = first if (result.difference < 0) == lower_is_better else second
    if result.interval is None:
        interval, verdict = "", "no interval: a group has one run, or runs that do not differ"
    else:
        interval = f"{format_deviation(result.interval.low)} to {format_deviation(result.interval.high)}"
        verdict = f"{better} is better" if pair.has_difference else "no difference shown"
    return f"{first} - {second}", format_signed(result.difference), interval, f"{verdict} ({result.method})"


def describe_several(compared: SeveralGroups) -> tuple[str, ...]:
    """Returns sentences on whether the groups differ, and on how the differences are corrected."""
    direction = "lower" if compared.metric.lower_is_better else "higher"
    start = f"{compared.metric.text} ({direction} is better):"
    if compared.overall is None:
        overall = f"{start} no overall test, since a group has one run, or runs that do not differ"
    else:
        p = format_deviation(compared.overall.p)
        verdict = "the groups differ" if compared.overall.p < 1 - CONFIDENCE else "no difference between groups shown"
        overall = f"{start} {verdict} (Welch's F test, p = {p})"
    return (
        overall,
        f"The intervals hold for all {len(compared.pairs)} pairs together (Dunn); a difference is shown if its p,"
        " adjusted by Holm, is below 0.05",
    )


def convert_several_to_json(compared: SeveralGroups, labels: Sequence[str]) -> dict[str, JSONValue]:
    """Returns a comparison as JSON."""
    groups: list[JSONValue] = [
        {"runs": label, **summary._asdict(), "left_out": dict(left_out)}
        for label, summary, left_out in zip(labels, compared.summaries, compared.left_out, strict=True)
        if summary is not None
    ]
    return {
        "metric": compared.metric.text,
        "direction": "min" if compared.metric.lower_is_better else "max",
        "groups": groups,
        "overall": None if compared.overall is None else {"method": "Welch F", **compared.overall._asdict()},
        "pairs": [_convert_pair(each, labels) for each in compared.pairs],
    }


def _convert_pair(pair: PairDifference, labels: Sequence[str]) -> JSONValue:
    result = pair.result
    return {
        "a": labels[pair.first],
        "b": labels[pair.second],
        "n": [result.a.n, result.b.n],
        "difference": result.difference,
        "interval": None if result.interval is None else list(result.interval),
        "hedges_g": result.effect,
        "a_better": result.a_better,
        "method": result.method,
        "p": result.t_p,
        "p_holm": pair.p,
        "has_difference": pair.has_difference,
    }
