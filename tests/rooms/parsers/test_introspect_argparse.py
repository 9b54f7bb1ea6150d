"""Introspection of argparse programs."""

from pathlib import Path

import pytest
from introspected import Program

from gage.types.errors import ConfigError

HEAD = "import argparse\np = argparse.ArgumentParser()\n"


def write_program(folder: Path, *lines: str) -> Program:
    return Program(folder, HEAD + "\n".join(lines) + "\nprint(p.parse_args())\n")


def test_finds_types_defaults_choices_and_help(tmp_path: Path) -> None:
    parameters = write_program(
        tmp_path,
        "import os, pathlib",
        "p.add_argument('--lr', type=float, default='0.5', help='rate, %(default)s by default (100%%)')",
        "p.add_argument('--out', type=pathlib.Path, default=pathlib.Path('a') / 'b')",
        "p.add_argument('--cpus', type=int, default=len(os.listdir('/')) * 0 + 3)",
        "p.add_argument('--pick', type=int, choices=range(3), default=1)",
        "p.add_argument('--own', type=lambda s: s.split('-'), default='a-b')",
        "p.add_argument('--need', required=True)",
        "p.add_argument('--secret', help=argparse.SUPPRESS, default=argparse.SUPPRESS)",
        "p.set_defaults(pick=2, other=1)",
    ).parameters()
    assert (parameters["lr"].type, parameters["lr"].default) == ("float", 0.5)
    assert parameters["lr"].description == "rate, 0.5 by default (100%)"
    assert (parameters["out"].type, parameters["out"].default) == ("str", "a/b")
    assert parameters["cpus"].default == 3
    assert (parameters["pick"].choices, parameters["pick"].default) == ((0, 1, 2), 2)
    assert parameters["own"].has_converter
    assert parameters["own"].type == ""
    assert [n for n, p in parameters.items() if p.required] == ["need"]
    assert parameters["secret"].default is None
    assert "other" not in parameters


def test_finds_parameters_of_groups_and_parent_parsers(tmp_path: Path) -> None:
    (tmp_path / "options.py").write_text(
        "import argparse\nshared = argparse.ArgumentParser(add_help=False)\n"
        "shared.add_argument('--seed', type=int, default=1)\n"
        "def build():\n    return argparse.ArgumentParser(parents=[shared])\n"
    )
    parameters = Program(
        tmp_path,
        "from options import build\np = build()\ng = p.add_argument_group('model')\n"
        "g.add_argument('--depth', type=int)\n"
        "e = p.add_mutually_exclusive_group()\ne.add_argument('--on', action='store_true')\n"
        "e.add_argument('-q')\np.parse_args()",
    ).parameters()
    assert list(parameters) == ["seed", "depth", "on", "q"]
    assert parameters["q"].flag == "-q"


def test_merges_flags_of_one_value_to_a_switch(tmp_path: Path) -> None:
    program = write_program(
        tmp_path,
        "p.add_argument('--amp', action='store_true', default=True)",
        "p.add_argument('--no-amp', dest='amp', action='store_false', help='not')",
    )
    parameters = program.parameters()
    assert list(parameters) == ["amp"]
    assert (parameters["amp"].action, parameters["amp"].default, parameters["amp"].description) == (
        "switch",
        True,
        "not",
    )
    assert program.build_command({"amp": False})[2:] == ["--no-amp"]


def test_finds_words_for_true_and_false(tmp_path: Path) -> None:
    program = write_program(
        tmp_path,
        "def str2bool(v):\n    if v in ('yes', 'y'): return True\n"
        "    if v in ('no', 'n'): return False\n    raise ValueError",
        "p.add_argument('--a', type=str2bool, default=True)",
        "p.add_argument('--b', type=bool, default=True)",
    )
    assert {n: p.type for n, p in program.parameters().items()} == {"a": "bool", "b": "bool"}
    assert program.build_command({"a": False, "b": False})[2:] == ["--a=no", "--b="]


