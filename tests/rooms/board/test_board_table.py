"""The table of a board: values, formats, groups, aggregates, scores, order, notes."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.board.board_groups import aggregate_values, rank_value, sort_by
from gage.board.board_table import build_board_table
from gage.board.value_formats import format_as
from gage.types.board import BoardColumn, BoardDef, BoardGroup, BoardScore
from gage.types.errors import UsageError
from gage.types.run import Attribute, Metric, OpRef, Run, UserAttrs

NAN = math.nan
NOW = 1_795_424_881_000_000


def metric(value, low=None):
    return Metric(value, value, value if low is None else low, value, value)


def make_run(number, config=None, metrics=None, **fields):
    created = NOW - number * 1_000_000
    values = {"status": "completed", "created": created, "started": created, "op": OpRef("train"), **fields}
    metrics = {name: each if isinstance(each, Metric) else metric(each) for name, each in (metrics or {}).items()}
    return Run(f"id{number}", f"run{number}", config=config or {}, metrics=metrics, **values)


def build(board, runs, read_series=None):
    return build_board_table(board, runs, range(1, len(runs) + 1), read_series, NOW)


def columns(*names):
    return tuple(name if isinstance(name, BoardColumn) else BoardColumn(name) for name in names)


RUNS = [
    make_run(1, {"lr": 0.1, "model": "b"}, {"acc": 0.8, "f1": 0.5}),
    make_run(2, {"lr": 0.1, "model": "b"}, {"acc": NAN, "f1": 0.9}),
    make_run(3, {"lr": 0.1, "model": "a"}, {"acc": 0.6, "f1": 0.7}),
    make_run(4, {"lr": 0.01, "model": "a"}, {"acc": 0.9}),
    make_run(5, {"model": 3}, {"f1": 0.1}),
]


def test_shows_values_by_the_names_of_filters():
    attrs = UserAttrs(tags=("x", "y"), label="L", other={"note": "n"})
    run = make_run(
        61,
        {"lr": 0.1, "name": "cfg"},
        {"loss": metric(0.5, 0.25)},
        user_attrs=attrs,
        stopped=NOW,
        attributes={"a": Attribute(1, "run")},
    )
    names = (
        "index",
        "name",
        "config.name",
        "run.op",
        "lr",
        "min(loss)",
        "metric.loss",
        "attr.note",
        "attribute.a",
        "tags",
    )
    table = build(BoardDef(columns=columns(*names, "duration", "label", "staged")), [run])
    assert table.values.rows == ((1, "run61", "cfg", "train", 0.1, 0.25, 0.5, "n", 1, ["x", "y"], 61.0, "L", None),)
    assert table.shown.rows == (
        ("1", "run61", "cfg", "train", "0.1", "0.25", "0.5", "n", "1", "#x #y", "1 min 1 s", "L", ""),
    )


def test_asks_for_the_points_of_a_metric():
    class Points:
        steps, values = [1, 2], [5.0, 3.0]

    table = build(
        BoardDef(columns=columns("loss@1", "mean(loss, 2)")), [make_run(1, {}, {"loss": 3.0})], lambda *_: Points
    )
    assert table.values.rows == ((5.0, 4.0),)


def test_the_heading_of_an_evaluation_names_its_kind():
    table = build(BoardDef(columns=columns("eval.acc", "metric.loss")), [make_run(1, {}, {"acc": 0.5, "loss": 1.0})])
    assert [column.title for column in table.shown.columns] == ["eval.acc", "loss"]


def test_headings_are_labels_or_names_without_their_kind():
    board = BoardDef(columns=columns(BoardColumn("acc", "Accuracy"), "config.lr", "config.x", "metric.x", "run.name"))
    table = build(board, RUNS)
    assert [c.title for c in table.shown.columns] == ["Accuracy", "lr", "config.x", "metric.x", "name"]
    assert [c.key for c in table.values.columns] == ["acc", "config.lr", "config.x", "metric.x", "run.name"]
    assert [c.align for c in table.shown.columns] == ["right", "right", "left", "left", "left"]


def test_keys_of_columns_differ():
    table = build(BoardDef(columns=columns("acc", "acc", "acc")), RUNS)
    assert [c.key for c in table.values.columns] == ["acc", "acc*", "acc**"]


def test_a_board_without_columns_shows_all_values():
    table = build(BoardDef(scores=(BoardScore("s", "acc * 2"),)), RUNS[:1])
    names = ["id", "name", "operation", "started", "status", "label", "lr", "model", "acc", "f1", "s"]
    assert [c.title for c in table.shown.columns] == names
    assert table.values.rows[0][-3:] == (0.8, 0.5, 1.6)


def test_sorts_with_missing_values_and_nan_last():
    board = BoardDef(columns=columns("name", "acc"), sort=("acc",))
    assert [row[0] for row in build(board, RUNS).values.rows] == ["run3", "run1", "run4", "run2", "run5"]
    assert [row[0] for row in build(board._replace(sort=("-acc",)), RUNS).values.rows] == [
        *("run4", "run1", "run3", "run2", "run5")
    ]


def test_sorts_by_several_names_by_labels_and_by_scores():
    board = BoardDef(columns=columns("name", BoardColumn("model", "M")), sort=("M", "-lr"))
    assert [row[0] for row in build(board, RUNS).values.rows] == ["run5", "run3", "run4", "run1", "run2"]
    board = BoardDef(columns=columns("name"), sort=("-sum",), scores=(BoardScore("sum", "acc + f1"),), limit=2)
    table = build(board, RUNS)
    assert (table.values.rows, table.total) == ((("run1",), ("run3",)), 5)


def test_sorts_by_times_to_the_microsecond():
    runs = [make_run(1, started=NOW + 2), make_run(2, started=NOW + 1)]
    assert build(BoardDef(columns=columns("name"), sort=("started",)), runs).values.rows == (("run2",), ("run1",))


def test_scores_are_computed_by_run():
    board = BoardDef(
        columns=columns("name", BoardColumn("score", format=".1%")),
        scores=(BoardScore("score", "0.5 * acc + (f1 - 0.1) / 2"),),
    )
    table = build(board, RUNS)
    assert [row[1] for row in table.shown.rows] == ["60.0%", "", "60.0%", "", ""]
    assert table.notes == ("3 of 5 runs without 'score': a value is missing, NaN or not a number",)


def test_a_score_may_have_the_name_of_a_value():
    board = BoardDef(columns=columns("acc", "metric.acc"), scores=(BoardScore("acc", "acc * 100"),))
    assert build(board, RUNS[:1]).values.rows == ((80.0, 0.8),)


GROUPED = BoardDef(
    columns=columns(
        "model",
        BoardColumn("acc", "mean acc", aggregate="mean"),
        BoardColumn("acc", aggregate="std"),
        BoardColumn("acc", aggregate="min"),
        BoardColumn("acc", aggregate="max"),
        BoardColumn("acc", aggregate="first"),
        BoardColumn("acc", aggregate="last"),
        BoardColumn("acc", aggregate="count"),
        BoardColumn("name", "Runs", aggregate="count"),
        "lr",
    ),
    group=BoardGroup(("model",)),
)


def test_groups_have_aggregates():
    table = build(GROUPED, RUNS)
    std = statistics.stdev([0.6, 0.9])
    assert table.values.rows == (
        (3, None, None, None, None, None, None, 0, 1, None),
        ("a", 0.75, std, 0.6, 0.9, 0.9, 0.6, 2, 2, None),
        ("b", 0.8, None, 0.8, 0.8, 0.8, 0.8, 1, 2, 0.1),
    )
    assert table.shown.rows[1] == ("a", "0.75", "0.2121", "0.6", "0.9", "0.9", "0.6", "2", "2", "2 values")
    assert table.notes == ("NaN does not count in aggregates of acc: 1 value",)
    assert [c.title for c in table.shown.columns][:4] == ["model", "mean acc", "acc (std)", "acc (min)"]


def test_groups_are_sorted_by_their_columns():
    def models(*sort):
        return [row[0] for row in build(GROUPED._replace(sort=sort), RUNS).values.rows]

    assert models("-mean acc") == ["b", "a", 3]
    assert models("mean acc") == ["a", "b", 3]
    assert models("acc") == ["a", "b", 3]
    assert models("-model") == ["b", "a", 3]
    board = BoardDef(
        columns=columns(BoardColumn("acc", aggregate="max")), group=BoardGroup(("model",)), sort=("-model",)
    )
    assert build(board, RUNS).values.rows == ((0.8,), (0.9,), (None,))
    with pytest.raises(UsageError, match="Groups cannot be sorted by 'f1'"):
        build(GROUPED._replace(sort=("f1",)), RUNS)


def test_groups_by_several_names_put_missing_values_last():
    board = BoardDef(columns=columns("lr", "model"), group=BoardGroup(("lr", "model")))
    assert build(board, RUNS).values.rows == ((0.01, "a"), (0.1, "a"), (0.1, "b"), (None, 3))


def test_groups_without_columns_have_means():
    board = BoardDef(group=BoardGroup(("model",)), scores=(BoardScore("s", "acc * 2"),))
    table = build(board, RUNS[2:4])
    assert [c.title for c in table.shown.columns] == ["model", "Runs", "s (mean)", "acc (mean)", "f1 (mean)"]
    assert table.values.rows == (("a", 2, 1.5, 0.75, 0.7),)


@pytest.mark.parametrize(("selector", "names"), [("max", ["run5", "run4", "run1"]), ("min", ["run5", "run3", "run1"])])
def test_selects_the_best_run_of_a_group(selector, names):
    board = BoardDef(columns=columns("name"), group=BoardGroup(("model",), selector, "acc"))
    table = build(board, RUNS)
    assert [row[0] for row in table.values.rows] == names
    assert table.notes == ("1 group without 'acc': the newest run is shown",)


def test_selects_the_newest_of_equal_runs_and_compares_numbers_before_texts():
    runs = [make_run(1, {"x": "z"}), make_run(2, {"x": 1}), make_run(3, {"x": 1})]
    board = BoardDef(columns=columns("name"), group=BoardGroup(("op",), "max", "x"))
    assert build(board, runs).values.rows == (("run2",),)
    assert build(board._replace(group=BoardGroup(("op",), "min", "started")), runs).values.rows == (("run3",),)


def test_notes_names_that_no_run_has():
    board = BoardDef(
        columns=columns("name", "modle", "zzz", "acc + f1", "config.lr", "min(accc)", "acc@5"),
        scores=(BoardScore("s", "f2 + 1"),),
        sort=("-qqq",),
    )
    table = build(board, RUNS)
    assert table.notes[:6] == (
        "No run here has 'modle'. Did you mean 'model'?",
        "No run here has 'zzz'",
        "No run here has 'acc + f1'. To compute a value, add a score to the board",
        "No run here has 'accc'. Did you mean 'acc'?",
        "No run here has 'qqq'",
        "No run here has 'f2'",
    )
    assert all(row[1:4] == (None, None, None) for row in table.values.rows)


def test_limits_the_notes():
    table = build(BoardDef(columns=columns(*(f"zz{i}" for i in range(30)))), RUNS)
    assert len(table.notes) == 21 and table.notes[-1] == "and 10 more notes"


def test_notes_names_with_two_meanings():
    run = make_run(1, {"lr": 0.1, "name": "x"}, {"lr": 0.2})
    assert build(BoardDef(columns=columns("lr", "name")), [run]).notes == (
        "'lr' is also a metric of these runs, called 'metric.lr'",
        "'name' is also a parameter of these runs, called 'config.name'",
    )
    assert build(BoardDef(columns=columns("lr", "metric.lr", "config.name")), [run]).notes == ()


def test_notes_what_is_not_a_number():
    board = BoardDef(columns=columns(BoardColumn("model", aggregate="mean")), group=BoardGroup(("op",)))
    table = build(board, RUNS)
    assert table.values.rows == ((3,),)
    assert table.notes == ("Only numbers count in the mean of model: 4 values left out",)


def test_null_is_a_value_that_is_missing():
    assert build(BoardDef(columns=columns("x")), [make_run(1, {"x": None})]).notes == ()


def test_a_batch_itself_is_left_out():
    runs = [make_run(1, {"lr": [0.1, 0.2]}, trials=2), make_run(2, {"lr": 0.1})]
    assert build(BoardDef(columns=columns("index", "lr")), runs).values.rows == ((2, 0.1),)


def test_a_board_without_runs_is_empty():
    table = build(BoardDef(columns=columns("zzz")), [])
    assert (table.shown.rows, table.notes) == ((), ())


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (0.93456, "", "0.9346"),
        (12345, "", "12345"),
        (0.93456, ".3f", "0.935"),
        (1234567, ",d", "1,234,567"),
        (1234567.6, ",d", "1,234,568"),
        (0.5, "+.2f", "+0.50"),
        (5, ".2e", "5.00e+00"),
        (0.934, "percent", "93.4%"),
        (0.934, ".0%", "93%"),
        (3725, "duration", "1 h 2 min"),
        (-2.5, "duration", "-2.5 s"),
        (1_500_000, "bytes", "1.5 MB"),
        (-12, "bytes", "-12 bytes"),
        (NAN, ".3f", "NaN"),
        (math.inf, "bytes", "inf"),
        (-math.inf, "duration", "-inf"),
        (1e308, "duration", "1e+308"),
        (-1e308, "bytes", "-1e+308"),
        (10**13, "bytes", "10.0 TB"),
        (2**62, "duration", "4.612e+18"),
        (10**400, ".3f", "1" + "0" * 400),
        ("text", ".3f", "text"),
        ("text", "date", "text"),
        (True, ".3f", "true"),
        (None, ".3f", ""),
        ([1, 2], ".3f", "[1,2]"),
        (1e30, "date", "1e+30"),
        ("2026-11-30T10:00:00+0000", "date", "2026-11-30"),
        ("2026-11-30T10:00:00+0000", "datetime", "2026-11-30 10:00"),
        (1_795_424_821, "age", "1m"),
    ],
)
def test_formats_values(value, format, text):
    assert format_as(value, format, NOW) == text


NUMBERS = st.floats(allow_nan=True) | st.integers(-(10**6), 10**6)


@given(
    st.lists(NUMBERS | st.none() | st.text(max_size=3)),
    st.sampled_from(["", "mean", "std", "min", "max", "count", "last"]),
)
def test_aggregates_of_anything_are_numbers_of_the_group(values, aggregate):
    result = aggregate_values(values, aggregate)
    present = [v for v in values if v is not None and v == v]
    if aggregate == "count":
        assert result.value == len(present)
    if aggregate in ("min", "max", "last") and result.value is not None:
        assert result.value in present


@pytest.mark.parametrize("values", [[math.inf, -math.inf], [10**400, 1], [1.7e308, 1.7e308]])
def test_aggregates_that_cannot_be_computed_are_nan(values):
    assert math.isnan(aggregate_values(values, "mean").value)


@given(st.lists(NUMBERS | st.none() | st.text(max_size=3)), st.booleans())
def test_sorting_puts_what_cannot_be_compared_last(values, descending):
    ordered = sort_by(values, values, descending)
    ranks = [rank_value(value) for value in ordered]
    present = [rank for rank in ranks if rank is not None]
    assert ranks[len(present) :] == [None] * (len(ranks) - len(present))
    assert present == sorted(present, reverse=descending)
