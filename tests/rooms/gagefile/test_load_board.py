"""Loads boards: what each setting becomes, and the messages about mistakes."""

import json

import pytest

from gage.gagefile.load_board import is_board, load_board, parse_board
from gage.gagefile.render_diagnostics import render_diagnostics
from gage.types.board import BoardColumn, BoardDef, BoardGroup, BoardScore

TOML = """
title = "Models"
description = "of May"
where = ["op=train", "acc > 0.5"]
columns = [
    "name",
    { name = "score", label = "Score", format = ".3f", aggregate = "mean" },
]
sort = "-Score"
limit = 5

[group]
by = ["model", "config.lr"]

[scores]
score = "0.7 * acc + (f1 - 1) / 2"
"""
BOARD = BoardDef(
    title="Models",
    description="of May",
    where=("op=train", "acc > 0.5"),
    columns=(BoardColumn("name"), BoardColumn("score", "Score", ".3f", "mean")),
    group=BoardGroup(("model", "config.lr")),
    scores=(BoardScore("score", "0.7 * acc + (f1 - 1) / 2"),),
    sort=("-Score",),
    limit=5,
)


def load(text, path="a.toml"):
    board = parse_board(text, path)
    assert board.diagnostics == ()
    return board.definition


def explain(text, path="a.toml"):
    board = parse_board(text, path)
    assert board.definition is None
    return render_diagnostics(path, board.diagnostics, text)


def test_reads_all_settings():
    assert load(TOML) == BOARD


def test_reads_the_same_board_in_each_format():
    import tomllib

    import yaml

    values = tomllib.loads(TOML)
    assert load("// comment\n" + json.dumps(values, indent=1), "a.json") == BOARD
    assert load(yaml.safe_dump(values), "a.yaml") == BOARD


def test_reads_a_board_of_gage_0_1():
    board = {
        "id": "x",
        "name": "web",
        "title": "T",
        "run-select": {"operation": 'tr"ain', "status": "completed"},
        "columns": [
            {"run-attr": "started", "label": "When"},
            {"config": "lr", "column-width": 20},
            {"metric": "loss"},
            {"attribute": "model"},
            {"field": "run:name", "filter": True},
            "config:x y",
        ],
        "group-select": {"group-by": {"config": "lr"}, "min": {"metric": "loss"}},
    }
    assert load(json.dumps(board), "a.json") == BoardDef(
        title="T",
        where=("run.op = 'tr\"ain'", 'run.status = "completed"'),
        columns=(
            BoardColumn("run.started", "When"),
            BoardColumn("config.lr", other={"column-width": 20}),
            BoardColumn("metric.loss"),
            BoardColumn("attribute.model"),
            BoardColumn("run.name", other={"filter": True}),
            BoardColumn("config.x y"),
        ),
        group=BoardGroup(("config.lr",), "min", "metric.loss"),
    )


def test_accepts_an_empty_object_as_gage_0_1_does():
    assert load("{}", "a.json") == BoardDef()


