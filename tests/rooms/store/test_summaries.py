"""Metrics and attributes in summary files of Gage, Gage 0.1 and other tools."""

import json
import math
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from stores import make_run

from gage.store.store import RunStore
from gage.store.summaries import parse_metrics
from gage.types.run import Attribute, Metric

PREDECESSOR = Path(__file__).parents[2] / "samples" / "predecessor"


def test_reads_metrics_of_a_run(tmp_path) -> None:
    loss = {
        "count": 2,
        "last": {"value": 0.5, "step": 2, "time": 1795443834.5},
        "first": {"value": 1.0, "step": 1},
        "min": {"value": 0.5, "step": 2},
        "max": {"value": 1.0, "step": 1},
        "mean": 0.75,
    }
    bad = {"count": 1, "last": {"value": "NaN", "step": 0}, "first": {"value": "NaN", "step": 0}}
    metrics = {"loss": loss, "bad": bad, "best": {"count": 1, "last": {"value": 0.25}}, "wrong": {"last": 3}}
    facts = {"opt": {"value": "sgd", "origin": "run"}, "data": {"value": "mnist", "origin": "operation"}, "wrong": 1}
    members = {"summaries/metrics.json": json.dumps(metrics), "summaries/attrs.json": json.dumps(facts)}
    store = RunStore(tmp_path)
    run = store.read(make_run(store, members=members))
    assert "wrong" not in run.metrics
    assert run.metrics["loss"] == Metric(0.5, 1.0, 0.5, 1.0, 0.75, 2, 2, 1795443834.5)
    assert math.isnan(run.metrics["bad"].last)
    assert run.metrics["bad"].min is None
    assert run.metrics["best"] == Metric(0.25, 0.25, 0.25, 0.25, 0.25)
    assert run.attributes == {"opt": Attribute("sgd", "run"), "data": Attribute("mnist", "operation")}


def test_ignores_a_summary_that_is_not_json(tmp_path) -> None:
    store = RunStore(tmp_path)
    run = store.read(make_run(store, members={"summaries/metrics.json": "{", "summaries/attrs.json": b"\xff"}))
    assert (run.status, run.metrics, run.attributes) == ("completed", {}, {})


def test_reads_summaries_of_gage_0_1() -> None:
    store = RunStore(PREDECESSOR / "gage-0.1.2")
    run = store.read("11295acb-365c-4b2d-8651-5ad8e527dd1a")
    assert run.metrics["loss"].last == 0.3429999999999999
    assert run.attributes == {"opt": Attribute("sgd", "run")}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["last", "first", "min", "value", "step", "count", "a"]), inner, max_size=4
            )
        ),
        max_leaves=20,
    )
)
def test_reads_the_valid_part_of_a_summary(content) -> None:
    for metric in parse_metrics(content).values():
        assert isinstance(metric.last, float)
        assert metric.points >= 1
