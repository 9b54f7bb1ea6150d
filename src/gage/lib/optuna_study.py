"""Asks Optuna which parameters matter. The only module that imports Optuna, which takes 0.3 s."""

import random
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna

Parameter = Sequence[float] | Sequence[str]
"""The values of a parameter in all trials: numbers, or texts without an order."""

LOG_RATIO = 100
"""Positive numbers that span at least this ratio are compared on a logarithmic scale."""


def measure_ped_anova(
    costs: Sequence[float], parameters: Mapping[str, Parameter], samples: int, seed: int
) -> list[dict[str, float]]:
    """Measures how much each parameter decides whether a trial is among the 10 % with the lowest costs. Returns the
    shares of the parameters, which sum up to 1: first for all trials, then for samples of them, drawn with replacement.

    Samples without any difference are left out. Each parameter must have two values or more. Raises ImportError if
    Optuna is not installed.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study()
        distributions = {name: _build_distribution(column) for name, column in parameters.items()}
        for index, cost in enumerate(costs):
            values = {name: column[index] for name, column in parameters.items()}
            study.add_trial(optuna.trial.create_trial(params=values, distributions=distributions, value=cost))
        trials = study.get_trials(deepcopy=False)
        chosen = list(trials)
        vars(study)["get_trials"] = lambda *_, **__: chosen  # adding trials again takes longer than the importances
        draw = random.Random(seed)
        results = []
        for number in range(samples + 1):
            chosen[:] = draw.choices(trials, k=len(trials)) if number else trials
            evaluator = optuna.importance.PedAnovaImportanceEvaluator()
            importances = optuna.importance.get_param_importances(study, evaluator=evaluator, normalize=False)
            total = sum(importances.values())
            results += [{name: value / total for name, value in importances.items()}] if total > 0 else []
    return results


def _build_distribution(column: Parameter) -> "optuna.distributions.BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    numbers = [value for value in column if not isinstance(value, str)]
    if len(numbers) < len(column):
        return CategoricalDistribution(sorted({str(value) for value in column}))
    low, high = min(numbers), max(numbers)
    return FloatDistribution(low, high, log=low > 0 and low * LOG_RATIO <= high)
