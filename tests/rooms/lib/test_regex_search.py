"""Searching by a regular expression in limited time."""

import pytest

from gage.lib import regex_search


def test_searches_anywhere_in_a_text() -> None:
    assert regex_search.search_texts("b.?d", ["abcd", "bd", "b\nd", "é"]) == [True, True, False, False]


def test_searches_no_texts() -> None:
    assert regex_search.search_texts("a", []) == []


def test_stops_a_search_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex_search, "MAX_SECONDS", 0.3)
    with pytest.raises(TimeoutError, match="regular expression"):
        regex_search.search_texts("(a+)+$", ["a" * 60 + "b"])
