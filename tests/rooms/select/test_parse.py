"""Parsing of run references and filters."""

import pytest

from gage.select.parse import parse_refs, parse_sort, parse_where
from gage.types.errors import UsageError
from gage.types.filter import AnyOf, Call, Comparison, Constant, FieldName, RunRef, SortKey, Where, Word


@pytest.mark.parametrize(
    ("word", "ref"),
    [
        ("lusab", RunRef("lusab")),
        ("019af2c3", RunRef("019af2c3")),
        ("1", RunRef("1", position=1)),
        ("12", RunRef("12", position=12)),
        ("01", RunRef("01")),
        ("0", RunRef("0")),
        (" 3 ", RunRef("3", position=3)),
        ("1:5", RunRef("1:5", span=(1, 5))),
        (":3", RunRef(":3", span=(None, 3))),
        ("2:", RunRef("2:", span=(2, None))),
        ("4:4", RunRef("4:4", span=(4, 4))),
        ("-2:", RunRef("-2:", span=(-2, None))),
        ("2:-1", RunRef("2:-1", span=(2, -1))),
        ("01908f3c-1", RunRef("01908f3c-1")),
        ("٣", RunRef("٣")),
        ("9" * 40, RunRef("9" * 40)),
    ],
)
def test_parses_run_references(word: str, ref: RunRef) -> None:
    assert parse_refs([word]) == (ref,)


@pytest.mark.parametrize(
    "word", ["", "  ", "5:1", "0:3", "a:b", "1:2:3", "--1:2", "1:x", "1,3", "1-3", f"1:{'9' * 40}"]
)
def test_rejects_a_word_that_cannot_name_a_run(word: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_refs([word])
    assert error.value.hint


def test_combines_several_filters() -> None:
    assert parse_where(["a b=1", "c or d"]) == (
        Where(Word("a"), "a b=1"),
        Where(Comparison(FieldName("b", "", 2), "=", Constant("1", False, 4)), "a b=1"),
        Where(AnyOf((Word("c"), Word("d"))), "c or d"),
    )


def test_rejects_an_empty_filter_in_a_list() -> None:
    with pytest.raises(UsageError, match="empty"):
        parse_where(["a", " "])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("loss", SortKey(FieldName("loss"))),
        ("-loss", SortKey(FieldName("loss"), True)),
        ("eval/top 1", SortKey(FieldName("eval/top 1"))),
        ("config.lr", SortKey(FieldName("config.lr", "config"))),
        ("-`eval/top 1`", SortKey(FieldName("eval/top 1"), True)),
        ("config.`a,b`", SortKey(FieldName("config.a,b", "config"))),
        ("`a` or `b`", SortKey(FieldName("`a` or `b`"))),
        ("-min(loss)", SortKey(Call("min", (FieldName("loss", "", 4),)), True)),
    ],
)
def test_parses_sort_keys(text: str, key: SortKey) -> None:
    assert parse_sort([text]) == (key,)


@pytest.mark.parametrize("text", ["", "-", "min(", "min(loss", "min(loss) x", "max()"])
def test_rejects_wrong_sort_keys(text: str) -> None:
    with pytest.raises(UsageError):
        parse_sort([text])


def test_suggests_to_repeat_sort() -> None:
    with pytest.raises(UsageError, match="--sort takes one name") as error:
        parse_sort(["-val_acc,lr"])
    assert error.value.hint == "Repeat it: --sort=-val_acc --sort lr"
    assert parse_sort(["mean(loss, 10)"])
