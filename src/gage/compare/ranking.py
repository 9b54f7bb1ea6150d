"""Ranks runs by a metric: the best ones, what sets them apart, and how much of it may be noise.

Takes runs and returns records; knows neither where runs come from nor how a ranking is shown.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gage.compare.distributions import compute_f_tail, estimate_maximum, find_t_quantile
from gage.compare.groups import SeedGroup, group_by_seed, is_seed_name
from gage.compare.importance import CHANCE, MIN_CONFIGS, Column, Importance, measure_effects
from gage.compare.metric import RankedMetric
from gage.compare.ranked_entries import OutlinedEntries, collect_entries
from gage.compare.statistics import CONFIDENCE
from gage.lib.mean_std import GroupSummary, summarize_values
from gage.types.filter import Expression, SeriesReader
from gage.types.run import Run
from gage.types.values import Comparable, JSONValue

MIN_SEEDS = 3
"""Seeds from which the mean of a config is compared."""
SOURCE = "source code"
OPERATION = "operation"
"""Columns for what can differ between runs besides their config."""
MAX_POOLED_VALUES = 5
"""The ranking warns if noise is pooled over a text of the config, such as a data set, with at most this many values."""
DIGEST_DIGITS = 12
"""Length of a digest of source code in the column `SOURCE`."""

MeasureEffects = Callable[[Sequence[float], Mapping[str, Column], bool], Importance]
"""Takes a value of each config, the columns of config values, and whether low values are better."""


class RareValue(NamedTuple):
    """A value of a run that most other runs do not have. `runs` is the number of runs that have it."""

    name: str
    value: JSONValue
    runs: int


class RankedRun(NamedTuple):
    """A run and its value. `best` is the best of all values of the metric, and `best_step` its step; None if not known.
    `siblings` is the number of other runs that differ from this one in their seed only. `set_apart` has the values
    that most runs do not have, starting with those that go with the metric.
    """

    run: Run
    position: int
    value: float
    best: float | None = None
    best_step: int | None = None
    set_apart: tuple[RareValue, ...] = ()
    siblings: int = 0


class RunGroup(NamedTuple):
    """The runs with one value of `--per`, and the best of them."""

    label: Comparable
    best: RankedRun
    summary: GroupSummary


class Noise(NamedTuple):
    """How much the metric varies between runs that differ in their seed only. `std` is the standard deviation, pooled
    over `groups` groups with `runs` runs in all.

    - `tied`: the number of runs that cannot be distinguished from the best one, itself included: they differ from it
      by less than two single runs of a config do in 95 of 100 cases.
    - `luck`: how far the best of as many runs of a single config would be from their mean.
    - `p`: the probability that configs without any effect differ as much as these do (F test), None for one config.
    - `pooled`: the config values, such as the name of a data set, that are text and differ between the groups. Keys
      with more than `MAX_POOLED_VALUES` values are left out.
    """

    std: float
    groups: int
    runs: int
    tied: int
    luck: float
    p: float | None
    pooled: tuple[str, ...] = ()

    @property
    def may_be_all(self) -> bool:
        """Returns whether seeds alone may explain how far the runs differ."""
        return self.p is None or self.p >= CHANCE


class ConfigMean(NamedTuple):
    """The config with the best mean over seeds. `values` has the config values in which the ranked runs differ,
    `configs` is the number of configs with at least `MIN_SEEDS` seeds.
    """

    run: Run
    values: Mapping[str, JSONValue]
    summary: GroupSummary
    configs: int


class Ranking(NamedTuple):
    """The best runs by a metric.

    - `total`: the number of runs that have a value; `configs`: the number of configs of these runs.
    - `left_out`: reason why a run has no rank → number of such runs.
    - `first_by_best`: the run that would be first if the best value of each run counted instead of the last; None if
      the same run is first.
    - `differing`: config key → its values, for keys that differ; empty if there are enough configs to measure effects.
    """

    metric: RankedMetric
    total: int
    left_out: Mapping[str, int]
    runs: tuple[RankedRun, ...] = ()
    first_by_best: RankedRun | None = None
    groups: tuple[RunGroup, ...] = ()
    configs: int = 0
    noise: Noise | None = None
    importance: Importance = Importance((), {})
    differing: Mapping[str, tuple[Comparable, ...]] = {}
    best_config: ConfigMean | None = None

    @property
    def best_runs(self) -> tuple[RankedRun, ...]:
        """The runs in the rows of the table: the best ones, or those of the groups."""
        return (*self.runs, *(group.best for group in self.groups))


def rank_runs(
    runs: Sequence[Run],
    positions: Sequence[int],
    metric: RankedMetric,
    limit: int,
    per: Expression | None = None,
    read_series: SeriesReader | None = None,
    any_status: bool = False,
    measure: MeasureEffects = measure_effects,
) -> Ranking:
    """Returns the `limit` best runs, or with `per` the best run of each value of it. `measure` is the method for the
    effects of config values.

    Only completed runs with a finite value count, or runs of every status with `any_status`. The row of a batch never
    counts. `positions` are the positions of the runs in the listing.
    """
    entries = collect_entries(runs, metric, read_series, any_status, per)
    ranking = Ranking(metric, len(entries.values), entries.left_out)
    if not entries.values:
        return ranking
    ranked = _RankedRuns(runs, positions, entries, metric, read_series)
    groups = group_by_seed(entries.outlines, entries.configs)
    noise = _measure_noise(entries.values, groups, metric.lower_is_better)
    pooled = _find_pooled_names([entries.configs[group.members[0]] for group in groups if len(group.indexes) > 1])
    ranking = ranking._replace(configs=len(groups), noise=noise and noise._replace(pooled=pooled))
    if per is not None:
        return ranking._replace(groups=_rank_groups(ranked)[:limit])
    columns = _build_columns(entries)
    importance = _measure_config_effects(entries.values, groups, columns, metric.lower_is_better, measure)
    is_few = len(groups) < MIN_CONFIGS
    best = _find_best_by_best(entries.bests, metric)
    return ranking._replace(
        first_by_best=None if best is None else ranked.build_run(best),
        runs=_describe_best(ranked, groups, columns, importance, limit),
        importance=importance,
        differing={key: _sort_values(column) for key, column in columns.items()} if is_few else {},
        best_config=_find_best_config(ranked, groups, columns),
    )


class _RankedRuns(NamedTuple):
    """Outlines of the ranked runs, and the sequence from which the whole runs are loaded. Ranks count from 0."""

    runs: Sequence[Run]
    positions: Sequence[int]
    entries: OutlinedEntries
    metric: RankedMetric
    read_series: SeriesReader | None

    def load(self, rank: int) -> Run:
        """Returns the run at a rank."""
        return self.runs[self.entries.indexes[rank]]

    def build_run(self, rank: int) -> RankedRun:
        """Returns the run at a rank with its values."""
        run = self.load(rank)
        best, step = self.metric.get_best(run, self.read_series)
        return RankedRun(run, self.positions[self.entries.indexes[rank]], self.entries.values[rank], best, step)


def _build_columns(entries: OutlinedEntries) -> dict[str, Column]:
    """Returns the values of each key that is not a seed and differs between runs, and the source code and operation if
    they differ.
    """
    values = entries.configs.columns
    columns: dict[str, Column] = {name: values[name] for name in sorted(values) if not is_seed_name(name)}
    columns.setdefault(SOURCE, [run.source_digest[:DIGEST_DIGITS] for run in entries.outlines])
    columns.setdefault(OPERATION, [str(run.op) for run in entries.outlines])
    return {name: column for name, column in columns.items() if len(set(column)) > 1}


def _measure_config_effects(
    values: Sequence[float],
    groups: Sequence[SeedGroup],
    columns: Mapping[str, Column],
    lower_is_better: bool,
    measure: MeasureEffects,
) -> Importance:
    """Returns the effects on the means of the configs."""
    means = [sum(values[i] / len(group.indexes) for i in group.indexes) for group in groups]
    first = [group.members[0] for group in groups]
    return measure(means, {key: [column[i] for i in first] for key, column in columns.items()}, lower_is_better)


def _sort_values(column: Column) -> tuple[Comparable, ...]:
    """Returns the values without repetitions: numbers, then texts."""
    values = {value for value in column if value is not None}
    return tuple(sorted(values, key=lambda value: (1, 0.0, value) if isinstance(value, str) else (0, value, "")))


def _measure_noise(values: Sequence[float], groups: Sequence[SeedGroup], lower_is_better: bool) -> Noise | None:
    """Returns the noise, None if no two runs differ in their seed only."""
    several = [[values[i] for i in group.indexes] for group in groups if len(group.indexes) > 1]
    if not several:
        return None
    freedom = sum(len(each) - 1 for each in several)
    summaries = [summarize_values(each) for each in several]
    scale = max(summary.std or 0.0 for summary in summaries)
    squares = sum(((s.std or 0.0) / scale) ** 2 * (s.n - 1) for s in summaries) if scale else 0.0
    std = scale * math.sqrt(squares / freedom)
    reach = find_t_quantile((1 + CONFIDENCE) / 2, freedom) * math.sqrt(2) * std
    tied = sum(abs(value - values[0]) <= reach for value in values)
    luck = estimate_maximum(len(values)) * std * (-1 if lower_is_better else 1)
    p = _test_configs(values, groups, std, freedom) if len(groups) > 1 else None
    return Noise(std, len(several), sum(map(len, several)), tied, luck, p)


def _find_pooled_names(configs: Sequence[Mapping[str, Comparable]]) -> tuple[str, ...]:
    """Returns the config values that are text in all configs and have 2 to `MAX_POOLED_VALUES` different values."""
    names = sorted({name for config in configs for name in config if not is_seed_name(name)})
    columns = {name: {config.get(name) for config in configs} for name in names}
    return tuple(
        name
        for name, values in columns.items()
        if 1 < len(values) <= MAX_POOLED_VALUES and all(isinstance(value, str) and value != "nan" for value in values)
    )


def _test_configs(values: Sequence[float], groups: Sequence[SeedGroup], std: float, freedom: int) -> float:
    """Returns the p of a one-way analysis of variance between configs (Fisher, Statistical Methods, 1925)."""
    if not std:
        return 0.0 if len(set(values)) > 1 else 1.0
    samples = [[values[i] / std for i in group.indexes] for group in groups]
    count = sum(map(len, samples))
    centre = sum(value / count for sample in samples for value in sample)
    distances = [sum(value / len(sample) for value in sample) - centre for sample in samples]
    between = sum(len(sample) * each * each for sample, each in zip(samples, distances, strict=True))
    if not math.isfinite(between):
        return 0.0
    return compute_f_tail(between / (len(groups) - 1), len(groups) - 1, freedom)


def _rank_groups(ranked: _RankedRuns) -> tuple[RunGroup, ...]:
    """Returns the best run of each value of `per`; a run with several tags is in several groups."""
    ranks: dict[Comparable, list[int]] = {}
    for rank, labels in enumerate(ranked.entries.labels):
        for label in labels or ("",):
            ranks.setdefault(label, []).append(rank)
    values = ranked.entries.values
    return tuple(
        RunGroup(label, ranked.build_run(each[0]), summarize_values([values[i] for i in each]))
        for label, each in ranks.items()
    )


def _describe_best(
    ranked: _RankedRuns,
    groups: Sequence[SeedGroup],
    columns: Mapping[str, Column],
    importance: Importance,
    limit: int,
) -> tuple[RankedRun, ...]:
    shown = range(min(limit, len(ranked.entries.values)))
    counts = {key: Counter(column) for key, column in columns.items()}
    effects = {key: each.effect for each in importance.effects if not each.may_be_chance for key in each.keys}
    siblings = {rank: len(group.members) - 1 for group in groups for rank in group.members if rank in shown}
    runs = map(ranked.build_run, shown)
    return tuple(
        each._replace(set_apart=_find_differences(each.run, rank, columns, counts, effects), siblings=siblings[rank])
        for rank, each in enumerate(runs)
    )


def _find_best_by_best(bests: Sequence[float | None], metric: RankedMetric) -> int | None:
    """Returns the rank of the run with the best value; None if that is the first run or a best value is unknown."""
    known = [(best, index) for index, best in enumerate(bests) if best is not None]
    if len(known) < len(bests):
        return None
    first = min(known)[1] if metric.lower_is_better else max(known, key=lambda each: (each[0], -each[1]))[1]
    return first or None


def _find_differences(
    run: Run,
    index: int,
    columns: Mapping[str, Column],
    counts: Mapping[str, Counter[Comparable | None]],
    effects: Mapping[str, float],
) -> tuple[RareValue, ...]:
    """Returns the values that less than half of the runs have: first those that go with the metric, then those of keys
    with few values, the rarest first.
    """
    found = []
    for key, column in columns.items():
        value, total = column[index], len(column)
        count = counts[key][value]
        if count * 2 < total or (count == 1 and total > 1):
            shown = run.config[key] if key in run.config else None if value is None else str(value)
            order = (-effects.get(key, 0.0), len(counts[key]) * 2 > total, count, key)
            found.append((order, RareValue(key, shown, count)))
    return tuple(difference for _, difference in sorted(found, key=lambda each: each[0]))


def _find_best_config(
    ranked: _RankedRuns, groups: Sequence[SeedGroup], columns: Mapping[str, Column]
) -> ConfigMean | None:
    """Returns the config with the best mean over `MIN_SEEDS` seeds or more."""
    means = [
        (summarize_values([ranked.entries.values[i] for i in group.indexes]), group)
        for group in groups
        if len(group.indexes) >= MIN_SEEDS
    ]
    if not means:
        return None
    pick = min if ranked.metric.lower_is_better else max
    summary, group = pick(means, key=lambda each: each[0].mean)
    run = ranked.load(group.indexes[0])
    values = {key: run.config[key] for key in columns if key in run.config}
    return ConfigMean(run, values, summary, len(means))