MISTAKES = {
    "unknown setting": ('colums = ["a"]', '1:1: Unknown setting "colums" in a board', 'Did you mean "columns"?'),
    "word of other tools": ('filter = "a"', '1:1: Unknown setting "filter" in a board', 'Did you mean "where"?'),
    "unknown setting of a column": (
        'columns = [{ name = "a", lable = "b" }]',
        '1:26: Unknown setting "lable" in a column',
        'Did you mean "label"?',
    ),
    "name is missing": ('columns = [{ label = "b" }]', '"name" is missing in a column', 'For example name = "loss"'),
    "wrong type": ("columns = 3", "1:11: Expected a list for columns, got the number 3", "Put it in brackets"),
    "column of wrong type": ("columns = [3]", "1:12: Expected the name of a value or a table", 'quotes: "3"'),
    "filter": ('where = "loss < < 3"', "1:17: Expected a value", "For example 'status="),
    "one of several filters": ('where = ["a=1", "x && y"]', "1:20: '&&' is not part of a filter", "Use 'and'"),
    "function": ('columns = ["maxx", "min(loss"]', "1:29: Expected ')' after the values of min", "example"),
    "unknown function": ('[scores]\ns = "2 * zzz(x)"', "2:10: Unknown function 'zzz'", "Functions: last"),
    "expression": ('[scores]\ns = "0.7 * "', "2:10: Unexpected '*'", ""),
    "name of a score": ('[scores]\n-s = "a"', '2:1: "-s" is not a valid name of a score', "does not start with -"),
    "format": ('columns = [{ name = "a", format = "{:.2f}" }]', 'Unknown format "{:.2f}"', 'Did you mean ".2f"?'),
    "named format": ('columns = [{ name = "a", format = "durations" }]', "Unknown format", 'mean "duration"?'),
    "other format": ('columns = [{ name = "a", format = "x" }]', "Unknown format", "Formats: .3f"),
    "aggregate": ('columns = [{ name = "a", aggregate = "men" }]', '"men" is not a choice', 'Did you mean "mean"?'),
    "aggregate without groups": (
        'columns = [{ name = "a", aggregate = "mean" }]',
        "1:26: A column can have an aggregate only in a board with groups",
        "Add a group",
    ),
    "aggregate of one run": (
        'columns = [{ name = "a", aggregate = "mean" }]\ngroup = { by = "b", min = "a" }',
        "1:26: A column can have an aggregate only in a board with groups",
        "Remove it: the row of a group is one run",
    ),
    "min and max": ('[group]\nby = "a"\nmin = "b"\nmax = "c"', '4:1: "group" has both "min" and "max"', "Remove"),
    "group without names": ('[group]\nmin = "b"', '"by" is missing in group', "For example by ="),
    "two groups": (
        'group = { by = "a" }\ngroup-select = { group-by = { config = "a" }, min = { metric = "b" } }',
        "2:1: A board has one group",
        "group-select is the name in Gage 0.1",
    ),
    "duplicate labels": (
        'columns = [{ name = "a", label = "X" }, "b", { name = "c", label = "X" }]',
        '1:68: Columns 1 and 3 have the same label, "X"',
        "Change one",
    ),
    "limit is zero": ("limit = 0", '"limit" must be above 0, got 0', ""),
    "limit is not a whole number": ("limit = 2.5", '"limit" must be a whole number, got 2.5', ""),
    "sort": ('sort = "-"', "The name after - is missing", 'For example "-loss"'),
    "sort of groups": (
        'columns = [{ name = "acc", aggregate = "max" }]\nsort = ["-ac"]\ngroup = { by = "m" }',
        '2:9: Groups cannot be sorted by "ac", which is not a column',
        'Did you mean "acc"?',
    ),
    "status of gage 0.1": ('run-select = { status = "done" }', '"done" is not a status', "Statuses: completed"),
    "empty": ("# nothing", "1:1: The board is empty", 'columns = ["name", "loss"]'),
    "syntax": ("title = ", "1:8: A value is missing", ""),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_explains_mistake(name):
    text, message, hint = MISTAKES[name]
    explained = explain(text)
    assert message in explained and hint in explained
    assert "^" in explained or name == "empty"


def test_points_into_a_filter():
    assert explain('where = "loss < < 3"') == (
        "a.toml:1:17: Expected a value\n"
        '  1 | where = "loss < < 3"\n'
        "    |                 ^\n"
        "  For example 'status=completed and loss < 0.5'"
    )


def test_points_at_a_filter_that_is_written_with_escapes():
    assert "a.toml:1:9: Expected a value" in explain('where = "l\\u006Fss < < 3"')


def test_explains_a_top_that_is_not_a_table():
    assert "A board is an object, not a list" in explain("[]", "a.json")
    assert "A board is a table of settings, not a list" in explain("- a", "a.yaml")
    assert "A board is a table of settings\n" in explain("a", "a.yaml")


@pytest.mark.parametrize("what", ["filter", "expression", "name"])
def test_limits_long_texts(what):
    text = "a + " * 5000 + "a"
    board = {"filter": {"where": text}, "expression": {"scores": {"a": text}}, "name": {"columns": [text]}}[what]
    assert "The text has 20,001 characters: at most 10,000 are allowed" in explain(json.dumps(board), "a.json")


def test_limits_the_depth_of_expressions():
    text = "(" * 4000 + "a" + ")" * 4000
    assert "More than 100 groups or operators in each other" in explain(json.dumps({"scores": {"a": text}}), "a.json")
    assert "More than 100 groups" in explain(json.dumps({"scores": {"a": " + ".join(["a"] * 2000)}}), "a.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"#" * 10_000_000, "over 4 MB: this is not a board"),
        (b"\xff\xfe\0a", "not UTF-8"),
        (b"a = \xff", "not UTF-8 text: byte 0xFF"),
        (bytes(range(256)) * 9, "not UTF-8"),
    ],
)
def test_refuses_files_that_are_not_text(tmp_path, data, message):
    (tmp_path / "a.toml").write_bytes(data)
    [problem] = load_board(str(tmp_path / "a.toml")).diagnostics
    assert message in problem.message


def test_refuses_what_is_not_a_file(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    assert load_board(str(tmp_path)).diagnostics[0].message == "This is a directory"
    assert load_board(str(tmp_path / "link")).diagnostics[0].message == "This is a broken link"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[" * 50_000, "a.json"),
        ('{"a":' * 50_000, "a.json"),
        ("[" * 50_000, "a.yaml"),
        ("a = " + "[" * 50_000, "a.toml"),
    ],
)
def test_refuses_deep_nesting(text, path):
    assert parse_board(text, path).definition is None


def test_refuses_anchors_that_multiply():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert "more than 100,000 values" in explain("\n".join(lines), "a.yaml")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("models.toml", 'columns = ["a"]', True),
        ("models.json", '{"run-select": {"operation": "a"}}', True),
        ("models.yaml", "colums: [a]", True),
        ("boards/models.toml", "x = 1", True),
        ("models.toml", "[scores]\na = 'b'", True),
        ("gage.toml", 'columns = ["a"]', False),
        ("models.py", 'columns = ["a"]', False),
        ("models.toml", '[train]\nexec = "a"', False),
        ("models.toml", '[columns]\nexec = "a"', False),
        ("models.toml", 'exec = "a"\ndescription = "b"', False),
        ("models.toml", "", False),
    ],
)
def test_tells_boards_from_gage_files(path, text, expected):
    assert is_board(f"/project/{path}", text) is expected
