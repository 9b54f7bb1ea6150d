"""Words of other tools: each is answered with what to type here."""

import re

import pytest

from gage.cli.command_index import ALIASES, COMMANDS
from gage.cli.commands.help import TOPICS
from gage.cli.foreign_words import COMMAND_HINTS, OPTION_HINTS, RUNS_HINTS
from gage.cli.main import run_gage

HINTS = {**COMMAND_HINTS, **RUNS_HINTS, **OPTION_HINTS["run"], **OPTION_HINTS["list"]}
NOT_COMMANDS = ("gage has",)


@pytest.mark.parametrize("word", HINTS)
def test_hints_name_commands_options_and_topics_that_exist(word):
    hint = HINTS[word]
    for topic in re.findall(r"'gage help (\w+)'", hint):
        assert topic in TOPICS
    for command, rest in re.findall(r"\bgage (?!help|--version|-C)(\w+)([^|;]*)", hint):
        assert command in COMMANDS
        options = {name for param in run_gage.get_command(None, command).params for name in param.opts}
        used = re.findall(r"(?<![\w-])--?[a-z][\w-]*", rest.partition(", or ")[0].partition("$(")[0])
        assert set(used) <= options | {"-t", "-g", "-k"}


@pytest.mark.parametrize("command", OPTION_HINTS)
def test_no_hint_is_about_an_option_or_command_of_gage(command):
    options = {name for param in run_gage.get_command(None, command).params for name in param.opts}
    assert not options & set(OPTION_HINTS[command])
    assert not {*COMMANDS, *ALIASES} & set(COMMAND_HINTS)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("compare",), "gage list --columns lr,loss"),
        (("diff", "1", "2"), "gage list --columns lr,loss"),
        (("view",), "no web page yet"),
        (("ui",), "no web page yet"),
        (("mlflow", "ui"), "no account and no server"),
        (("login",), "no account and no server"),
        (("tensorboard",), "gage plot loss"),
        (("push",), "gage help repos"),
        (("board",), "gage list --columns"),
        (("export", "x"), "gage metrics --csv"),
        (("shell",), "cd $(gage select --run-dir)"),
        (("runs", "rm", "1"), "Try: gage delete 1"),
        (("runs", "info"), "Try: gage show"),
        (("runs", "-Fo", "train"), "gage list --where op=train.py"),
        (("list", "--sort", "loss"), "no sorting yet"),
        (("list", "--order", "loss"), "no sorting yet"),
        (("run", "train.py", "--trials", "3"), "Try: --max-runs N"),
        (("run", "train.py", "--max-trials", "3"), "Try: --max-runs N"),
        (("run", "train.py", "--rerun", "1"), "gage run --restart RUN"),
        (("run", "train.py", "--proto", "1"), "gage run --restart RUN"),
        (("run", "train.py", "-s"), "Try: --stage"),
        (("run", "train.py", "--batch", "b.csv"), "@trials.csv"),
        (("show", "1", "2"), "gage show takes one run"),
        (("notebook.ipynb",), "Try: gage run notebook.ipynb"),
    ],
)
def test_answers_words_of_other_tools(gage, words, hint):
    message = gage(*words, code=2).err
    assert hint in message.partition("\n")[2]