def test_finds_subcommands_and_options_before_them(tmp_path: Path) -> None:
    source = (
        HEAD + "import json\np.add_argument('--seed', type=int, default=0)\ns = p.add_subparsers(dest='do')\n"
        "t = s.add_parser('train', aliases=['t'])\nt.add_argument('--lr', type=float, default=0.1)\n"
        "t.add_argument('data')\n"
        "e = s.add_parser('eval').add_subparsers(dest='what')\ne.add_parser('deep').add_argument('--n', type=int)\n"
        "print(json.dumps(vars(p.parse_args())))\n"
    )
    program = Program(tmp_path, source, "--seed", "1", "train")
    spec = program.introspect()
    assert spec.commands == ("train", "eval", "eval deep")
    assert spec.command == "train"
    assert program.build_command({"seed": 3, "lr": 0.5, "data": "-x"})[2:] == [
        "--seed",
        "1",
        "--seed=3",
        "train",
        "--lr=0.5",
        "--",
        "-x",
    ]
    assert program.run({"seed": 3, "lr": 0.5, "data": "-x"}) == {"seed": 3, "do": "train", "lr": 0.5, "data": "-x"}
    assert Program(tmp_path, source, "eval", "deep").run({"n": -2}) == {
        "seed": 0,
        "do": "eval",
        "what": "deep",
        "n": -2,
    }
    assert Program(tmp_path, source, "t").introspect().command == "train"


def test_keeps_arguments_of_the_command_first(tmp_path: Path) -> None:
    lines = ("p.add_argument('--n', type=int, nargs='+')", "p.add_argument('--lr')", "p.add_argument('a', nargs='*')")
    program = Program(tmp_path, HEAD + "\n".join(lines) + "\np.parse_args()", "--n", "1", "2")
    assert program.build_command({"lr": "1", "a": ["x"]})[2:] == ["--n", "1", "2", "--lr=1", "--", "x"]
    program = Program(tmp_path, HEAD + "\n".join(lines) + "\np.parse_args()", "--", "x")
    assert program.build_command({"lr": "1", "a": ["y"]})[2:] == ["--lr=1", "--", "y"]


def test_finds_negative_number_options_and_argument_file_prefix(tmp_path: Path) -> None:
    source = (
        "import argparse\np = argparse.ArgumentParser(fromfile_prefix_chars='@')\n"
        "p.add_argument('-1', dest='one')\np.add_argument('--n', nargs='+')\n"
        "p.add_argument('x', nargs='?')\np.parse_args()"
    )
    spec = Program(tmp_path, source).introspect()
    assert spec.has_negative_options
    assert spec.file_prefix_chars == "@"


def test_finds_parameters_of_a_first_and_a_second_parser(tmp_path: Path) -> None:
    source = (
        "import argparse, sys\npre = argparse.ArgumentParser(add_help=False)\n"
        "pre.add_argument('--config', default='c.yaml')\n"
        "known, rest = pre.parse_known_args()\np = argparse.ArgumentParser()\n"
        "p.add_argument('--lr', default=known.config)\n"
        "p.parse_args(rest)\n"
    )
    parameters = Program(tmp_path, source).parameters()
    assert list(parameters) == ["config", "lr"]
    assert parameters["lr"].default == "c.yaml"


