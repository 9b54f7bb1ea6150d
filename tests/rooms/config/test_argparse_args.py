"""argparse programs: what is read, and that values reach the real parser as a person means them."""

import pytest

from gage.config.argparse_args import read, to_args
from gage.types.errors import ConfigError

SOURCE = """
import argparse
from argparse import BooleanOptionalAction
parser = argparse.ArgumentParser()
parser.add_argument("data", nargs="?", default="d.csv")
parser.add_argument("--learning-rate", "-l", type=float, default=0.1, help="Rate (%(default)s)")
parser.add_argument("-n", type=int, default=1)
group = parser.add_argument_group("x")
group.add_argument("--name", dest="title", default="a")
group.add_argument("--fast", action="store_true")
group.add_argument("--no-cache", dest="cache", action="store_false")
group.add_argument("--amp", action=BooleanOptionalAction, default=True)
group.add_argument("--old", type=bool, default=True)
group.add_argument("--layers", type=int, nargs="+", default=[1, 2])
group.add_argument("--tag", action="append")
group.add_argument("-v", action="count", default=0)
group.add_argument("--opt", choices=["adam", "sgd"], default="adam")
group.add_argument("--version", action="version", version="1")
"""


def parsed(words):
    names = {}
    exec(SOURCE, names)  # the program's own parser is the judge
    return vars(names["parser"].parse_args(words))


def test_arguments():
    found = {a.name: a for a in read(SOURCE)}
    assert list(found) == [
        *("data", "learning-rate", "n", "title", "fast", "cache", "amp", "old", "layers", "tag", "v", "opt")
    ]
    rate = found["learning-rate"]
    assert (rate.flag, rate.type, rate.default, rate.description) == ("--learning-rate", "float", 0.1, "Rate ()")
    assert found["opt"].choices == ("adam", "sgd")
    assert found["layers"].default == [1, 2]
    assert found["data"].flags == ()
    assert not found["data"].required


@pytest.mark.parametrize(
    "values, dest, expected",
    [
        ({"data": "-x.csv"}, "data", "-x.csv"),
        ({"learning-rate": -0.5}, "learning_rate", -0.5),
        ({"n": -3}, "n", -3),
        ({"title": "--name"}, "title", "--name"),
        ({"title": ""}, "title", ""),
        ({"title": "a b\n'\""}, "title", "a b\n'\""),
        ({"fast": True}, "fast", True),
        ({"fast": False}, "fast", False),
        ({"cache": False}, "cache", False),
        ({"cache": True}, "cache", True),
        ({"amp": False}, "amp", False),
        ({"amp": True}, "amp", True),
        ({"old": False}, "old", False),
        ({"old": True}, "old", True),
        ({"layers": [3, 4, 5]}, "layers", [3, 4, 5]),
        ({"tag": ["a", "-b"]}, "tag", ["a", "-b"]),
        ({"v": 2}, "v", 2),
        ({"opt": "sgd"}, "opt", "sgd"),
    ],
)
def test_values_reach_the_program(values, dest, expected):
    words = to_args(read(SOURCE), values)
    assert parsed(words)[dest] == expected


def test_required():
    found = {a.name: a for a in read('p.add_argument("x")\np.add_argument("--y", required=True)')}
    assert found["x"].required
    assert found["y"].required


def test_program_without_parser():
    assert read("lr = 0.1\n") is None


def test_not_python():
    with pytest.raises(ConfigError):
        read("p.add_argument(")
