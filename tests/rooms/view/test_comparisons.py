"""Comparisons, rankings, pivot tables, differences and boards."""

import json

import pytest
from stores import make_run

POST = {"X-Gage": "1"}


def write_metrics(**values: float) -> dict[str, str]:
    numbers = {
        name: {"count": 1, **{part: {"step": 1, "value": value} for part in ("last", "min", "max")}}
        for name, value in values.items()
    }
    return {"summaries/metrics.json": json.dumps(numbers)}


@pytest.fixture
def runs(root):
    """Makes four runs with two seeds for each of two learning rates. The newest is the last."""
    pairs = [(lr, seed) for lr in (0.1, 0.2) for seed in (1, 2)]
    return [
        make_run(
            root,
            config={"lr": lr, "seed": seed, "depth": 3},
            started=10**15 + i * 10**6,
            members=write_metrics(loss=lr + seed / 100),
        )
        for i, (lr, seed) in enumerate(pairs)
    ]


def post(client, path: str, **body: object):
    return client.post(path, json=body, headers=POST)


def test_the_comparison_marks_what_differs(client, runs) -> None:
    page = post(client, "/api/compare").json()
    columns = {column["key"]: column for column in page["columns"]}
    assert columns["lr"]["differs"] and not columns["depth"]["differs"]
    assert columns["loss"]["kind"] == "metric" and columns["loss"]["lower_is_better"] is True
    assert [run["id"] for run in page["runs"]] == runs[::-1]


def test_the_comparison_has_differences_to_a_baseline(client, runs) -> None:
    page = post(client, "/api/compare", runs=runs[:2], baseline=runs[0]).json()
    at = [column["key"] for column in page["columns"]].index("loss")
    deltas = {run["id"]: run["deltas"][at] for run in page["runs"]}
    assert deltas[runs[0]] is None
    assert deltas[runs[1]]["value"] == pytest.approx(0.01) and deltas[runs[1]]["better"] is False


def test_the_comparison_joins_seeds(client, runs) -> None:
    page = post(client, "/api/compare", group=True).json()
    at = [column["key"] for column in page["columns"]].index("loss")
    assert [run["n"] for run in page["runs"]] == [2, 2]
    assert page["runs"][1]["cells"][at]["mean"] == pytest.approx(0.115)


def test_says_if_more_runs_match(client, runs) -> None:
    page = post(client, "/api/compare", limit=2).json()
    assert page["is_cut"] and [run["id"] for run in page["runs"]] == runs[:1:-1]
    assert not post(client, "/api/compare", limit=4).json()["is_cut"]


def test_runs_that_do_not_exist_are_left_out(client, runs) -> None:
    missing = "01890a5d-ac96-774b-bcce-b302099a8057"
    assert len(post(client, "/api/compare", runs=[missing, runs[0]]).json()["runs"]) == 1
    assert post(client, "/api/compare", runs=[missing, "../x"]).json()["runs"] == []


def test_ranks_runs_by_a_metric(client, runs) -> None:
    page = post(client, "/api/ranking", metric="loss").json()
    assert page["direction"] == "min" and page["ranking"]["runs"][0]["id"] == runs[0]
    assert post(client, "/api/ranking", metric="loss", direction="max").json()["ranking"]["runs"][0]["id"] == runs[3]


def test_a_metric_without_a_direction_is_not_ranked(client, root) -> None:
    make_run(root, members=write_metrics(zeta=1.0))
    page = post(client, "/api/ranking", metric="zeta").json()
    assert page["direction"] == "" and page["ranking"] is None


def test_an_unknown_metric_is_not_found(client, runs) -> None:
    answer = post(client, "/api/ranking", metric="los")
    assert answer.status_code == 404 and "loss" in answer.json()["hint"]


def test_builds_a_pivot_table(client, runs) -> None:
    page = post(client, "/api/pivot", rows=["lr"], columns=["seed"], values=["mean(loss)"]).json()
    assert [row[0] for row in page["rows"]] == [0.1, 0.2]
    assert page["rows"][0][1]["mean"] == pytest.approx(0.11) and page["rows"][0][1]["n"] == 1


def test_compares_two_runs_by_lines_and_words(client, root) -> None:
    ids = [make_run(root, output=f"step 1\nloss: {loss}\n") for loss in (0.25, 0.5)]
    page = client.get("/api/diff", params={"runs": ids, "sections": ["output"]}).json()
    (section,) = page["sections"]
    (line,) = section["differences"][0]["hunks"][0]["lines"]
    assert line["left"] == [{"text": "loss: ", "differs": False}, {"text": "0.25", "differs": True}]
    assert line["right"][1] == {"text": "0.5", "differs": True} and (line["before"], line["after"]) == (2, 2)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_compares_two_to_eight_runs(client, root, count) -> None:
    ids = [make_run(root) for _ in range(count)]
    assert client.get("/api/diff", params={"runs": ids}).status_code == 400


@pytest.fixture
def project(tmp_path):
    """Creates a project with a store."""
    (tmp_path / "demo" / ".gage" / "runs").mkdir(parents=True)
    return tmp_path / "demo"


def test_saves_and_shows_a_board(make_client, project) -> None:
    store = project / ".gage" / "runs"
    ids = [make_run(store, config={"lr": lr}) for lr in (0.1, 0.2)]
    client = make_client(store)
    body = {"name": "rates", "columns": ["name", "lr"], "sort": ["-lr"], "where": ["lr > 0"]}
    assert post(client, "/api/boards", **body).json() == {"name": "rates", "file": "boards/rates.toml"}
    assert [each["name"] for each in client.get("/api/boards").json()["boards"]] == ["rates"]
    page = client.get("/api/boards/rates").json()
    assert [row[1] for row in page["values"]] == [0.2, 0.1] and page["runs"] == [[ids[1]], [ids[0]]]
    assert [row[1] for row in client.get("/api/boards/rates", params={"sort": "lr"}).json()["values"]] == [0.1, 0.2]


def test_does_not_replace_another_board(make_client, project) -> None:
    client = make_client(project / ".gage" / "runs")
    assert post(client, "/api/boards", name="a", columns=["name"]).status_code == 200
    assert post(client, "/api/boards", name="a", columns=["op"]).status_code == 400


@pytest.mark.parametrize("name", ["../x", "", ".hidden", "a/b", "x.toml"])
def test_refuses_names_that_lead_out_of_the_directory(make_client, project, name) -> None:
    client = make_client(project / ".gage" / "runs")
    assert post(client, "/api/boards", name=name, columns=["name"]).status_code == 400


def test_a_server_that_only_reads_saves_no_board(make_client, project) -> None:
    client = make_client(project / ".gage" / "runs", can_write=False)
    assert post(client, "/api/boards", name="a", columns=["name"]).status_code == 403
    assert not (project / "boards").exists()


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e%2fx"])
def test_a_board_that_does_not_exist_is_not_found(make_client, project, name) -> None:
    assert make_client(project / ".gage" / "runs").get(f"/api/boards/{name}").status_code in (404,)
