"""Module-level constants: what is a setting, and writing one changes nothing else."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.config.python_values import apply, literal, read
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
    found = {name: f.value for name, f in read(SOURCE).items()}
    assert found == {
        "lr": 0.1,
        "epochs": 3,
        "name": "été",
        "other": "x",
        "layers": [1, 2, 3],
        "shape": [1, -2],
        "table": {"a": 1, "b": None},
        "big": math.inf,
    }
    assert read(SOURCE)["lr"].line == 5


def test_all_else_stays():
    new = apply(SOURCE, {"lr": -1e-3, "name": 'a"b\n', "layers": [], "other": "é"})
    expected = SOURCE.replace("0.1  #", "-0.001  #").replace('"été"', repr('a"b\n'))
    assert new == expected.replace("[1, 2,\n          3]", "[]").replace("'x'", "'é'")


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
