"""Damaged Gage files in all formats: no traceback, and diagnostics with valid spans."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from toml_text import format_toml

from gage.formats import toml
from gage.gagefile.definition import OPERATION, TOP_SHAPES
from gage.gagefile.load import load_gagefile, parse_gagefile
from gage.gagefile.render_diagnostics import render_diagnostic, render_diagnostics
from gage.gagefile.script_block import load_script_block

GOOD = """\
"$namespace" = "mnist"
"$project-id" = "24e17ef2"

["$defaults"]
tags = ["all"]
max-time = "2h"

[train]
description = "Train é"
version = 2
default = true
config = ["train.py#lr", { name = "msg", default = "hi", choices = ["hi", "ho"], min = 0 }]
sourcecode = ["*.py", "-old/**"]
depends = ["data", { operation = "prepare", files = "*.csv" }, { url = "https://example.org/x", sha256 = "SHA" }]
label = "lr={lr}"
env = { A = 1, B = true }
listing = { columns = ["lr"] }

[train.exec]
stage-runtime = "pip list"
run = { linux = "python train.py", windows = "py train.py" }
"finalize[mac]" = ["say", "done"]

[prepare]
exec = ["python", "prepare.py"]
sourcecode = false
""".replace("SHA", "0" * 64)
DATA = toml.scan(GOOD).value
TEXTS = {
    "gage.toml": GOOD,
    "gage.json": "// top\n" + json.dumps(DATA, indent=2, ensure_ascii=False),
    "gage.yaml": yaml.safe_dump(DATA, sort_keys=False, allow_unicode=True),
}
FORMATS = pytest.mark.parametrize("name", TEXTS)
MANY = settings(max_examples=100, deadline=None)


def assert_valid_spans(text, name):
    """Returns the parsed file after checking that each diagnostic has a span inside of the text."""
    file = parse_gagefile(text, name)
    lines = text.replace("\r\n", "\n").split("\n")
    for problem in file.diagnostics:
        assert 1 <= problem.span.line <= len(lines), problem
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1, problem
        assert problem.message and "\n" not in problem.message, problem
        assert "Traceback" not in render_diagnostic(name, problem, text)
        assert problem.disables not in file.operations or "default operation" in problem.message, problem
    assert render_diagnostics(name, file.diagnostics, text) or not file.diagnostics
    return file


def test_unchanged_texts_are_valid():
    for name, text in TEXTS.items():
        assert list(assert_valid_spans(text, name).operations) == ["train", "prepare"]


characters = st.text(alphabet="\"'[]{}=:,#\n\r\t -ax1\\$&*!é|>%@`~?/.\0\ufeff\u2028", max_size=4)
edits = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 8), characters), min_size=1, max_size=4)


@FORMATS
@given(edits=edits)
@MANY
def test_accepts_or_reports_changed_characters(name, edits):
    text = TEXTS[name]
    for offset, length, inserted in edits:
        offset %= len(text) + 1
        text = text[:offset] + inserted + text[offset + length :]
    assert_valid_spans(text, name)


lines_changed = st.lists(
    st.tuples(st.sampled_from(["cut", "twice", "indent", "dedent", "swap", "comment", "stop"]), st.integers(0, 500)),
    min_size=1,
    max_size=4,
)


@FORMATS
@given(changes=lines_changed)
@MANY
def test_accepts_or_reports_changed_lines(name, changes):
    lines = TEXTS[name].split("\n")
    for change, offset in changes:
        offset %= max(1, len(lines))
        match change:
            case "cut":
                del lines[offset : offset + 1]
            case "twice":
                lines[offset:offset] = lines[offset : offset + 1]
            case "indent":
                lines[offset : offset + 1] = ["  " + line for line in lines[offset : offset + 1]]
            case "dedent":
                lines[offset : offset + 1] = [line[2:] for line in lines[offset : offset + 1]]
            case "swap":
                lines[offset : offset + 2] = reversed(lines[offset : offset + 2])
            case "comment":
                lines[offset : offset + 1] = ["# " + line for line in lines[offset : offset + 1]]
            case "stop":
                lines = [*lines[:offset], *(line[: len(line) // 2] for line in lines[offset : offset + 1])]
    assert_valid_spans("\n".join(lines), name)


KEYS = st.sampled_from(
    sorted({*OPERATION.fields_by_name, "run", "name", "type", "files", "url", "", "tran", "é", "a b"})
)
WORDS = st.sampled_from(
    ["", "x", "**", "[", "regex:(", "2h", "-1", "${x}", "{", "{x}", "/abs", "../up", "dvcfile:", "x\ny"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(
    setting=KEYS,
    value=VALUES,
    top=st.sampled_from([*TOP_SHAPES, "train", "new", "$new", "a/b"]),
    replaces_table=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_accepts_or_reports_any_value_of_any_setting(setting, value, top, replaces_table):
    data = {**DATA, top: value} if replaces_table else {**DATA, top: {"exec": "x", setting: value}}
    assert_valid_spans(json.dumps(data, indent=1), "gage.json")
    assert_valid_spans(yaml.safe_dump(data, allow_unicode=True), "gage.yaml")
    try:
        text = format_toml(data)
    except ValueError:
        return
    file = assert_valid_spans(text, "gage.toml")
    assert assert_valid_spans(json.dumps(data), "gage.json").operations.keys() == file.operations.keys()


@FORMATS
@given(offset=st.integers(0, 5000), data=st.binary(min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_accepts_or_reports_changed_bytes(tmp_path_factory, name, offset, data):
    good = TEXTS[name].encode()
    path = Path(tmp_path_factory.getbasetemp(), "fuzzing", name)  # not above the directories of other tests
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(good[: offset % len(good)] + data + good[offset % len(good) :])
    file = load_gagefile(str(path))
    assert all(p.span.line >= 1 and p.span.column >= 1 and p.message for p in file.diagnostics)


@given(comment=st.sampled_from(["#", "//"]), edits=edits)
@MANY
def test_accepts_or_reports_changed_script_blocks(comment, edits):
    block = ["/// gage", 'description = "x"', "version = 2", 'env = { A = "1" }', "///"]
    text = "#!/bin/sh\n" + "\n".join(f"{comment} {line}" for line in block) + "\necho\n"
    for offset, length, inserted in edits:
        offset %= len(text) + 1
        text = text[:offset] + inserted + text[offset + length :]
    op, problems = load_script_block(text, "x.sh", "x")
    assert op is None or not problems
    lines = text.replace("\r\n", "\n").split("\n")
    for problem in problems:
        assert (
            1 <= problem.span.line <= len(lines) and 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1
        ), problem
