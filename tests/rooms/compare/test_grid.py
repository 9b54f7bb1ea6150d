"""The grid of `gage compare`: rows, columns, order, filter, groups, baseline."""

import math
from types import SimpleNamespace

import pytest
from grid_runs import START, build_metric, build_run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gage.compare.grid import Grid, build_grid, build_view, parse_grid_filter
from gage.compare.grid_cells import CellFormatter, format_delta
from gage.compare.grid_data import GridData
from gage.compare.grid_fields import format_filter_name, is_read_from_points, list_fields, resolve_field
from gage.compare.grid_history import MAX_STEPS, GridHistory, build_step
from gage.compare.grid_rows import find_matches, resolve_column
from gage.compare.grid_view import SEEDS, GridSort, GridView
from gage.select.evaluate import RunRow, is_met
from gage.select.grammar import parse_condition
from gage.types.errors import UsageError
from gage.types.run import UserAttrs


def build(*runs, view=None):
    data = GridData(runs, range(1, len(runs) + 1), START)
    return build_grid(data, view or GridView())


def names(grid: Grid):
    return [grid.data.runs[row.members[0]].name for row in grid.rows]


def keys(grid: Grid):
    return list(grid.choice.keys)


def cell(grid: Grid, key, row=0):
    column = next(each for each in grid.choice.columns if each.field.key == key)
    return CellFormatter(grid.data, column, grid.baseline).format(grid.rows[row])


@pytest.fixture
def grid():
    return build(
        build_run(1, metrics={"loss": 0.5, "acc": 0.8}, lr=0.1, model="small", seed=1),
        build_run(2, metrics={"loss": math.nan, "acc": 0.7}, lr=0.01, model="small", seed=1),
        build_run(3, "error", lr=0.1, model="small", seed=2),
        build_run(10, metrics={"loss": 0.1, "acc": 0.9}, lr=0.1, model="small", seed=3),
    )


def test_shows_only_columns_that_differ_and_counts_the_others(grid):
    assert keys(grid) == ["index", "name", "status", "loss", "lr", "acc", "seed", "curve", "started"]
    assert [column.field.key for column in grid.choice.same] == ["model"]
    all_columns = grid.with_view(grid.view._replace(only_differing=False))
    assert "model" in keys(all_columns)
    assert all_columns.choice.same == ()


def test_config_that_varies_comes_before_seeds_and_config_that_few_runs_changed():
    runs = [
        build_run(n, metrics={"loss": n, "acc": 1 - n, "f1": n}, epochs=30 + (n == 1), seed=n, lr=n % 3)
        for n in range(20)
    ]
    grid = build(*runs, build_run(20, lr=4))
    assert keys(grid) == ["index", "name", "loss", "lr", "acc", "seed", "epochs", "curve", "f1", "status", "started"]
    data = GridData([*runs, build_run(21, "error")], range(1, 22), START)
    assert keys(build_grid(data, GridView()))[2] == "status"


def test_the_mean_of_a_group_of_very_large_values_is_finite():
    runs = [build_run(n, metrics={"big": big}, seed=n) for n, big in enumerate([1e308, 1e308, -1e308, 1.5e308], 1)]
    grid = build(*runs, view=GridView(group=SEEDS, only_differing=False))
    assert cell(grid, "big").text.startswith("6.25e+307")


def test_a_column_differs_among_the_rows_that_are_shown(grid):
    shown = grid.with_view(parse_grid_filter(grid.data, "lr = 0.1"))
    assert "lr" not in keys(shown)


@pytest.mark.parametrize(("descending", "order"), [(False, [10, 1, 2, 3]), (True, [1, 10, 2, 3])])
def test_missing_values_and_nan_come_last_in_both_directions(grid, descending, order):
    sorted_grid = grid.with_view(grid.view.with_sort("loss", descending))
    assert names(sorted_grid) == [f"run-{number}" for number in order]


def test_sorts_names_in_natural_order(grid):
    assert names(grid.with_view(grid.view.with_sort("name", True))) == ["run-10", "run-3", "run-2", "run-1"]


def test_sorts_by_several_columns(grid):
    view = grid.view.with_sort("lr", True).with_next_sort_key("acc")
    assert names(grid.with_view(view)) == ["run-1", "run-10", "run-3", "run-2"]
    view = view.with_next_sort_key("acc")
    assert view.sort == (GridSort("lr", True), GridSort("acc", True))
    assert names(grid.with_view(view)) == ["run-10", "run-1", "run-3", "run-2"]
    assert view.with_next_sort_key("acc").sort == (GridSort("lr", True),)


