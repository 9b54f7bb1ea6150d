"""Builds the table that compares runs joined by seed: mean ± std of metrics over runs that differ in their seed only.

Takes runs and returns a `Table`; knows neither where runs come from nor how a table is printed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.board.run_table import COLUMNS, ListedRun
from gage.board.table_formats import convert_to_text, format_summary
from gage.board.value_columns import get_column_value, list_value_columns
from gage.compare.comparison_table import (
    ComparedColumns,
    add_deltas,
    collect_names,
    find_metric,
    pick_columns,
)
from gage.compare.groups import group_by_seed, is_seed_name, normalize_config
from gage.compare.ranking_text import LEFT_OUT
from gage.index.sorting import build_rank
from gage.lib.mean_std import summarize_values
from gage.lib.suggest import join_some
from gage.select.evaluate import find_exclusion
from gage.types.filter import SeriesReader
from gage.types.run import Run
from gage.types.table import Column, Table
from gage.types.values import JSONValue, as_table, is_same_value, normalize_value

RunGroup = Sequence[ListedRun]

FIRST_COLUMNS = (Column("index", "#", "right"), Column("name", "Name"), Column("runs", "n", "right"))
"""Position and name of the newest run of a group, and the number of runs."""
MAX_METRICS = 4
"""Metrics that a note lists at most."""
ANNOTATIONS = ("status", "label", "tags")
"""Columns of runs that are not columns of groups."""


class SeedGroups(NamedTuple):
    """Runs joined by seed, and the number of runs that do not count, by status."""

    groups: Sequence[RunGroup]
    left_out: Mapping[str, int]


def join_seeds(runs: Sequence[ListedRun], any_status: bool = False) -> SeedGroups:
    """Returns the groups of runs that differ in their seed only, with the newest run of each seed. Completed runs
    count, or runs of every status with `any_status`.
    """
    counted = [each for each in runs if any_status or each.run.status == "completed"]
    left_out: Counter[str] = Counter(each.run.status for each in runs)
    left_out.subtract(each.run.status for each in counted)
    several = [each.run for each in counted]
    groups = group_by_seed(several, [normalize_config(run) for run in several])
    joined = [[counted[i] for i in sorted(group.indexes)] for group in groups]
    return SeedGroups(joined, {status: count for status, count in left_out.items() if count})


def pick_group_columns(groups: Sequence[RunGroup], is_everything: bool = False) -> ComparedColumns:
    """Returns the columns of groups: all metrics, and the config values that differ, except for seeds. With
    `is_everything`, config values that are the same are columns too.
    """
    everything = [each.run for group in groups for each in group]
    chosen = pick_columns([group[0].run for group in groups], is_everything)
    names = collect_names(everything)
    metrics = [key for key in list_value_columns(everything) if find_metric(key, names) is not None]
    hidden = {*ANNOTATIONS, *(key for key in (*chosen.shown, *chosen.same) if is_seed_name(key))} - {*metrics}
    shown = dict.fromkeys(key for key in (*chosen.shown, *metrics) if key not in hidden)
    return ComparedColumns(tuple(shown), tuple(key for key in chosen.same if key not in {*hidden, *metrics}))


def build_seed_table(
    groups: Sequence[RunGroup],
    keys: Sequence[str],
    baseline: Run | None = None,
    read_series: SeriesReader | None = None,
    is_for_people: bool = False,
) -> Table:
    """Returns a row for each group: mean ± std of metrics, and the other values that all runs of the group share. With
    a baseline, each metric is followed by a column with the differences to the group of the baseline. `is_for_people`:
    the cells are texts.
    """
    names = collect_names([each.run for group in groups for each in group])
    metrics = [find_metric(key, names) for key in keys]
    cells = [
        [_read_cell(group, key, metric is not None, read_series) for key, metric in zip(keys, metrics, strict=True)]
        for group in groups
    ]
    first = [(group[0].position, group[0].run.name, len(group)) for group in groups]
    by_column = zip(keys, metrics, zip(*cells, strict=True), strict=True)
    columns = [_build_column(key, metric is not None, column) for key, metric, column in by_column]
    exact = Table((*FIRST_COLUMNS, *columns), tuple((*start, *row) for start, row in zip(first, cells, strict=True)))
    table = _show_spreads(exact) if is_for_people else exact
    own = [baseline is not None and any(each.run.id == baseline.id for each in group) for group in groups]
    if not any(own):
        return table
    return add_deltas(table, exact, [None, None, None, *metrics], exact.rows[own.index(True)], own)


def count_unusable_values(
    groups: Sequence[RunGroup], keys: Sequence[str], read_series: SeriesReader | None = None
) -> dict[str, dict[str, int]]:
    """Returns how many runs have no finite value of a metric: metric → reason ("nan", "infinite", "text" or "missing")
    → number of runs. Metrics of which all runs have a finite value are left out.
    """
    everything = [each for group in groups for each in group]
    names = collect_names([each.run for each in everything])
    counts: dict[str, dict[str, int]] = {}
    for key in keys:
        if find_metric(key, names) is not None:
            values = [get_column_value(each.run, each.position, key, read_series) for each in everything]
            reasons = Counter(find_exclusion(None if v is None else normalize_value(v)) for v in values)
            counts[key] = {reason: count for reason, count in reasons.items() if reason}
    return {key: reasons for key, reasons in counts.items() if reasons}


def describe_unusable_values(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Returns texts such as `1 NaN (loss, val_loss)`: the number of runs, the reason, and the metrics."""
    names: dict[tuple[str, int], list[str]] = {}
    for name, reasons in counts.items():
        for reason, count in reasons.items():
            names.setdefault((reason, count), []).append(name)
    return [
        f"{count:,} {LEFT_OUT.get(reason, reason)} ({join_some(several, MAX_METRICS)})"
        for (reason, count), several in names.items()
    ]


