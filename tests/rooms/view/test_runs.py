"""Lists of runs, names of values, curves."""

import json
import math
import struct

import pytest
from stores import make_run

from gage.view.curves_format import CurveWriter


@pytest.fixture
def runs(root):
    return [
        make_run(root, config={"lr": lr, "seed": 1}, started=10**15 + i * 10**6) for i, lr in enumerate((0.1, 0.2, 0.3))
    ]


def test_lists_a_page_of_rows(client, runs) -> None:
    page = client.get("/api/runs", params={"columns": ["lr", "none"], "first": 1, "limit": 1}).json()
    assert page["total"] == 3 and [row["id"] for row in page["rows"]] == [runs[1]]
    assert page["rows"][0]["position"] == 2 and page["rows"][0]["cells"] == [0.2, None]


def test_filters_and_sorts(client, runs) -> None:
    page = client.get("/api/runs", params={"where": "lr > 0.1", "sort": "lr", "columns": "lr"}).json()
    assert page["total"] == 2 and [row["cells"] for row in page["rows"]] == [[0.2], [0.3]]
    assert [row["position"] for row in page["rows"]] == [2, 1]


def test_a_sorted_page_starts_at_its_offset(client, runs) -> None:
    page = client.get("/api/runs", params={"sort": "-lr", "first": 2, "columns": "lr"}).json()
    assert [row["cells"] for row in page["rows"]] == [[0.1]] and page["total"] == 3


def test_a_filter_without_runs_says_why(client, runs) -> None:
    page = client.get("/api/runs", params={"where": "lrr > 0.1"}).json()
    assert page["rows"] == [] and "lrr" in page["problem"]["message"] and "lr" in page["problem"]["hint"]


def test_a_wrong_filter_points_at_the_mistake(client, runs) -> None:
    answer = client.get("/api/runs", params={"where": "lr <"})
    assert answer.status_code == 400 and "^" in answer.json()["message"]


def test_an_unknown_sort_name_keeps_the_rows(client, runs) -> None:
    page = client.get("/api/runs", params={"sort": "nothing"}).json()
    assert len(page["rows"]) == 3 and "nothing" in page["problem"]["message"]


@pytest.mark.parametrize(
    "params", [{"first": -1}, {"first": "x"}, {"store": 1}, {"store": -1}, {"x": 1}, {"first": [1, 2]}, {"limit": 1.5}]
)
def test_a_wrong_parameter_has_one_message(client, runs, params) -> None:
    answer = client.get("/api/runs", params=params)
    assert answer.status_code == 400 and set(answer.json()) == {"message", "hint"}


def test_counts_the_runs_with_each_name(client, runs) -> None:
    names = client.get("/api/fields").json()
    assert {"name": "lr", "runs": 3, "differs": True} in names["config"]
    assert {"name": "seed", "runs": 3, "differs": False} in names["config"]


def test_numbers_that_json_does_not_have_are_texts(client, root) -> None:
    value = {key: {"step": 1, "value": math.nan} for key in ("last", "min", "max")}
    make_run(root, members={"summaries/metrics.json": json.dumps({"acc": {"count": 1, **value}})})
    page = client.get("/api/runs", params={"columns": "acc"})
    assert page.json()["rows"][0]["cells"] == ["NaN"]


def test_a_run_that_does_not_exist_is_not_found(client) -> None:
    for id in ("01890a5d-ac96-774b-bcce-b302099a8057", "x", "..", "%2e%2e%2f"):
        assert client.get(f"/api/runs/{id}").status_code == 404


def test_describes_a_run(client, runs) -> None:
    page = client.get(f"/api/runs/{runs[0]}").json()
    assert page["run"]["config"] == {"lr": 0.1, "seed": 1} and page["problems"] == []


def test_columns_of_curves_are_stored_once_and_exactly() -> None:
    writer = CurveWriter(max_exact=0)
    first = writer.add([1.0, 2.0, 3.0])
    assert writer.add([1.0, 2.0, 3.0]) == first == ["f4", 0, 3]
    assert writer.add([1e-300]) == ["f8", 16, 1]
    assert writer.add([math.nan, math.inf, 0.0])[0] == "f4"
    data = writer.finish({"curves": []})
    (length,) = struct.unpack("<I", data[:4])
    assert (4 + length) % 8 == 0 and struct.unpack("<d", data[4 + length + 16 : 4 + length + 24]) == (1e-300,)
