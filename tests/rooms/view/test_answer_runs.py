"""Pages of the list of runs, the names of values, completion and small curves."""

import json
from pathlib import Path

import pytest
from stores import make_run

from gage.store.store import RunStore
from gage.types.errors import UsageError
from gage.view.answer_fields import CompletionsQuery, FieldsQuery, list_completions, list_fields
from gage.view.answer_runs import RunsQuery, list_runs
from gage.view.answer_sparklines import SparklinesQuery, read_sparklines
from gage.view.stores import ViewedStores


def view(root: Path) -> ViewedStores:
    return ViewedStores((RunStore(root),))


def summarize(metrics: dict[str, float]) -> dict[str, str]:
    return {"summaries/metrics.json": json.dumps({name: {"last": {"value": v}} for name, v in metrics.items()})}


def test_a_cell_says_whether_a_value_is_null_or_missing(tmp_path: Path) -> None:
    make_run(tmp_path / "runs", config={"lr": None, "depth": 2})
    page = list_runs(view(tmp_path / "runs"), RunsQuery(columns=("depth", "lr", "width")))
    assert (page.rows[0].cells, page.rows[0].nulls) == ((2, None, None), (1,))


def test_cells_have_metrics_of_a_run_with_thousands(tmp_path: Path) -> None:
    metrics = {f"layer{i}": i / 2 for i in range(2000)} | {"zeta loss": float("nan")}
    make_run(tmp_path / "runs", members=summarize(metrics))
    columns = ("layer1999", "metric.layer1998", "min(layer1997)", "zeta loss", "none", "min(", "first(`layer3`)")
    page = list_runs(view(tmp_path / "runs"), RunsQuery(columns=columns))
    assert page.rows[0].cells == (999.5, 999.0, 998.5, "NaN", None, None, 1.5)
    fields = list_fields(view(tmp_path / "runs"), FieldsQuery())
    assert {each.name: (each.low, each.high) for each in fields.metrics}["zeta loss"] == (None, None)


def test_a_wrong_filter_has_a_caret(tmp_path: Path) -> None:
    make_run(tmp_path / "runs", config={"lr": 0.1})
    with pytest.raises(UsageError) as caught:
        list_runs(view(tmp_path / "runs"), RunsQuery(where=("lr < 1 and",)))
    assert "^" in caught.value.message


def test_lists_names_with_direction_and_range(tmp_path: Path) -> None:
    make_run(tmp_path / "runs", config={"lr": 0.1}, members=summarize({"val/loss": 0.5, "acc": 0.75, "steps": 3}))
    make_run(tmp_path / "runs", config={"lr": 0.2}, members=summarize({"val/loss": 1.5}))
    fields = list_fields(view(tmp_path / "runs"), FieldsQuery())
    assert [(each.name, each.differs) for each in fields.config] == [("lr", True)]
    assert {each.name: (each.better, each.low, each.high) for each in fields.metrics} == {
        "val/loss": ("lower", 0.5, 1.5),
        "acc": ("higher", 0.75, 0.75),
        "steps": ("unknown", 3, 3),
    }
    assert {"operation": "text", "created_at": "time", "duration": "duration"}.items() <= {
        each.name: each.type for each in fields.run
    }.items()


def test_completes_names_and_values_of_the_store(tmp_path: Path) -> None:
    make_run(tmp_path / "runs", config={"optimizer": "adam w"})
    stores = view(tmp_path / "runs")
    assert "optimizer=" in [item.text for item in list_completions(stores, CompletionsQuery("opti")).items]
    texts = [item.text for item in list_completions(stores, CompletionsQuery("status=completed and optimizer=")).items]
    assert texts == ['status=completed and optimizer="adam w"']


def test_small_curves_are_thinned_and_say_so(tmp_path: Path) -> None:
    id = make_run(tmp_path / "runs", members=summarize({"loss": 1.0}), files={"metrics.jsonl": make_log(1000)})
    found = read_sparklines(view(tmp_path / "runs"), SparklinesQuery((str(id),), "loss", points=40)).curves
    assert [curve.total for curve in found] == [1000]
    assert len(found[0].values) <= 44
    assert (found[0].values[0], "NaN" in found[0].values) == (0.0, True)


def make_log(count: int) -> str:
    values = [float("nan") if step == 500 else float(step) for step in range(count)]
    return "".join(json.dumps({"step": step, "loss": value}) + "\n" for step, value in enumerate(values))