def test_the_same_sort_twice_restores_the_order_of_the_listing(grid):
    view = grid.view.with_sort("loss", False)
    assert view.with_sort("loss", False).sort == ()
    assert view.find_direction("loss") is False
    assert view.find_direction("lr") is None


def test_sorts_by_a_column_that_is_not_shown(grid):
    view = grid.view.with_hidden("acc").with_sort("acc", False)
    assert names(grid.with_view(view))[0] == "run-2"


def test_a_metric_is_sorted_by_the_value_that_is_shown():
    grid = build(build_run(1, metrics={"loss": build_metric(0.5, low=0.1)}), build_run(2, metrics={"loss": 0.3}))
    view = grid.view.with_sort("loss", False)
    assert names(grid.with_view(view)) == ["run-2", "run-1"]
    for reducer in ("min", "max", "mean", "first", "last"):
        view = view.with_next_reducer("loss")
        assert view.reducers["loss"] == reducer
        if reducer == "min":
            shown = grid.with_view(view)
            assert names(shown) == ["run-1", "run-2"]
            assert "min(loss)" in [column.title for column in shown.choice.columns]


def test_moves_hides_and_pins_columns(grid):
    view = grid.view.with_moved("lr", 2, grid.choice.keys)
    moved = grid.with_view(view)
    assert keys(moved) == ["index", "name", "status", "loss", "acc", "seed", "lr", "curve", "started"]
    hidden = moved.with_view(moved.view.with_hidden("loss"))
    assert "loss" not in keys(hidden)
    assert hidden.choice.hidden == ("loss",)
    assert keys(hidden.with_view(hidden.view.with_added("loss"))) == keys(moved)
    pinned = grid.with_view(grid.view.with_pin("acc"))
    assert keys(pinned)[:3] == ["index", "name", "acc"]
    assert keys(pinned.with_view(pinned.view.with_pin("acc"))) == keys(grid)
    swapped = pinned.with_view(pinned.view.with_moved("acc", -1, pinned.choice.keys))
    assert keys(swapped)[:3] == ["index", "acc", "name"]
    assert grid.view.with_moved("nothing", 1, grid.choice.keys) == grid.view


def test_widths_follow_each_other():
    view = GridView()
    modes = []
    for _ in range(3):
        view = view.with_next_width("lr")
        modes.append(view.widths["lr"])
    assert modes == ["full", "narrow", "auto"]


def test_filters_rows_in_the_language_of_where(grid):
    assert names(grid.with_view(parse_grid_filter(grid.data, "loss < 0.4 or status = error"))) == ["run-3", "run-10"]
    assert names(grid.with_view(parse_grid_filter(grid.data, "loss is nan"))) == ["run-2"]
    assert names(grid.with_view(parse_grid_filter(grid.data, "lr != 0.1"))) == ["run-2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("los < 1", "No run has 'los'\n  los < 1\n  ^"),
        ("loss <", "loss <\n        ^"),
        ("loss@3 < 1", "needs each run's series"),
        ("mean(loss, 3) < 1", "needs each run's series"),
        ("abs(at(loss, 3)) < 1", "needs each run's series"),
        ("loss - at(loss, 3) < 1", "needs each run's series"),
    ],
)
def test_rejects_a_wrong_filter(grid, text, message):
    with pytest.raises(UsageError) as caught:
        parse_grid_filter(grid.data, text)
    assert message in caught.value.message


def test_groups_runs_that_differ_in_their_seed(grid):
    grouped = grid.with_view(grid.view.with_group(SEEDS))
    assert [row.members for row in grouped.rows] == [(0, 2, 3), (1,)]
    assert cell(grouped, "name").text == "run-1 ×3"
    assert cell(grouped, "loss").text == "0.3 ±0.28 (2/3)"  # a run without a loss is not hidden
    assert cell(grouped, "status").text == "2 values"
    assert cell(grouped, "lr").text == "0.1"
    assert cell(grouped, "loss", 1).text == "nan"
    assert cell(grouped, "index").text == "1"


def test_groups_show_config_as_one_value_or_its_number_of_values_and_no_seeds(grid):
    grouped = grid.with_view(grid.view.with_group(SEEDS))
    assert "seed" not in keys(grouped)
    shown = grouped.with_view(grouped.view.with_added("seed"))
    assert cell(shown, "seed").text == "3 values"
    assert cell(shown, "lr").text == "0.1"
    partly = build(build_run(1, lr=0.1, model="a"), build_run(2, lr=0.1, model="a", width=8), build_run(3, lr=0.2))
    by_lr = partly.with_view(partly.view.with_group("=lr"))
    assert cell(by_lr, "width").text == "8 (1/2)"


