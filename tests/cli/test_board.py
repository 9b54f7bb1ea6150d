"""`gage board`: boards by name and path, formats, boards of Gage 0.1, wrong boards."""

import csv
import json
import os
import shutil
import stat
import threading

import pytest
from predecessor import SAMPLES
from stores import make_run

HOSTILE = "<script>x</script>\x1b[31m=1+1\u202e"


def add_run(root, config, metrics, **fields):
    summary = {
        name: {"count": 1, **{key: {"step": 1, "value": value} for key in ("last", "min", "max")}}
        for name, value in metrics.items()
    }
    members = {"summaries/metrics.json": json.dumps(summary)}
    return make_run(root, config=config, members=members, run_dir=False, **fields)


@pytest.fixture
def runs(project):
    root = project / ".gage" / "runs"
    for model, acc in (("a", 0.5), ("a", 0.7), ("b", 0.9)):
        add_run(root, {"model": model}, {"acc": acc})
    add_run(root, {"model": "b"}, {"acc": float("nan")}, status="error")
    return root


@pytest.fixture
def write(project):
    def write(name, text):
        path = project / "boards" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        return path

    return write


MODELS = """\
title = "Models"
description = "Of May"
columns = ["model", { name = "acc", label = "Accuracy", format = ".1%" }]
where = "op=train"
sort = "-acc"
"""


def test_shows_a_board_by_name(gage, runs, write):
    write("models.toml", MODELS)
    result = gage("board", "models")
    assert result.out == (
        "Models\nOf May\n\nmodel  Accuracy\nb         90.0%\na         70.0%\na         50.0%\nb           NaN\n"
    )
    assert result.err == ""
    assert gage("board", "boards/models.toml").out == result.out
    assert gage("board", "--config", "boards/models.toml").out == result.out


def test_runs_and_filters_limit_the_runs(gage, runs, write):
    write("models.toml", MODELS)
    assert gage("board", "models", "--where", "model=a").out.splitlines()[4:] == ["a         70.0%", "a         50.0%"]
    assert gage("board", "models", "2").out.splitlines()[4:] == ["b         90.0%"]
    assert gage("board", "--config", "boards/models.toml", "3:4").out.splitlines()[4:] == [
        *("a         70.0%", "a         50.0%")
    ]
    assert "No runs match" in gage("board", "models", "-w", "model=zzz").err


def test_says_how_many_rows_are_left_out(gage, runs, write):
    write("models.toml", MODELS + "limit = 1\n")
    result = gage("board", "models")
    assert len(result.out.splitlines()) == 5 and "1 of 4 rows" in result.err


def test_prints_other_formats(gage, runs, write):
    write("models.toml", MODELS)
    rows = list(csv.reader(gage("board", "models", "--csv").out.splitlines()))
    assert rows == [["model", "Accuracy"], ["b", "0.9"], ["a", "0.7"], ["a", "0.5"], ["b", "nan"]]
    assert gage("board", "models", "--markdown").out.splitlines()[2] == "| b     |    90.0% |"
    assert "b     &   90.0\\% \\\\" in gage("board", "models", "--latex").out
    board = gage("board", "models", "--json").json
    assert board["title"] == "Models" and board["total"] == 4 and board["notes"] == []
    assert board["columns"][1] == {"key": "acc", "name": "acc", "label": "Accuracy", "aggregate": ""}
    assert board["rows"][0] == {"model": "b", "acc": 0.9} and board["rows"][3]["acc"] == "NaN"
    assert "cannot be used together" in gage("board", "models", "--csv", "--json", code=2).err


def test_shows_groups_and_scores(gage, runs, write):
    write(
        "models.toml",
        'sort = "-acc"\n[group]\nby = "model"\n[scores]\nloss = "1 - acc"\n'
        '[[columns]]\nname = "model"\n[[columns]]\nname = "acc"\naggregate = "mean"\n'
        '[[columns]]\nname = "loss"\naggregate = "max"\n',
    )
    result = gage("board", "models")
    assert result.out == "model  acc (mean)  loss (max)\nb             0.9         0.1\na             0.6         0.5\n"
    assert result.err == (
        "gage: 1 of 4 runs without 'loss': a value is missing, NaN or not a number\n"
        "gage: NaN does not count in aggregates of acc: 1 value\n"
    )


def test_lists_boards(gage, project, runs, write):
    assert "This project has no boards" in gage("board").err
    write("models.toml", MODELS)
    write("wrong.toml", "x = 1")
    assert gage("board").out == "Board   Title\nmodels  Models\nwrong   1 problem: gage check boards/wrong.toml\n"
    sub = project / "sub"
    sub.mkdir()
    listed = gage("board", "--json", cwd=project).json["boards"]
    assert listed[0] == {
        "name": "models",
        "file": str(project / "boards" / "models.toml"),
        "title": "Models",
        "problem": "",
    }


