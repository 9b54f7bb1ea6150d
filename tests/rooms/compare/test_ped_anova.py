"""PED-ANOVA by Optuna: planted effects are found, the same each time, and odd columns do no harm."""

import math
import random
import sys

import pytest

from gage.compare.importance import Importance
from gage.compare.ped_anova import MIN_CONFIGS, measure_shares
from gage.types.errors import UsageError


def measure(count: int, lower_is_better: bool = True, **columns: list) -> Importance:
    """Returns the shares where the metric is the distance of lr from 1e-3 in powers of ten, and noise."""
    draw = random.Random(count)
    lr = [10 ** draw.uniform(-5, -1) for _ in range(count)]
    sign = 1 if lower_is_better else -1
    values = [sign * (abs(math.log10(each) + 3) + draw.gauss(0, 0.05)) for each in lr]
    depth = [draw.choice((2, 4, 8)) for _ in range(count)]
    return measure_shares(values, {"lr": lr, "depth": depth, **columns}, lower_is_better)


@pytest.mark.parametrize("lower_is_better", [True, False])
def test_a_planted_effect_has_the_largest_share(lower_is_better: bool) -> None:
    importance = measure(80, lower_is_better)
    first, second = importance.effects
    assert (first.keys, second.keys) == (("lr",), ("depth",)) and first.effect + second.effect == pytest.approx(1)
    assert 0.2 < first.low <= first.effect <= first.high <= 1
    assert first.p is None and not first.may_be_chance
    low, _, high = first.best.partition(" to ")
    assert float(low) < 1e-3 < float(high)
    assert importance == measure(80, lower_is_better)


def test_odd_columns_do_no_harm() -> None:
    draw = random.Random(1)
    odd = {
        "mixed": [draw.choice((1, "a", None, 2.5, "true")) for _ in range(60)],
        "infinite": [draw.choice((1, math.inf)) for _ in range(60)],
        "huge": [draw.choice((1e308, -1e308, 2**1000)) for _ in range(60)],
        "tiny": [5e-324, 1.0] * 30,
        "close": [2**53, 2**53 + 1] * 30,
        "text": [draw.choice("abcdefgh") for _ in range(60)],
        "path": [f"out/{i}" for i in range(60)],
        "constant": [1] * 60,
        "rare": [1] + [None] * 59,
    }
    importance = measure(60, **odd)
    assert importance.effects[0].keys == ("lr",)
    assert importance.left_out.keys() == {"path", "rare"}
    assert {effect.keys[0] for effect in importance.effects} == {"lr", "depth", *odd} - {"path", "rare", "constant"}


def test_says_why_there_are_no_shares() -> None:
    assert "needs 50 configs" in measure(MIN_CONFIGS - 1).note
    equal = measure_shares([1.0] * 60, {"lr": [1, 2] * 30}, True)
    assert equal.effects == () and "values are equal" in equal.note
    assert measure_shares([float(i) for i in range(60)], {"lr": [1] * 60}, True).effects == ()


def test_samples_of_many_configs_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gage.compare.ped_anova.MAX_CONFIGS", 60)
    importance = measure(90)
    assert importance.note == "of 60 configs, drawn at random" and importance.effects[0].keys == ("lr",)


def test_names_the_command_that_installs_optuna(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(UsageError, match="requires the package Optuna") as error:
        measure(60)
    assert "pip install 'gage-ml[optimize]'" in error.value.hint
