"""What is typed is what the program gets: by `gage run`, in a batch, from a restart, when it starts later."""

import csv
import json
import os
import sys
from pathlib import Path

import pytest
from text_parameter_programs import AMBIGUOUS_TEXTS, PROGRAMS, write_program

BIN = str(Path(sys.executable).parent)


@pytest.fixture
def typed(gage, project):
    """Runs `gage run …` and gives what each of its programs got, as `repr`, one after the other."""

    def run(*words, **how):
        out = gage("run", *words, "--yes", **how).out
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
def test_program_receives_text_unchanged(kind, gage, typed, project):
    op = write_program(kind, project, len(AMBIGUOUS_TEXTS))
    names = [("T{}" if kind == "env" else "t{}").format(i) for i in range(len(AMBIGUOUS_TEXTS))]
    wanted = {f"t{i}": repr(text) for i, text in enumerate(AMBIGUOUS_TEXTS)}
    words = [f"{name}={text}" for name, text in zip(names, AMBIGUOUS_TEXTS, strict=True)]
    aug = "AUG" if kind == "env" else "aug"

    def same(got, **changed):
        assert {k: v for k, v in got.items() if k in wanted} == {**wanted, **changed}

    [got] = typed(op, *words, f"{aug}=no" if kind != "docopt" else "aug=yes")
    same(got)
    assert got["aug"] == {"docopt": "True", "env": "'false'"}.get(kind, "False")
    [again] = typed("--restart", run_of(gage))
    assert again == got
    [changed] = typed("--restart", run_of(gage), f"{names[0]}=-0.0", f"{names[1]}=")
    assert changed == {**got, "t0": repr("-0.0"), "t1": repr("")}
    assert gage("run", op, *words, "--stage", "--yes").out == ""
    [staged] = typed("--start", run_of(gage))
    same(staged)

    for n, got in enumerate(typed(op, f"{names[0]}=[0123, 1e10, null, 'a, b']", *words[1:])):
        same(got, t0=repr(("0123", "1e10", "null", "a, b")[n]))
    [again] = typed("--restart", run_of(gage), f"{names[2]}=true")
    same(again, t0=repr("a, b"), t2=repr("true"))

    rows = [dict(zip(names, AMBIGUOUS_TEXTS[n:] + AMBIGUOUS_TEXTS[:n], strict=True)) for n in range(2)]
    expected = [{f"t{i}": repr(text) for i, text in enumerate(row.values())} for row in rows]
    (project / "rows.json").write_text(json.dumps(rows))
    assert [{k: v for k, v in got.items() if k in wanted} for got in typed(op, "@rows.json")] == expected
    with open(project / "rows.csv", "w", newline="") as file:
        table = csv.DictWriter(file, names, quoting=csv.QUOTE_ALL)
        table.writeheader()
        table.writerows(rows)
    in_table = {repr(" a "): repr("a"), repr(""): repr("n")}  # an empty cell leaves what the program has
    expected = [{k: in_table.get(v, v) for k, v in row.items()} for row in expected]
    assert [{k: v for k, v in got.items() if k in wanted} for got in typed(op, "@rows.csv")] == expected
