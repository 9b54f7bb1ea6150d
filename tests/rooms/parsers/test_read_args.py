"""Arguments read as the program's own parser reads them: the inverse of building them."""

import argparse
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.parsers.argparse.probe_actions import describe_parser
from gage.parsers.build_args import build_args
from gage.parsers.introspect.decode_report import decode_reports
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.read_args import read_args
from gage.parsers.read_source import read_source
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=6) | st.sampled_from(
    ["0123", "1e10", "-1", "-1e5", "true", "None", "null", "--text", "-x", "=", "a b", "[1]", "it's", "a,b", "x:y", ""]
)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
OPTIONS: list[tuple[Parameter, st.SearchStrategy[JSONValue]]] = [
    (Parameter("text", ("--text", "-t"), type="str"), TEXT),
    (Parameter("x", ("-x",), type="str"), TEXT),
    (Parameter("n", ("--n", "-n"), type="int"), st.integers(-(10**9), 10**9)),
    (Parameter("lr", ("--lr",), type="float"), FLOAT),
    (Parameter("on", ("--on",), action="store_true", default=False), st.just(True)),
    (Parameter("off", ("--off",), action="store_false", default=True), st.just(False)),
    (Parameter("both", ("--both",), ("--no-both",), action="switch", type="bool"), st.booleans()),
    (Parameter("count", ("--count", "-c"), action="count", default=0), st.integers(1, 4)),
    (Parameter("add", ("--add",), action="append", type="str"), st.lists(TEXT, min_size=1, max_size=3)),
    (Parameter("mode", ("--deep",), action="store_const", const="deep", default="flat"), st.just("deep")),
    (Parameter("pair", ("--pair",), nargs="2", type="float"), st.tuples(FLOAT, FLOAT).map(list)),
    (Parameter("any", ("--any",), has_converter=True), st.integers() | st.booleans()),
]
POSITIONALS: list[tuple[Parameter, st.SearchStrategy[JSONValue]]] = [
    (Parameter("first", type="str"), TEXT),
    (Parameter("more", nargs="*", type="str"), st.lists(TEXT, min_size=1, max_size=3)),
]
NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOAT | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner),
    max_leaves=4,
)


@st.composite
def draw_arguments(draw: st.DrawFn) -> tuple[ParserSpec, Mapping[str, JSONValue]]:
    parser = draw(st.sampled_from(["argparse", "click", "absl", "optparse", "tyro", "R optparse", "shell"]))
    chosen = draw(st.lists(st.sampled_from(OPTIONS), unique_by=lambda each: each[0].name))
    if parser not in ("absl", "shell") and draw(st.booleans()):
        chosen += POSITIONALS[: draw(st.integers(1, 2))]
    spec = ParserSpec(parser, tuple(p for p, _ in OPTIONS + POSITIONALS))
    return spec, {p.name: draw(values) for p, values in chosen}


def read_values(spec: ParserSpec, args: list[str]) -> dict[str, JSONValue]:
    result = read_args(spec, args)
    assert not result.rest
    assert not result.unknown
    return {name: value.value for (_, name), value in result.values.items()}


@settings(max_examples=300, deadline=None)
@given(draw_arguments())
def test_reads_back_what_is_built(arguments: tuple[ParserSpec, Mapping[str, JSONValue]]) -> None:
    spec, values = arguments
    try:
        args = build_args(spec, values)
    except ConfigError:
        return  # no argument can express it
    assert read_values(spec, args) == values


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["hydra", "fire"]), NESTED)
def test_reads_back_literals_or_calls_them_unknown(parser: str, value: JSONValue) -> None:
    p = Parameter("v", action="override") if parser == "hydra" else Parameter("v", ("--v",), has_converter=True)
    spec = ParserSpec(parser, (p,))
    try:
        args = build_args(spec, {"v": value})
    except ConfigError:
        return
    result = read_args(spec, args)
    if result.unknown:
        assert "\\" in args[0] or args[0].partition("=")[2].startswith(("[", "{", "("))
    else:
        assert result.values["", "v"].value == value
        assert repr(result.values["", "v"].value) == repr(value)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--learning-rate", "--lr", "-l", type=float, default=0.1)
    parser.add_argument("-v", action="count", default=0)
    parser.add_argument("-q", action="store_true")
    parser.add_argument("--cache", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1])
    parser.add_argument("--tag", action="append", default=["a"])
    parser.add_argument("--maybe", nargs="?", const="c", default="d")
    commands = parser.add_subparsers()
    fit = commands.add_parser("fit")
    fit.add_argument("--epochs", type=int, default=1)
    fit.add_argument("data")
    return parser


