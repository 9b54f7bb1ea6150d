"""`{name}` in commands: one word and nothing but text, whatever the value and the quotes around."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.config.placeholders import fill, names
from gage.types.errors import ConfigError
from gage.types.opdef import Exec


def said(line, **values):
    command = fill(Exec(shell=line), values).shell
    return subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout.decode()


HOSTILE = [
    "a b",
    "$(touch /tmp/x)",
    "`id`",
    "a'b",
    'a"b',
    "a\\b",
    "$HOME",
    "-n",
    "",
    "line\nbreak",
    "é*?~",
    ";ls",
    "!x",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("line", ["printf %s {msg}", 'printf %s "{msg}"', "printf %s '{msg}'", 'printf %s "x"{msg}'])
def test_value_is_text(line, value):
    assert said(line, msg=value) == ("x" if "x" in line else "") + value


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=40, deadline=None)
def test_any_value_is_one_word(value):
    assert said("printf '<%s>' {v} end", v=value) == f"<{value}><end>"


def test_argument_lists_are_filled_as_they_are():
    assert fill(Exec(args=("echo", "a {x}", "{y}")), {"x": "1 2", "y": True}).args == ("echo", "a 1 2", "true")


def test_braces_that_are_not_ours():
    for line in ("echo ${HOME}", "awk '{print $1}'", "echo {a,b}", "echo {}", "find -exec ls {} +"):
        assert fill(Exec(shell=line), {"lr": 1}).shell == line
    assert fill(Exec(shell="echo {{lr}}"), {"lr": 1}).shell == "echo {lr}"


def test_scripts_are_left_alone():
    script = Exec(shell="#!/bin/sh\necho {x}\n")
    assert fill(script, {"x": 1}) == script


def test_misspelled_name():
    with pytest.raises(ConfigError) as e:
        fill(Exec(shell="echo {mesage}"), {"message": "x"})
    assert e.value.hint == "Did you mean {message}?"


def test_names():
    assert names(Exec(shell="echo {a} ${b} {{c}} {d}")) == ["a", "d"]
