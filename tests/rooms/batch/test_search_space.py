"""Parsing of several values and distributions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.batch.search_space import SearchSpace, parse_search_space
from gage.cli.commands.run import can_be_batch
from gage.types.errors import UsageError

KINDS = {
    "lr": ("number", False),
    "opt": ("str", True),
    "note": ("str", False),
    "layers": ("list", False),
    "n": ("int", False),
}


def parse(*words: str) -> SearchSpace:
    return parse_search_space(words, lambda name: KINDS.get(name, ("", False)))


def list_values(word: str) -> list[object]:
    space = parse(word)
    [axis] = space.axes.values()
    return [a.value for a in axis]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("lr=[0.1,0.01]", [0.1, 0.01]),
        ("lr=[0.1, 1e-3]", [0.1, 0.001]),
        ("lr=0.1,0.01", [0.1, 0.01]),
        ("n:=[0,0.1]", [0, 0.1]),
        ("lr:=[1,null]", [1, None]),
        ("opt=sgd,adam", ["sgd", "adam"]),
        ("note=[a,b]", ["a", "b"]),
        ("x=[1,a,true,null]", [1, "a", True, None]),
        ("x=[0:1:0.25]", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("x=[0:0.3:0.1]", [0.0, 0.1, 0.2, 0.3]),
        ("x=[1:4]", [1, 2, 3, 4]),
        ("x=[5:1:-2]", [5, 3, 1]),
        ("x=[0:1e999999:1]", ["0:1e999999:1"]),
        ("x=[0:1:1e-999999]", ["0:1:1e-999999"]),
        ("x=log[1e-4:1:5]", [0.0001, 0.001, 0.01, 0.1, 1.0]),
        ("x=linspace[0:1:5]", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("x=linspace[0.1:0.01:4]", [0.1, 0.07, 0.04, 0.01]),
        ("x=linspace[10:0:3]", [10, 5, 0]),
        ("x=[-0.5:0.5]", [-0.5, 0.5]),
        ("layers=[[1,2],[3]]", [[1, 2], [3]]),
        ("x=[a:b]", ["a:b"]),
    ],
)
def test_parses_several_values(word: str, expected: list[object]) -> None:
    assert list_values(word) == expected
    assert can_be_batch(word)


@pytest.mark.parametrize(
    "word",
    [
        "lr=0.1",
        "layers:=[0.1,0.2]",
        "note=a,b",
        "layers=[1,2]",
        "lr='[1,2]'",
        "x=1,2",
        "note=",
        "x=[a",
        "x=['a]",
        "x=a:b",
        "x=sin[1]",
    ],
)
def test_parses_a_single_value(word: str) -> None:
    assert parse(word).is_single


def test_notes_a_comma_in_text() -> None:
    assert parse("note=a,b").notes == ("note=a,b is a single value; for several values: note=[a,b]",)


def test_parses_distributions() -> None:
    space = parse("a=uniform[0:1]", "b=loguniform[1e-5,0.1]", "c=int[1:8]", "d=choice[x, y]", "e=2", "@t.csv")
    assert {n: (d.kind, d.low, d.high) for n, d in space.distributions.items()} == {
        "a": ("uniform", 0.0, 1.0),
        "b": ("loguniform", 1e-5, 0.1),
        "c": ("int", 1.0, 8.0),
        "d": ("choice", 0.0, 0.0),
    }
    assert [c.value for c in space.distributions["d"].choices] == ["x", "y"]
    assert (space.files, list(space.fixed)) == (("t.csv",), ["e"])


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("lr=0.1", "lr=0.2"), "Remove one of them; for a run with each: lr=[0.1,0.2]"),
        (("lr=[1,2]", "lr=3"), "Remove one of them"),
        (("lr=0.1", "lr:=0.1"), "Remove one of them"),
        (("note=a", "note=uniform[0:1]"), "Remove one of them"),
    ],
)
def test_rejects_a_name_that_is_set_twice(words: tuple[str, ...], hint: str) -> None:
    with pytest.raises(UsageError, match=f"{words[0].partition('=')[0]} is set twice, to") as caught:
        parse(*words)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("word", "problem", "hint"),
    [
        (
            "lr=[0.01:0.1]",
            "has a single value: the step is 1",
            "For steps: lr=[0.01:0.1:0.01]; for 5 values: lr=linspace[0.01:0.1:5]; "
            "for random values: lr=uniform[0.01:0.1]",
        ),
        ("lr=[0.01:0.1:5]", "the step is 5", "for 5 values: lr=linspace[0.01:0.1:5]"),
        ("lr=[0:10:11]", "the step is 11", "for 11 values: lr=linspace[0:10:11]"),
        ("lr=[0.1:0.01]", "is empty: the step is 1", "lr=[0.1:0.01:-0.01]"),
        ("lr=[0.1:0.01:-0.1]", "the step is -0.1", "lr=[0.1:0.01:-0.01]"),
        ("lr=[1e-5:0.1]", "the step is 1", "lr=log[1e-5:0.1:5]; for random values: lr=loguniform[1e-5:0.1]"),
        ("lr=[0.5:1.6]", "does not reach its end: the step is 1", "lr=[0.5:1.6:1]"),
        ("n=[10:1]", "is empty: the step is 1", "For steps: n=[10:1:-1]; for random values: n=int[1:10]"),
        ("lr=[3:3]", "has a single value", "Try: lr=3"),
        ("lr=uniform[3:3]", "has a single value", "Try: lr=3"),
        ("lr=log[1:10:1]", "not a valid count", "Try: lr=log[1:10:5]"),
        ("lr=linspace[1:10:1]", "not a valid count", "Try: lr=linspace[1:10:5]"),
        ("n=uniform[0:0.5]", "must be an integer", "has an integer as its default"),
        ("lr=range[0:1:0.1]", "unknown function: range", "Try: lr=[0:1:0.1]"),
        ("x=range(0,1,0.1)", "unknown function: range", "Try: x=[0:1:0.1]"),
        ("x=uniform(0.01,0.1)", "must have square brackets", "Try: x=uniform[0.01:0.1]"),
        ("lr=np.linspace(0, 1, 5)", "must have square brackets", "Try: lr=linspace[0:1:5]"),
        ("lr=logspace[-4:0:5]", "unknown function", "Try: lr=log[0.0001:1:5]"),
        ("lr=choice(1,2)", "must have square brackets", "Try: lr=choice[1,2]"),
        ("lr=unifrom[0.1:1]", "unknown function", "Try: lr=uniform[0.1:1]"),
        ("lr=foo[1]", "unknown function", "Valid forms: [START:END:STEP], uniform"),
    ],
)
def test_rejects_forms_that_mean_something_else(word: str, problem: str, hint: str) -> None:
    assert can_be_batch(word)
    with pytest.raises(UsageError) as caught:
        parse(word)
    assert problem in caught.value.message
    assert hint in caught.value.hint


def test_leaves_text_with_a_call_alone() -> None:
    assert parse("note=uniform(0,1)", "x=f(y)", "layers=[]").is_single


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("x=[]", "no values"),
        ("x=[1:0:0.1]", "is empty: the step"),
        ("x=[0:1:0]", "is empty: the step"),
        ("x=[0:1:0.0000001]", "over 1,000,000 values"),
        ("x=[1e-299:1e308:1e-299]", "over 1,000,000 values"),
        ("x=uniform[1:1e999]", "must have a start and an end"),
        ("lr=[0.1, 0.2", "an unclosed bracket"),
        ("x=uniform[1]", "must have a start and an end"),
        ("x=uniform[1:0]", "is empty: its end is below"),
        ("x=loguniform[0:1]", "must start above 0"),
        ("x=log[1:10]", "a count"),
        ("x=log[1:10:0]", "not a valid count"),
        ("x=int[0.5:3]", "integers"),
        ("x=choice[]", "has no choices"),
        ("x=uniform[nan:1]", "must have a start"),
        ("nothing", "neither"),
    ],
)
def test_rejects_invalid_values(word: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse(word)


@given(st.text(alphabet=st.sampled_from("lrx=[]:,.0123456789-einuformchg@ \"'"), max_size=30))
def test_accepts_any_word(word: str) -> None:
    try:
        space = parse(word)
    except UsageError as e:
        assert e.message[:1].isupper() or e.message[:1] in "'\"" or "[" in e.message or "=" in e.message
        return
    if not space.is_single:
        assert can_be_batch(word)


@pytest.mark.parametrize("text", ["loguniform[1e_5:1]", "uniform[1:1e_5]"])
def test_rejects_numbers_that_only_decimal_reads(text: str) -> None:
    with pytest.raises(UsageError):
        parse(f"lr={text}")
