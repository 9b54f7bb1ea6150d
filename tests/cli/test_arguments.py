"""Words after `--`: a command that starts a script, and arguments beside an operation."""

import json
import zipfile
from pathlib import Path

import pytest

PROGRAM = """
import argparse
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--data")
args, rest = parser.parse_known_args()
print(*sys.argv[1:])
"""


@pytest.fixture
def main(project):
    """Creates a program that prints its arguments."""
    (project / "main.py").write_text(PROGRAM)
    (project / "gage.toml").write_text('[fixed]\nexec = "python main.py --lr 0.5"\n')
    return project / "main.py"


def show(gage, run="1"):
    record = gage("show", run, "--json").json
    return {name: record[name] for name in ("operation", "config", "set", "arguments") if name in record}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("python", "main.py"), "main.py"),
        (("env", "A=1", "python", "main.py"), "main.py"),
        (("python", "-m", "pkg.main"), "pkg/main.py"),
    ],
)
def test_a_command_is_the_run_of_its_script(gage, main, command, name):
    (main.parent / "pkg").mkdir()
    (main.parent / "pkg" / "main.py").write_text(PROGRAM)
    result = gage("run", "--yes", "--", *command, "--lr", "0.3", "--data=x")
    assert result.out == "--lr 0.3 --data=x\n"
    record = gage("show", "--json").json
    assert (record["operation"], record["config"]) == (name, {"lr": 0.3, "data": "x"})
    assert (record["command"][-3:], record["arguments"]) == (["--lr", "0.3", "--data=x"], [])
    assert [run["operation"] for run in gage("list", "--where", "lr=0.3", "--json").json["runs"]] == [name]


def test_restart_replaces_values_of_the_words(gage, main):
    gage("run", "--yes", "--", "python", "main.py", "--lr", "0.3", "--data=x", "--device", "cpu")
    assert gage("run", "--restart", "1", "--yes").out == "--lr 0.3 --data=x --device cpu\n"
    assert gage("run", "--restart", "1", "lr=0.7", "--yes").out == "--lr=0.7 --data=x --device cpu\n"
    result = gage("run", "--restart", "1", "--yes", "--", "--device=cuda", "--lr", "0.9")
    assert result.out == "--data=x --device=cuda --lr 0.9\n"
    assert "lr: 0.7 → 0.9" in result.err and "arguments: --device cpu → --device=cuda" in result.err
    record = gage("show", "--json").json
    assert (record["config"], record["arguments"]) == ({"lr": 0.9, "data": "x"}, ["--device=cuda"])


def test_appends_arguments_to_an_operation(gage, project):
    (project / "echo.py").write_text("import sys\nlr = 0.1\nprint(lr, *sys.argv[1:])\n")
    words = ("echo.py", "lr=0.5", "--yes", "--", "with", "a.b=c", "--x")
    assert gage("run", *words).out == "0.5 with a.b=c --x\n"
    assert gage("show", "--json").json["arguments"] == ["with", "a.b=c", "--x"]
    assert "Arguments      with a.b=c --x\n" in gage("show").out
    assert gage("run", "--restart", "1", "lr=2", "--yes").out == "2.0 with a.b=c --x\n"
    assert gage("run", "--preview", "--json", *words).json["arguments"] == ["with", "a.b=c", "--x"]


def test_a_batch_repeats_arguments_and_resumes_with_them(gage, project):
    (project / "echo.py").write_text("import sys\nlr = 0.1\nprint(lr, *sys.argv[1:])\nsys.exit(lr > 1)\n")
    result = gage("run", "echo.py", "lr=[1,2]", "--yes", "--", "--x", code=1)
    assert result.out == "1.0 --x\n2.0 --x\n"
    batch = gage("list", "--where", "op=echo.py+", "--json").json["runs"][0]["name"]
    assert gage("run", "--resume", batch, "--yes", code=1).out == "2.0 --x\n"


def test_reads_a_known_argument_and_refuses_to_set_it_twice(gage, main):
    gage("run", "main.py", "--yes", "--", "--lr", "0.3")
    assert gage("show", "--json").json["config"] == {"lr": 0.3, "data": None}
    error = gage("run", "main.py", "lr=0.1", "--yes", "--", "--lr", "0.3", code=2).err
    assert "lr is set twice: by lr=0.1 and by the arguments after --" in error


