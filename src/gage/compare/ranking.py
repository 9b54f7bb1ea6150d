"""Ranks runs by a metric: the best ones, what sets them apart, and how much of it may be noise.

Takes runs and returns records; knows neither where runs come from nor how a ranking is shown.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gage.board.run_values import build_row
from gage.compare.distributions import compute_f_tail, estimate_maximum, find_t_quantile
from gage.compare.groups import SeedGroup, group_by_seed, is_seed_name, normalize_config
from gage.compare.importance import CHANCE, MIN_CONFIGS, Column, Importance, measure_effects
from gage.compare.metric import RankedMetric
from gage.compare.statistics import CONFIDENCE
from gage.lib.mean_std import GroupSummary, summarize_values
from gage.select.evaluate import find_exclusion, list_values
from gage.types.filter import Expression, SeriesReader
from gage.types.run import REPORT_OPERATION, Run
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


class RankedEntries(NamedTuple):
    """The runs that have a value, with their positions and values. The best run comes first."""

    runs: Sequence[Run]
    positions: Sequence[int]
    values: Sequence[float]


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
    entries, left_out = select_entries(runs, positions, metric, read_series, any_status)
    ranking = Ranking(metric, len(entries.runs), left_out)
    if not entries.runs:
        return ranking
    configs = [normalize_config(run) for run in entries.runs]
    groups = group_by_seed(entries.runs, configs)
    noise = _measure_noise(entries, groups, metric.lower_is_better)
    pooled = _find_pooled_names([configs[group.members[0]] for group in groups if len(group.indexes) > 1])
    ranking = ranking._replace(configs=len(groups), noise=noise and noise._replace(pooled=pooled))
    if per is not None:
        per_value = _rank_groups(entries, per, metric, read_series)
        return ranking._replace(groups=per_value[:limit])
    columns = _build_columns(entries.runs, configs)
    importance = _measure_config_effects(entries, groups, columns, metric.lower_is_better, measure)
    is_few = len(groups) < MIN_CONFIGS
    best = _find_best_by_best(entries.runs, metric)
    return ranking._replace(
        first_by_best=None if best is None else _build_run(entries, best, metric, read_series),
        runs=_describe_best(entries, metric, groups, columns, importance, limit, read_series),
        importance=importance,
        differing={key: _sort_values(column) for key, column in columns.items()} if is_few else {},
        best_config=_find_best_config(entries, groups, columns, metric.lower_is_better),
    )


def select_entries(
    runs: Sequence[Run],
    positions: Sequence[int],
    metric: RankedMetric,
    read_series: SeriesReader | None,
    any_status: bool,
) -> tuple[RankedEntries, dict[str, int]]:
    """Returns the runs that have a finite value, and how many runs are left out for each reason: their status (unless
    `any_status`), "missing", "nan", "text" or "infinite". Evaluations are left out for the reason "evaluation" if other
    runs have a value. The row of a batch and reports are not counted.
    """
    left_out: Counter[str] = Counter()
    entries: list[tuple[float, int]] = []
    evaluations: list[tuple[float, int]] = []
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
            (evaluations if run.relation == "evaluation" else entries).append((value, index))
    if entries and evaluations:
        left_out["evaluation"] = len(evaluations)
    entries = entries or evaluations
    entries.sort(key=lambda entry: entry[0], reverse=not metric.lower_is_better)
    order = [index for _, index in entries]
    return (
        RankedEntries([runs[i] for i in order], [positions[i] for i in order], [value for value, _ in entries]),
        dict(left_out),
    )


def _build_columns(runs: Sequence[Run], configs: Sequence[Mapping[str, Comparable]]) -> dict[str, Column]:
    """Returns the values of each key that is not a seed and differs between runs, and the source code and operation if
    they differ.
    """
    names = [name for name in dict.fromkeys(name for config in configs for name in config) if not is_seed_name(name)]
    columns: dict[str, Column] = {name: [config.get(name) for config in configs] for name in sorted(names)}
    columns.setdefault(SOURCE, [run.source_digest[:DIGEST_DIGITS] for run in runs])
    columns.setdefault(OPERATION, [str(run.op) for run in runs])
    return {name: column for name, column in columns.items() if len(set(column)) > 1}


def _measure_config_effects(
    entries: RankedEntries,
    groups: Sequence[SeedGroup],
    columns: Mapping[str, Column],
    lower_is_better: bool,
    measure: MeasureEffects,
) -> Importance:
    """Returns the effects on the means of the configs."""
    means = [sum(entries.values[i] / len(group.indexes) for i in group.indexes) for group in groups]
    first = [group.members[0] for group in groups]
    return measure(means, {key: [column[i] for i in first] for key, column in columns.items()}, lower_is_better)


def _sort_values(column: Column) -> tuple[Comparable, ...]:
    """Returns the values without repetitions: numbers, then texts."""
    values = {value for value in column if value is not None}
    return tuple(sorted(values, key=lambda value: (1, 0.0, value) if isinstance(value, str) else (0, value, "")))


def _measure_noise(entries: RankedEntries, groups: Sequence[SeedGroup], lower_is_better: bool) -> Noise | None:
    """Returns the noise, None if no two runs differ in their seed only."""
    several = [[entries.values[i] for i in group.indexes] for group in groups if len(group.indexes) > 1]
    if not several:
        return None
    freedom = sum(len(values) - 1 for values in several)
    summaries = [summarize_values(values) for values in several]
    scale = max(summary.std or 0.0 for summary in summaries)
    squares = sum(((s.std or 0.0) / scale) ** 2 * (s.n - 1) for s in summaries) if scale else 0.0
    std = scale * math.sqrt(squares / freedom)
    reach = find_t_quantile((1 + CONFIDENCE) / 2, freedom) * math.sqrt(2) * std
    tied = sum(abs(value - entries.values[0]) <= reach for value in entries.values)
    luck = estimate_maximum(len(entries.values)) * std * (-1 if lower_is_better else 1)
    p = _test_configs(entries, groups, std, freedom) if len(groups) > 1 else None
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


def _test_configs(entries: RankedEntries, groups: Sequence[SeedGroup], std: float, freedom: int) -> float:
    """Returns the p of a one-way analysis of variance between configs (Fisher, Statistical Methods, 1925)."""
    samples = [[entries.values[i] for i in group.indexes] for group in groups]
    if not std:
        return 0.0 if len(set(entries.values)) > 1 else 1.0
    count = sum(map(len, samples))
    scaled = [[value / std for value in values] for values in samples]
    centre = sum(value / count for values in scaled for value in values)
    distances = [sum(value / len(values) for value in values) - centre for values in scaled]
    between = sum(len(values) * each * each for values, each in zip(scaled, distances, strict=True))
    if not math.isfinite(between):
        return 0.0
    return compute_f_tail(between / (len(groups) - 1), len(groups) - 1, freedom)


def _rank_groups(
    entries: RankedEntries, per: Expression, metric: RankedMetric, read_series: SeriesReader | None
) -> tuple[RunGroup, ...]:
    """Returns the best run of each value of `per`; a run with several tags is in several groups."""
    indexes: dict[Comparable, list[int]] = {}
    for index, run in enumerate(entries.runs):
        for label in list_values(per, build_row(run, read_series)) or ("",):
            indexes.setdefault(label, []).append(index)
    return tuple(
        RunGroup(
            label,
            _build_run(entries, each[0], metric, read_series),
            summarize_values([entries.values[i] for i in each]),
        )
        for label, each in indexes.items()
    )


def _build_run(entries: RankedEntries, index: int, metric: RankedMetric, read_series: SeriesReader | None) -> RankedRun:
    run = entries.runs[index]
    best, step = metric.get_best(run, read_series)
    return RankedRun(run, entries.positions[index], entries.values[index], best, step)


def _describe_best(
    entries: RankedEntries,
    metric: RankedMetric,
    groups: Sequence[SeedGroup],
    columns: Mapping[str, Column],
    importance: Importance,
    limit: int,
    read_series: SeriesReader | None,
) -> tuple[RankedRun, ...]:
    shown = range(min(limit, len(entries.runs)))
    counts = {key: Counter(column) for key, column in columns.items()}
    effects = {key: each.effect for each in importance.effects if not each.may_be_chance for key in each.keys}
    siblings = {index: len(group.members) - 1 for group in groups for index in group.members if index in shown}
    return tuple(
        _build_run(entries, index, metric, read_series)._replace(
            set_apart=_find_differences(entries.runs[index], index, columns, counts, effects),
            siblings=siblings[index],
        )
        for index in shown
    )


def _find_best_by_best(runs: Sequence[Run], metric: RankedMetric) -> int | None:
    """Returns the run that would be first by the best value of each run, None if it is the same or not known."""
    bests = [(best, index) for index, run in enumerate(runs) if (best := metric.get_best(run, None)[0]) is not None]
    if len(bests) < len(runs):
        return None
    first = min(bests)[1] if metric.lower_is_better else max(bests, key=lambda each: (each[0], -each[1]))[1]
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
    entries: RankedEntries, groups: Sequence[SeedGroup], columns: Mapping[str, Column], lower_is_better: bool
) -> ConfigMean | None:
    """Returns the config with the best mean over `MIN_SEEDS` seeds or more."""
    means = [
        (summarize_values([entries.values[i] for i in group.indexes]), group)
        for group in groups
        if len(group.indexes) >= MIN_SEEDS
    ]
    if not means:
        return None
    pick = min if lower_is_better else max
    summary, group = pick(means, key=lambda each: each[0].mean)
    run = entries.runs[group.indexes[0]]
    values = {key: run.config[key] for key in columns if key in run.config}
    return ConfigMean(run, values, summary, len(means))
