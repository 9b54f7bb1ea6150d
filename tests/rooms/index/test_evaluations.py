"""Metrics of evaluations beside the evaluated run: the same in SQLite and in Python, and never of a wrong run."""

import json
import math
from pathlib import Path

import pytest
from stores import make_run

from gage.index.index import SeenRuns, open_index
from gage.select.evaluate import RunRow, is_met
from gage.select.grammar import parse_condition
from gage.select.parse import parse_sort, parse_where
from gage.store.store import RunStore
from gage.types.filter import RunFilter
from gage.types.run import Run


def evaluate(store: RunStore, run: str, status: str = "completed", **values: float) -> str:
    """Makes an evaluation of a run."""
    metrics = {name: {"count": 1, "last": {"step": 0, "value": value}} for name, value in values.items()}
    request = {"argv": [], "parent": run, "relation": "evaluation"}
    members = {"summaries/metrics.json": json.dumps(metrics), "run-cmd.json": json.dumps(request)}
    return make_run(store, "evaluate", status, members=members)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    store = RunStore(tmp_path)
    store.ensure_exists()
    return store


def find(store: RunStore, where: str = "", sort: str = "") -> list[Run]:
    with open_index(store) as index:
        run_filter = RunFilter(where=parse_where(where), sort=parse_sort([sort] if sort else []))
        return index.find(run_filter).runs


def test_the_newest_completed_evaluation_with_the_metric_counts(store: RunStore) -> None:
    first, second, third = (make_run(store, config={"lr": lr}) for lr in (1, 2, 3))
    evaluate(store, first, acc=0.5, f1=0.25)
    evaluate(store, first, acc=0.75)
    evaluate(store, first, "error", acc=0.9)
    deleted = evaluate(store, first, acc=0.95)
    evaluate(store, second, acc=math.nan)
    store.annotate([deleted], {"deleted": True})
    by_id = {run.id: run for run in find(store)}
    assert by_id[first].evaluated == {"acc": 0.75, "f1": 0.25}
    assert math.isnan(by_id[second].evaluated["acc"]) and by_id[third].evaluated == {}
    assert by_id[first].relation == "" and deleted not in by_id
    assert [run.id for run in find(store, sort="-eval.acc")][:1] == [first]


def test_filters_agree_in_sql_and_in_python(store: RunStore) -> None:
    runs = [make_run(store, config={"lr": lr}) for lr in (1, 2, 3)]
    evaluate(store, runs[0], acc=0.5)
    evaluate(store, runs[1], acc=math.nan, lr=7)
    listed = find(store)
    for text in (
        *("eval.acc > 0.4", "eval.acc < 1", "eval.acc is nan", "eval.acc is null", "eval.acc != 0.5", "eval.lr = 7"),
        *("eval.acc * 2 = 1", "eval.lr > lr", "min(eval.acc) < 1", "eval.acc in [0.5, 1]", "not eval.acc ~ '0*'"),
    ):
        expected = [run.id for run in listed if is_met(parse_condition(text), RunRow(run))]
        assert [run.id for run in find(store, text)] == expected, text
    assert [run.id for run in find(store, "eval.acc > 0.4")] == [runs[0]]
    assert find(store, "min(eval.acc) < 1") == []


def test_a_value_of_that_name_comes_first(store: RunStore) -> None:
    metric = {"count": 1, "last": {"step": 0, "value": 3}}
    run = make_run(store, members={"summaries/metrics.json": json.dumps({"eval.acc": metric})})
    evaluate(store, run, acc=0.5)
    assert [each.id for each in find(store, "eval.acc = 3")] == [run] and find(store, "eval.acc = 0.5") == []
    assert [each.id for each in find(store, "last(eval.acc) = 3")] == [run]


def test_an_evaluation_of_a_purged_run_does_no_harm(store: RunStore) -> None:
    run = make_run(store)
    evaluation = evaluate(store, run, acc=0.5)
    store.annotate([run], {"deleted": True})
    assert [each.id for each in find(store)] == [evaluation]
    store.purge(run, "sam")
    assert [each.id for each in find(store)] == [evaluation] and find(store, "eval.acc > 0") == []


def test_a_new_evaluation_changes_the_evaluated_run(store: RunStore) -> None:
    run = make_run(store)
    with open_index(store) as index:
        before = index.find_changes(RunFilter(), SeenRuns())
        assert before is not None
        evaluation = evaluate(store, run, acc=0.5)
        after = index.find_changes(RunFilter(), before.seen)
    assert after is not None and set(after.changed) == {run, evaluation}
    assert after.changed[run].evaluated == {"acc": 0.5}
