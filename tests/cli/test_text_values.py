"""Programs receive text unchanged: by `gage run`, in a batch, after a restart, after staging."""

import csv
import json
import os
import sys
from pathlib import Path

import pytest
from text_parameter_programs import AMBIGUOUS_TEXTS, PROGRAMS, write_program

BIN = str(Path(sys.executable).parent)


@pytest.fixture
def run_and_collect(gage, project):
    """Runs `gage run …` and gives what each of its programs got, as `repr`, one after the other."""

    def run(*arguments, **options):
        out = gage("run", *arguments, "--yes", **options).out
        return [json.loads(line) for line in out.splitlines() if line.startswith('{"')]

    return run


@pytest.fixture(autouse=True)
def _path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", BIN + os.pathsep + os.environ["PATH"])
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))


def run_of(gage, number=1):
    return gage("select", str(number)).out.split()[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", PROGRAMS)
def test_program_receives_text_unchanged(kind, gage, run_and_collect, project):
    op = write_program(kind, project, len(AMBIGUOUS_TEXTS))
    names = [("T{}" if kind == "env" else "t{}").format(i) for i in range(len(AMBIGUOUS_TEXTS))]
    expected_texts = {f"t{i}": repr(text) for i, text in enumerate(AMBIGUOUS_TEXTS)}
    arguments = [f"{name}={text}" for name, text in zip(names, AMBIGUOUS_TEXTS, strict=True)]
    aug = "AUG" if kind == "env" else "aug"

    def assert_texts(received, **changed):
        assert {k: v for k, v in received.items() if k in expected_texts} == {**expected_texts, **changed}

    [received] = run_and_collect(op, *arguments, f"{aug}=no" if kind != "docopt" else "aug=yes")
    assert_texts(received)
    assert received["aug"] == {"docopt": "True", "env": "'false'"}.get(kind, "False")
    [again] = run_and_collect("--restart", run_of(gage))
    assert again == received
    [changed] = run_and_collect("--restart", run_of(gage), f"{names[0]}=-0.0", f"{names[1]}=")
    assert changed == {**received, "t0": repr("-0.0"), "t1": repr("")}
    assert gage("run", op, *arguments, "--stage", "--yes").out == ""
    [staged] = run_and_collect("--start", run_of(gage))
    assert_texts(staged)

    for n, received in enumerate(run_and_collect(op, f"{names[0]}=[0123, 1e10, null, 'a, b']", *arguments[1:])):
        assert_texts(received, t0=repr(("0123", "1e10", "null", "a, b")[n]))
    [again] = run_and_collect("--restart", run_of(gage), f"{names[2]}=true")
    assert_texts(again, t0=repr("a, b"), t2=repr("true"))

    rows = [dict(zip(names, AMBIGUOUS_TEXTS[n:] + AMBIGUOUS_TEXTS[:n], strict=True)) for n in range(2)]
    expected = [{f"t{i}": repr(text) for i, text in enumerate(row.values())} for row in rows]
    (project / "rows.json").write_text(json.dumps(rows))
    assert [
        {k: v for k, v in received.items() if k in expected_texts} for received in run_and_collect(op, "@rows.json")
    ] == expected
    with open(project / "rows.csv", "w", newline="") as file:
        table = csv.DictWriter(file, names, quoting=csv.QUOTE_ALL)
        table.writeheader()
        table.writerows(rows)
    in_table = {repr(" a "): repr("a"), repr(""): repr("n")}  # an empty cell leaves what the program has
    expected = [{k: in_table.get(v, v) for k, v in row.items()} for row in expected]
    assert [
        {k: v for k, v in received.items() if k in expected_texts} for received in run_and_collect(op, "@rows.csv")
    ] == expected
