"""Parsing of run references and filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.select.parse import parse_refs, parse_where
from gage.types.errors import UsageError
from gage.types.filter import RunRef, Term


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


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("  ", []),
        ("completed", [Term("completed")]),
        ("status=completed lr=0.1", [Term("completed", "status"), Term("0.1", "lr")]),
        ("lr!=0.1", [Term("0.1", "lr", "!=")]),
        ("lr==0.1", [Term("0.1", "lr")]),
        ("label='two words' three", [Term("two words", "label"), Term("three")]),
        ('"a=b"', [Term("a=b")]),
        ('"my key"=1', [Term("1", "my key")]),
        ("label=", [Term("", "label")]),
        ("label=''", [Term("", "label")]),
        ("x=a=b", [Term("a=b", "x")]),
        ("train.py#lr=-1e-3", [Term("-1e-3", "train.py#lr")]),
        (r"label='it\'s'", [Term("it's", "label")]),
        (r"path=C:\new", [Term(r"C:\new", "path")]),
        ("x=<3", [Term("<3", "x")]),
        ("layers=[1,2]", [Term("[1,2]", "layers")]),
        ("wow!", [Term("wow!")]),
    ],
)
def test_parses_conditions(text: str, terms: list[Term]) -> None:
    assert parse_where(text) == tuple(terms)


def test_combines_several_texts() -> None:
    assert parse_where(["a b=1", "c"]) == (Term("a"), Term("1", "b"), Term("c"))


@pytest.mark.parametrize(
    ("text", "caret"),
    [("a =3", 2), ("lr<0.1", 2), ("ok label='never", 9), ('x ""', 2), ("!=3", 0), ("a\n<", 2), ("lr = 3", 3)],
)
def test_marks_a_mistake_in_the_text(text: str, caret: int) -> None:
    with pytest.raises(UsageError) as error:
        parse_where(text)
    message, excerpt, marker = error.value.message.split("\n")
    assert message[0].isupper()
    assert marker == "  " + " " * caret + "^"
    assert len(excerpt) == len(text) + 2
    assert "--where" in error.value.hint or "jq" in error.value.hint


@given(st.text())
def test_reads_or_rejects_any_text(text: str) -> None:
    try:
        terms = parse_where(text)
    except UsageError:
        return
    assert all(term.value or term.key for term in terms)


@given(st.text(), st.text(min_size=1))
def test_preserves_quoted_text(value: str, key: str) -> None:
    def quote(text: str) -> str:
        return "'" + text.replace("'", "\\'") + "'"

    if value.endswith("\\") or key.endswith("\\") or "\\'" in value + key:
        return
    assert parse_where(f"{quote(key)}={quote(value)}") == (Term(value, key),)
