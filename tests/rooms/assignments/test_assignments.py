"""Parsing of `name=value` arguments."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.assignments.parse import AssignedValue, parse_assignments
from gage.types.errors import UsageError


@pytest.mark.parametrize(
    "word, value",
    [
        ("x=1", 1),
        ("x=-1", -1),
        ("x=0.5", 0.5),
        ("x=1e-3", 0.001),
        ("x=.5", 0.5),
        ("x=true", True),
        ("x=yes", "yes"),
        ("x=on", "on"),
        ("x=null", None),
        ("x=", ""),
        ("x='1'", "1"),
        ('x="true"', "true"),
        ("x=1:30", "1:30"),
        ("x=0o17", 15),
        ("x=a=b", "a=b"),
        ("x=-flag", "-flag"),
        ("x=two words", "two words"),
        ("x=line\nbreak", "line\nbreak"),
        ("x=été ☃", "été ☃"),
        ("x:=[1, 2]", [1, 2]),
        ('x:="0123"', "0123"),
        ('x:={"a": null}', {"a": None}),
    ],
)
def test_parses_values(word, value):
    parsed = parse_assignments([word])["x"].value
    assert parsed == value
    assert type(parsed) is type(value)


def test_keeps_the_text_of_a_value():
    assert parse_assignments(["x=0123"]) == {"x": AssignedValue(123, "0123")}
    assert parse_assignments(["x='0123'"])["x"].text == "0123"
    assert math.isnan(parse_assignments(["x=.nan"])["x"].value)


def test_rejects_a_name_that_is_set_twice():
    with pytest.raises(UsageError, match="x is set twice, to '1' and to '2'"):
        parse_assignments(["x=1", "x=2"])


@pytest.mark.parametrize(
    "word, message",
    [
        ("lr", "'lr' is neither an option nor name=value"),
        ("=1", "The name before = is missing in '=1'"),
        (":=1", "The name before = is missing in ':=1'"),
        (" x=1", "The name before = is missing in ' x=1'"),
        ("x:=abc", "'abc' is not JSON in 'x:=abc'"),
        ("x:=" + "[" * 100_000, None),
    ],
)
def test_rejects_words_that_are_not_assignments(word, message):
    with pytest.raises(UsageError) as error:
        parse_assignments([word])
    assert message is None or error.value.message == message
    assert error.value.hint


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_parses_any_text(text):
    assert parse_assignments([f"x={text}"])["x"].text in (text, text[1:-1])
