"""`gage attr`, and the origin of attributes."""

import pytest


@pytest.fixture
def run_with_attributes(gage, project):
    (project / "gage.toml").write_text(
        '[train]\nexec = "python train.py"\nattributes = { dataset = "mnist", team = "a", seed = 1 }\n'
    )
    (project / "train.py").write_text(
        'import json\njson.dump({"attributes": {"seed": 7, "opt": "sgd"}}, open("summary.json", "w"))\n'
    )
    gage("run", "train", "--attr", "team=b", "--yes")


def test_shows_the_origin_of_attributes(gage, run_with_attributes):
    assert gage("attr", "1", "--json").json == {
        "dataset": {"value": "mnist", "origin": "operation"},
        "opt": {"value": "sgd", "origin": "run"},
        "seed": {"value": 7, "origin": "run"},
        "team": {"value": "b", "origin": "command line"},
    }


def test_user_overrides_attributes_without_changing_the_run(gage, project, run_with_attributes):
    before = sorted((p.name, p.stat().st_mtime_ns) for p in (project / ".gage/runs").rglob("*.meta.zip"))
    gage("attr", "1", "dataset=fashion", "ok=true")
    attributes = gage("show", "--json").json["attributes"]
    assert attributes["dataset"] == {"value": "fashion", "origin": "user"}
    assert attributes["ok"] == {"value": True, "origin": "user"}
    assert "dataset  fashion  (user)" in gage("attr").out
    gage("attr", "1", "--delete", "dataset")
    assert gage("attr", "--json").json["dataset"] == {"value": "mnist", "origin": "operation"}
    assert sorted((p.name, p.stat().st_mtime_ns) for p in (project / ".gage/runs").rglob("*.meta.zip")) == before


def test_filters_by_attributes(gage, project, run_with_attributes):
    gage("run", "train", "--yes")
    gage("attr", "1", "grade=good")
    assert len(gage("select", "--where", "team=b").out.splitlines()) == 1
    assert len(gage("select", "--where", "grade=good").out.splitlines()) == 1
    assert len(gage("select", "--where", "dataset=mnist").out.splitlines()) == 2


def test_keeps_attributes_of_a_staged_run(gage, project, run_with_attributes):
    gage("run", "train", "--attr", "team=c", "--stage")
    assert gage("attr", "1", "--json").json["team"]["value"] == "c"
    gage("run", "--start", "1", "--yes")
    assert gage("attr", "1", "--json").json["team"] == {"value": "c", "origin": "command line"}
    assert gage("attr", "1", "--json").json["opt"]["origin"] == "run"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("attr", "1", "label=x"), "gage label"),
        (("attr", "dataset=x"), "No runs specified"),
        (("attr", "1", "=x"), "name before ="),
        (("attr", "1", "2"), "got several"),
        (("attr", "1", "x=1", "--json"), "cannot be used together"),
        (("run", "train", "--attr", "x", "--yes"), "name=value"),
    ],
)
def test_rejects_invalid_attributes(gage, run_with_attributes, words, message):
    result = gage(*words, code=None)
    assert result.code != 0
    assert message in result.err


def test_reports_a_run_without_attributes(gage, store):
    assert "has no attributes" in gage("attr", "1").err
