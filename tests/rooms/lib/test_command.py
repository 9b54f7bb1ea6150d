"""A command is parsed into the program that it starts, without executing anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.lib.command import Command, is_python, parse_command, parse_shell_line, split_comment, split_words
from gage.lib.python_lookup import locate_python


@pytest.mark.parametrize(
    ("line", "target", "arguments"),
    [
        ("python train.py --lr 1", "train.py", "--lr 1"),
        ("python3.12 -u -X dev -W ignore train.py x.py", "train.py", "x.py"),
        ("python -u -m pkg.train --lr 1", "pkg.train", "--lr 1"),
        ("A=1 B='2 3' python train.py", "train.py", ""),
        ("env -u HOME A=1 python train.py x", "train.py", "x"),
        ("nice -n 5 nohup python train.py x", "train.py", "x"),
        ("time -p python train.py", "train.py", ""),
        ("timeout -s KILL 10m python train.py x", "train.py", "x"),
        ("taskset -c 0,1 python train.py x", "train.py", "x"),
        ("stdbuf -oL python train.py", "train.py", ""),
        ("uv run train.py --lr 1", "train.py", "--lr 1"),
        ("uv run --with numpy -p python3.12 -- python train.py x", "train.py", "x"),
        ("uv --offline run -m pkg.train x", "pkg.train", "x"),
        ("poetry run python -m pkg.train x", "pkg.train", "x"),
        ("conda run -n ml --no-capture-output python train.py x", "train.py", "x"),
        ("torchrun --nproc-per-node 2 train.py -m x", "train.py", "-m x"),
        ("torchrun --nproc-per-node 2 -m pkg.train x", "pkg.train", "x"),
        ("python -m torch.distributed.run --nproc-per-node=2 train.py x", "train.py", "x"),
        ("accelerate launch --config_file c.yaml train.py x", "train.py", "x"),
        ("deepspeed --num_gpus 2 train.py x", "train.py", "x"),
        ("mpirun -np 2 python train.py x", "train.py", "x"),
        ("srun -n 2 uv run train.py x", "train.py", "x"),
        ("cd sub && exec python train.py x > log 2>&1", "train.py", "x"),
        ("Rscript --vanilla fit.R x", "fit.R", "x"),
        ("bash -o pipefail fit.sh x", "fit.sh", "x"),
        ("my-train --lr 1", "my-train", "--lr 1"),
        ("nsys profile -o out python -u train.py x", "train.py", "x"),
        ("sudo -E env A=1 python -m pkg.train x", "pkg.train", "x"),
        ("env A=1 xvfb-run -a python train.py x", "train.py", "x"),
        ("python train.py x # y", "train.py", "x"),
        ("./fit.py python train.py", "./fit.py", "python train.py"),
        ("which python train", "which", "python train"),
        ("bash fit.sh python train.py", "fit.sh", "python train.py"),
        ("./fit x", "./fit", "x"),
        ("python -c pass", None, ""),
        ("bash -c 'python train.py'", None, "-c 'python train.py'"),
        ("python", None, ""),
        ("python -m", None, "-m"),
        ("torchrun", None, ""),
        ("A=1", None, ""),
        ("", None, ""),
    ],
)
def test_finds_target_and_its_arguments(line: str, target: str | None, arguments: str) -> None:
    command = parse_shell_line(line)
    assert (command.module or command.script) == target
    assert command.words[command.arguments :] == split_words(arguments)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("python a.py", ("words", "")),
        ("python a.py --lr {lr}", ("words", "")),
        ("cd 'my dir' && python a.py", ("wrapped", "my dir")),
        ("python a.py >> log 2>&1", ("wrapped", "")),
        ("python a.py | tee log", ("partial", "")),
        ("cd x && python a.py && python b.py", ("partial", "x")),
        ("python a.py --data $DATA", ("partial", "")),
    ],
)
def test_reports_the_extent_of_the_program_in_the_line(line: str, expected: tuple[str, str]) -> None:
    command = parse_shell_line(line)
    assert (command.shape, command.directory) == expected
    assert command.script == "a.py"


@pytest.mark.parametrize("line", ["#!/bin/sh\npython train.py", "python 'train.py", 'python "a | b', "&& x"])
def test_returns_no_words_for_a_script_or_an_open_quote(line: str) -> None:
    assert parse_shell_line(line).words == ()


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        ("python a.py # b", " # b"),
        ("python a.py '#b' \"c #d\" x#y", ""),
        ("python a.py 'b #c' #d", " #d"),
        ("python a.py # b\npython c.py", ""),
        ("python a.py 'b # c", ""),
    ],
)
def test_separates_the_comment_of_a_shell_line(line: str, comment: str) -> None:
    assert split_comment(line) == (line.removesuffix(comment), comment)


def test_notes_assignments_wrappers_and_launcher() -> None:
    command = parse_shell_line("A=1 nice env B=2 srun -n 2 uv run python -u -m pkg")
    assert command.variables == (("A", "1"), ("B", "2"))
    assert command.wrappers == ("nice", "env", "uv")
    assert command.launcher == "srun"
    assert command.interpreter_options == ("-u",)
    assert command.is_python


def test_finds_python_behind_an_unknown_program_as_uncertain() -> None:
    command = parse_shell_line("nice docker run image python train.py")
    assert command.wrappers == ("nice", "docker")
    assert command.has_unknown_wrapper
    env = {"PATH": os.path.dirname(sys.executable)}
    assert locate_python(command, Path.cwd(), env) is not None
    assert locate_python(command, Path.cwd(), env, guess=False) is None
    assert not parse_shell_line("nice uv run python train.py").has_unknown_wrapper


_PREFIXES = "A=1|env B=2|nice -n 3|nohup|timeout 9|uv run|uv run --with x|poetry run|srun -n 2".split("|")
_STARTS = ["python train.py", "python3 -u -W ignore train.py", "python -m torch.distributed.run train.py"]
_WORDS = st.text("abc./-=_09 '", min_size=1, max_size=9)


@given(st.lists(st.sampled_from(_PREFIXES), max_size=4), st.sampled_from(_STARTS), st.lists(_WORDS, max_size=4))
def test_finds_the_program_behind_prefixes(prefixes: list[str], start: str, arguments: list[str]) -> None:
    words = [word for part in (*sorted(prefixes, key="A=1".__ne__), start) for word in part.split()]
    command = parse_command([*words, *arguments])
    assert command.script == "train.py"
    assert command.words[command.arguments :] == tuple(arguments)
    assert command.interpreter is not None and is_python(command.words[command.interpreter])


_ANY = st.sampled_from(
    "python -m -c - -- -u -W env A=1 nice -n uv run torchrun accelerate launch train.py pkg.x sh t.sh timeout 5".split()
)


@given(st.lists(st.one_of(_ANY, st.text(max_size=5)), max_size=10))
def test_positions_are_ordered_for_any_words(words: list[str]) -> None:
    command = parse_command(words)
    assert command.words == tuple(words)
    assert 0 <= command.program <= command.arguments <= len(words)
    if command.target is not None:
        assert command.program <= command.target < command.arguments
    if command.interpreter is not None:
        assert command.interpreter < command.program
    assert isinstance(command.module, str | None) and isinstance(command.script, str | None)


@given(st.text(max_size=40))
def test_any_line_is_parsed_without_error_and_without_a_process(line: str) -> None:
    popen = subprocess.Popen
    try:
        subprocess.Popen = None  # type: ignore[misc, assignment]
        assert isinstance(parse_shell_line(line), Command)
    finally:
        subprocess.Popen = popen  # type: ignore[misc]
