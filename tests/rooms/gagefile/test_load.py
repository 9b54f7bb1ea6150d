"""Valid files in all three formats, and arbitrary text: no traceback, and diagnostics with valid spans."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from toml_text import format_toml, quote_toml

from gage.formats import toml
from gage.gagefile.load import load_gagefile, parse_gagefile
from gage.gagefile.render_diagnostics import render_diagnostic
from gage.lib.yaml_scalars import parse_scalar
from gage.types.opdef import ConfigDef, DependencyDef, Exec

GOOD = """\
"$namespace" = "mnist"
"$project-id" = "24e17ef2"
"$runs-dir" = "my-runs"

["$defaults"]
tags = ["all"]
max-time = "2h"

[train]
description = "Train"
version = 2
default = true
config = ["train.py#lr", { name = "msg", default = "hi", choices = ["hi", "ho"] }]
sourcecode = ["*.py", "-old/**"]
depends = ["data", { operation = "prepare", files = "*.csv" }, "dvcfile: big.csv"]
label = "lr={lr}"
env = { A = 1, B = true }

[train.exec]
stage-runtime = "pip list"
run = { linux = "python train.py", windows = "py train.py" }
"finalize[mac]" = ["say", "done"]

[prepare]
exec = ["python", "prepare.py"]
tags = "mine"
sourcecode = false
"""


def convert_to_json(text):
    return json.dumps(toml.scan(text).value)


def convert_to_yaml(text):
    return yaml.safe_dump(toml.scan(text).value, sort_keys=False)


@pytest.mark.parametrize(
    "name, convert", [("gage.toml", str), ("gage.json", convert_to_json), ("gage.yaml", convert_to_yaml)]
)
def test_reads_all_settings_in_all_formats(name, convert):
    file = parse_gagefile(convert(GOOD), name, "linux")
    assert file.diagnostics == ()
    assert (file.namespace, file.project_id, file.runs_dir) == ("mnist", "24e17ef2", "my-runs")
    train, prepare = file.operations["train"], file.operations["prepare"]
    assert train.run == Exec(shell="python train.py")
    assert train.hooks == {"stage-runtime": Exec(shell="pip list")}
    assert train.version == "2"
    assert train.default
    assert train.config == (
        ConfigDef(keys=("train.py#lr",)),
        ConfigDef(name="msg", default="hi", choices=("hi", "ho")),
    )
    assert train.source == ("*.py", "-old/**")
    assert train.depends == ("data",)
    assert train.dependencies == (
        DependencyDef("run-files", ("*.csv",), "operation=prepare"),
        DependencyDef("dvcfile", path="big.csv"),
    )
    assert train.env == {"A": "1", "B": "true"}
    assert train.tags == ("all",)
    assert prepare.tags == ("mine",)
    assert prepare.max_time == train.max_time == 7200
    assert prepare.run == Exec(args=("python", "prepare.py"))
    assert prepare.source == ()


def test_selects_commands_by_platform():
    assert parse_gagefile(GOOD, "gage.toml", "win32").operations["train"].run == Exec(shell="py train.py")
    mac = parse_gagefile(GOOD, "gage.toml", "darwin").operations["train"]
    assert mac.run is None
    assert mac.hooks["finalize"] == Exec(args=("say", "done"))


def test_accepts_json_with_comments_and_trailing_commas():
    text = '// top\n{ /* a */ "a": {"exec": "x // no comment", }, // end\n }\n'
    assert parse_gagefile(text, "gage.json").operations["a"].run == Exec(shell="x // no comment")


def test_invalid_part_disables_only_its_operation():
    file = parse_gagefile('[a]\nexec = 3\n\n[b]\nexec = "x\n\n[c]\nexec = "y"\n', "gage.toml")
    assert list(file.operations) == ["c"]
    assert [(p.span.line, p.disables) for p in file.diagnostics] == [(2, "a"), (5, "b")]


def test_yaml_reads_scalars_as_version_1_2():
    file = parse_gagefile("a:\n  exec: x\n  description: yes\n  version: 1.10\n", "gage.yaml")
    assert file.operations["a"].description == "yes"
    assert parse_scalar("010") == 10
    assert parse_scalar("1:30") == "1:30"
    assert parse_scalar("0x10") == 16
    assert parse_scalar("-.inf") == float("-inf")


def test_rejects_aliases_that_multiply():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    file = parse_gagefile("\n".join(rows), "gage.yaml")
    assert any("more than 100,000 values" in p.message for p in file.diagnostics)


def test_rejects_bytes_that_are_not_utf8(tmp_path):
    path = tmp_path / "gage.toml"
    path.write_bytes(b"[a]\nexec = '\xff'\n")
    (problem,) = load_gagefile(str(path)).diagnostics
    assert (problem.span.line, problem.span.column, problem.message) == (2, 9, "The file is not UTF-8 text: byte 0xFF")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_rejects_utf16_and_utf32(tmp_path, encoding):
    path = tmp_path / "gage.toml"
    path.write_bytes('[a]\nexec = "x"\n'.encode(encoding))
    (problem,) = load_gagefile(str(path)).diagnostics
    assert problem.message == "The file is UTF-16 or UTF-32, not UTF-8 text"
    assert problem.hint == "Save it as UTF-8"


def test_accepts_all_line_ends_and_byte_order_mark(tmp_path):
    path = tmp_path / "gage.toml"
    for end in ("\n", "\r\n", "\r"):
        for mark in ("", "\ufeff"):
            text = f'{mark}[a]{end}exec = "x"{end}exce = "y"{end}'
            path.write_bytes(text.encode())
            (problem,) = load_gagefile(str(path)).diagnostics
            assert (problem.span.line, problem.span.column) == (3, 1)
            assert '  3 | exce = "y"\n    | ^^^^\n' in render_diagnostic("gage.toml", problem, text)


def test_carets_are_aligned_below_wide_characters():
    text = '[a]\nexec = ["日本e\u0301", 3]\n'
    (problem,) = parse_gagefile(text, "gage.toml").diagnostics
    assert problem.span.column == 17
    assert render_diagnostic("gage.toml", problem, text).split("\n")[2] == "    |" + " " * (1 + 9 + 2 * 2 + 1 + 3) + "^"


def test_rejects_deep_nesting():
    for text, name in [("[" * 50_000, "gage.json"), ("a = " + "[" * 50_000, "gage.toml"), ("[" * 5_000, "gage.yaml")]:
        assert parse_gagefile(text, name).diagnostics


edits = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 6), st.text(alphabet="\"'[]{}=:,#\n\t -ax1\\$&*!é", max_size=4)),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(
    "name, convert", [("gage.toml", str), ("gage.json", convert_to_json), ("gage.yaml", convert_to_yaml)]
)
@given(edits=edits)
@settings(max_examples=120, deadline=None)
def test_random_edits_have_valid_spans(name, convert, edits):
    text = convert(GOOD)
    for offset, length, inserted in edits:
        offset %= len(text) + 1
        text = text[:offset] + inserted + text[offset + length :]
    file = parse_gagefile(text, name)
    lines = text.split("\n")
    for problem in file.diagnostics:
        assert 1 <= problem.span.line <= len(lines) + 1
        assert problem.span.column >= 1
        assert problem.message


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_accepts_any_text(text):
    for name in ("gage.toml", "gage.json", "gage.yaml"):
        parse_gagefile(text, name)


KEYS = st.text(alphabet="abc-_ é.\"'\\\n", min_size=1, max_size=5)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
@settings(max_examples=100, deadline=None)
def test_key_spans_match_the_text(data):
    text = format_toml(data)
    root = toml.scan(text)
    assert root.value == data
    for key, node in walk_keys(root):
        start, end = node.key
        assert text[start:end] == quote_toml(key)


def walk_keys(node):
    for key, child in node.children:
        if node.kind == "table":
            yield key, child
        yield from walk_keys(child)


def test_accepts_a_time_limit_of_several_units():
    file = parse_gagefile('[a]\nexec = "x"\nmax-time = "1h30m"\n', "gage.toml")
    assert (file.diagnostics, file.operations["a"].max_time) == ((), 5400)
