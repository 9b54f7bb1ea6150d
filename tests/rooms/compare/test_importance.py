"""Effects of config values on a metric: planted ones are found, noise is not, and odd columns do no harm."""

import random

import pytest

from gage.compare.importance import MIN_CONFIGS, measure_effects, rank_values


def make_columns(draw, count, keys):
    return {f"key{i}": [draw.choice((1, 2, 3, 4)) for _ in range(count)] for i in range(keys)}


@pytest.mark.parametrize("count", [60, 201, 501])
def test_planted_effect_is_found_among_noise(count):
    draw = random.Random(count)
    columns = make_columns(draw, count, 10)
    columns["lr"] = [draw.random() for _ in range(count)]
    values = [lr + draw.gauss(0, 0.2) for lr in columns["lr"]]
    first, *others = measure_effects(values, columns, lower_is_better=False).effects
    assert first.keys == ("lr",) and not first.may_be_chance
    assert first.low <= first.effect <= first.high and first.low > 0.3
    assert all(other.may_be_chance and other.low == 0 for other in others)
    low, _, high = first.best.partition(" to ")
    assert float(low) > 0.7 and float(high) > 0.95


@pytest.mark.parametrize(("count", "rounds"), [(30, 40), (510, 40)])
def test_noise_is_rarely_taken_for_an_effect(count, rounds):
    draw = random.Random(7)
    alarms = 0
    for _ in range(rounds):
        values = [draw.gauss(0, 1) for _ in range(count)]
        effects = measure_effects(values, make_columns(draw, count, 8), lower_is_better=True).effects
        alarms += any(not effect.may_be_chance for effect in effects)
    assert alarms <= 6  # 2 are expected of 40 at 5 %; more than 6 in less than 1 of 100 series


def test_effects_are_the_same_each_time_and_depend_on_order_of_values_only():
    draw = random.Random(5)
    columns = make_columns(draw, 50, 3)
    values = [column + draw.gauss(0, 1) for column in columns["key1"]]
    once = measure_effects(values, columns, lower_is_better=False)
    assert once == measure_effects(values, columns, lower_is_better=False)
    assert once == measure_effects([value**3 * 1e6 for value in values], columns, lower_is_better=False)


def test_keys_that_move_together_share_a_row():
    draw = random.Random(2)
    lr = [draw.choice((0.1, 0.2, 0.3)) for _ in range(40)]
    columns = {"lr": lr, "warmup": [round(1000 * value) for value in lr], "other": [draw.choice("ab") for _ in lr]}
    effects = measure_effects([value + draw.gauss(0, 0.01) for value in lr], columns, lower_is_better=True).effects
    assert [set(effect.keys) for effect in effects] == [{"lr", "warmup"}, {"other"}]
    assert effects[0].best == "0.1"


def test_keys_without_an_effect_to_show_are_named():
    values = [float(i % 7) for i in range(40)]
    columns = {
        "rare": [0.9] * 12 + [None] * 28,
        "path": [f"out/{i}" for i in range(40)],
        "same": [1] * 40,
        "half": [None, "a"] * 20,
        "one": [None] * 39 + [5],
    }
    importance = measure_effects(values, columns, lower_is_better=True)
    assert importance.left_out == {
        "rare": "in 12 configs only",
        "path": "40 different texts",
        "one": "in 1 config only",
    }
    assert [effect.keys for effect in importance.effects] == [("half",)]


def test_few_configs_have_no_effects():
    count = MIN_CONFIGS - 1
    importance = measure_effects([float(i) for i in range(count)], {"lr": list(range(count))}, lower_is_better=True)
    assert importance.effects == ()


def test_mixed_text_missing_and_infinite_values():
    draw = random.Random(1)
    choices = (1, 2.5, 7, 8, 9, 10, "adam", "sgd", "true", None, float("inf"), "a", "b", "c", "d")
    column = [draw.choice(choices) for _ in range(80)]
    values = [1.0 if value == "adam" else 0.0 for value in column]
    effect = measure_effects(values, {"mixed": column}, lower_is_better=False).effects[0]
    assert 0 <= effect.low <= effect.effect <= effect.high <= 1
    text = [draw.choice((*["adam"] * 4, *["sgd"] * 4, *"abcdef")) for _ in range(80)]
    effect = measure_effects([float(v == "adam") for v in text], {"opt": text}, lower_is_better=False).effects[0]
    assert effect.best == "adam" and effect.effect > 0.9


def test_equal_values_have_no_effects():
    assert measure_effects([1.0] * 30, {"lr": list(range(30))}, lower_is_better=True).effects == ()


def test_ranks_of_ties_are_their_mean():
    assert rank_values([3, 1, 3, 2]) == [3.5, 1, 3.5, 2]
    assert rank_values([]) == []
