"""The table of runs, and the descriptions and values in it."""

import json
from types import MappingProxyType

import pytest

from gage.board.formatting import format_value
from gage.board.run_table import (
    COLUMNS,
    DEFAULT_COLUMNS,
    JSON_COLUMNS,
    build_run_table,
    describe_run,
    suggest_column,
    suggest_qualified_name,
)
from gage.board.run_values import get_run_value
from gage.board.table_formats import convert_to_text
from gage.board.value_columns import build_export_table
from gage.compare.grid_fields import OWN_VALUES, SYNONYMS
from gage.select.fields import COLUMN_KEYS, RUN_FIELDS
from gage.types.run import Comment, Metric, OpRef, Run, UserAttrs

NOW = 1_795_424_881_000_000
RUN = Run(
    id="019af2c3-0000-7000-8000-0000deadbeef",
    name="tupot-roxuz",
    op=OpRef("train", "proj", "2"),
    status="completed",
    created=NOW - 70_000_000,
    started=NOW - 65_000_000,
    stopped=NOW - 5_000_000,
    exit=0,
    config={"lr": 0.1, "epochs": 3, "name": "sgd", "layers": [1, 2], "warm": True, "seed": None},
    user_attrs=UserAttrs(
        label="best so far", tags=("a", "b"), comments=(Comment("1", "sam", NOW, "good\nrun"),), other={"x": 1}
    ),
    changed_config=("lr", "layers", "gone"),
)


def test_default_table_has_the_usual_columns() -> None:
    table = build_run_table([RUN], [7], now=NOW)
    assert [c.key for c in table.columns] == list(DEFAULT_COLUMNS)
    assert table.rows == ((7, "tupot-roxuz", "train v2", "1m", "completed", "layers=[1,2] lr=0.1  best so far  #a #b"),)


def test_run_that_did_not_start_has_no_start_time() -> None:
    run = Run("i", "n", OpRef("o"), "staged", NOW)
    assert build_run_table([run], [1], ["started"], now=NOW).rows == (("",),)


def test_all_cells_are_json() -> None:
    table = build_run_table(
        [RUN, Run("i", "n", OpRef("o"), "damaged", NOW, damage="Bad zip")], [1, 2], list(COLUMNS), now=NOW
    )
    assert json.loads(json.dumps(table.rows))
    assert {c.key for c in table.columns} >= {*DEFAULT_COLUMNS, *JSON_COLUMNS}
    assert all(column.key == key for key, (column, _) in COLUMNS.items())


def test_columns_and_filters_have_the_same_names() -> None:
    assert {*COLUMN_KEYS.values()} <= {*COLUMNS}
    assert {*JSON_COLUMNS} - {*RUN_FIELDS} == {"index", "config", "metrics", "attributes"}
    assert {*RUN_FIELDS} - {*OWN_VALUES} <= {*SYNONYMS, "deleted_by"}


def test_column_without_values_is_empty() -> None:
    assert build_run_table([RUN], [1], ["colour"]).rows == (("",),)
    assert (suggest_column("colour", [RUN]), suggest_column("statsu", [RUN])) == ("", "status")
    assert suggest_column("status", [RUN]) is None


def test_table_without_runs_has_no_rows() -> None:
    assert build_run_table([], []).rows == ()


def test_describes_damage() -> None:
    run = Run("i", "n", OpRef("o"), "damaged", NOW, config={"a": 1}, damage="The archive is cut off")
    assert describe_run(run) == "The archive is cut off"


def test_shows_all_config_if_the_users_values_are_unknown() -> None:
    run = Run("i", "n", OpRef("o"), "completed", NOW, config={"b": 1, "a": "x y"})
    assert describe_run(run) == "a='x y' b=1"


@pytest.mark.parametrize(
    ("value", "text"),
    [("", "''"), ("a", "a"), (None, "null"), (True, "true"), (1.5, "1.5"), ({"a": (1,)}, '{"a":[1]}'), ("ü", "ü")],
)
def test_formats_values_as_on_a_command_line(value: object, text: str) -> None:
    assert format_value(value) == text