def test_finds_a_second_parser_in_another_module(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(HEAD + "p.add_argument('--config')\nknown, rest = p.parse_known_args()\n")
    source = "import argparse\nfrom first import rest\np = argparse.ArgumentParser()\np.add_argument('--lr')\n"
    assert list(Program(tmp_path, source + "p.parse_args(rest + ['--lr=1'])").parameters()) == [
        "config",
        "lr",
    ]


def test_stops_programs_that_parse_only_known_arguments(tmp_path: Path) -> None:
    source = HEAD + "p.add_argument('--lr')\np.parse_known_args()\nopen('trained', 'w')\nwhile True: pass\n"
    assert list(Program(tmp_path, source).parameters()) == ["lr"]


def test_finds_parameters_of_parse_intermixed_args(tmp_path: Path) -> None:
    source = HEAD + "p.add_argument('a')\np.add_argument('--lr')\np.parse_intermixed_args()"
    assert list(Program(tmp_path, source).parameters()) == ["a", "lr"]


def test_finds_parameters_of_optparse(tmp_path: Path) -> None:
    source = (
        "import json, optparse\np = optparse.OptionParser()\n"
        "p.add_option('-l', '--lr', type='float', default='0.1', help='rate %default')\n"
        "p.add_option('-q', action='store_false', dest='loud', default=True)\n"
        "p.add_option('--xy', type='int', nargs=2)\n"
        "p.add_option('--pick', choices=['a', 'b'])\nprint(json.dumps(vars(p.parse_args()[0])))\n"
    )
    program = Program(tmp_path, source)
    parameters = program.parameters()
    assert (parameters["lr"].type, parameters["lr"].default, parameters["lr"].description) == ("float", 0.1, "rate 0.1")
    assert parameters["pick"].choices == ("a", "b")
    values = {"lr": -1e-05, "loud": False, "xy": [-1, 2], "pick": "b"}
    assert program.run(values) == values


def test_finds_no_parameters_where_a_literal_list_is_parsed(tmp_path: Path) -> None:
    source = HEAD + "p.add_argument('--lr')\np.parse_args([])\nwhile True: pass\n"
    spec = Program(tmp_path, source).find_spec()
    assert spec is not None
    assert spec.parameters == ()
    assert "reads a list in the program" in spec.note


def test_introspects_modules(tmp_path: Path) -> None:
    import sys

    from gage.parsers import parser_lookup

    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("")
    (tmp_path / "pkg" / "__main__.py").write_text("from .options import p\nprint(p.parse_args())\n")
    (tmp_path / "pkg" / "options.py").write_text(HEAD + "p.add_argument('--lr')\n")
    command = [sys.executable, "-m", "pkg"]
    for script in (None, tmp_path / "pkg" / "__main__.py"):
        spec = parser_lookup.find_parser_spec(command, script, tmp_path, tmp_path, {})
        assert spec is not None
        assert [p.name for p in spec.parameters] == ["lr"]
        assert spec.origin == "introspected"


def test_omits_defaults_that_argparse_adds_to_help(tmp_path: Path) -> None:
    parameters = write_program(
        tmp_path,
        "p.formatter_class = argparse.ArgumentDefaultsHelpFormatter",
        "p.add_argument('--aug', action=argparse.BooleanOptionalAction, default=True, help='Augment')",
        "p.add_argument('--lr', type=float, default=0.1, help='Rate')",
        "p.add_argument('--odd').help = '50% of %(nothing)s'",  # Python 3.14 rejects it in add_argument
    ).parameters()
    assert [p.description for p in parameters.values()] == ["Augment", "Rate", "50% of %(nothing)s"]


def test_does_not_require_a_remainder(tmp_path: Path) -> None:
    program = write_program(
        tmp_path,
        "p.add_argument('--lr', type=float)",
        "p.add_argument('opts', nargs=argparse.REMAINDER)",
    )
    assert [n for n, p in program.parameters().items() if p.required] == []
    assert program.build_command({"lr": 0.1, "opts": ["A.B", "--x"]})[2:] == ["--lr=0.1", "A.B", "--x"]
    with pytest.raises(ConfigError, match="--x cannot be a positional"):
        program.build_command({"opts": ["--x"]})


def test_requires_values_in_spite_of_a_default(tmp_path: Path) -> None:
    parameters = write_program(
        tmp_path, "p.add_argument('--arch', default='a', required=True)", "p.add_argument('data', default='d')"
    ).parameters()
    assert [(n, p.required, p.default) for n, p in parameters.items()] == [("arch", True, "a"), ("data", True, "d")]


def test_sets_an_option_with_an_optional_value(tmp_path: Path) -> None:
    program = Program(
        tmp_path,
        HEAD + "import json\np.add_argument('--resume', nargs='?', const=True, default=False)\n"
        "print(json.dumps(vars(p.parse_args())))\n",
    )
    for value in (True, False, "last.pt"):
        assert program.run({"resume": value}) == {"resume": value}


STAGES = (
    "import json\nd = p.add_argument('data')\np.add_argument('--arch', default='big', required=True)\n"
    "args, _ = p.parse_known_args()\n"
    "p.add_argument('--depth' if args.arch == 'big' else '--hidden', type=int, default=3)\n"
    "print(json.dumps(vars(p.parse_args())))\n"
)


def test_finds_parameters_of_a_second_parse_although_values_are_missing(tmp_path: Path) -> None:
    program = Program(tmp_path, HEAD + STAGES)
    assert list(program.parameters()) == ["data", "arch", "depth"]
    assert program.introspect().is_staged
    assert program.parameters()["arch"].required
