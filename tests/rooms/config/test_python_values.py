"""Module-level constants: what is a setting, and writing one changes nothing else."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.config.formats.python import apply as apply_bytes
from gage.config.formats.python import decode
from gage.config.python_constants import literal
from gage.config.python_values import apply, read
from gage.types.errors import ConfigError

SOURCE = '''\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Doc."""
import sys
lr = 0.1  # the rate
epochs: int = 3
name = "été"; other = 'x'
layers = [1, 2,
          3]
shape = (1, -2)
table = {"a": 1, "b": None}
big = float("inf")
_private = 1
loss = 1.0
computed = lr * 2
count = 0
best = None
def f():
    global count
    count += 1
    lr = 5
for i in range(3):
    loss *= 0.5
if __name__ == "__main__":
    best = 1
'''


def test_settings():
    found = {name: f.value for name, f in read(SOURCE).items() if not f.hidden}
    assert found == {
        "lr": 0.1,
        "epochs": 3,
        "name": "été",
        "other": "x",
        "layers": [1, 2, 3],
        "shape": [1, -2],
        "table.a": 1,
        "table.b": None,
        "big": math.inf,
    }
    assert read(SOURCE)["lr"].line == 5


def test_all_else_stays():
    new = apply(SOURCE, {"lr": -1e-3, "name": 'a"b\n', "layers": [], "other": "é"})
    expected = SOURCE.replace("0.1  #", "-0.001  #").replace('"été"', repr('a"b\n'))
    assert new == expected.replace("[1, 2,\n          3]", "[]").replace("'x'", "'é'")


def names(source):
    return [name for name, f in read(source).items() if not f.hidden]


def test_what_the_program_assigns_again_is_no_setting():
    assert names("n = 5\nm = [n for n in range(3)]\n") == ["n"]
    assert names("n = 5\nm = [(n := x) for x in range(3)]\n") == []
    assert names("n = 5\nfrom other import n\n") == []
    assert names("n = 5\nimport numpy as n\n") == []
    assert names("a = 5\ntry:\n    pass\nexcept OSError as a:\n    pass\n") == []
    assert names("a = 5\nmatch x:\n    case [a, *b]:\n        pass\n") == []
    assert names("a = 5\ndef f(a):\n    a = 1\n") == ["a"]
    assert names("class a:\n    b = 1\na = 1\nb = 2\n") == ["b"]
    assert names("a, b = 1, 2\na = b = 3\n") == []


def test_annotations():
    source = "a: str = None\nb: Optional[int] = None\nc: float | None = None\nd: 'str' = None\ne: list[int] = []\n"
    found = read(source + "f: dict[str, int] = {}\ng: int\n")
    assert {name: f.type for name, f in found.items()} == {
        "a": "str",
        "b": "int",
        "c": "float",
        "d": "",
        "e": "",
        "f": "",
    }


def test_tuples_stay_tuples():
    source = "a = (1, 2)\nb = 1, 2\nc = [(1, 2), (3, 4)]\nd = ()\n"
    new = apply(source, {"a": [3], "b": [], "c": [[5, 6], [7, 8], [9, 0]], "d": [1, 2]})
    assert new == "a = (3,)\nb = ()\nc = [(5, 6), (7, 8), (9, 0)]\nd = (1, 2)\n"


def test_very_long_lines_and_expressions():
    source = "a = 1; " + "x = " + "+".join(["1"] * 800) + "; " + "b = 2; " * 20_000 + "c = 3\n"
    assert names(source) == ["a", "c"]
    assert apply(source, {"a": 10, "c": 30}) == source.replace("a = 1;", "a = 10;").replace("c = 3\n", "c = 30\n")


@pytest.mark.parametrize(
    "data, new",
    [
        (b"\xef\xbb\xbfa = 1\n", b"\xef\xbb\xbfa = 2\n"),
        (b"# coding: latin-1\nx = '\xe9'\na = 1\n", b"# coding: latin-1\nx = '\xe9'\na = 2\n"),
        (
            b"#!/bin/x\n# -*- coding: cp1252 -*-\r\na = 1 # \x80\r\n",
            b"#!/bin/x\n# -*- coding: cp1252 -*-\r\na = 2 # \x80\r\n",
        ),
        (b"x = 1\n# coding: latin-1\na = 1\n", b"x = 1\n# coding: latin-1\na = 2\n"),
    ],
)
def test_encodings(data, new):
    assert apply_bytes(data, {"a": 2}) == new
    assert "a" in read(decode(data))


@pytest.mark.parametrize(
    "data, message",
    [
        (b"a = 1 # \xe9\n", "The file is not UTF-8 text (line 1)"),
        (b"# coding: nothing\na = 1\n", "The file's encoding 'nothing' is not known"),
        (b"# coding: hex\na = 1\n", "The file's encoding 'hex' is not known"),
        (b"# coding: ascii\na = 1\n", "The values have characters that a file in ascii cannot have"),
    ],
)
def test_text_that_cannot_be(data, message):
    with pytest.raises(ConfigError) as e:
        apply_bytes(data, {"a": "é"})
    assert e.value.message == message


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends(newline):
    source = f"a = 1{newline}b = 2{newline}\tc = 3".replace(f"{newline}\tc = 3", "")
    assert apply(source, {"b": 5}) == source.replace("2", "5")


def test_form_feed_is_no_line_end():
    assert apply("a = 1\n\x0cb = 2\n", {"b": 3}) == "a = 1\n\x0cb = 3\n"


def test_not_python():
    for call in (lambda: read("x = ("), lambda: apply("x = (", {"x": 1}), lambda: read("\x00")):
        with pytest.raises(ConfigError) as e:
            call()
        assert e.value.message.startswith("The file cannot be read as Python")


def test_no_such_setting():
    with pytest.raises(ConfigError):
        apply(SOURCE, {"loss": 2.0})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(VALUES, VALUES)
@settings(deadline=None)
def test_what_was_written_is_read(first, second):
    source = f"# é\nbefore = 1; x = {literal(first)}  # after\nafter = 2\n"
    new = apply(source, {"x": second})
    assert new.startswith("# é\nbefore = 1; x = ")
    assert new.endswith("  # after\nafter = 2\n")
    assert repr(read(new)["x"].value) == repr(second)