def test_records_nothing_that_is_not_certain(gage, main, project):
    result = gage("run", "--yes", "--", "python", "main.py", "--lr", "abc", code=None)
    assert "since the arguments after -- may set it: lr" in result.err
    assert gage("show", "--json").json["config"] == {"data": None}
    gage("run", "train.py", "--yes", "--", "--lr=3")
    assert gage("show", "--json").json["config"] == {"epochs": 2}


def test_the_words_of_an_operation_are_its_defaults(gage, main):
    gage("run", "fixed", "--yes")
    assert gage("show", "--json").json["config"]["lr"] == 0.5
    assert gage("run", "fixed", "lr=0.1", "--yes").out == "--lr 0.5 --lr=0.1\n"
    gage("run", "fixed", "--yes", "--", "--lr=0.7")
    assert gage("show", "--json").json["config"]["lr"] == 0.7


def test_a_subcommand_among_the_words_is_config(gage, project):
    (project / "main.py").write_text(
        "import argparse, sys\np = argparse.ArgumentParser()\ns = p.add_subparsers()\n"
        "f = s.add_parser('fit')\nf.add_argument('--lr', type=float, default=0.1)\np.parse_args()\n"
        "print(*sys.argv[1:])\n"
    )
    gage("run", "--yes", "--", "python", "main.py", "fit", "--lr=0.3")
    gage("run", "main.py", "fit", "lr=0.3", "--yes")
    assert gage("show", "1", "--json").json["config"] == {"command": "fit", "lr": 0.3}
    assert gage("show", "2", "--json").json["config"] == {"command": "fit", "lr": 0.3}
    assert gage("run", "--restart", "2", "lr=0.7", "--yes").out == "fit --lr=0.7\n"
    assert gage("run", "main.py", "lr=0.4", "--yes", "--", "fit").out == "fit --lr=0.4\n"


def test_a_default_from_a_secret_variable_is_not_stored(gage, project, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "zzz-my-openai")
    (project / "k.py").write_text(
        "import argparse, os\np = argparse.ArgumentParser()\n"
        "p.add_argument('--openai', default=os.environ.get('OPENAI_API_KEY'))\n"
        "p.add_argument('--hf-key', default='')\nprint(len(p.parse_args().openai))\n"
    )
    gage("run", "k.py", "hf-key=HHHHHHHH", "--yes")
    assert gage("show", "--json").json["config"] == {"openai": "********", "hf-key": "********"}
    stored = Path(gage("select", "--run-dir").out.strip()).with_suffix(".meta.zip")
    with zipfile.ZipFile(stored) as members:
        for name in members.namelist():
            assert b"zzz-my-openai" not in members.read(name) and b"HHHHHHHH" not in members.read(name), name


def test_secrets_in_lists_are_not_stored(gage, project, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "envsec999888")
    (project / "k.py").write_text(
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--names', nargs='*')\np.parse_args()\n"
    )
    secret = "sk-proj-" + "a1" * 24
    gage("run", "k.py", "--yes", "--", "--names", "a", secret, "envsec999888")
    assert gage("show", "--json").json["config"]["names"] == ["a", "********", "********"]
    with zipfile.ZipFile(Path(gage("select", "--run-dir").out.strip()).with_suffix(".meta.zip")) as members:
        for name in members.namelist():
            assert secret.encode() not in members.read(name) and b"envsec999888" not in members.read(name), name


def test_secrets_among_arguments_are_not_stored(gage, project):
    gage("run", "train.py", "--yes", "--", "--api-key=hunter2secret")
    assert "hunter2secret" not in json.dumps(gage("show", "--json").json)
    assert "secrets are not stored" in gage("run", "--restart", "1", "--yes", code=1).err


def test_scripts_are_named_by_their_path(gage, project):
    (project / "gage.toml").write_text("[fit]\nexec = 'python train.py'\n")
    for folder in ("a", "b"):
        (project / folder).mkdir()
        (project / folder / "eval.py").write_text("x = 1\n")
        gage("run", f"{folder}/eval.py", "--yes")
    gage("run", "eval.py", "--yes", cwd=project / "a")
    names = [run["operation"] for run in gage("list", "--json").json["runs"]]
    assert names == ["a/eval.py", "b/eval.py", "a/eval.py"]
    assert len(gage("list", "--where", "op=b/eval.py", "--json").json["runs"]) == 1


@pytest.mark.parametrize(
    ("exec", "message"),
    [('"python a.py | cat"', "starts several programs"), ('"#!/bin/sh\\necho"', "starts several programs")],
)
def test_rejects_arguments_that_would_reach_another_program(gage, project, exec, message):
    (project / "gage.toml").write_text(f"[piped]\nexec = {exec}\n")
    assert message in gage("run", "piped", "--yes", "--", "--lr", "1", code=2).err


