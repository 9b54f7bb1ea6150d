"""File patterns, also invalid and hostile ones."""

import time

import pytest

from gage.lib import globs
from gage.lib.globs import compile_pattern


@pytest.mark.parametrize("pattern", ["[!]", "[^]x", "[z-a]"])
def test_matches_an_invalid_character_set_literally(pattern: str) -> None:
    matches = compile_pattern(pattern)
    assert matches(pattern) and matches(f"a/{pattern}/b") and not matches("z")


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*.py", "a.py x/a.py a.py/b .py", "a.pyc a.p y"),
        ("/*.py", "a.py a.py/b", "x/a.py"),
        ("src", "src src/a x/src/a", "srcs a/srcs"),
        ("src/", "src src/a x/src/a", "srcs"),
        ("src/*.py", "src/a.py", "src/x/a.py a.py x/src/a.py"),
        ("src/**", "src/a src/x/a", "a srcs/a"),
        ("**/x", "x a/x a/b/x x/y", "ax a/xb"),
        ("a/**/b", "a/b a/x/b a/x/y/b/c", "a/xb ab b"),
        ("a/**/b/**/c", "a/b/c a/b/x/c a/b/b/x/c", "a/c/b a/b/xc"),
        ("src/**.py", "src/a.py src/x/a.py", "src/a.c a.py"),
        ("**", "a a/b", ""),
        ("a*b*c", "abc aXbYc abbcc aXbYc/x", "ab abcX acb"),
        ("*ab", "ab aab abab", "aba b"),
        ("a?c[0-9]", "abc1 x/axc2", "ac1 abcx"),
        ("[!a-c]x", "dx", "ax x"),
        ("[]-]x", "]x -x", "ax"),
        ("[a-]x", "ax -x", "bx"),
        ("./a/b", "a/b", "x/a/b"),
        ("a.b+", "a.b+", "aXb+ a.bb"),
    ],
)
def test_matches_as_gitignore_does(pattern: str, matching: str, others: str) -> None:
    matches = compile_pattern(pattern)
    assert [path for path in matching.split() if not matches(path)] == []
    assert [path for path in others.split() if matches(path)] == []


@pytest.mark.filterwarnings("error")
def test_accepts_any_set_without_a_warning() -> None:
    assert compile_pattern("[a--]")("[a--]")
    assert compile_pattern("[+--]")(",")
    assert compile_pattern("[[&&~~||]x")("&x")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 30 + "b", "a" * 250),
        ("*" * 60 + "b", "a" * 250),
        ("*a*?" * 30 + "b", "a" * 250),
        ("**/a/" * 30 + "b", "a/" * 2000 + "a"),
        ("**a" * 30 + "b", "a" * 250),
    ],
)
def test_matches_hostile_patterns_quickly(pattern: str, path: str) -> None:
    start = time.process_time()
    assert not compile_pattern(pattern)(path)
    assert time.process_time() - start < 5


def test_stops_a_regular_expression_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(globs, "REGEX_SECONDS", 0.1)
    with pytest.raises(TimeoutError, match="takes too long"):
        compile_pattern("regex:^(a|a)*$")("a" * 60 + "b")
    assert compile_pattern("regex:b$")("ab")


def test_rejects_an_invalid_regular_expression() -> None:
    with pytest.raises(ValueError, match="Not a regular expression"):
        compile_pattern("regex:(")