def test_groups_sort_by_their_mean(grid):
    view = grid.view.with_group(SEEDS).with_sort("acc", False)
    assert [row.members for row in grid.with_view(view).rows] == [(1,), (0, 2, 3)]


def test_a_repeated_seed_counts_once():
    grid = build(build_run(1, lr=1, seed=1), build_run(2, lr=1, seed=1), build_run(3, lr=1, seed=2))
    grouped = grid.with_view(grid.view.with_group(SEEDS))
    assert [(row.members, row.repeats) for row in grouped.rows] == [((0, 2), 1)]
    assert cell(grouped, "name").text == "run-1 ×2+1"


def test_groups_runs_with_the_same_value(grid):
    grouped = grid.with_view(grid.view.with_group("=lr"))
    assert [row.members for row in grouped.rows] == [(0, 2, 3), (1,)]
    assert grouped.with_view(grouped.view.with_group("=lr")).rows == grid.rows


def test_a_group_keeps_only_runs_that_match_the_filter(grid):
    view = parse_grid_filter(grid.data, "status = completed").with_group(SEEDS)
    assert [row.members for row in grid.with_view(view).rows] == [(0, 3), (1,)]


def test_the_baseline_shows_differences_and_which_are_better(grid):
    based = grid.with_view(grid.view.with_baseline(grid.data.runs[0].id))
    assert cell(based, "loss", 0).delta == ""
    assert (cell(based, "loss", 3).delta, cell(based, "loss", 3).verdict) == ("−0.4", "better")
    assert (cell(based, "acc", 1).delta, cell(based, "acc", 1).verdict) == ("−0.1", "worse")
    assert cell(based, "loss", 1).delta == ""  # NaN has no difference
    assert cell(based, "lr", 1).delta == ""
    assert based.view.with_baseline(grid.data.runs[0].id).baseline == ""


def test_a_metric_of_unknown_direction_has_no_verdict():
    grid = build(build_run(1, metrics={"depth": 1.0}), build_run(2, metrics={"depth": 2.0}))
    based = grid.with_view(grid.view.with_baseline(grid.data.runs[0].id))
    assert (cell(based, "depth", 1).delta, cell(based, "depth", 1).verdict) == ("+1", "")
    assert format_delta(0) == "±0"


def test_a_difference_of_rounding_has_no_verdict():
    grid = build(build_run(1, metrics={"loss": 0.3}), build_run(2, metrics={"loss": 0.1 + 0.2}))
    based = grid.with_view(grid.view.with_baseline(grid.data.runs[0].id))
    shown = cell(based, "loss", 1)
    assert (shown.delta, shown.verdict) == ("±0", "")


def test_values_have_a_place_in_their_column_and_nan_is_never_best():
    grid = build(
        *(build_run(n, metrics={"loss": value}) for n, value in enumerate([5.0, 1.0, 4.0, 2.0, 3.0, math.nan]))
    )
    scales = [cell(grid, "loss", row).scale for row in range(6)]
    assert scales == [5, 1, 4, 2, 3, 0]
    assert [cell(grid, "loss", row).is_best for row in range(6)] == [False, True, False, False, False, False]


def test_the_baseline_is_dropped_with_its_run(grid):
    based = grid.with_view(grid.view.with_baseline(grid.data.runs[0].id))
    later = based.with_data(based.data.update(grid.data.runs[1:], (1, 2, 3), START))
    assert later.view.baseline == ""
    assert names(later) == ["run-2", "run-3", "run-10"]


def test_update_reads_changed_and_new_runs_again(grid):
    data = grid.data
    columns = [resolve_field(key, data.fields) for key in ("loss", "status", "index", "duration")]
    before = [list(data.get_values(column)) for column in columns]
    find_matches(data, parse_condition("loss < 0.2"))
    data.get_seed_rows()
    changed = data.runs[2]._replace(status="completed", metrics={"loss": build_metric(0.01)})
    new = build_run(0, "running", {"loss": 0.9}, lr=5)
    later = data.update((new, *data.runs[:2], changed), (1, 2, 3, 4), START + 5_000_000)
    assert list(later.get_values(columns[0])) == [0.9, *before[0][:2], 0.01]
    assert list(later.get_values(columns[1])) == ["running", "completed", "completed", "completed"]
    assert list(later.get_values(columns[2])) == [1, 2, 3, 4]
    assert later.get_values(columns[3])[0] == 5
    assert find_matches(later, parse_condition("loss < 0.2")) == [False, False, False, True]
    assert len(later.get_seed_rows()) == 3
    assert later.has_same(data.runs[0])
    assert not later.has_same(data.runs[2])


