"""Natural order of texts."""

from hypothesis import given
from hypothesis import strategies as st

from gage.lib.natural_sort import MAX_DIGITS, build_natural_key, build_padded_key


def sort(*texts):
    return sorted(texts, key=build_natural_key)


def test_numbers_compare_as_numbers():
    assert sort("layer10", "layer2", "layer1") == ["layer1", "layer2", "layer10"]
    assert sort("v1.10", "v1.9", "v1") == ["v1", "v1.9", "v1.10"]


def test_ignores_case():
    assert sort("b", "A", "C") == ["A", "b", "C"]
    assert build_natural_key("Run7") == build_natural_key("run7")


def test_numbers_come_before_words():
    assert sort("run", "10", "2") == ["2", "10", "run"]
    assert sort("x", "") == ["", "x"]


def test_sorts_numbers_that_python_cannot_convert():
    long = "9" * (MAX_DIGITS * 10)
    assert sort(f"a{long}", "a3", "a20") == ["a3", "a20", f"a{long}"]


@given(st.integers(0, 10**30), st.integers(0, 10**30), st.text(max_size=5))
def test_numbers_of_any_size_keep_their_order(a, b, prefix):
    assert (build_natural_key(f"{prefix} {a}") < build_natural_key(f"{prefix} {b}")) == (a < b)


@given(st.lists(st.text(max_size=8)))
def test_sorts_any_texts(texts):
    assert sorted(sort(*texts)) == sorted(texts)


def test_padded_texts_sort_numbers_as_numbers():
    names = ["Img10.png", "img2.png", "img1b", "img1a", "a" * 30 + "9", "7"]
    assert sorted(names, key=build_padded_key) == ["7", "a" * 30 + "9", "img1a", "img1b", "img2.png", "Img10.png"]
