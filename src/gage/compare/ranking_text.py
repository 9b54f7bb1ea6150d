"""Describes a ranking in words and tables, for every face. Reads no runs and prints nothing."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

from gage.board.formatting import format_comparable, format_count, format_deviation, format_number, format_value
from gage.compare.groups import is_seed_name
from gage.compare.importance import MIN_CONFIGS, KeyEffect
from gage.compare.ranking import MIN_SEEDS, SOURCE, RankedRun, Ranking, RareValue
from gage.lib.suggest import join_some
from gage.types.run import STATUSES, Run
from gage.types.table import Column, Table
from gage.types.values import Comparable, JSONValue

MAX_LISTED = 8
MAX_WIDTH = 100
"""Columns of a table of runs, however wide the terminal is."""
COLUMN_GAP = 2
FIRST_COLUMNS = ("index", "name", "value", "group")
"""Keys of the columns of a ranking that stay when `--columns` replaces the others."""
LEFT_OUT = {
    "nan": "NaN",
    "infinite": "infinite",
    "text": "text",
    "evaluation": "evaluations",
    "unpaired": "without partner",
}
"""Reasons for which a ranking leaves out runs → the words for them. A status is its own word."""


def describe_reasons(left_out: Mapping[str, int], metric: str) -> str:
    """Returns how many runs have no value and why: `6 error, 2 NaN, 1 without loss`."""
    order = [*STATUSES, *LEFT_OUT, "missing"]
    return ", ".join(
        f"{left_out[reason]:,} " + (f"without {metric}" if reason == "missing" else LEFT_OUT.get(reason, reason))
        for reason in sorted(left_out, key=order.index)
    )


def convert_ranking_to_json(
    ranking: Ranking, per: str | None = None, chosen: Sequence[Mapping[str, JSONValue]] | None = None
) -> dict[str, JSONValue]:
    """Returns a ranking as JSON. `chosen` has the values of `--columns` for each of the best runs."""
    columns = repeat(None) if chosen is None else iter(chosen)
    noise = ranking.noise
    result: dict[str, JSONValue] = {
        "metric": ranking.metric.text,
        "direction": "min" if ranking.metric.lower_is_better else "max",
        "total": ranking.total,
        "configs": ranking.configs,
        "left_out": dict(ranking.left_out),
        "noise": None if noise is None else {**noise._asdict(), "may_explain_all": noise.may_be_all},
    }
    if per is not None:
        return result | {
            "per": per,
            "groups": [
                {"value": group.label, "best": _run_to_json(group.best, values), **group.summary._asdict()}
                for group, values in zip(ranking.groups, columns, strict=False)
            ],
        }
    best = ranking.best_config
    return result | {
        "runs": [_run_to_json(each, values) for each, values in zip(ranking.runs, columns, strict=False)],
        "first_by_best": None if ranking.first_by_best is None else _run_to_json(ranking.first_by_best),
        "effects": [
            {**effect._asdict(), "may_be_chance": effect.may_be_chance} for effect in ranking.importance.effects
        ],
        "effects_method": ranking.importance.method or "rank effect",
        "effects_note": ranking.importance.note,
        "no_effects": dict(ranking.importance.left_out),
        "differing": {key: list(values) for key, values in ranking.differing.items()},
        "best_config": None
        if best is None
        else {"config": dict(best.values), **best.summary._asdict(), "configs": best.configs},
    }


def _run_to_json(ranked: RankedRun, columns: Mapping[str, JSONValue] | None = None) -> dict[str, JSONValue]:
    chosen: dict[str, JSONValue] = {} if columns is None else {"columns": dict(columns)}
    return {
        "index": ranked.position,
        "id": ranked.run.id,
        "name": ranked.run.name,
        "value": ranked.value,
        "best": ranked.best,
        "best_step": ranked.best_step,
        "config": dict(ranked.run.config),
        "set_apart": {each.name: {"value": each.value, "runs": each.runs} for each in ranked.set_apart},
        "seed_siblings": ranked.siblings,
        **chosen,
    }


def describe_ranking(ranking: Ranking) -> str:
    """Returns how many runs are ranked, by which metric, and which values are better."""
    metric = ranking.metric
    direction = "lower" if metric.lower_is_better else "higher"
    value = "last value, " if any(each.best is not None for each in ranking.best_runs) else ""
    return f"Best of {format_count(ranking.total, 'run')} by {metric.text} ({value}{direction} is better)"


def build_ranking_table(ranking: Ranking, width: int = MAX_WIDTH) -> Table:
    """Returns the table of the best runs. The column with the values that set a run apart is cut so that the table has
    at most `width` columns.
    """
    values = format_distinct([each.value for each in ranking.runs])
    bests = list(map(_format_best, ranking.runs))
    fixed = (str(max(each.position for each in ranking.runs)), ranking.runs[0].run.name)
    wide = (max(map(len, (ranking.metric.text, *values))), max(map(len, ("At best", *bests))))
    room = min(width, MAX_WIDTH) - sum(map(len, fixed)) - sum(wide) - 4 * COLUMN_GAP
    by_best = None if ranking.first_by_best is None else ranking.first_by_best.position
    texts = [_describe_set_apart(each, ranking.total, room, each.position == by_best) for each in ranking.runs]
    columns = [
        Column("index", "#", "right"),
        Column("name", "Name"),
        Column("value", ranking.metric.text, "right"),
        *([Column("best", "At best", "right")] if any(bests) else []),
        *([Column("description", "Set apart by")] if any(texts) else []),
    ]
    rows: list[tuple[JSONValue, ...]] = [
        (
            each.position,
            each.run.name,
            value,
            *([best] if any(bests) else []),
            *([text] if any(texts) else []),
        )
        for each, value, best, text in zip(ranking.runs, values, bests, texts, strict=True)
    ]
    return Table(tuple(columns), tuple(rows))


def build_ranked_groups_table(ranking: Ranking, per: str) -> Table:
    """Returns the table of the best run of each value of `per`."""
    values = format_distinct([group.best.value for group in ranking.groups])
    columns = (
        Column("index", "#", "right"),
        Column("name", "Name"),
        Column("value", ranking.metric.text, "right"),
        Column("group", per),
        Column("count", "Runs", "right"),
        Column("mean", "Mean", "right"),
        Column("std", "Std", "right"),
    )
    rows = tuple(
        (
            group.best.position,
            group.best.run.name,
            value,
            format_comparable(group.label) or "(none)",
            group.summary.n,
            format_number(group.summary.mean),
            "" if group.summary.std is None else format_deviation(group.summary.std),
        )
        for group, value in zip(ranking.groups, values, strict=True)
    )
    return Table(columns, rows)


def replace_columns(table: Table, chosen: Table) -> Table:
    """Returns a table of the best runs: its `FIRST_COLUMNS`, then the columns of `chosen`, which has the same rows."""
    kept = [i for i, column in enumerate(table.columns) if column.key in FIRST_COLUMNS]
    added = (c._replace(key=f"run.{c.key}") if c.key in FIRST_COLUMNS else c for c in chosen.columns)
    rows = tuple((*(row[i] for i in kept), *cells) for row, cells in zip(table.rows, chosen.rows, strict=True))
    return Table((*(table.columns[i] for i in kept), *added), rows)


def format_distinct(values: Sequence[float]) -> list[str]:
    """Returns numbers with four significant digits, or with more if different numbers would look the same."""
    for digits in range(4, 12):
        texts = [f"{value:.{digits}g}" for value in values]
        if len(set(texts)) == len(set(values)):
            return texts
    return [repr(value) for value in values]


def _format_best(ranked: RankedRun) -> str:
    if ranked.best is None:
        return ""
    return format_number(ranked.best) + ("" if ranked.best_step is None else f"@{ranked.best_step}")


def _describe_set_apart(ranked: RankedRun, total: int, room: int, is_by_best: bool) -> str:
    """Returns what sets a run apart, in about `room` columns. Notes and the first value are never left out."""
    first, *others = ranked.set_apart or (None,)
    before = ["first by best value"] if is_by_best else []
    other = "other seed" if _find_seed(ranked.run) else "repetition"
    after = [format_count(ranked.siblings, other)] if ranked.siblings else []
    if first is None:
        return ", ".join((*before, *after))
    share = f" ({first.runs:,} of {total:,} runs)" if first.runs > 1 else ""
    whole = ", ".join((*before, _format_difference(first) + share, *map(_format_difference, others), *after))
    if len(whole) <= room:
        return whole
    middle = [_format_difference(first)]
    for another in others:
        longer = [*middle, _format_difference(another)]
        if len(", ".join((*before, *longer, *after))) > room:
            break
        middle = longer
    return ", ".join((*before, *middle, *after))


def _format_difference(difference: RareValue) -> str:
    if difference.name == SOURCE:
        return SOURCE
    if difference.value is None:
        return f"no {difference.name}"
    return f"{difference.name}={format_value(difference.value)}"


def _find_seed(run: Run) -> str | None:
    """Returns the name of a seed in the config of a run."""
    return next(filter(is_seed_name, run.config), None)


def list_ranking_facts(ranking: Ranking, per: str | None = None) -> dict[str, str]:
    """Returns facts below the table by title: noise, luck, the best config, the best value; none if no run counts."""
    if not ranking.runs and not ranking.groups:
        return {}
    facts = _describe_noise(ranking, has_ranks=per is None)
    return facts | ({} if per else _describe_config(ranking) | _describe_best_value(ranking))


def _describe_noise(ranking: Ranking, has_ranks: bool) -> dict[str, str]:
    noise = ranking.noise
    first = ranking.runs[0] if ranking.runs else ranking.groups[0].best
    seed = _find_seed(first.run)
    if noise is None:
        measure = f"; to measure it, run one config with {seed}=[1:5]" if seed else ""
        return {"Noise": f"not known: no two runs differ in seed only{measure}"}
    repeats = "seeds" if seed else "repetitions"
    runs = f"{format_count(noise.groups, 'config')}, {format_count(noise.runs, 'run')}"
    ranks = (
        f"ranks 1 {'to' if noise.tied > 2 else 'and'} {noise.tied:,} cannot be distinguished"
        if noise.tied > 1
        else f"the first two ranks differ by more than two {repeats} usually do"
    )
    facts = {"Noise": f"std over {repeats} {noise.std:.3g} ({runs})" + (f": {ranks}" if has_ranks else "")}
    if noise.pooled:
        facts["Pooled"] = f"the noise may differ by {join_some(noise.pooled, MAX_LISTED)}: select one value by --where"
    side = "below" if ranking.metric.lower_is_better else "above"
    if noise.luck:
        facts["Luck"] = (
            f"the best of as many equal runs would be about {format_deviation(abs(noise.luck))} {side} their mean"
        )
    if noise.p is None:
        facts["Warning"] = "all runs have the same config except for seeds, which explain how they differ"
    elif noise.may_be_all:
        facts["Warning"] = (
            f"seeds alone may explain how these runs differ (F test between configs, p = {format_deviation(noise.p)})"
        )
    return facts


def _describe_best_value(ranking: Ranking) -> dict[str, str]:
    """Returns which run that is not listed would be first by the best of all values."""
    best = ranking.first_by_best
    if best is None or best.position in {each.position for each in ranking.runs}:
        return {}
    return {"Best value": f"{_format_best(best)}: by best value, {best.run.name} (run {best.position}) would be first"}


def _describe_config(ranking: Ranking) -> dict[str, str]:
    best = ranking.best_config
    if best is None:
        return {}
    values = " ".join(f"{key}={format_value(value)}" for key, value in best.values.items()) or best.run.name
    mean, count = best.summary, best.configs
    spread = "" if mean.std is None else f" ± {format_deviation(mean.std)}"
    among = f"best mean of {count:,} configs with {MIN_SEEDS} seeds or more" if count > 1 else "mean over seeds"
    return {"Best config": f"{values}: {format_number(mean.mean)}{spread}, n = {mean.n} ({among})"}


class EffectTexts(NamedTuple):
    """Which config values go with a metric: a title and a line for each effect, and notes on what was not measured. If
    there are no effects, the title is "".
    """

    title: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]


def describe_effects(ranking: Ranking) -> EffectTexts:
    """Returns which config values go with the metric."""
    effects = ranking.importance.effects
    shown = [effect for effect in effects if not effect.may_be_chance][:MAX_LISTED]
    chance = [" + ".join(effect.keys) for effect in effects if effect.may_be_chance]
    rows = format_count(ranking.configs, "config")
    importance = ranking.importance
    over = importance.note or f"over {rows}"
    measure = f"share by {importance.method} {over}" if importance.method else f"rank effect {over}"
    title = f"What goes with {ranking.metric.text} ({measure}, 95 % range; not a cause)" if shown else ""
    notes = [f"May be chance, each judged alone: {join_some(chance, MAX_LISTED)}"] if chance else []
    if importance.note and not effects:
        notes.append(f"{importance.method} {importance.note}")
    elif shown and len(effects) > len(shown) + len(chance):
        others = [effect.keys[0] for effect in effects[len(shown) :] if not effect.may_be_chance]
        notes.append(f"Smaller: {join_some(others, MAX_LISTED)}")
    if shown and importance.method:
        notes.append("A share may be chance; the rank effects (without --importance) say which may be")
    if ranking.differing:
        keys = [f"{key} ({_list_values(values)})" for key, values in ranking.differing.items()]
        notes.append(f"Differing: {join_some(keys, MAX_LISTED)}")
        count = f"there {'is' if ranking.configs == 1 else 'are'} {ranking.configs}"
        notes.append(f"Effects on {ranking.metric.text} are measured from {MIN_CONFIGS} configs on; {count}.")
    elif ranking.importance.left_out:
        names = [f"{key} ({reason})" for key, reason in ranking.importance.left_out.items()]
        notes.append(f"Left out of the effects: {join_some(names, MAX_LISTED)}")
    return EffectTexts(title, tuple(map(_describe_effect, shown)), tuple(notes))


def _describe_effect(effect: KeyEffect) -> str:
    together = ", not separable" if len(effect.keys) > 1 else ""
    return (
        f"{join_some(effect.keys, MAX_LISTED).replace(', ', ' + ')}  {effect.effect:.2f}"
        f" ({effect.low:.2f}–{effect.high:.2f}{together}), best with {effect.best}"
    )


def _list_values(values: Sequence[Comparable]) -> str:
    return join_some(list(map(format_comparable, values)), 4)
