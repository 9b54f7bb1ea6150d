"""The trials of a batch, their order, and reproducible random values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.assignments.parse import AssignedValue
from gage.batch import trials as trials_module
from gage.batch.search_space import Distribution, SearchSpace
from gage.batch.trials import Trial, generate_trials, multiply_files, sample, zip_files
from gage.types.errors import UsageError


def make_value(value: object) -> AssignedValue:
    return AssignedValue(value, str(value))


def make_space(**axes: list[object]) -> SearchSpace:
    return SearchSpace({"z": make_value(9)}, {n: tuple(map(make_value, v)) for n, v in axes.items()}, {})


def make_trial(**values: object) -> Trial:
    return Trial({name: make_value(value) for name, value in values.items()}, "t.csv:2")


def list_values(trials: list[Trial]) -> list[dict[str, object]]:
    return [{n: a.value for n, a in trial.values.items()} for trial in trials]


def test_last_axis_varies_fastest() -> None:
    assert list_values(generate_trials(make_space(a=[1, 2], b=["x", "y"]), [], 0, None)) == [
        {"z": 9, "a": 1, "b": "x"},
        {"z": 9, "a": 1, "b": "y"},
        {"z": 9, "a": 2, "b": "x"},
        {"z": 9, "a": 2, "b": "y"},
    ]


def test_combines_rows_and_grid() -> None:
    rows = [make_trial(r=1), make_trial(r=2)]
    assert [(t["r"], t["a"]) for t in list_values(generate_trials(make_space(a=[5, 6]), rows, 0, None))] == [
        (1, 5),
        (1, 6),
        (2, 5),
        (2, 6),
    ]
    assert len(generate_trials(make_space(a=[5, 6]), rows, 0, 3)) == 3


def test_multiplies_and_zips_files() -> None:
    a, b = [make_trial(a=1), make_trial(a=2)], [make_trial(b=3), make_trial(b=4)]
    assert list_values(multiply_files([a, b])) == [
        {"a": 1, "b": 3},
        {"a": 1, "b": 4},
        {"a": 2, "b": 3},
        {"a": 2, "b": 4},
    ]
    assert list_values(zip_files([a, b], ["a", "b"])) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]
    assert multiply_files([a, b])[0].where == "t.csv:2, t.csv:2"
    with pytest.raises(UsageError, match=r"a\.csv has 2 rows and b\.csv 1"):
        zip_files([a, b[:1]], ["a.csv", "b.csv"])


def test_random_values_depend_only_on_the_seed() -> None:
    distributions = SearchSpace({}, {}, {"lr": Distribution("loguniform", 1e-5, 1.0)})
    first = list_values(generate_trials(distributions, [], 7, 5))
    assert first == list_values(generate_trials(distributions, [], 7, 9))[:5]
    assert first != list_values(generate_trials(distributions, [], 8, 5))
    assert first[0]["lr"] == pytest.approx(sample(distributions.distributions["lr"], 7, 0, "lr").value)
    assert len(generate_trials(distributions, [], 7, None)) == trials_module.DEFAULT_RANDOM_TRIALS


def test_random_values_are_reproducible() -> None:
    assert sample(Distribution("int", 1, 1000), 42, 3, "n").value == 797
    assert sample(Distribution("uniform", 0, 1), 42, 3, "n").value == 0.778128


def test_random_values_cycle_through_the_grid() -> None:
    mixed = SearchSpace({}, {"a": (make_value(1), make_value(2))}, {"x": Distribution("uniform", 0, 1)})
    assert [t["a"] for t in list_values(generate_trials(mixed, [], 0, 5))] == [1, 2, 1, 2, 1]


@given(st.sampled_from(["uniform", "loguniform", "int"]), st.integers(1, 50), st.integers(0, 50), st.integers(0, 2**31))
def test_random_values_stay_in_range(kind: str, low: int, width: int, seed: int) -> None:
    value = sample(Distribution(kind, float(low), float(low + width)), seed, 0, "x").value
    assert low <= value <= low + width
    assert isinstance(value, int) == (kind == "int")


def test_rejects_too_many_trials() -> None:
    many = make_space(a=list(range(1000)), b=list(range(1000)))
    with pytest.raises(UsageError, match="1,000,000 runs"):
        generate_trials(many, [], 0, None)
    assert len(generate_trials(many, [], 0, 10)) == 10
    assert math.isfinite(len(generate_trials(many, [], 0, 200_000)))


def test_draws_choices() -> None:
    distribution = Distribution("choice", choices=(make_value("a"), make_value("b")))
    assert {sample(distribution, 1, number, "x").value for number in range(20)} == {"a", "b"}


def test_rejects_too_many_combinations_of_rows() -> None:
    with pytest.raises(UsageError, match="The files define 1,001,000 runs in total"):
        multiply_files([[make_trial(a=1)] * 1001, [make_trial(b=1)] * 1000])
