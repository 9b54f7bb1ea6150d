"""Measures which config values decide whether a run is among the best: PED-ANOVA, by Optuna.

PED-ANOVA compares the distribution of a parameter among the best 10 % of configs with its distribution among all
configs (Watanabe, Bansal and Hutter, PED-ANOVA: Efficiently quantifying hyperparameter importance in arbitrary
subspaces, 2023).
"""

import random
from collections.abc import Mapping, Sequence

from gage.compare.importance import Column, Importance, KeyEffect, build_labels, find_best_label, find_reason
from gage.types.errors import UsageError

METHOD = "PED-ANOVA"
MIN_CONFIGS = 50
"""The method needs at least five configs among the best 10 %."""
MAX_CONFIGS = 1000
"""Of more configs, this many are drawn. Measuring 1,000 takes half a second, SAMPLES + 1 times."""
SAMPLES = 40
SEED = 1
MAX_NUMBER = 1e100
"""Keys with a larger number are compared as texts: the range of such numbers can be infinite."""


def measure_shares(values: Sequence[float], columns: Mapping[str, Column], lower_is_better: bool) -> Importance:
    """Returns the share of each key, from 0 to 1, and its 95 % range over samples of the configs; `values` has one
    number for each config. The same input has the same result. Raises UsageError if Optuna is not installed.
    """
    left_out = {key: reason for key, column in columns.items() if (reason := find_reason(column))}
    measured = {key: column for key, column in columns.items() if key not in left_out and len(set(column)) > 1}
    if len(values) < MIN_CONFIGS:
        return Importance((), left_out, METHOD, f"needs {MIN_CONFIGS} configs, so that five are the best 10 %")
    chosen = sorted(random.Random(SEED).sample(range(len(values)), min(len(values), MAX_CONFIGS)))
    costs = [values[i] if lower_is_better else -values[i] for i in chosen]
    cut = sorted(costs)[(len(costs) - 1) // 10]
    if sum(cost <= cut for cost in costs) * 2 > len(costs):
        return Importance((), left_out, METHOD, "cannot tell the best 10 % from the others: their values are equal")
    sampled = {key: [column[i] for i in chosen] for key, column in measured.items()}
    results = _compute_shares(costs, {key: column for key, column in sampled.items() if len(set(column)) > 1})
    if not results:
        return Importance((), left_out, METHOD)
    whole, *others = results
    left_out |= {key: "no two values to compare" for key in measured if key not in whole}
    effects = [
        _build_effect(key, share, [other[key] for other in others], values, columns[key], lower_is_better)
        for key, share in whole.items()
    ]
    note = "" if len(chosen) == len(values) else f"of {MAX_CONFIGS:,} configs, drawn at random"
    return Importance(tuple(sorted(effects, key=lambda each: -each.effect)), left_out, METHOD, note)


def _compute_shares(costs: Sequence[float], columns: Mapping[str, Column]) -> list[dict[str, float]]:
    from gage.lib.optuna_study import measure_ped_anova

    try:
        parameters = {key: _convert_column(column) for key, column in columns.items()}
        return measure_ped_anova(costs, parameters, SAMPLES, SEED) if parameters else []
    except ImportError:
        raise UsageError(
            f"{METHOD} requires the package Optuna", "Try: pip install 'gage-ml[optimize]', or leave --importance out"
        ) from None


def _convert_column(column: Column) -> list[float] | list[str]:
    """Returns the values if all of them are numbers, otherwise the labels of their bins."""
    numbers = [value for value in column if isinstance(value, int | float)]
    if len(numbers) == len(column) and all(abs(number) <= MAX_NUMBER for number in numbers):
        return list(map(float, numbers))
    return list(map(build_labels(column), column))


def _build_effect(
    key: str,
    share: float,
    samples: Sequence[float],
    values: Sequence[float],
    column: Column,
    lower_is_better: bool,
) -> KeyEffect:
    ordered = sorted((*samples, share))
    low, high = ordered[round(0.025 * (len(ordered) - 1))], ordered[round(0.975 * (len(ordered) - 1))]
    return KeyEffect((key,), share, low, high, None, find_best_label(values, column, lower_is_better))
