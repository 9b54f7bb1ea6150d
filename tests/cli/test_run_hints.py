"""Command lines that `gage run` cannot carry out are answered with the one to type."""

import shutil
import stat

import pytest

from gage.cli.commands.run import command as run_command
from gage.cli.run.shared_options import list_shared_options


@pytest.fixture
def files(project):
    """Creates scripts, a program without suffix, and a script outside of the project."""
    (project / "gage.toml").write_text('[fit]\nexec = "python train.py"\n')
    (project / "pkg").mkdir()
    for path in (project / "pkg" / "train.py", project.parent / "x.py", project / "x.py", project / "s.pl"):
        path.write_text("lr = 0.1\n")
    (project / "flags.py").write_text("lr = 0.1\ncache = True\nfast = False\ndry_run = False\n")
    shutil.copy("/bin/true", project / "svm-train")
    (project / "svm-train").chmod(stat.S_IRWXU)
    return project


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("echo hi", "gage run -- echo hi"),
        ("python x.py", "gage run -- python x.py"),
        ("python x.py --lr 3", "gage run -- python x.py --lr 3"),
        ("-m pkg.train --lr 3", "gage run -- python -m pkg.train --lr 3"),
        ("bash -c|echo a", "gage run -- bash -c 'echo a'"),
        ("--|echo hi | cat", "gage run -- sh -c 'echo hi | cat'"),
        ("--|echo hi", "gage run -- echo hi"),
        ("-- ../x.py --lr 3", "gage run ../x.py -- --lr 3"),
        ("-- python ../x.py", "gage run ../x.py"),
        ("-- x.py", "gage run x.py"),
        ("-- fit --lr 3", "gage run fit -- --lr 3"),
        ("-- svm-train 1", "gage run -- ./svm-train 1"),
        ("-- --device=cpu", "gage run fit -- --device=cpu"),
        ("./svm-train a", "gage run -- ./svm-train a"),
        ("s.pl", "gage run -- perl s.pl"),
        ("train.py --lr 0.1", "gage run train.py lr=0.1"),
        ("flags.py --lr=0.1 --no-cache --fast -y", "gage run flags.py lr=0.1 cache=false fast=true -y"),
        ("train.py --epochs 3 epochs=2", "gage run train.py epochs=2"),
        ("train.py -p lr=3", "gage run train.py lr=3"),
        ("train.py --learning-rate 0.1", "train.py has no parameter 'learning-rate'. Parameters: lr, epochs"),
        ("train.py --epoch 3", "train.py has no parameter 'epoch'. Did you mean 'epochs'?"),
        ("nosuch.py --lr 3", "There is no operation or script 'nosuch.py'\nOperations: fit"),
        ("flags.py --dry-run", "gage run flags.py dry_run=true"),
        ("--lr -1 train.py", "gage run train.py lr=-1"),
        ("train.py lr 0.2", "gage run train.py lr=0.2"),
        ("train.py lr:0.2", "gage run train.py lr=0.2"),
        ("train.py epochs=1 lr 0.2", "gage run train.py epochs=1 lr=0.2"),
        ("train.py lr = 0.2", "gage run train.py lr=0.2"),
        ("train.py lr= 0.2", "gage run train.py lr=0.2"),
        ("train.py lr=[0.1, 0.2]", "gage run train.py 'lr=[0.1, 0.2]'"),
        ("pkg", "gage run pkg/train.py"),
        ("pkg/trian.py", "'pkg/train.py'?"),
    ],
)
def test_names_the_command_line_to_type(gage, files, words, hint):
    before, bar, one_word = words.partition("|")
    typed = [*before.split(), *([one_word] if bar else [])]
    assert gage("run", *typed, code=None).err.endswith(f"{hint}\n")
    assert not (files / ".gage").exists()


def test_suggests_an_option_that_is_written_nearly_the_same(gage):
    assert "Did you mean --label?" in gage("run", "train.py", "--lable", "x", code=2).err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("train.py -lr=0.2", "gage run train.py lr=0.2"),
        ("train.py -lr 0.2 -y", "gage run train.py lr=0.2 -y"),
        ("train.py -lr", "gage run train.py lr=true"),
        ("train.py -epochs=5", "gage run train.py epochs=5"),
        ("-lr=0.2 train.py", "gage run train.py lr=0.2"),
        ("flags.py -fast", "gage run flags.py fast=true"),
        ("flags.py -tsne=3", "flags.py has no parameter 'tsne'. Parameters: lr, cache, fast, dry_run"),
        ("fit -lr=0.2", "gage run fit lr=0.2"),
    ],
)
def test_an_option_with_one_dash_is_not_a_label_a_tag_or_a_variable(gage, files, words, hint):
    error = gage("run", *words.split(), code=2).err
    assert error.startswith("gage: Unknown option -") and error.endswith(f"{hint}\n")
    assert not (files / ".gage").exists()