def test_config_precedes_metrics_and_metrics_precede_attributes() -> None:
    metrics = {"lr": Metric(0.5, 0.5, None, None, None), "x": Metric(7, 7, None, None, None)}
    run = RUN._replace(metrics=metrics, config={**RUN.config, "metric.a": 3})
    values = {name: get_run_value(run, name) for name in ("lr", "x", "metric.lr", "config.lr", "attribute.x")}
    assert values == {"lr": 0.1, "x": 7, "metric.lr": 0.5, "config.lr": 0.1, "attribute.x": 1}
    assert (get_run_value(RUN, "x"), get_run_value(run, "metric.a"), get_run_value(run, "metric.y")) == (1, 3, None)
    assert suggest_qualified_name("lr", [run]) == "metric.lr" and suggest_qualified_name("lr", [RUN]) is None
    assert suggest_qualified_name("name", [run]) == "config.name"


@pytest.mark.parametrize(
    ("column", "text"), [("min(loss)", "0.25"), ("min(loss) * x2", "1"), ("loss@1", ""), ("x2", "4"), ("loss)", "")]
)
def test_columns_may_be_expressions(column: str, text: str) -> None:
    metrics = {"loss": Metric(0.5, 0.5, 0.25, 0.5, 0.4), "x2": Metric(4, 4, 4, 4, 4)}
    assert build_run_table([RUN._replace(metrics=metrics)], [1], [column]).rows == ((text,),)


def test_all_descriptions_of_a_table_have_the_same_order() -> None:
    metrics = {"loss": Metric(0.5, 0.5, None, None, None)}
    short = RUN._replace(metrics=metrics, config={"a": 1}, changed_config=("a",), user_attrs=UserAttrs())
    long = short._replace(config={"text": "x" * 30}, changed_config=("text",))
    assert build_run_table([short], [1], ["description"]).rows == (("a=1  loss=0.5",),)
    rows = build_run_table([short, long], [1, 2], ["description"]).rows
    assert [row[0].partition(" ")[0] for row in rows] == ["loss=0.5", "loss=0.5"]


def test_formats_views_as_json() -> None:
    assert format_value(MappingProxyType({"a": (1, "b")})) == '{"a":[1,"b"]}'


def test_long_config_comes_after_metrics_and_batches_say_their_size() -> None:
    metrics = {"loss": Metric(0.5, 0.5, None, None, None)}
    run = RUN._replace(config={"text": "x" * 30}, changed_config=("text",), metrics=metrics, user_attrs=UserAttrs())
    assert describe_run(run) == f"loss=0.5  text={'x' * 30}"
    batch = RUN._replace(config={"lr": "[1,2]"}, changed_config=("lr",), trials=12, user_attrs=UserAttrs())
    assert describe_run(batch) == "lr=[1,2]  (batch of 12)"
    table = build_run_table([RUN, batch], [1, 2], ["lr"])
    assert table.columns[0].align == "right" and table.rows == (("0.1",), ("",))


def test_a_number_has_one_spelling() -> None:
    run = RUN._replace(
        changed_config=None, config={"big": 1e12, "x": 0.123456, "one": 1.0}, metrics={"loss": Metric(1e12, 0, 0, 0, 0)}
    )
    (texts,) = build_run_table([run], [1], ["big", "x", "one", "loss", "description"], now=NOW).rows
    assert texts[:4] == ("1e+12", "0.1235", "1", "1e+12")
    assert "big=1e+12 one=1.0 x=0.123456" in str(texts[4]) and "loss=1e+12" in str(texts[4])
    exact = build_export_table([run], [1], ["big", "x", "one", "loss"])
    assert exact.rows == ((1e12, 0.123456, 1.0, 1e12),)
    assert convert_to_text(exact).rows == (texts[:4],)