@pytest.mark.parametrize(
    "line",
    [
        *("--learning-rate=0.3", "--lr 0.3", "-l 0.3", "-l0.3", "-l=0.3", "--learn 0.3", "--lr -3", "-vv", "-vql0.3"),
        *("--no-cache", "--cache --no-cache", "--sizes 1 2 3", "--tag b --tag c", "--maybe"),
        *("--maybe x", "--lr 0.1 --lr 0.2", "-v -v", "--lr 0.3 fit x", "fit --epochs 3 x", "fit -- -x", "--lr=1e-3"),
        *("fit x --epo=3", "--sizes 1 --lr 2 fit --epochs 3 -- x"),
    ],
)
def test_reads_what_argparse_reads(line: str) -> None:
    args = line.split()
    parser = make_parser()
    spec = decode_reports([describe_parser(parser, args)])
    result = read_args(spec, args)
    names = {"learning-rate": "learning_rate"}
    values = {names.get(name, name): value.value for (_, name), value in result.values.items()}
    assert vars(parser.parse_args(args)) == vars(parser.parse_args(["fit", "x"] if "fit" in args else [])) | values
    assert (result.rest, result.unknown) == ((), frozenset())
    assert result.command == ("fit" if "fit" in args else "")


def describe(*parameters: Parameter, parser: str = "argparse", prefix: str = "") -> ParserSpec:
    commands = tuple(dict.fromkeys(p.command for p in parameters if p.command))
    return ParserSpec(parser, parameters, commands=commands, file_prefix_chars=prefix)


LR = Parameter("lr", ("--lr",), type="float")
DATA = Parameter("data", type="str")


@pytest.mark.parametrize(
    ("parameters", "line", "values", "rest", "unknown"),
    [
        ((LR,), "--lr 0.3 --device cpu", {"lr": 0.3}, "--device cpu", ""),
        ((LR,), "with a=1", {}, "with a=1", ""),
        ((LR, DATA), "--device cpu --lr 0.3", {"lr": 0.3}, "--device cpu", "data"),
        ((LR, DATA), "--device=cpu x", {"data": "x"}, "--device=cpu", ""),
        ((LR,), "--lr abc", {}, "--lr abc", "lr"),
        ((LR,), "--lr", {}, "--lr", "lr"),
        ((Parameter("m", ("--m",)),), "--m.dim=3", {}, "--m.dim=3", "m"),
        ((DATA, Parameter("rest", nargs="...")), "x -a --b", {"data": "x", "rest": ["-a", "--b"]}, "", ""),
        ((Parameter("a", nargs="*"), LR), "x --lr 1 y", {"lr": 1.0}, "x y", "a"),
        ((DATA,), "x y", {"data": "x"}, "y", ""),
    ],
)
def test_leaves_what_is_no_parameter(
    parameters: tuple[Parameter, ...], line: str, values: dict[str, JSONValue], rest: str, unknown: str
) -> None:
    args = line.split()
    result = read_args(describe(*parameters), args)
    assert {name: value.value for (_, name), value in result.values.items()} == values
    assert [args[at] for at in result.rest] == rest.split()
    assert {name for _, name in result.unknown} == set(unknown.split())


