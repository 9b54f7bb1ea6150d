"""Answers about one run: output in pages, source, differences, lineage, media."""

import json
import os
import struct

import pytest
from stores import make_run

from gage.metrics.histograms import parse_histogram
from gage.store.output_log import OutputWriter
from gage.store.store import RunStore

T = 1_795_424_880_000_000


@pytest.fixture
def store(root):
    return RunStore(root)


def get(client, run, route="", **params):
    answer = client.get(f"/api/runs/{run}{route}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def make_output(tmp_path, lines):
    descriptors = [os.open(tmp_path / name, os.O_RDWR | os.O_CREAT | os.O_TRUNC) for name in ("text", "index")]
    writer = OutputWriter(*descriptors)
    for number, line in enumerate(lines):
        writer.write(1 + number % 2, line.encode() + b"\n", T + number * 1_000_000)
    writer.finish(T)
    for each in descriptors:
        os.close(each)
    return {"output/run": (tmp_path / "text").read_bytes(), "output/run.index": (tmp_path / "index").read_bytes()}


@pytest.mark.parametrize("status", ["completed", "running"])
def test_pages_output_by_line_from_the_end_and_by_time(client, store, tmp_path, status):
    lines = [f"line {n}" for n in range(1000)]
    run = make_run(store, status=status, members=make_output(tmp_path, lines))
    page = get(client, run, "/output", first=10, limit=3)
    assert (page["first"], page["total"], page["is_live"]) == (10, 1000, status == "running")
    assert page["lines"] == [
        {"stream": 1 + n % 2, "when": T + n * 1_000_000, "text": f"line {n}", "is_cut": False} for n in (10, 11, 12)
    ]
    page = get(client, run, "/output", first=-2)
    assert (page["first"], [line["text"] for line in page["lines"]]) == (998, ["line 998", "line 999"])
    page = get(client, run, "/output", when=T + 500_500_000, limit=1)
    assert (page["first"], page["lines"][0]["text"]) == (501, "line 501")
    assert get(client, run, "/output", first=5000)["lines"] == []


def test_joins_the_output_of_phases(client, store, tmp_path):
    stage = {name.replace("run", "stage-sourcecode"): data for name, data in make_output(tmp_path, ["a", "b"]).items()}
    run = make_run(store, members=stage | make_output(tmp_path, ["c", "d"]))
    page = get(client, run, "/output", first=1, limit=2)
    assert (page["total"], [line["text"] for line in page["lines"]]) == (4, ["b", "c"])
    assert get(client, run, "/output/search", text="D") == {"lines": [3], "next": 4, "total": 4}


def test_searches_output_and_finds_errors(client, store, tmp_path):
    lines = ["ok", "ValueError: bad", "loss error 0.1", "Traceback (most recent call last):", "OK"]
    run = make_run(store, members=make_output(tmp_path, lines))
    assert get(client, run, "/output/search", text="ok")["lines"] == [0, 4]
    assert get(client, run, "/output/search", text="ok", first=1)["lines"] == [4]
    assert get(client, run, "/output/search", errors=True)["lines"] == [1, 3]
    assert client.get(f"/api/runs/{run}/output/search").status_code == 400


def test_cuts_long_lines_and_keeps_terminal_codes_as_text(client, store, tmp_path):
    run = make_run(store, members=make_output(tmp_path, ["x" * 50_000, "\x1b]8;;javascript:alert(1)\x07a\x1b[31m<b>"]))
    first, second = get(client, run, "/output")["lines"]
    assert (len(first["text"]), first["is_cut"]) == (20_000, True)
    assert second["text"] == "\x1b]8;;javascript:alert(1)\x07a\x1b[31m<b>"


def test_output_of_a_run_that_wrote_nothing(client, store):
    run = make_run(store, output="")
    assert get(client, run, "/output")["lines"] == []


def test_describes_a_run_and_how_to_run_it_again(client, store):
    run = make_run(store, config={"lr": 0.1, "api_key": "x"}, files={"a": "12"})
    page = get(client, run)
    assert page["again"] == f"gage run --restart {page['run']['name']}"
    assert (page["command"], page["file_count"], page["file_bytes"]) == ("python train.py", 2, 21)


def test_lists_the_runs_that_name_a_run(client, store):
    first = make_run(store)
    command = {"argv": ["gage", "run"], "cwd": "/", "gage": "0.3.0", "parent": first, "relation": "restart"}
    second = make_run(store, members={"run-cmd.json": json.dumps(command)})
    assert [each["id"] for each in get(client, first, "/lineage")["children"]] == [second]
    assert [each["id"] for each in get(client, second, "/lineage")["parents"]] == [first]


def test_shows_environment_and_git_diff_without_secrets(client, store):
    members = {
        "proc/env.json": json.dumps({"LANG": "C", "AWS_SECRET_ACCESS_KEY": "hunter2hunter2"}),
        "sys/git.diff": b"+x = 1\n",
    }
    run = make_run(store, members=members)
    answer = client.get(f"/api/runs/{run}/environment")
    sections = {each["name"]: each["values"] for each in answer.json()["sections"]}
    assert sections["packages"]["torch"] == "2.6.0" and "hunter2" not in answer.text
    assert get(client, run, "/git-diff") == {"text": "+x = 1\n", "is_cut": False}


def test_lists_all_media_of_runs(client, store):
    files = {f"samples/cat_step_{n}.png": b"x" for n in range(300)} | {"table.csv": "a,b\n1,2\n"}
    run, other = make_run(store, files=files), make_run(store, files={"samples/cat_step_7.png": b"x"})
    ask = {"runs": [run, other]}
    headers = {"x-gage": "1"}
    names = client.post("/api/media/names", json=ask, headers=headers).json()
    assert (names["total"], names["kinds"], names["steps"]) == (2, ["image", "table"], list(range(300)))
    assert names["names"][0] == {"kind": "image", "name": "samples/cat", "items": 301, "runs": 2}
    ask["names"] = [{"kind": "image", "name": "samples/cat"}]
    series = client.post("/api/media", json=ask, headers=headers).json()["series"]
    assert [(each["run"], len(each["items"])) for each in series] == [(run, 300), (other, 1)]
    assert series[0]["items"][299] == {"step": 299, "path": "samples/cat_step_299.png", "key": "", "size": 1}


def test_media_are_only_those_of_the_run(client, store, tmp_path):
    run = make_run(store, files={"a.png": b"not an image"})
    for params in ({"path": "b.png"}, {"path": "a.png", "key": "0+5"}, {"path": "../x.png"}):
        assert client.get(f"/api/runs/{run}/medium", params=params).status_code == 404
    assert client.get(f"/api/runs/{run}/thumbnail", params={"path": "a.png"}).status_code == 404


def field(number, data):
    return bytes([number << 3 | 2, len(data)]) + data


def test_reads_histograms_of_both_kinds():
    message = field(6, struct.pack("<4d", 0, 1, 2, 3)) + field(7, struct.pack("<4d", 0, 5, 6, 0))
    assert parse_histogram(field(5, message)) == ((0, 1, 5), (1, 2, 6))
    assert parse_histogram(field(8, field(4, struct.pack("<6d", 0, 1, 5, 1, 2, 6)))) == ((0, 1, 5), (1, 2, 6))
    for damaged in (b"", b"\xff", field(5, b"\xff\xff"), field(8, field(4, b"1"))):
        assert parse_histogram(damaged) == ()
