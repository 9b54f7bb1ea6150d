"""Columns of the values of runs, and which of them differ."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.board.value_columns import build_export_table, find_differing_columns, list_value_columns
from gage.types.run import Metric, OpRef, Run


def make_run(config: dict | None = None, metrics: dict[str, float] | None = None, **fields: object) -> Run:
    series = {name: Metric(value, value, value, value, value) for name, value in (metrics or {}).items()}
    return Run("i", "n", OpRef("o"), "completed", 0, config=config or {}, metrics=series, **fields)


def test_value_columns_are_those_of_all_runs() -> None:
    runs = [make_run({"lr": 1}, {"loss": 2}), make_run({"epochs": 1, "lr": 1}, {"acc": 2})]
    assert list_value_columns(runs) == ("lr", "epochs", "loss", "acc")
    assert list_value_columns([]) == ()


def test_ambiguous_names_have_their_kind() -> None:
    runs = [make_run({"lr": 0.1, "version": "x"}, {"status": 1}), make_run({}, {"lr": 0.5})]
    keys = ("config.lr", "config.version", "metric.status", "metric.lr")
    assert list_value_columns(runs) == keys
    table = build_export_table(runs, [1, 2])
    assert [row[7:] for row in table.rows] == [(0.1, "x", 1, None), (None, None, None, 0.5)]
    assert tuple(column.key for column in table.columns[7:]) == keys


@pytest.mark.parametrize(
    ("values", "is_differing"),
    [
        ((1, 1), False),
        ((1, 1.0), False),
        ((math.nan, math.nan), False),
        ((1, math.nan), True),
        ((1, True), True),
        ((1, "1"), True),
        (("true", True), True),
        ((None, "null"), True),
        ((None, None), False),
        (([1, 2], (1, 2)), False),
        (([1, 2], [1]), True),
        ((0.1, 0.1, 0.2), True),
    ],
)
def test_finds_columns_that_differ(values: tuple, is_differing: bool) -> None:
    runs = [make_run({"x": value, "y": 1}) for value in values]
    assert find_differing_columns(runs, ("x", "y")) == (("x",) if is_differing else ())


def test_missing_differs_from_null() -> None:
    assert find_differing_columns([make_run({"x": None}), make_run()], ("x", "z")) == ("x",)


def test_compares_metrics_functions_and_columns_of_the_run() -> None:
    runs = [make_run(metrics={"loss": 1}, exit=0), make_run(metrics={"loss": 2}, exit=0)]
    keys = ("index", "status", "exit", "op", "loss", "min(loss)", "count(loss)")
    assert find_differing_columns(runs, keys) == ("index", "loss", "min(loss)")
    assert find_differing_columns([], ("loss",)) == find_differing_columns(runs[:1], ("loss",)) == ()


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 1)), min_size=1))
def test_columns_that_do_not_differ_are_the_same_everywhere(configs: list[dict]) -> None:
    runs = [make_run(config) for config in configs]
    differing = find_differing_columns(runs, list_value_columns(runs))
    for name in {name for config in configs for name in config} - {*differing}:
        assert all(name in config and config[name] == configs[0][name] for config in configs)