@pytest.mark.parametrize(
    ("parser", "parameters", "line", "values"),
    [
        ("click", (Parameter("name", ("--name", "-n"), type="str"),), "-n =x", {"name": "=x"}),
        ("click", (Parameter("name", ("--name", "-n"), type="str"),), "--name --x", {"name": "--x"}),
        ("absl", (Parameter("aug", ("--aug",), ("--noaug",), action="switch"),), "-noaug", {"aug": False}),
        ("absl", (Parameter("aug", ("--aug",), ("--noaug",), action="switch"),), "--aug=false", {"aug": False}),
        ("absl", (LR,), "-lr 0.3", {"lr": 0.3}),
        ("absl", (Parameter("l", ("--l",), nargs=",", type="str"),), "--l=a,b", {"l": ["a", "b"]}),
        ("fire", (Parameter("lr", ("--lr",)), Parameter("on", ("--on",))), "-l 0.3 --on", {"lr": 0.3, "on": True}),
        ("fire", (Parameter("lr", ("--lr",)), Parameter("on", ("--on",))), "0.3 --noon", {"lr": 0.3, "on": False}),
        ("fire", (Parameter("a_b", ("--a_b",)),), "--a-b=[1,2]", {"a_b": [1, 2]}),
        ("hydra", (Parameter("lr", action="override"),), "lr=0.3 +new=[1,a]", {"lr": 0.3, "+new": [1, "a"]}),
        ("hydra", (Parameter("db", ("+db",), action="override"),), "+db=pg ~old", {"db": "pg", "~old": None}),
        ("omegaconf", (Parameter("lr", action="override"),), "lr=0.3", {"lr": 0.3}),
        ("jsonargparse", (Parameter("l", ("--l",), nargs="[]"),), "--l=[1,2]", {"l": [1, 2]}),
        ("shell", (Parameter("LR", nargs="?", has_converter=True),), "0.3", {"LR": 0.3}),
    ],
)
def test_reads_other_parsers(
    parser: str, parameters: tuple[Parameter, ...], line: str, values: dict[str, JSONValue]
) -> None:
    assert read_values(describe(*parameters, parser=parser), line.split()) == values


@pytest.mark.parametrize(
    ("parser", "parameter", "arg"),
    [
        ("hydra", Parameter("lr", action="override"), "lr=1,2"),
        ("hydra", Parameter("lr", action="override"), "lr=choice(1,2)"),
        ("hydra", Parameter("lr", action="override"), "lr=${x}"),
        ("hydra", Parameter("m.lr", action="override"), "m={lr:1}"),
        ("fire", Parameter("l", ("--l",)), "--l=[a,b]"),
        ("jsonargparse", Parameter("l", ("--l",), nargs="[]"), "--l+=3"),
        ("jsonargparse", Parameter("b", ("--b",)), "--b=yes"),
        ("jsonargparse", Parameter("union", ("--union",)), "--union=5.0"),
        ("jsonargparse", Parameter("s", ("--s",), type="str", default="x"), "--s=null"),
        ("jsonargparse", Parameter("name", ("--name",), type="str"), "--na=x"),
        ("jsonargparse", Parameter("n", ("--n",), type="int"), "--n= 3"),
        ("omegaconf", Parameter("lr", action="override", type="float"), "lr=nan"),
        ("omegaconf", Parameter("n", action="override", type="int"), "n=0o7"),
        ("omegaconf", Parameter("l", action="override", nargs="[]"), "l.0=1"),
        ("hydra", Parameter("n", action="override"), "n=007"),
        ("simple-parsing", Parameter("on", ("--on",), ("--noon",), action="switch", nargs="?"), "--on=2"),
    ],
)
def test_does_not_guess(parser: str, parameter: Parameter, arg: str) -> None:
    result = read_args(describe(parameter, parser=parser), [arg])
    assert (dict(result.values), result.rest) == ({}, (0,))
    assert result.unknown == {("", parameter.name)}


def test_a_file_of_arguments_makes_all_unknown() -> None:
    result = read_args(describe(LR, DATA, prefix="@"), ["@args.txt", "--lr", "3"])
    assert result.rest == (0, 1, 2)
    assert result.unknown == {("", "lr"), ("", "data")}


def test_reads_subcommands_by_their_aliases():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    remote = commands.add_parser("remote", aliases=["r"]).add_subparsers()
    remote.add_parser("checkout", aliases=["co", "c"]).add_argument("--x", type=int)
    spec = decode_reports([describe_parser(parser, [])])
    assert spec.commands == ("remote", "remote checkout")
    read = read_args(spec, ["r", "co", "--x", "1"])
    assert (read.command, read.command_at, read.rest) == ("remote checkout", 1, ())
    assert read.values["remote checkout", "x"].value == 1