def test_explains_names_that_no_run_has(gage, runs, write):
    write("models.toml", 'columns = ["name", "acuracy", "modle"]')
    result = gage("board", "models")
    assert "No run here has 'acuracy'" in result.err and "No run here has 'modle'. Did you mean 'model'?" in result.err
    write("models.toml", 'where = "modle=a"\ncolumns = ["name"]')
    assert "modle" in gage("board", "models").err


def test_explains_wrong_boards_as_check_does(gage, runs, write):
    write("models.toml", 'columns = ["acc"]\nwhere = "acc > > 1"\n')
    expected = (
        "boards/models.toml:2:16: Expected a value\n"
        '  2 | where = "acc > > 1"\n'
        "    |                ^\n"
        "  For example 'status=completed and loss < 0.5'\n"
    )
    assert gage("check", "boards/models.toml", code=1).out == expected
    result = gage("board", "models", code=1)
    assert expected in result.err and "See 'gage help boards'" in result.err and result.out == ""
    [problem] = gage("check", "boards/models.toml", "--json", code=1).json["problems"]
    assert (problem["line"], problem["column"], problem["topic"]) == (2, 16, "boards")
    write("models.toml", MODELS)
    assert gage("check", "boards/models.toml").out == "boards/models.toml: a board, no problems\n"
    assert gage("check", "boards/models.toml", "--json").json["problems"] == []


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\0", b"x" * 5_000_000, b"[" * 9000, b"\0\1\2"])
def test_rejects_files_that_are_not_boards(gage, runs, write, data):
    write("models.toml", "").write_bytes(data)
    result = gage("board", "models", code=1)
    assert "This board has" in result.err and "Traceback" not in result.err


def test_rejects_missing_boards_and_other_files(gage, project, runs, write):
    write("models.toml", MODELS)
    assert "There is no board 'model'\nDid you mean 'models'?" in gage("board", "model", code=1).err
    assert "Board x.toml does not exist" in gage("board", "x.toml", code=1).err
    assert "train.py is not a board" in gage("board", "--config", "train.py", code=2).err


def test_hostile_texts_are_escaped(gage, project, write):
    add_run(project / ".gage" / "runs", {"model": HOSTILE}, {"acc": 1.0}, label=HOSTILE)
    board = {"title": HOSTILE, "description": HOSTILE, "columns": [{"name": "model", "label": HOSTILE}, "label"]}
    write("models.json", board)
    for option in ((), ("--csv",), ("--markdown",), ("--latex",), ("--json",)):
        raw = gage("board", "models", *option).raw
        assert b"\x1b" not in raw and "\u202e".encode() not in raw
    add_run(project / ".gage" / "runs", {"model": "=cmd()"}, {"acc": 1.0})
    assert "'=cmd()" in gage("board", "models", "--csv").out
    gage("board", "models", "--html", "out.html")
    page = (project / "out.html").read_text()
    assert "<script>x" not in page and "&lt;script&gt;x" in page and "\x1b" not in page


def test_writes_a_page(gage, project, runs, write):
    write("models.toml", MODELS)
    assert gage("board", "models", "--html", "out.html").err == "gage: Wrote out.html\n"
    page = (project / "out.html").read_text()
    assert "<title>Models</title>" in page and "<caption>4 rows</caption>" in page and "<p>Of May</p>" in page
    assert '<td class="right number" data-n="0.9">90.0%</td>' in page
    gage("board", "models", "--html", "out.html")
    assert "is the board itself" in gage("board", "models", "--html", "boards/models.toml", code=2).err
    assert (project / "boards" / "models.toml").read_text() == MODELS
    assert "boards is a directory" in gage("board", "models", "--html", "boards", code=2).err
    assert "No such file" in gage("board", "models", "--html", "nowhere/out.html", code=1).err


def test_prints_the_schema(gage):
    assert gage("board", "--schema").json["title"] == "Gage board"


OLD_BOARDS = {
    "columns": (
        {
            "columns": [
                {"run-attr": "operation", "label": "Op"},
                {"run-attr": "status"},
                {"config": "lr"},
                {"metric": "loss", "label": "Loss", "column-filter": True},
                {"attribute": "opt"},
            ]
        },
        "Op,status,lr,Loss,opt",
        "train,completed,0.4,0.216,adam",
        "train,staged,0.9,,",
        "fail,error,0.1,0.7290000000000001,adam",
        "train,completed,0.3,0.3429999999999999,sgd",
        "train,completed,0.2,0.5120000000000001,adam",
    ),
    "selected runs": (
        {"run-select": {"operation": "train", "status": "completed"}, "columns": [{"config": "lr"}]},
        *("lr", "0.4", "0.3", "0.2"),
    ),
    "lowest of a group": (
        {
            "run-select": {"status": "completed"},
            "columns": [{"config": "lr"}, {"metric": "loss"}],
            "group-select": {"group-by": {"run-attr": "operation"}, "min": {"metric": "loss"}},
        },
        *("lr,loss", "0.4,0.216"),
    ),
    "highest of groups": (
        {
            "columns": [{"run-attr": "status"}, {"config": "lr"}],
            "group-select": {"group-by": {"run-attr": "status"}, "max": {"config": "lr"}},
        },
        *("status,lr", "completed,0.4", "error,0.1", "staged,0.9"),
    ),
    "group without a value": (
        {
            "columns": [{"config": "lr"}, {"metric": "loss"}, {"run-attr": "status"}],
            "group-select": {"group-by": {"config": "lr"}, "max": {"metric": "loss"}},
        },
        "lr,loss,status",
        "0.1,0.7290000000000001,error",
        "0.2,0.5120000000000001,completed",
        "0.3,0.3429999999999999,completed",
        "0.4,0.216,completed",
        "0.9,,staged",
    ),
    "newest of a group": (
        {
            "run-select": {"status": "completed"},
            "columns": [{"run-attr": "status"}, {"config": "lr"}],
            "group-select": {"group-by": {"run-attr": "operation"}, "max": {"run-attr": "started"}},
        },
        *("status,lr", "completed,0.4"),
    ),
    "fields": (
        {"run-select": {"operation": "fail"}, "columns": [{"field": "run:status", "label": "S"}, "config:lr"]},
        *("S,lr", "error,0.1"),
    ),
    "labels": ({"columns": [{"run-attr": "label"}]}, "label", '""', "renamed", '""', "second", "first"),
}
"""Board of Gage 0.1 → the CSV that Gage 0.1.2 prints for it, except the headings of columns without a label."""


@pytest.mark.parametrize("name", OLD_BOARDS)
def test_boards_of_gage_0_1_print_the_same_values(gage, project, name):
    shutil.copytree(SAMPLES / "gage-0.1.2", project / "old")
    board, *lines = OLD_BOARDS[name]
    (project / "b.json").write_text("// a comment\n" + json.dumps(board))
    assert gage("--runs", "old", "board", "--config", "b.json", "--csv").out.splitlines() == lines


def test_a_board_of_gage_0_1_without_columns_shows_all_values(gage, project):
    shutil.copytree(SAMPLES / "gage-0.1.2", project / "old")
    (project / "b.json").write_text("{}")
    board = gage("--runs", "old", "board", "b.json", "--json").json
    assert [column["name"] for column in board["columns"]] == [
        *("id", "name", "operation", "started", "status", "label"),
        *("config.epochs", "config.loss", "config.lr", "config.name", "attribute.opt", "metric.loss"),
    ]
    assert board["rows"][3]["label"] == "second" and len(board["rows"]) == 5


def test_html_goes_through_links_and_never_replaces_a_pipe(gage, runs, write, project):
    write("m.toml", 'columns = ["model", "acc"]')
    os.mkfifo(project / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((project / "pipe").read_text()), daemon=True)
    reader.start()
    assert gage("board", "m", "--html", "pipe").code == 0
    reader.join()
    assert read[0].startswith("<!")
    assert stat.S_ISFIFO((project / "pipe").stat().st_mode)
    (project / "link.html").symlink_to("page.html")
    gage("board", "m", "--html", "link.html")
    assert (project / "page.html").is_file()
    assert (project / "link.html").is_symlink()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("", "The name of the HTML file is empty"),
        ("no/such/x.html", "Cannot write no/such/x.html: No such file or directory"),
        ("boards", "boards is a directory"),
    ],
)
def test_says_why_a_page_cannot_be_written(gage, runs, write, target, message):
    write("m.toml", 'columns = ["model"]')
    result = gage("board", "m", "--html", target, code=None)
    assert result.code != 0
    assert message in result.err
    assert "--runs" not in result.err


def test_rejects_html_without_a_board(gage, runs, write, project):
    write("models.toml", MODELS)
    assert "--html needs a board\nName it: gage board NAME --html FILE" in gage("board", "--html", "x.html", code=2).err
    assert not (project / "x.html").exists()


def test_prints_a_page_to_standard_output(gage, runs, write, project):
    write("models.toml", MODELS)
    result = gage("board", "models", "--html", "-")
    assert result.out.startswith("<!DOCTYPE html>") and "Wrote" not in result.err
    assert not (project / "-").exists()
