"""Selects the runs that have a value of a metric, and sorts them by it.

A ranking shows only a few of many runs. It stores an outline of each run, which it needs to group the runs and to
measure the effects of config values, and loads only the runs that it shows.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gage.board.run_values import build_row
from gage.compare.groups import ConfigValues, normalize_config
from gage.compare.metric import RankedMetric
from gage.select.evaluate import find_exclusion, list_values
from gage.types.filter import Expression, SeriesReader
from gage.types.run import REPORT_OPERATION, OpRef, Run
from gage.types.values import Comparable


class RankedEntries(NamedTuple):
    """The runs that have a value, and their values. The best run comes first. `left_out` is the number of other runs by
    reason: their status, "missing", "nan", "text", "infinite" or "evaluation".
    """

    runs: Sequence[Run]
    values: Sequence[float]
    left_out: Mapping[str, int]


class ConfigTable(Sequence[ConfigValues]):
    """The configs of runs in normal form, with a column for each name; None stands for a value that a run lacks."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Comparable | None]] = {}
        self._count = 0

    def append(self, config: ConfigValues) -> None:
        """Adds the config of a run."""
        for name, value in config.items():
            column = self.columns.setdefault(name, [])
            column += [None] * (self._count - len(column))
            column.append(sys.intern(value) if isinstance(value, str) else value)
        self._count += 1

    def select(self, indexes: Sequence[int]) -> "ConfigTable":
        """Returns the configs at these indexes."""
        chosen = ConfigTable()
        chosen._count = len(indexes)
        for name, column in self.columns.items():
            whole = column + [None] * (self._count - len(column))
            values = [whole[index] for index in indexes]
            if any(value is not None for value in values):
                chosen.columns[name] = values
        return chosen

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> ConfigValues:  # type: ignore[override]  # no slices
        if index >= self._count:
            raise IndexError(index)
        found = {name: column[index] for name, column in self.columns.items()}
        return {name: value for name, value in found.items() if value is not None}


class OutlinedEntries(NamedTuple):
    """The data that a ranking stores of the runs that have a value. The best run comes first.

    - `indexes`: the indexes of the runs in the ranked sequence; `values`: the values of the metric.
    - `outlines`: the runs with only the fields that `_outline_run` copies; `configs`: their configs.
    - `bests`: the best of all values of the metric, None if it is not known.
    - `labels`: the values by which the runs are grouped; empty without groups.
    - `left_out`: as in `RankedEntries`.
    """

    indexes: Sequence[int]
    values: Sequence[float]
    outlines: Sequence[Run]
    configs: ConfigTable
    bests: Sequence[float | None]
    labels: Sequence[tuple[Comparable, ...]]
    left_out: Mapping[str, int]


class _Entry(NamedTuple):
    """A run that has a value; `at` is its index in the sequence of runs."""

    value: float
    at: int
    is_evaluation: bool


def select_entries(
    runs: Sequence[Run], metric: RankedMetric, read_series: SeriesReader | None, any_status: bool
) -> RankedEntries:
    """Returns the runs that have a finite value: completed runs, or runs of every status with `any_status`. Leaves out
    evaluations if other runs have a value. Ignores reports and the rows of batches.
    """
    left_out: Counter[str] = Counter()
    found = [entry for entry, _ in _iter_entries(runs, metric, read_series, any_status, left_out)]
    order = [found[i] for i in _sort_entries(found, metric.lower_is_better, left_out)]
    return RankedEntries([runs[entry.at] for entry in order], [entry.value for entry in order], dict(left_out))


def collect_entries(
    runs: Iterable[Run],
    metric: RankedMetric,
    read_series: SeriesReader | None,
    any_status: bool,
    per: Expression | None,
) -> OutlinedEntries:
    """Returns the runs that `select_entries` returns, as outlines; with `per`, also the values of `per`. Reads each run
    once.
    """
    left_out: Counter[str] = Counter()
    entries: list[_Entry] = []
    outlines: list[Run] = []
    bests: list[float | None] = []
    labels: list[tuple[Comparable, ...]] = []
    configs = ConfigTable()
    ops: dict[OpRef, OpRef] = {}
    for entry, run in _iter_entries(runs, metric, read_series, any_status, left_out):
        entries.append(entry)
        outlines.append(_outline_run(run, ops.setdefault(run.op, run.op)))
        bests.append(metric.get_best(run, None)[0])
        labels.append(() if per is None else list_values(per, build_row(run, read_series)))
        configs.append(normalize_config(run))
    order = _sort_entries(entries, metric.lower_is_better, left_out)
    return OutlinedEntries(
        [entries[i].at for i in order],
        [entries[i].value for i in order],
        [outlines[i] for i in order],
        configs.select(order),
        [bests[i] for i in order],
        [labels[i] for i in order],
        dict(left_out),
    )


def _outline_run(run: Run, op: OpRef) -> Run:
    """Returns the fields of a run by which runs are grouped over seeds, except for the config."""
    source = sys.intern(run.source_digest)
    return Run("", "", op, run.status, run.created, source_digest=source, parent=run.parent, relation=run.relation)


def _iter_entries(
    runs: Iterable[Run],
    metric: RankedMetric,
    read_series: SeriesReader | None,
    any_status: bool,
    left_out: Counter[str],
) -> Iterator[tuple[_Entry, Run]]:
    """Yields the runs that have a finite value, and counts the others in `left_out`."""
    for index, run in enumerate(runs):
        if run.trials or run.op == REPORT_OPERATION:
            continue
        if run.status != "completed" and not any_status:
            left_out[run.status] += 1
            continue
        values = metric.list_values(run, read_series)
        value = values[0] if values else None
        reason = find_exclusion(value)
        if reason or not isinstance(value, int | float):
            left_out[reason] += 1
        else:
            yield _Entry(value, index, run.relation == "evaluation"), run


def _sort_entries(entries: Sequence[_Entry], lower_is_better: bool, left_out: Counter[str]) -> list[int]:
    """Returns the indexes of the entries, the best one first. Leaves out evaluations, and counts them in `left_out`,
    unless all entries are evaluations.
    """
    others = [i for i, entry in enumerate(entries) if not entry.is_evaluation]
    if others and len(others) < len(entries):
        left_out["evaluation"] = len(entries) - len(others)
    order = others or list(range(len(entries)))
    return sorted(order, key=lambda i: entries[i].value, reverse=not lower_is_better)
