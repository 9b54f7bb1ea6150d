"""The JSON Schema of boards agrees with the validator, and the topic names every setting."""

import json

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st
from source_tree import PROJECT

from gage.gagefile import board_definition as known
from gage.gagefile.load_board import parse_board
from gage.gagefile.schema import build_board_schema
from gage.types.board import AGGREGATES, NAMED_FORMATS

VALIDATOR = jsonschema_rs.validator_for(build_board_schema())
RECORDS = (known.BOARD, known.COLUMN, known.GROUP)
NAMES = st.sampled_from([field.name for record in RECORDS for field in record.fields] + ["colums", "a"])
WORDS = st.sampled_from(["x", "", "min(loss)", "mean", ".3f", "a < 1"])
VALUES = st.recursive(
    WORDS | st.integers(-1, 3) | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(NAMES, VALUES, max_size=3))
@settings(max_examples=400, deadline=None)
def test_rejects_what_the_schema_rejects(board):
    if not VALIDATOR.is_valid(board):
        assert parse_board(json.dumps(board), "a.json").diagnostics


@given(st.dictionaries(NAMES, VALUES, max_size=3))
@settings(max_examples=400, deadline=None)
def test_the_schema_accepts_what_is_valid(board):
    if not parse_board(json.dumps(board), "a.json").diagnostics:
        assert VALIDATOR.is_valid(board)


def test_the_schema_refuses_unknown_settings_of_new_columns_only():
    assert not VALIDATOR.is_valid({"columns": [{"name": "a", "width": 2}]})
    assert VALIDATOR.is_valid({"columns": [{"metric": "a", "width": 2}]})


def test_the_topic_names_every_setting():
    topic = (PROJECT / "src" / "gage" / "cli" / "topics" / "boards.md").read_text("utf-8")
    names = {field.name for record in RECORDS for field in record.fields if not field.alias}
    assert {name for name in (*names, *AGGREGATES, *NAMED_FORMATS) if f"`{name}`" not in topic} - {"$schema"} == set()