def test_finds_the_row_of_a_run(grid):
    grouped = grid.with_view(grid.view.with_group(SEEDS))
    assert [grouped.find_row(run.id) for run in grid.data.runs] == [0, 1, 0, 0]
    assert grouped.find_row("x") is None
    assert grid.get_run("x") is None
    assert [run.name for run in grouped.get_runs(grouped.rows[0])] == ["run-1", "run-3", "run-10"]


def test_names_of_several_kinds_are_written_with_their_kind():
    run = build_run(1, metrics={"lr": 1.0, "a b": 2.0})._replace(config={"lr": 0.1, "status_code": 3, "status": "x"})
    fields = list_fields([run])
    assert {"lr", "metric.lr", "config.status", "a b", "status_code"} <= set(fields)
    assert fields["status"].kind == "run"
    assert resolve_field("metric.lr", fields).field.kind == "metric"
    assert resolve_field("config.lr", fields).field.kind == "config"
    assert resolve_field("min(lr)", fields).title == "min(metric.lr)"
    assert resolve_field("run.status", fields).field.kind == "run"
    assert format_filter_name(fields["a b"]) == "`a b`"
    for name, written in (("val/loss", "val/loss"), ("1", "`1`"), ("not", "`not`"), ("a=b", "`a=b`"), ("x.y", "x.y")):
        (field,) = (each for each in list_fields([build_run(1, metrics={name: 1.0})]).values() if each.name == name)
        assert format_filter_name(field) == written
    assert format_filter_name(fields["metric.lr"]) == "metric.lr"


def test_expressions_can_be_columns(grid):
    view = build_view(grid.data, ["-loss", "max(loss)"], ["abs(loss)", "min(acc)"])
    shown = build_grid(grid.data, view)
    assert "abs(loss)" in keys(shown)
    assert cell(shown, "abs(loss)", 0).text == "0.5"
    assert view.reducers == {"acc": "min", "loss": "max"}
    assert view.sort == (GridSort("loss", True), GridSort("loss", False))


def test_listed_columns_are_shown_alone(grid):
    view = build_view(grid.data, [], ["model", "acc"])
    assert keys(build_grid(grid.data, view)) == ["index", "name", "model", "acc"]


@pytest.mark.parametrize("text", ["nothing", "min(nothing)", "nothing@3", "mean(nothing, 10)", "5"])
def test_rejects_columns_that_no_run_has(grid, text):
    with pytest.raises(UsageError):
        build_view(grid.data, [], [text])


@pytest.mark.parametrize(("text", "value"), [("loss@3", 0.25), ("mean(loss, 2)", 0.15), ("argmin(loss)", 9)])
def test_columns_of_single_points_are_read_again_for_changed_runs_only(text, value):
    asked = []

    def read_series(id, name):
        asked.append(id)
        return SimpleNamespace(steps=[0, 3, 9], values=[0.5, 0.25, 0.05])

    runs = [build_run(1, metrics={"loss": 0.05}), build_run(2, metrics={"loss": 0.05})]
    data = GridData(runs, (1, 2), START, read_series)
    column = resolve_field(text, data.fields)
    assert is_read_from_points(column)
    assert not data.has_column(column)
    assert data.build_reader(column)(0) == pytest.approx(value)
    assert data.has_column(column)
    assert asked == [run.id for run in runs]
    changed = runs[1]._replace(metrics={"loss": build_metric(0.04)})
    later = data.update((runs[0], changed), (1, 2), START)
    assert later.get_values(column)[1] == pytest.approx(value)
    assert asked[2:] == [changed.id]
    new = GridData((runs[0], changed), (1, 2), START)
    new.adopt_columns(later)
    assert new.get_values(column)[1] == pytest.approx(value)
    assert asked[3:] == []


def test_metrics_of_evaluations_are_columns_with_differences():
    runs = [build_run(1, metrics={"loss": 0.5})._replace(evaluated={"acc": 0.9}), build_run(2, metrics={"loss": 0.4})]
    other = build_run(3, metrics={"loss": 0.3})._replace(evaluated={"acc": 0.8})
    grid = build(*runs, other)
    assert "eval.acc" in keys(grid)
    assert format_filter_name(grid.data.fields["eval.acc"]) == "eval.acc"
    compared = grid.with_view(grid.view.with_baseline(runs[0].id))
    assert cell(compared, "eval.acc", 2).verdict == "worse"
    assert cell(compared, "eval.acc", 1).is_missing
    assert names(grid.with_view(parse_grid_filter(grid.data, "eval.acc < 0.85"))) == ["run-3"]
    assert names(grid.with_view(grid.view.with_sort("eval.acc", False))) == ["run-3", "run-1", "run-2"]