def _read_cell(group: RunGroup, key: str, is_metric: bool, read_series: SeriesReader | None) -> JSONValue:
    """Returns the summary of the finite values of a metric, or another value if all runs of the group have the same."""
    values = [get_column_value(each.run, each.position, key, read_series) for each in group]
    if not is_metric:
        return values[0] if all(is_same_value(values[0], value) for value in values[1:]) else None
    numbers = [value for value in values if isinstance(value, int | float) and value - value == 0]
    return summarize_values(numbers)._asdict() if numbers else None


def _build_column(key: str, is_metric: bool, values: Sequence[JSONValue]) -> Column:
    if is_metric:
        return Column(key, key, "right", "summary")
    is_number = all(value is None or isinstance(value, int | float) for value in values)
    return Column(key, COLUMNS[key][0].title if key in COLUMNS else key, "right" if is_number else "left")


def _show_spreads(table: Table) -> Table:
    """Returns a table of texts. A summary shows its number of values only if that is not the number of runs."""
    shown = convert_to_text(table)
    rows = [
        tuple(
            format_summary(as_table(value), usual_n=exact[2]) if column.content == "summary" else text
            for column, value, text in zip(table.columns, exact, texts, strict=True)
        )
        for exact, texts in zip(table.rows, shown.rows, strict=True)
    ]
    return Table(shown.columns, tuple(rows))


def sort_groups(
    groups: Sequence[RunGroup], sort: Sequence[str], read_series: SeriesReader | None = None
) -> list[RunGroup]:
    """Returns the groups sorted by names such as `loss` or, in descending order, `-acc`. Metrics sort by their mean."""
    names = collect_names([each.run for group in groups for each in group])
    ordered = list(groups)
    for text in reversed(sort):
        key, descending = text.strip().removeprefix("-"), text.strip().startswith("-")
        is_metric = find_metric(key, names) is not None
        ranked = [(group, _read_cell(group, key, is_metric, read_series)) for group in ordered]
        values = [(g, as_table(cell).get("mean") if is_metric else cell) for g, cell in ranked]
        ranks = [(g, None if v is None else build_rank((normalize_value(v),), descending)) for g, v in values]
        there = sorted((each for each in ranks if each[1]), key=lambda each: each[1] or (), reverse=descending)
        ordered = [*(group for group, _ in there), *(group for group, rank in ranks if rank is None)]
    return ordered
