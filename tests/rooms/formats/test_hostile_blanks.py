"""Thousands of blanks in a line of a config file are read in linear time."""

import time

import pytest

from gage.formats import dotenv, ini, json, toml, yaml
from gage.types.errors import ConfigError

BLANKS = " " * 60_000


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (json, '{"a": 1' + BLANKS + "}"),
        (json, '{"a": 1' + BLANKS + "// x\n}"),
        (json, '{"a": 1, // x' + BLANKS + "y\n}"),
        (json, "{" + BLANKS + '"a":' + BLANKS + "1}"),
        (json, '{"a": 1,' + BLANKS + "}"),
        (toml, "a = 1" + BLANKS + "\nb = 2\n"),
        (toml, "a = 1 # x" + BLANKS + "y\n"),
        (toml, "a = [" + BLANKS + "1]\n"),
        (yaml, "a: 1" + BLANKS + "x\n"),
        (yaml, "a: b # c" + BLANKS + "d\n"),
        (ini, "[a]\nb = 1" + BLANKS + "c\n"),
        (ini, "[a]\nb" + BLANKS + "= 1\n"),
        (dotenv, "A=1" + BLANKS + "b\n"),
        (dotenv, "A=1 # " + BLANKS + "b\n"),
    ],
)
def test_reads_many_blanks_quickly(module, text):
    start = time.process_time()
    try:
        assert module.read(text.encode())
    except ConfigError:
        assert module is yaml
    assert time.process_time() - start < 3