def test_reads_variables_in_front_of_a_shell_script(gage, project):
    (project / "run.sh").write_text('echo "${N:-3} ${1:-0.1}"\n')
    assert gage("run", "--yes", "--", "env", "N=9", "bash", "run.sh", "0.4").out == "9 0.4\n"
    record = gage("show", "--json").json
    assert record["operation"] == "run.sh" and record["config"]["N"] == 9
    assert gage("run", "--restart", "1", "N=4", "--yes").out == "4 0.4\n"


def test_needed_compares_what_the_words_mean(gage, main):
    gage("run", "main.py", "lr=0.3", "--yes")
    words = ("run", "--needed", "--yes")
    assert "Not needed" in gage(*words, "--", "python", "main.py", "--lr", "0.3").err
    assert "Not needed" in gage(*words, "main.py", "--", "--lr=0.3").err
    assert gage(*words, "main.py", "lr=0.3", "--", "--device=cpu").out == "--lr=0.3 --device=cpu\n"
    assert gage(*words, "main.py", "lr=0.3", "--", "--device=cuda").out == "--lr=0.3 --device=cuda\n"
    assert gage(*words, "--", "python", "main.py", "--lr", "0.4").out == "--lr 0.4\n"
    assert gage(*words, "--", "env", "A=1", "python", "main.py", "--lr", "0.4").out == "--lr 0.4\n"


def test_explains_how_to_pass_arguments_that_the_script_reads_itself(gage, project):
    (project / "own.py").write_text("import sys\nprint(sys.argv[1:])\n")
    (project / "both.py").write_text("from sys import argv\nepochs = 3\nprint(argv[1:], epochs)\n")
    (project / "sacred.py").write_text("")
    (project / "exp.py").write_text("import sacred, sys\nprint(sys.argv[1:])\n")
    hint = "own.py reads its arguments itself. To pass them: gage run own.py -- ARGUMENTS\n"
    assert gage("config", "own.py").err == f"gage: own.py has no parameters\n{hint}"
    assert gage("run", "own.py", "lr=0.3", code=1).err == f"gage: Cannot set 'lr' for own.py\n{hint}"
    assert "Parameters: epochs. both.py reads its" in gage("run", "both.py", "lr=0.3", code=1).err
    assert "Try: gage run exp.py -- with NAME=VALUE\n" in gage("run", "exp.py", "lr=0.3", code=1).err
    assert gage("run", "exp.py", "--", "with", "lr=0.3").out == "['with', 'lr=0.3']\n"
    assert gage("show", "1", "--json").json["arguments"] == ["with", "lr=0.3"]


def test_records_arguments_that_click_passes_through(gage, project):
    source = "import click\n@click.command(context_settings={'ignore_unknown_options': True, SETTINGS})\n"
    source += (
        "@click.option('--lr', type=float, default=0.1)\n@EXTRA\ndef main(*_, lr, **rest):\n    print(lr)\nmain()\n"
    )
    for settings, extra in (
        ("'allow_extra_args': True", "click.pass_context"),
        ("", "click.argument('rest', nargs=-1)"),
    ):
        (project / "c.py").write_text(source.replace("SETTINGS", settings).replace("EXTRA", extra))
        gage("run", "c.py", "--", "--lr", "0.3", "--foo", "3", "bar")
        run = gage("show", "1", "--json").json
        assert (run["config"], run["arguments"]) == ({"lr": 0.3}, ["--foo", "3", "bar"])


def test_records_the_text_that_a_function_of_the_program_converts(gage, project):
    source = "import argparse\np = argparse.ArgumentParser()\n"
    source += "p.add_argument('--drop', type=lambda x: float(x.strip('%')) / 100, default=0.1)\n"
    source += (
        "p.add_argument('--li', type=lambda x: [int(y) for y in x.split(',')], default=[1])\nprint(p.parse_args())\n"
    )
    (project / "p.py").write_text(source)
    outputs = {
        gage("run", "p.py", *words).out for words in (("drop=50%", "li=1,2"), ("--", "--drop=50%", "--li", "1,2"))
    }
    outputs.add(gage("run", "--restart", "1").out)
    assert outputs == {"Namespace(drop=0.5, li=[1, 2])\n"}
    runs = gage("list", "--where", "drop=50%", "--where", "li=1,2", "--json").json["runs"]
    assert [run["config"] for run in runs] == [{"drop": "50%", "li": "1,2"}] * 3
