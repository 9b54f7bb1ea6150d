"""Whatever a request asks and whatever files a run has, the server answers, or says what is wrong."""

import io
import json
import struct

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from stores import make_run

from gage.metrics.thumbnails import make_thumbnail
from gage.store.store import RunStore
from gage.view import events
from gage.view.stores import ViewedStores

JSON = {"X-Gage": "1", "Content-Type": "application/json"}
METRICS = '{"step": 1, "loss": NaN, "__proto__": 1, "\\ud800": 2, "a\\u0000b": 3, "..": 4}\n'


@pytest.fixture
def run(root):
    return make_run(RunStore(root), config={"lr": 0.1}, files={"metrics.jsonl": METRICS})


def post(client, path, body):
    return client.post(path, content=body if isinstance(body, str) else json.dumps(body), headers=JSON)


@pytest.mark.parametrize("query", ["first", "limit", "store"])
@pytest.mark.parametrize("number", [2**63, -(2**63), 10**30, "9" * 5000])
def test_numbers_of_a_query_have_a_limit(client, run, query, number):
    answer = client.get(f"/api/runs?{query}={number}")
    assert answer.status_code == 400 and answer.json()["message"].startswith(f"{query} must ")


@pytest.mark.parametrize("name", ["weight", "first", "points"])
def test_numbers_of_a_body_have_a_limit(client, run, name):
    answer = post(client, "/api/curves", f'{{"runs": ["{run}"], "metrics": ["loss"], "{name}": {10**400}}}')
    assert answer.status_code == 400 and answer.json()["message"] == f"{name} must have less than 20 digits"


@pytest.mark.parametrize("value", ['"\\ud800"', "NaN", "-Infinity"])
@pytest.mark.parametrize("path", ["/api/compare", "/api/ranking"])
def test_a_body_is_json_of_valid_unicode(client, run, path, value):
    answer = post(client, path, f'{{"where": [{value}]}}')
    assert (answer.status_code, answer.json()["message"]) == (400, "The body is not valid JSON")


def test_values_that_json_does_not_have_are_sent_as_texts(client, root):
    run = make_run(
        RunStore(root),
        config={"lr": 1, "\ud800": "\udfff", "__proto__": {"toString": float("inf")}},
        members={"sys/git.json": b'{"commit": NaN, "branch": [1e999]}', "proc/cmd.json": b'["\\ud800"]'},
    )
    for path in ("", "/environment", "/files", "/output", "/lineage"):
        assert client.get(f"/api/runs/{run}{path}").status_code == 200
    page = client.get(f"/api/runs/{run}").json()
    assert page["git"]["commit"] == "NaN" and page["run"]["config"]["__proto__"]["toString"] == "Infinity"


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
@pytest.mark.parametrize("group", [{}, {"seed": 1}])
def test_a_ranking_without_a_run_that_counts_says_why(client, root, value, group):
    summary = f'{{"loss": {{"count": 1, "last": {{"value": {value}, "step": 1}}}}}}'
    for lr in (1, 2):
        make_run(RunStore(root), config={"lr": lr, **group}, members={"summaries/metrics.json": summary})
    answer = post(client, "/api/ranking", {"metric": "loss"})
    assert answer.status_code == 200 and answer.json()["facts"] == {}


def test_a_deeply_nested_value_is_refused(client, root):
    run = make_run(RunStore(root), members={"config.json": '{"a":' + "[" * 900 + "]" * 900 + "}"})
    assert client.get(f"/api/runs/{run}").status_code < 500
    answer = client.get("/api/runs?columns=a")
    assert answer.status_code == 400 and "nested" in answer.json()["message"]


def test_a_board_with_problems_is_no_failure_of_the_server(client, root, monkeypatch):
    project = root.parent
    monkeypatch.chdir(project)
    (project / "gage.toml").write_text("")
    (project / "boards").mkdir()
    (project / "boards" / "bad.toml").write_text("columns = [1, {")
    answer = client.get("/api/boards/bad")
    assert answer.status_code == 400 and "has problems" in answer.json()["message"]


def test_changes_are_found_for_a_page_that_opens_while_the_last_one_closes(root):
    feed = events.ChangeFeed(ViewedStores((RunStore(root),)))
    feed._thread = leaving = events.threading.current_thread()  # is alive
    assert not feed._is_followed()
    feed._start()
    assert feed._thread is not leaving
    feed._followers = 0


@pytest.mark.parametrize("error", [TypeError, KeyError, struct.error, EOFError, MemoryError])
def test_a_damaged_image_has_no_thumbnail_whatever_pillow_raises(tmp_path, monkeypatch, error):
    image, file = pytest.importorskip("PIL.Image"), io.BytesIO()
    image.new("RGB", (20, 20)).save(file, "PNG")

    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(image.Image, "convert", fail)
    assert make_thumbnail(file.getvalue(), tmp_path) is None


def test_no_generated_request_fails_inside(client, root, run, monkeypatch):
    schemathesis = pytest.importorskip("schemathesis")
    monkeypatch.chdir(root.parent)
    (root.parent / "gage.toml").write_text("")
    schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    for operation in (each.ok() for each in schema.get_all_operations()):

        @settings(
            max_examples=8,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            path = case.path.replace("{id}", run).replace("{name}", "x")
            body = case.body if isinstance(case.body, dict) else {}
            answer = client.get(path, params=case.query) if case.method.upper() == "GET" else post(client, path, body)
            assert answer.status_code < 500, (case.method, case.path, case.query, case.body, answer.text)

        ask()
