"""The table of `gage compare`: which columns it has, differences to a baseline, and groups over seeds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.board.run_table import ListedRun
from gage.compare.comparison_table import (
    build_comparison_table,
    collect_names,
    find_metric,
    measure_delta,
    pick_columns,
)
from gage.compare.seed_table import build_seed_table, join_seeds, pick_group_columns, sort_groups
from gage.types.run import Metric, OpRef, Run

FINITE = st.floats(-1e6, 1e6)


def make_run(id: str, metrics: dict[str, float] | None = None, status: str = "completed", **config: object) -> Run:
    series = {name: Metric(value, value, value, value, value) for name, value in (metrics or {}).items()}
    return Run(id, f"run-{id}", OpRef("train"), status, 0, config=config, metrics=series)  # type: ignore[arg-type]


def list_runs(*runs: Run) -> list[ListedRun]:
    return [ListedRun(run, at) for at, run in enumerate(runs, 1)]


def test_telling_metrics_come_first_and_equal_columns_are_named() -> None:
    runs = [make_run("a", {"loss": 1, "z": 1}, lr=1, op=2), make_run("b", {"loss": 2, "z": 2}, "error", lr=2, op=2)]
    assert pick_columns(runs) == (("loss", "z", "status", "lr"), ("config.op",))
    assert pick_columns(runs, is_everything=True) == (("loss", "z", "status", "lr", "config.op"), ())
    assert pick_columns(runs[:1]).shown == ("loss", "z", "lr", "config.op")
    assert pick_columns([]) == ((), ())


@pytest.mark.parametrize(
    ("key", "is_metric"),
    [
        ("acc", True),
        ("lr", False),
        ("metric.lr", True),
        ("min(acc)", True),
        ("acc@3", True),
        ("len(tags)", False),
        ("status", False),
        ("metric.status", True),
    ],
)
def test_knows_columns_of_metrics(key: str, is_metric: bool) -> None:
    names = collect_names([make_run("a", {"acc": 1, "lr": 1, "status": 6}, lr=1)])
    assert (find_metric(key, names) is not None) == is_metric


@given(FINITE, FINITE)
def test_a_difference_is_better_for_one_direction_only(value: float, baseline: float) -> None:
    lower, higher = measure_delta(value, baseline, True), measure_delta(value, baseline, False)
    assert lower is not None and higher is not None and lower["value"] == higher["value"] == value - baseline
    assert (lower["better"], higher["better"]) in ((True, False), (False, True), (None, None))
    assert (lower["better"] is None) == (value == baseline)
    assert measure_delta(value, baseline, None) == {"value": value - baseline, "better": None}


def test_a_difference_of_rounding_is_neither_better_nor_worse() -> None:
    assert measure_delta(0.1 + 0.2, 0.3, lower=True) == {"value": 0.0, "better": None}


def test_there_is_no_difference_to_what_is_missing_or_not_finite() -> None:
    runs = [make_run(id, {"acc": acc}) for id, acc in (("a", 0.5), ("b", math.nan), ("c", math.inf))]
    table = build_comparison_table(list_runs(*runs, make_run("d")), ("name", "acc"), runs[0])
    assert [row[2] for row in table.rows] == [None] * 4
    shown = build_comparison_table(list_runs(*runs), ("name", "acc"), runs[0], is_for_people=True)
    assert [row[2] for row in shown.rows] == ["baseline", "", ""]
    assert measure_delta(1e308, -1e308, None) is None


def test_joins_the_newest_completed_run_of_each_seed() -> None:
    runs = [make_run(str(i), {"acc": i}, lr=i // 3, seed=i % 3) for i in range(6)]
    failed = make_run("f", status="error", lr=0, seed=7)
    joined = join_seeds(list_runs(*runs, failed))
    assert [[each.run.id for each in group] for group in joined.groups] == [["0", "1", "2"], ["3", "4", "5"]]
    assert joined.left_out == {"error": 1}
    assert len(join_seeds(list_runs(*runs, failed), any_status=True).groups[0]) == 4
    assert pick_group_columns(joined.groups) == (("acc", "lr"), ())
    assert pick_group_columns(joined.groups[:1], is_everything=True) == (("acc", "lr"), ())


def test_a_group_has_the_spread_of_metrics_and_what_its_runs_share() -> None:
    runs = [make_run(str(i), {"acc": acc}, seed=i, lr=0.1) for i, acc in enumerate((1, 3, math.nan))]
    groups = join_seeds(list_runs(*runs)).groups
    table = build_seed_table(groups, ("acc", "lr", "seed", "status"))
    assert table.rows == ((1, "run-0", 3, {"n": 2, "mean": 2.0, "std": math.sqrt(2)}, 0.1, None, "completed"),)
    shown = build_seed_table(groups, ("acc", "gone"), is_for_people=True)
    assert shown.rows == (("1", "run-0", "3", "2.0 ± 1.4 (2)", ""),)


def test_sorts_groups_by_means_and_missing_ones_last() -> None:
    values = {"a": 2, "b": 1, "c": 3}
    runs = [make_run(name, {"acc": value}, model=name) for name, value in values.items()]
    groups = join_seeds(list_runs(*runs, make_run("d", model="d"))).groups

    def sort(*names: str) -> str:
        return "".join(group[0].run.id for group in sort_groups(groups, names))

    assert (sort("acc"), sort("-acc"), sort("-model"), sort()) == ("bacd", "cabd", "dcba", "abcd")
    assert sort("status", "acc") == "bacd"
