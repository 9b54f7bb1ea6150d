"""Planning a run from a command line, and requests that are rejected."""

import contextlib
import os
import socket
import sys

import pytest

from gage.project.debug import DEFAULT_PORT, HOST, _find_free_port, _has_debugpy
from gage.project.find import find_project_dir
from gage.project.gagefile_template import _find_scripts
from gage.project.operation import find_starter
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.types.errors import ConfigError, GageError, NotFound, UsageError
from gage.types.opdef import Exec
from gage.types.plan import FilePatch

CONSTANTS = 'lr = 0.1\nname = "adam"\nfast = False\nprint(lr, name)\n'
PARSER = """\
import argparse
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("--name", default="adam", choices=["adam", "sgd"])
p.add_argument("--batch-size", type=int, default=8)
p.parse_args()
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / ".gage").mkdir(parents=True)
    (folder / "train.py").write_text(CONSTANTS)
    (folder / "args.py").write_text(PARSER)
    return folder


def make_plan(folder, target="", *assignments, **options):
    return plan_run(RunRequest(target, assignments=assignments, cwd=folder, **options))


def get_error(folder, *words, kind=GageError, **options):
    with pytest.raises(kind) as error:
        make_plan(folder, *words, **options)
    return error.value.message, error.value.hint


def test_plans_a_script_with_constants(project):
    plan = make_plan(project, "train.py", "lr=1e-3", "name=0123")
    assert plan.command == Exec(args=("python", "train.py"))
    assert plan.patches == (FilePatch("train.py", {"lr": 0.001, "name": "0123"}),)
    assert plan.config == {"fast": False, "lr": 0.001, "name": "0123"}
    assert str(plan.op) == "train.py"
    assert plan.interpreter.endswith("python")


def test_keeps_integers_and_floats_in_files_apart(project):
    (project / "nets.py").write_text("epochs = 5\nf = 4.567\nbetas = [0.5, 0.9]\nsizes = [1, 2]\nmixed = [1, 0.5]\n")
    assert get_error(project, "nets.py", "epochs=2.5") == (
        "epochs must be an integer, got '2.5'",
        "Its default is 5, an integer. To set a float anyway: epochs:=2.5",
    )
    assert get_error(project, "nets.py", "sizes=[1,0.5]")[0] == "sizes must be an integer, got '0.5'"
    plan = make_plan(project, "nets.py", "epochs:=2.5", "f=1", "betas=[1,0.9]", "sizes:=[1,0.5]", "mixed=[2,0.5]")
    [patch] = plan.patches
    expected = {"epochs": 2.5, "f": 1.0, "betas": [1.0, 0.9], "sizes": [1, 0.5], "mixed": [2, 0.5]}
    assert {name: repr(value) for name, value in patch.values.items()} == {n: repr(v) for n, v in expected.items()}
    assert repr(make_plan(project, "nets.py", "betas.1=1").config["betas"]) == "[0.5, 1.0]"
    assert make_plan(project, "nets.py", "epochs=1e3").config["epochs"] == 1000
    (project / "gage.toml").write_text(
        '[op]\nexec = "python nets.py"\nconfig = [{key = "nets.py#epochs", type = "int"}, "nets.py#f"]\n'
    )
    assert get_error(project, "op", "epochs:=2.5")[0] == "epochs must be an integer, got '2.5'"


def test_sets_an_empty_table_only_to_a_table(project):
    (project / "table.py").write_text("other = {}\n")
    assert make_plan(project, "table.py", 'other={"a": 1}').patches == (FilePatch("table.py", {"other": {"a": 1}}),)
    assert get_error(project, "table.py", "other=5") == (
        "other must be a table, got '5'",
        'For example other={"a": 1}',
    )


def test_rejects_a_parameter_that_is_set_by_two_names(project):
    assert get_error(project, "args.py", "batch-size=1", "batch_size=2") == (
        "batch-size and batch_size set the same parameter of args.py",
        "Remove one of them",
    )


def test_plans_a_script_with_a_parser(project):
    plan = make_plan(project, "args.py", "lr=-1", "batch_size=16", "name=sgd")
    assert plan.command == Exec(args=("python", "args.py", "--lr=-1", "--name=sgd", "--batch-size=16"))
    assert plan.patches == ()


def test_rejects_unknown_parameters(project):
    assert get_error(project, "train.py", "nmae=x") == ("Unknown parameter 'nmae' for train.py", "Did you mean 'name'?")
    assert get_error(project, "train.py", "zzz=1")[1] == "Parameters: lr, name, fast"
    assert get_error(project, "trian.py", kind=NotFound)[1] == "Did you mean 'train.py'?"


@pytest.mark.parametrize(
    "words, message",
    [
        (("train.py", "lr=fast"), "lr must be a number, got 'fast'"),
        (("train.py", "fast=2"), "fast must be true or false, got '2'"),
        (("args.py", "batch-size=1.5"), "batch-size must be an integer, got '1.5'"),
        (("args.py", "name=lion"), "'lion' is not a choice for name"),
        (("args.py", "lr="), "lr must be a number, got ''"),
    ],
)
def test_rejects_invalid_values(project, words, message):
    assert get_error(project, *words, kind=ConfigError)[0] == message


def test_runs_from_a_subdirectory(project):
    (project / "gage.toml").touch()
    below = project / "sub dir"
    below.mkdir()
    (below / "eval.py").write_text(CONSTANTS)
    plan = make_plan(below, "eval.py", "lr=2.0")
    assert plan.project_dir == str(project)
    assert plan.cwd == "sub dir"
    assert plan.command.args == ("python", "eval.py")
    assert plan.patches[0].path == "sub dir/eval.py"


def test_plans_a_script_outside_the_project(project, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "x.py").write_text(CONSTANTS)
    plan = make_plan(project, "../elsewhere/x.py")
    assert plan.project_dir == str(other)
    assert plan.command.args == ("python", "x.py")


def test_plans_a_command(project):
    plan = make_plan(project, command=("echo", "a b", "{x}"))
    assert plan.command == Exec(args=("echo", "a b", "{x}"))
    assert str(plan.op) == "echo"


def test_plans_scripts_of_other_languages(project):
    (project / "go.sh").write_text("echo hi\n")
    (project / "own").write_text("#!/bin/sh\necho\n")
    (project / "own").chmod(0o755)
    assert make_plan(project, "go.sh").command.args[0] in ("bash", "sh")
    assert make_plan(project, "own").command.args == ("./own",)
    (project / "model.bin").write_bytes(b"\0")
    assert "is not a script that Gage can run" in get_error(project, "model.bin", kind=UsageError)[0]
    (project / "odd").write_text("#!/no/such/interpreter\n")
    assert "is not installed" in get_error(project, "odd", kind=NotFound)[0]


def test_reports_a_missing_interpreter(project, monkeypatch):
    (project / "a.jl").write_text("")
    monkeypatch.setenv("PATH", str(project))
    assert get_error(project, "a.jl", kind=NotFound)[0] == "a.jl needs julia, which is not installed"
    assert make_plan(project, "train.py").command.args[0] == sys.executable


def test_runs_scripts_that_cannot_be_parsed(project):
    (project / "bad.py").write_text("lr = (\n")
    (project / "bin.py").write_bytes(b"\xff\xfe\0")
    assert make_plan(project, "bad.py").command.args == ("python", "bad.py")
    assert make_plan(project, "bin.py").config_values == ()
    message, hint = get_error(project, "bad.py", "lr=1", kind=ConfigError)
    assert message == "Cannot set 'lr' for bad.py"
    assert hint == "The parameters of bad.py are unknown: the file cannot be read as Python (line 1)"


@pytest.mark.parametrize("name", ["a b.py", "a'b.py", 'a"b.py', "line\nbreak.py", "été.py", "-x.py", "$(x).py"])
def test_accepts_unusual_names(project, name):
    (project / name).write_text(CONSTANTS)
    plan = make_plan(project, f"./{name}", "lr=5")
    assert plan.command.args[0] == "python"
    assert os.path.normpath(plan.command.args[1]) == name
    assert plan.patches[0].path == name


GAGEFILE = """\
"$namespace" = "demo"
"$project-id" = "p1"
[train]
exec = "python train.py"
default = true
version = "2"
label = "lr={lr}"
tags = ["a"]
env = { A = "1" }
[hello]
exec = "echo {msg} {{msg}}"
config = [{ name = "msg", default = "hi" }, { name = "n", type = "int", default = 1, min = 1 }]
[keys]
exec = "python train.py"
config = "train.py#l*"
[args]
exec = "python args.py --name sgd"
[stage]
[stage.exec]
run = ["python", "train.py"]
finalize = "echo {lr}"
[broken]
exce = "x"
[needs]
exec = "x"
depends = { operation = "train" }
"""


@pytest.fixture
def operations(project):
    (project / "gage.toml").write_text(GAGEFILE)
    return project


def test_plans_operations(operations):
    plan = make_plan(operations, "", "lr=1")
    assert (plan.op.name, plan.op.namespace, plan.op.version, plan.project_id) == ("train", "demo", "2", "p1")
    assert plan.command == Exec(shell="python train.py")
    assert (plan.label, plan.tags, plan.env) == ("lr=1.0", ("a",), {"A": "1"})
    assert make_plan(operations, "args", "lr=3").command.shell == "python args.py --name sgd --lr=3"
    assert make_plan(operations, "stage").hooks == {"finalize": Exec(shell="echo 0.1")}


def test_quotes_placeholders(operations):
    assert make_plan(operations, "hello", "msg=a b; ls").command.shell == "echo 'a b; ls' {msg}"
    assert make_plan(operations, "hello").command.shell == "echo hi {msg}"
    assert get_error(operations, "hello", "n=0")[0] == "n must be 1 or more, got 0"


def test_limits_parameters_to_config_keys(operations):
    assert list(make_plan(operations, "keys").config) == ["lr"]
    assert get_error(operations, "keys", "name=x")[1] == "Parameters: lr"


def test_reports_a_broken_operation(operations):
    message, hint = get_error(operations, "broken", kind=NotFound)
    assert 'Unknown setting "exce"' in message
    assert hint == 'Did you mean "exec"?'


def test_rejects_unsupported_dependencies(operations):
    assert "depends on run-files" in get_error(operations, "needs", kind=ConfigError)[0]


def test_reports_that_there_is_nothing_to_run(tmp_path, operations):
    assert get_error(tmp_path)[0] == "Nothing to run: no Gage file in this directory"
    (operations / "gage.toml").write_text('[a]\nexec = "x"\n[b]\nexec = "y"\n')
    assert get_error(operations)[0] == "No operation is named, and there is no default"


def test_reads_a_script_block(project):
    (project / "own.py").write_text('# /// gage\n# description = "Mine"\n# tags = "t"\n# ///\nlr = 1\n')
    plan = make_plan(project, "own.py", "lr=2")
    assert plan.tags == ("t",)
    assert plan.command.args == ("python", "own.py")
    (project / "own.py").write_text('# /// gage\n# descripton = "Mine"\n# ///\nlr = 1\n')
    assert get_error(project, "own.py")[0].startswith('own.py:2:3: Unknown setting "descripton"')


@pytest.fixture
def commands(project, monkeypatch):
    """A project with launchers beside its Python, and a Python of its own in .venv."""
    for name in ("uv", "torchrun", "accelerate", "poetry"):
        (project / "bin" / name).parent.mkdir(exist_ok=True)
        (project / "bin" / name).write_text("#!/bin/sh\n")
        (project / "bin" / name).chmod(0o755)
    for path in (project / "bin" / "python", project / ".venv" / "bin" / "python"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return project


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("python train.py", "bin/python"),
        ("A=1 python train.py", "bin/python"),
        ("env A=1 python train.py", "bin/python"),
        ("nice -n 5 python train.py", "bin/python"),
        ("nohup time python train.py", "bin/python"),
        ("cd . && python train.py", "bin/python"),
        ("cd . && exec python train.py > log", "bin/python"),
        ("python train.py | tee log", "bin/python"),
        ("torchrun --nproc-per-node 2 train.py", "bin/python"),
        ("python -m torch.distributed.run train.py", "bin/python"),
        ("accelerate launch train.py", "bin/python"),
        ("uv run train.py", ".venv/bin/python"),
        ("uv run python -m train", ".venv/bin/python"),
        ("poetry run python train.py", ".venv/bin/python"),
        ("./bin/python train.py", "bin/python"),
        ("sh train.sh", ""),
        ("missing-program train.py", ""),
    ],
)
def test_records_the_interpreter_behind_wrappers_and_launchers(commands, line, python):
    (commands / "gage.toml").write_text(f"[train]\nexec = {line!r}\n")
    assert make_plan(commands, "train").interpreter == (str(commands / python) if python else "")


def test_does_not_record_another_python_than_that_of_the_project_environment(commands):
    (commands / ".venv" / "bin" / "python").unlink()
    (commands / "pyproject.toml").write_text("")
    (commands / "gage.toml").write_text('[train]\nexec = "uv run train.py"\n')
    assert make_plan(commands, "train").interpreter == ""


@pytest.mark.parametrize("line", ["A=1 python args.py", "nice python args.py", "cd . && python args.py > log"])
def test_finds_the_parameters_behind_wrappers(project, line):
    (project / "gage.toml").write_text(f"[train]\nexec = {line!r}\n")
    assert make_plan(project, "train", "lr=2").command.shell.endswith(" --lr=2")


def test_rejects_an_operation_without_a_command(project):
    (project / "gage.toml").write_text('[train]\ndescription = "x"\n[other]\nexec = { windows = "x" }\n')
    assert get_error(project, "train")[0] == "Operation train has nothing to run"


def test_starts_a_notebook_with_python(project):
    cell = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    (project / "fit.ipynb").write_text(cell)
    (project / "gage.toml").write_text('[fit]\nexec = "A=1 fit.ipynb"\n[run]\nexec = "python fit.ipynb"\n')
    assert make_plan(project, "fit").command.args == ("env", "A=1", "python", "fit.ipynb")
    assert make_plan(project, "run").command.args == ("python", "fit.ipynb")


@pytest.mark.parametrize(
    ("target", "words"),
    [("--lr {}", ("--lr", "2")), ("--lr={}", ("--lr=2",)), ("-l", ("-l", "2"))],
)
def test_passes_a_value_by_the_pattern_of_its_target(project, target, words):
    config = f'[{{ name = "lr", default = 1, target = "{target}" }}]'
    (project / "gage.toml").write_text(f'[a]\nexec = ["echo"]\nconfig = {config}\n')
    assert make_plan(project, "a", "lr=2").command.args == ("echo", *words)


def test_null_value_passes_no_argument(project):
    (project / "gage.toml").write_text('[a]\nexec = ["echo"]\nconfig = [{ name = "lr", target = "--lr" }]\n')
    assert make_plan(project, "a", "lr:=null").command.args == ("echo",)


def test_lists_operations_or_names_an_example_for_an_unknown_target(project):
    assert get_error(project, "zzz")[1] == "Try: gage run SCRIPT, such as gage run train.py"
    (project / "gage.toml").write_text('[fit]\nexec = "ls"\n[report]\nexec = "ls"\n')
    assert get_error(project, "zzz")[1] == "Operations: fit, report"


def test_reports_a_script_that_is_removed_meanwhile(project):
    with pytest.raises(UsageError, match=r"Cannot read .*: No such file or directory"):
        find_starter(project / "gone.py", "gone.py")


def test_search_for_the_project_ends_at_the_home_directory(home):
    (home / ".git").mkdir()
    (home / "work").mkdir()
    assert find_project_dir(home / "work") == home / "work"
    assert find_project_dir(home) == home


def test_a_directory_with_runs_is_not_the_project_of_those_below_it(home):
    above, below = home / "work", home / "work" / "code"
    (above / ".gage" / "runs").mkdir(parents=True)
    below.mkdir()
    assert find_project_dir(below) == below
    assert find_project_dir(above) == above
    (above / ".gage" / "notes").touch()
    assert find_project_dir(below) == above


def test_new_gage_file_leaves_out_tests_and_helpers(project):
    for name in ("test_train.py", "_common.py", "setup.py"):
        (project / name).write_text("print(1)\n")
    assert [path.name for path in _find_scripts(project)] == ["args.py", "train.py"]


def test_debugs_with_another_port_if_the_default_is_taken(project):
    with socket.socket() as server:
        with contextlib.suppress(OSError):  # another test has it
            server.bind((HOST, DEFAULT_PORT))
        assert _find_free_port() not in (0, DEFAULT_PORT)


def test_a_python_that_cannot_be_started_has_no_debugger(project):
    assert not _has_debugpy([str(project / "no-python")], make_plan(project, "train.py"))


@pytest.mark.parametrize(
    "words", [{"label": "caf\udce9"}, {"tags": ("caf\udce9",)}, {"attributes": ("note=caf\udce9",)}]
)
def test_rejects_text_that_is_not_utf8(tmp_path, words):
    (tmp_path / "t.py").write_text("print(1)\n")
    with pytest.raises(UsageError, match="is not UTF-8"):
        plan_run(RunRequest("t.py", cwd=tmp_path, **words))


def test_plans_an_r_script_with_constants(project, monkeypatch):
    (project / "bin").mkdir()
    (project / "bin/Rscript").write_text("#!/bin/sh\n")
    (project / "bin/Rscript").chmod(0o755)
    monkeypatch.setenv("PATH", f"{project}/bin", prepend=":")
    (project / "fit.R").write_text("x <- .1\nn = 5L\nprint(x)\n")
    plan = make_plan(project, "fit.R", "x=1", "n=6")
    assert plan.patches == (FilePatch("fit.R", {"x": 1, "n": 6}),)
    assert get_error(project, "fit.R", "n=2.5")[0] == "n must be an integer, got '2.5'"
