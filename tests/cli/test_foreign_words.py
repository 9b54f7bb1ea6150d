"""Words of other tools: each is answered with what to type here."""

import pytest

from gage.cli.command_index import ALIASES, COMMANDS
from gage.cli.foreign_words import COMMAND_HINTS, OPTION_HINTS
from gage.cli.main import run_gage


@pytest.mark.parametrize("command", OPTION_HINTS)
def test_no_hint_is_about_an_option_or_command_of_gage(command):
    options = {name for param in run_gage.get_command(None, command).params for name in param.opts}
    assert not options & set(OPTION_HINTS[command])
    assert not {*COMMANDS, *ALIASES} & set(COMMAND_HINTS)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("runs", "diff"), "gage diff 2 1"),
        (("ui",), "gage view"),
        (("mlflow", "ui"), "no account and no server"),
        (("login",), "no account and no server"),
        (("tensorboard",), "gage view"),
        (("push",), "gage help repos"),
        (("leaderboard",), "gage board"),
        (("export", "x"), "gage metrics --csv"),
        (("shell",), "cd $(gage select --run-dir)"),
        (("runs", "rm", "1"), "Try: gage delete 1"),
        (("runs", "info"), "Try: gage show"),
        (("runs", "-Fo", "train"), "gage list --where op=train.py"),
        (("list", "--order", "loss"), "Try: gage list --sort loss"),
        (("run", "train.py", "--trials", "3"), "Try: --max-runs N"),
        (("run", "train.py", "--max-trials", "3"), "Try: --max-runs N"),
        (("run", "train.py", "--rerun", "1"), "gage run --restart 1"),
        (("run", "train.py", "--proto", "1"), "gage run --restart 1"),
        (("run", "train.py", "-s"), "Try: --stage"),
        (("run", "train.py", "--dry-run"), "Try: --preview"),
        (("run", "train.py", "--name", "foo"), "Try: --label TEXT"),
        (("list", "--sort-by", "loss"), "Try: gage list --sort loss"),
        (("list", "--best"), "Try: gage best loss"),
        (("show", "--run", "1"), "Try: gage show 1"),
        (("restore",), "'gage list --deleted' shows them"),
        (("run", "train.py", "--batch", "b.csv"), "gage run train.py @trials.csv"),
        (("show", "1", "2"), "gage show takes one run"),
        (("notebook.ipynb",), "Try: gage run notebook.ipynb"),
        (("run", "train.py", "--maximize", "loss"), "There is no optimizer yet"),
        (("run", "train.py", "--optimizer", "random"), "There is no optimizer yet"),
        (("run", "train.py", "--group", "a"), "Try: --tag NAME"),
        (("list", "--last", "5"), "Try: gage list --limit 5"),
        (("best", "--metric", "loss"), "Try: gage best loss"),
        (("top",), "Try: gage best loss"),
        (("undo",), "Try: gage restore"),
        (("gc",), "'gage purge'"),
        (("star", "1"), "Try: gage mark 1"),
        (("exp", "show"), "'gage list'"),
        (("python", "train.py"), "Try: gage run -- COMMAND"),
    ],
)
def test_answers_words_of_other_tools(gage, words, hint):
    message = gage(*words, code=2).err
    assert hint in message.partition("\n")[2]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("show", "latest"), "Try: 1, the latest run"),
        (("show", "HEAD"), "Try: 1, the latest run"),
        (("list", "lr=0.3"), "Try: gage list --where lr=0.3"),
        (("list", "loss < 0.5"), "Try: gage list --where 'loss < 0.5'"),
        (("list", "completed"), "Try: gage list --where completed"),
        (("show", "nosuch"), "Try: gage list"),
    ],
)
def test_answers_words_in_the_place_of_a_run(gage, store, words, hint):
    assert gage(*words, code=None).err.endswith(f"{hint}\n")
    if "--where" in hint:
        assert gage("list", "--where", words[1]).code == 0