def test_a_column_of_values_that_are_gone_is_empty(grid):
    view = grid.view.with_sort("lr", True)
    later = build_grid(GridData([build_run(1)], [1], START), view)
    assert names(later) == ["run-1"]
    column = resolve_column(later.data, view.with_added("lr"), "lr")
    assert column.title == "lr"
    assert later.data.get_values(column)[0] is None


def test_history_forgets_the_oldest_steps():
    history = GridHistory()
    for number in range(MAX_STEPS + 5):
        history = history.push(GridView(filter=str(number)))
    assert len(history.steps) == MAX_STEPS
    history, step = history.pop()
    assert step == GridView(filter=str(MAX_STEPS + 4))
    assert GridHistory().pop() == (GridHistory(), None)


def test_a_step_restores_attributes_as_they_were():
    labelled = build_run(1, label="old", tags=("a",), marked=True)
    other = build_run(2)._replace(user_attrs=UserAttrs(other={"note": 3}))
    names = ("label", "tag:a", "tag:b", "mark", "deleted", "note")
    step = build_step("text", [labelled, other], names)
    assert step.restores[0].set == {"label": "old", "tag:a": True, "mark": True}
    assert step.restores[0].delete == ("tag:b", "deleted", "note")
    assert step.restores[1].set == {"note": 3}


CONFIGS = st.dictionaries(
    st.sampled_from(["lr", "status", "loss", "a b"]),
    st.sampled_from([1, 1.0, 0.5, "x", "", None, True, [1]]),
    max_size=3,
)
METRICS = st.dictionaries(st.sampled_from(["loss", "lr"]), st.sampled_from([0.5, 1.0, math.nan, math.inf]), max_size=2)
FILTERS = st.sampled_from(
    """
    loss < 1; lr = 1; lr != 1; status = comp; status = x; min(loss) <= 0.5; `a b` ~ 'x*'; not loss > 0.5; loss is nan
    lr = 1 or loss = 0.5 and status = error; lr in [1, x]; train; len(lr) > 0; lr contains 1; name = run-1; label = ''
    loss + 1 < 2; lr =~ '^x'; config.lr = 1; abs(loss) > 0; run.status = error; lr ~ '1.0'; loss < lr; lr ~ status
    lr is null; lr is set; 0.2 < loss < 1; loss - lr * 2 > 0; max(loss) = 1; metric.lr < 1; count(loss) = 3; lr = ''
    min(lr) < max(loss); name > run-0; lr > 'a'; not (train and loss > 0); 1 < loss; completed
    """.strip()
    .replace("\n    ", "; ")
    .split("; ")
)


@given(st.lists(st.tuples(CONFIGS, METRICS, st.sampled_from(["completed", "error"])), max_size=4), FILTERS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_columns_and_single_runs_agree_on_a_filter(parts, text):
    runs = [
        build_run(n, status, metrics, label="x")._replace(config=config)
        for n, (config, metrics, status) in enumerate(parts)
    ]
    data = GridData(runs, range(1, len(runs) + 1), START)
    condition = parse_condition(text)
    assert find_matches(data, condition) == [is_met(condition, RunRow(run, now=START)) for run in runs]


def test_durations_and_times_are_written_for_people(grid):
    everything = grid.with_view(grid.view.with_added("duration").with_added("exit"))
    assert cell(everything, "duration").text == "1 min 30 s"
    assert cell(everything, "started").text == "1h"
    grouped = everything.with_view(everything.view.with_group(SEEDS))
    assert cell(grouped, "duration").text == "1 min 30 s"
    running = build_run(11, "running", lr=0.1, model="small", seed=4)
    mixed = build(*grid.data.runs, running._replace(started=None), view=grouped.view)
    assert cell(mixed, "duration").text == "1 min 30 s (3/4)"


def test_positions_and_attributes_of_runs():
    runs = [build_run(n)._replace(user_attrs=UserAttrs(other={"note": n})) for n in (1, 2)]
    grid = build(*runs)
    assert cell(grid, "note", 1).text == "2"
    child = build_run(3)._replace(parent=runs[0].id, relation="trial")
    assert cell(build(*runs, child), "batch", 2).text.count("-") == 1
    assert cell(build(*runs, child), "batch", 0).is_missing
    hostile = child._replace(parent="z" * 36)
    assert cell(build(*runs, hostile), "batch", 2).text == "z" * 36