def test_finds_aliases_of_subcommands_in_the_source(tmp_path):
    text = (
        "import argparse\np = argparse.ArgumentParser()\ns = p.add_subparsers()\n"
        "c = s.add_parser('checkout', aliases=['co'])\nc.add_argument('--x', type=int)\np.parse_args()\n"
    )
    spec = read_source(tmp_path / "cli.py", text)
    assert spec is not None
    assert dict(spec.command_aliases) == {"co": "checkout"}


@pytest.mark.parametrize(
    ("spec", "args"),
    [
        (ParserSpec("fire", commands=("train",)), ["--lr=2", "train"]),
        (ParserSpec("fire", commands=("train",)), ["train", "-l"]),
        (ParserSpec("fire"), ["1", "-"]),
        (ParserSpec("fire"), ["--nolr", "3"]),
        (ParserSpec("argparse", prefix_chars="-+"), ["+w", "3"]),
        (ParserSpec("argparse", is_intermixed=True), ["--", "x", "--lr=1"]),
        (ParserSpec("docopt"), ["--", "--lr=1"]),
        (ParserSpec("docopt", has_alternatives=True, commands=("go",)), ["go"]),
        (ParserSpec("shell"), ["--", "5"]),
        (ParserSpec("shell"), [""]),
        (ParserSpec("shell"), ["x", "--lr", "1"]),
        (ParserSpec("click"), ["-x", "1"]),
        (ParserSpec("argparse"), ["--", "x", "--"]),
    ],
)
def test_leaves_unknown_what_the_program_may_read_otherwise(spec: ParserSpec, args: list[str]) -> None:
    command = "train" if spec.parser == "fire" and spec.commands else ""
    parameters = (Parameter("lr", ("--lr",), command=command), Parameter("src", nargs="?"))
    result = read_args(spec._replace(parameters=parameters), args)
    expected = ("", "lr") if args[0] == "x" else (command, "lr") if spec.parser == "fire" else ("", "src")
    assert expected in result.unknown
    assert expected not in result.values


def test_reads_empty_argument_of_subcommand_as_value() -> None:
    spec = ParserSpec("argparse", (Parameter("src", type="str", command="eval"),), commands=("eval",))
    result = read_args(spec, ["eval", ""])
    assert (result.values["eval", "src"].value, result.command_at) == ("", 0)


def test_reads_value_of_switch() -> None:
    switch = Parameter("on", ("--on",), ("--noon",), action="switch", type="bool", nargs="?")
    assert read_values(ParserSpec("simple-parsing", (switch,)), ["--on", "False"]) == {"on": False}
    assert read_values(ParserSpec("simple-parsing", (switch,)), ["--noon"]) == {"on": False}


def test_reads_items_of_absl_without_blanks() -> None:
    spec = ParserSpec("absl", (Parameter("l", ("--l",), nargs=",", type="str"),))
    assert read_values(spec, ["--l=a, b"]) == {"l": ["a", "b"]}


@pytest.mark.parametrize("words", [["--flagfile=a"], ["--flagfile", "a"], ["-flagfile=a", "--lr=3"]])
def test_a_flagfile_of_absl_may_set_every_value(words: list[str]) -> None:
    result = read_args(ParserSpec("absl", (LR,)), words)
    assert (dict(result.values), result.unknown) == ({}, {("", "lr")})


def test_does_not_read_chained_subcommands() -> None:
    parameters = tuple(Parameter("n", ("--n",), type="int", command=name) for name in ("a", "b"))
    spec = ParserSpec("click", parameters, commands=("a", "b"), is_chained=True)
    assert dict(read_args(spec, ["b", "--n=1"]).values).keys() == {("b", "n")}
    result = read_args(spec, ["b", "--n=1", "a", "--n=2"])
    assert (dict(result.values), result.unknown) == ({}, {("a", "n"), ("b", "n")})


def test_leaves_option_of_program_and_subcommand_unknown() -> None:
    root, own = Parameter("n", ("--n",), type="int", default=1), Parameter("n", ("--n",), type="int", command="train")
    result = read_args(ParserSpec("argparse", (root, own), commands=("train",)), ["--n=3", "train"])
    assert (result.unknown, result.rest) == ({("", "n"), ("train", "n")}, (0,))
