"""Values as arguments: argparse itself reads them back as the same values."""

import argparse
import json
import math
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.parsers.argparse.probe_actions import describe_parser
from gage.parsers.build_args import build_args, insert_args
from gage.parsers.introspect.decode_report import decode_reports
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.value_syntax import format_value
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--text", default="t")
    parser.add_argument("-s", "--short", default="t")
    parser.add_argument("-x", default="t")
    parser.add_argument("-single", default="t")
    parser.add_argument("--n", type=int, default=0)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--on", action="store_true")
    parser.add_argument("--off", action="store_false")
    parser.add_argument("--both", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--bool", type=bool, default=True)
    parser.add_argument("--count", action="count", default=0)
    parser.add_argument("--add", action="append")
    parser.add_argument("--more", action="extend", nargs="+", type=float)
    parser.add_argument("--ints", nargs="*", type=int, default=[1])
    parser.add_argument("--floats", nargs="+", type=float, default=[1])
    parser.add_argument("--maybe", nargs="?", const="c", default="d")
    parser.add_argument("first", nargs="?", default="f")
    parser.add_argument("rest", nargs="*")
    return parser


PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=6).filter(lambda text: text != "--")
TEXT = PLAIN | st.sampled_from(
    [
        "0123",
        "1e10",
        "-1e5",
        "1:30",
        "true",
        "None",
        "---",
        "-",
        "-1",
        "--text",
        "--text=1",
        "-x",
        "=",
        "a b",
        "- b",
        "[1]",
        "@f",
    ]
)
FLOAT = st.floats(allow_nan=False) | st.integers(-(10**20), 10**20).map(float)
VALUES: dict[str, st.SearchStrategy[JSONValue]] = {
    **dict.fromkeys(["text", "short", "x", "single", "maybe", "first"], TEXT),
    "n": st.integers(),
    "lr": FLOAT,
    **dict.fromkeys(["on", "off", "both", "bool"], st.booleans()),
    "count": st.integers(0, 4),
    "add": st.lists(TEXT, min_size=1, max_size=3),
    "more": st.lists(FLOAT.filter(math.isfinite), min_size=1, max_size=3),
    "ints": st.lists(st.integers(), max_size=3),
    "floats": st.lists(FLOAT.filter(math.isfinite), min_size=1, max_size=3),
}


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional=VALUES), st.lists(TEXT, min_size=1, max_size=3) | st.none())
def test_argparse_reads_back_the_same_values(values: Mapping[str, JSONValue], rest: list[str] | None) -> None:
    parser = make_parser()
    spec = decode_reports([describe_parser(parser, [])])
    chosen = dict(values) | ({"first": values.get("first", "f"), "rest": rest} if rest else {})
    parsed = vars(parser.parse_args(build_args(spec, chosen)))
    defaults = vars(parser.parse_args([]))
    assert {n: parsed[n] for n in defaults} == defaults | chosen


OWN = (
    *([], ["--text", "own"], ["--", "own"], ["own"], ["own", "more"], ["--ints", "1", "2"]),
    *(["--ints", "1", "--", "own", "more"], ["own", "--text=own", "more"], ["-x", "x", "own", "--on"]),
)


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT, st.sampled_from(OWN))
def test_keeps_arguments_of_the_command(text: str, first: str, own_args: list[str]) -> None:
    parser = make_parser()
    spec = decode_reports([describe_parser(parser, own_args)])
    command = insert_args(["python", "train.py", *own_args], 2, spec, {"short": text, "first": first})
    parsed = parser.parse_args(command[2:])
    assert command[:2] == ["python", "train.py"]
    assert parsed.short == text
    assert [parsed.first, *parsed.rest] == [first, *(["more"] if "more" in own_args else [])]
    assert parsed.text == ("own" if {"--text", "--text=own"} & set(own_args) else "t")