@pytest.mark.parametrize("words", [("-lslow",), ("-l", "-lr=0.2"), ("-eA=1", "-qy"), ("-tkeep",), ("-e", "lr=2")])
def test_values_may_be_attached_to_short_options(gage, project, words):
    assert gage("run", "train.py", "--yes", *words).code == 0


@pytest.mark.parametrize("runner", ["uv", "pdm"])
def test_runners_start_scripts_that_are_not_executable(gage, project, tmp_path, monkeypatch, runner):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / runner).write_text('#!/bin/sh\nshift\nexec python3 "$@"\n')
    (tmp_path / "bin" / runner).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    assert gage("run", "--yes", "--", runner, "run", "train.py").code == 0
    assert "  train.py  " in gage("list").out
    assert "Command not found: train.py" in gage("run", "--yes", "--", "nice", "train.py", code=2).err


def test_names_a_script_by_its_path_from_another_directory(gage, files):
    error = gage("run", "pkg/train.py", cwd=files / "pkg", code=1).err
    assert error.endswith("Try: gage run train.py\n")


def test_names_options_of_gage_that_the_program_has_too(gage, project):
    names = ("label", "tag", "max-time", "seed", "lr")
    lines = ["import argparse", "p = argparse.ArgumentParser()", *(f"p.add_argument('--{n}')" for n in names)]
    (project / "t.py").write_text("\n".join([*lines, "p.parse_args()\n"]))
    err = gage("run", "t.py", "-y", "--label", "cat", "--max-time=7").err
    assert "--label is an option of Gage; to set the program's: label=cat" in err
    assert "to set the program's: max-time=7" in err
    assert "option of Gage" not in gage("run", "--label", "cat", "t.py", "-y").err
    assert "To set the program's: seed=3" in gage("run", "t.py", "-y", "--seed", "3", code=2).err
    error = gage("run", "t.py", "-y", "--seed", "3", "lr=[1,2]", code=2).err
    assert "this batch has none" in error and "To set the program's: seed=3" in error
    assert "to set the program's: tag=x" in gage("run", "t.py", "-y", "--tag", "x", "lr=[1,2]").err


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (("--env", "Pong"), "env=Pong"),
        (("--resume", "ck.pt"), "resume=ck.pt"),
        (("--start", "3"), "start=3"),
        (("--resume=ck.pt", "--debug"), "resume=ck.pt"),
    ],
)
def test_says_how_to_set_an_option_of_the_program_that_gage_reads_otherwise(gage, project, words, program):
    names = ("env", "resume", "start", "lr")
    lines = ["import argparse", "p = argparse.ArgumentParser()", *(f"p.add_argument('--{n}')" for n in names)]
    (project / "t.py").write_text(
        "\n".join([*lines, "p.add_argument('--debug', action='store_true')", "p.parse_args()\n"])
    )
    assert gage("run", "t.py", *words, code=2).err.endswith(f"To set the program's: {program}\n")
    err = gage("run", "t.py", "--lr", "0.1", *words, code=2).err
    assert err.startswith("gage: Unknown option --lr\nTry: gage run t.py lr=0.1 ") and program in err
    assert not any(option in err.partition("\n")[2] for option in ("--env", "--resume", "--start", "--debug"))


def test_sets_a_flag_of_the_program_that_gage_has_with_a_value():
    assert list_shared_options(run_command, ("t.py", "--debug", "-y"), {"debug"}) == {"--debug": "debug=true"}


def test_says_how_to_write_several_lists_and_null(gage, project):
    (project / "h.py").write_text("hidden = [1, 2]\nWARMUP = 5\nprint(hidden, WARMUP)\n")
    error = gage("run", "h.py", "hidden=[1,2],[3]", "--yes", code=1).err
    assert "hidden must be one list, got '[1,2],[3]'\nFor several: hidden=[[1,2],[3]]" in error
    assert gage("run", "h.py", "hidden=[[1,2],[3]]", "--yes").code == 0
    assert "\nFor null: WARMUP:=null" in gage("run", "h.py", "WARMUP=null", "--yes", code=1).err
    assert gage("run", "h.py", "WARMUP:=null", "--yes").out == "[1, 2] None\n"
