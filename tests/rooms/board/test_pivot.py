"""Pivot tables: which runs are in which cell, and what does not count."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.board.pivot import build_pivot, mark_missing_rows, parse_pivot_value
from gage.select.parse import parse_value_name
from gage.types.errors import UsageError
from gage.types.filter import Call, FieldName
from gage.types.run import Metric, OpRef, Run, UserAttrs


def make_run(acc: float | None = None, status: str = "completed", **config: object) -> Run:
    metrics = {} if acc is None else {"acc": Metric(acc, acc / 2, acc / 2, 2 * acc, acc, 3)}
    return Run("i", "n", OpRef("train"), status, 0, config=config, metrics=metrics)  # type: ignore[arg-type]


def build(runs: list[Run], rows: str, columns: str, *values: str, any_status: bool = False):
    names = [[(name, parse_value_name(name)) for name in text.split()] for text in (rows, columns)]
    return build_pivot(runs, *names, [parse_pivot_value(text, runs) for text in values], any_status=any_status)


@pytest.mark.parametrize(
    ("text", "function", "expression"),
    [
        ("acc", "mean", FieldName("acc")),
        ("mean(acc)", "mean", FieldName("acc")),
        (" max ( acc ) ", "max", FieldName("acc")),
        ("mean(max(acc))", "mean", Call("max", (FieldName("acc", at=4),))),
        ("last(acc)", "mean", Call("last", (FieldName("acc", at=5),))),
        ("count(acc@10)", "count", FieldName("acc@10")),
        ("median(config.lr)", "median", FieldName("config.lr", "config")),
    ],
)
def test_the_outer_function_is_one_over_runs(text: str, function: str, expression: object) -> None:
    assert parse_pivot_value(text)[1:] == (function, expression)


def test_a_function_with_two_arguments_is_one_of_a_run() -> None:
    value = parse_pivot_value("mean(acc, 10)")
    assert value.function == "mean" and isinstance(value.expression, Call) and value.expression.function == "mean"
    assert parse_pivot_value("min(acc) - min(loss)").function == "mean"


def test_a_metric_may_look_like_a_function() -> None:
    run = Run("i", "n", OpRef("o"), "completed", 0, metrics={"max(acc)": Metric(7, 7, 7, 7, 7)})
    assert parse_pivot_value("max(acc)", [run]).function == "mean"


def test_suggests_functions_over_runs() -> None:
    with pytest.raises(UsageError, match="Unknown function 'meen'") as error:
        parse_pivot_value("meen(acc)")
    assert error.value.hint == "Did you mean 'mean'?"


def test_labels_are_in_natural_order_and_missing_ones_last() -> None:
    runs = [make_run(1, model=model, lr=lr) for model, lr in (("b10", 1), ("b9", 0.5), ("b9", None))]
    pivot = build([*runs, make_run(2)], "model", "lr", "count(acc)")
    assert [column.title for column in pivot.table.columns] == ["model", "lr=0.5", "lr=1", "lr=null", "lr=(missing)"]
    assert [column.key for column in pivot.table.columns][1:] == ["lr=0.5", "lr=1", "lr=null", "lr=(missing)"]
    assert pivot.table.rows == (("b9", 1, None, 1, None), ("b10", None, 1, None, None), (None, None, None, None, 1))
    assert [row[0] for row in mark_missing_rows(pivot, 1).table.rows] == ["b9", "b10", "(missing)"]


def test_headings_have_short_exact_numbers() -> None:
    numbers = (1e12, 0.1234567891, 3.0)
    pivot = build([make_run(1, lr=lr) for lr in numbers], "op", "lr", "acc", "count(acc)")
    titles = [column.title for column in pivot.table.columns][1::2]
    assert titles == ["lr=0.1234567891 acc", "lr=3.0 acc", "lr=1e+12 acc"]


def test_says_why_runs_do_not_count() -> None:
    runs = [make_run(math.nan), make_run(math.inf), make_run(), make_run(1), make_run(2, "error")]
    batch = make_run(3)._replace(trials=2)
    pivot = build([*runs, batch], "op", "", "acc", "mean(status)")
    assert pivot.left_out["acc"] == {"nan": 1, "infinite": 1, "missing": 1, "error": 1}
    assert pivot.left_out["mean(status)"] == {"text": 4, "error": 1}
    assert pivot.table.rows == (("train", {"n": 1, "mean": 1.0, "std": None}, None),)
    assert build(runs, "op", "", "count(acc)", any_status=True).table.rows == (("train", 2),)
    assert build([make_run()], "op", "", "acc").table.rows == ()


def test_a_run_is_in_the_cells_of_all_its_tags() -> None:
    run = make_run(1)._replace(user_attrs=UserAttrs(tags=("a", "b")))
    assert build([run], "tag", "", "min(acc)").table.rows == (("a", 1), ("b", 1))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.floats(-1e6, 1e6)), min_size=1, max_size=12))
def test_cells_are_the_statistics_of_their_runs(values: list[tuple[str, int, float]]) -> None:
    runs = [make_run(acc, model=model, lr=lr) for model, lr, acc in values]
    names = ("mean(acc)", "std(acc)", "min(acc)", "max(acc)", "median(acc)", "count(acc)")
    table = build(runs, "model lr", "", *names).table
    for model, lr, mean, *others in table.rows:
        numbers = [acc for name, rate, acc in values if (name, rate) == (model, lr)]
        assert mean["n"] == len(numbers) and mean["mean"] == pytest.approx(statistics.fmean(numbers), abs=1e-6)
        assert others[1:] == [min(numbers), max(numbers), statistics.median(numbers), len(numbers)]
        assert (others[0] is None) == (len(numbers) == 1) and others[0] == mean["std"]
    assert len(table.rows) == len({(model, lr) for model, lr, _ in values})