def make_spec(*parameters: Parameter, parser: str = "argparse", command: str = "", prefix: str = "") -> ParserSpec:
    commands = tuple(dict.fromkeys(p.command for p in parameters if p.command))
    return ParserSpec(parser, parameters, commands=commands, command=command, file_prefix_chars=prefix)


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        (Parameter("on", ("--on",), action="store_true", default=True), False, "on by default and --on can only turn"),
        (Parameter("off", ("--off",), action="store_false", default=False), True, "off cannot be set to true"),
        (Parameter("m", ("-m",), action="store_const", const="deep", default="flat"), "x", "can only set it to deep"),
        (Parameter("v", ("-v",), action="count", default=2), 1, "counts up from 2"),
        (Parameter("add", ("--add",), action="append", default=["a"]), ["b"], "adds to its default ['a']"),
        (Parameter("n", ("--n",), default=1), None, "n cannot be set to null: its default is 1"),
        (Parameter("two", ("--two",), nargs="2"), [1], "takes 2 values, got 1"),
        (Parameter("some", ("--some",), nargs="+"), [], "at least one"),
        (Parameter("some", ("--some",), nargs="+"), ["-a", "b"], "reads it as an option"),
        (Parameter("t", ("--t",)), "--", "the end of its options"),
        (Parameter("file"), "@x", "the name of a file of arguments"),
    ],
)
def test_rejects_values_that_no_argument_can_express(parameter: Parameter, value: JSONValue, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        build_args(make_spec(parameter, prefix="@"), {parameter.name: value})
    assert message in error.value.message


def test_builds_no_arguments_for_defaults() -> None:
    spec = make_spec(
        Parameter("n", ("--n",)),
        Parameter("m", ("-m",), action="store_const", const="deep"),
        Parameter("add", ("--add",), action="append", default=["a"]),
        Parameter("off", ("--off",), action="store_false", default=True),
    )
    assert build_args(spec, {"n": None, "m": None, "add": ["a"], "off": True}) == []


def test_adds_defaults_of_positionals_before_the_chosen_one() -> None:
    spec = make_spec(Parameter("a"), Parameter("b", default="x"), Parameter("c"))
    assert build_args(spec, {"a": 1, "c": "-2"}) == ["--", "1", "x", "-2"]
    with pytest.raises(ConfigError, match="c can only be set together with a"):
        build_args(spec, {"c": 1})


def test_inserts_options_before_the_next_sub_command() -> None:
    spec = make_spec(
        Parameter("mode", ("--mode",)),
        Parameter("lr", ("--lr",), command="fit"),
        Parameter("n", ("-n",), command="fit deep"),
        command="fit deep",
    )
    command = ["python", "t.py", "--mode", "fit", "fit", "deep"]
    assert insert_args(command, 2, spec, {"mode": "x", "lr": 1, "n": 2}) == [
        *["python", "t.py", "--mode", "fit", "--mode=x"],
        *["fit", "--lr=1", "deep", "-n=2"],
    ]


@pytest.mark.parametrize(
    ("parser", "value", "text"),
    [
        ("jsonargparse", [1e-05, "a", None, True, {"k": math.inf}], '[1.0e-05, "a", null, true, {"k": .inf}]'),
        ("jsonargparse", math.nan, ".nan"),
        ("fire", {"a": [1, "x"]}, "{'a': [1, 'x']}"),
        ("fire", "1e5", "'1e5'"),
        ("fire", "plain", "plain"),
        ("hydra", {"a": [1, "x y", "1"]}, "{a:[1,x y,'1']}"),
        ("hydra", None, "null"),
        ("hydra", "it's", "'it\\'s'"),
        ("argparse", 1e22, "1e+22"),
        ("argparse", {"a": 1}, json.dumps({"a": 1})),
    ],
)
def test_formats_values_for_other_parsers(parser: str, value: JSONValue, text: str) -> None:
    assert format_value(parser, "", value) == text


@pytest.mark.parametrize(
    ("parameter", "value", "args"),
    [
        (Parameter("x", ("--x",), action="append_const", const=True), True, ["--x"]),
        (Parameter("x", ("--x",), action="append_const", const="a"), ["a", "b", "a"], ["--x", "--x"]),
        (Parameter("x", ("--x",), action="switch", default=False), False, []),
        (Parameter("x", ("--x",), action="append", nargs="2"), [[1, 2], [3, 4]], ["--x", "1", "2", "--x", "3", "4"]),
        (Parameter("x", ("--x",), type="int"), 3.0, ["--x=3"]),
        (Parameter("x", nargs="..."), ["a", "-b"], ["a", "-b"]),
        (Parameter("x", nargs="*"), [], []),
    ],
)
def test_builds_arguments_of_a_single_parameter(parameter: Parameter, value: JSONValue, args: list[str]) -> None:
    assert build_args(make_spec(parameter), {"x": value}) == args


def test_rejects_values_that_the_program_would_read_differently() -> None:
    spec = ParserSpec("argparse", (Parameter("x", ("--x",), nargs="+"),), file_prefix_chars="@")
    with pytest.raises(ConfigError, match="@a cannot be one of several values of --x"):
        build_args(spec, {"x": ["@a", "b"]})
    with pytest.raises(ConfigError, match="-a cannot be a positional"):
        build_args(ParserSpec("docopt", (Parameter("x"),)), {"x": "-a"})
    with pytest.raises(ConfigError, match="-a cannot be a positional"):
        build_args(make_spec(Parameter("x", nargs="...")), {"x": ["-a"]})
    with pytest.raises(ConfigError, match="Fire cannot read nan"):
        format_value("fire", "", math.nan)
    with pytest.raises(ConfigError, match="Hydra cannot read"):
        format_value("hydra", "", "a b'\\")
