"""The JSON Schema agrees with the validator, and the reference lists every setting."""

import json

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.gagefile import definition as known
from gage.gagefile.load import parse_gagefile
from gage.gagefile.reference import render_reference
from gage.gagefile.schema import build_json_schema

VALIDATOR = jsonschema_rs.validator_for(build_json_schema())

WORDS = st.sampled_from(["x", "", "train.py", "linux", "run-files", "file", "float", "tqdm", "a b"])
NAMES = st.sampled_from(
    [f.name for f in known.OPERATION.fields]
    + [f.name for f in known.CONFIG_ENTRY.fields]
    + [f.name for r in known.DEPENDENCIES for f in r.fields]
    + ["linux", "run", "exce"]
)
VALUES = st.recursive(
    WORDS | st.integers(-2, 3) | st.booleans() | st.floats(0.5, 1.5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
OPERATIONS = st.dictionaries(NAMES, VALUES, max_size=3)


@given(OPERATIONS)
@settings(max_examples=400, deadline=None)
def test_rejects_what_the_schema_rejects(operation):
    data = {"train": operation}
    if not VALIDATOR.is_valid(data):
        assert parse_gagefile(json.dumps(data), "gage.json").diagnostics


@given(OPERATIONS)
@settings(max_examples=400, deadline=None)
def test_valid_operations_match_the_schema(operation):
    data = {"train": operation}
    if not parse_gagefile(json.dumps(data), "gage.json").diagnostics:
        assert VALIDATOR.is_valid(data)


def test_examples_of_the_reference_are_valid():
    for field in known.OPERATION.fields:
        command = "" if field.name == "exec" else 'exec = "echo"\n'
        text = f"[train]\n{command}{field.name} = {field.example}\n"
        assert not parse_gagefile(text, "gage.toml").diagnostics, text
    for field in known.CONFIG_ENTRY.fields:
        text = f'[train]\nexec = "echo"\nconfig = {{ name = "x", {field.name} = {field.example} }}\n'
        if field.name != "name":
            assert not parse_gagefile(text, "gage.toml").diagnostics, text


def test_reference_lists_every_setting():
    page = render_reference()
    for field in (*known.TOP, *known.OPERATION.fields, *known.CONFIG_ENTRY.fields):
        assert field.alias or f"| `{field.name}` |" in page
