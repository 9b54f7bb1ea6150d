"""`gage init` and `gage run X --help-op`."""

import json

import pytest
from runs import Project


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", "lr = 0.1\nname = 'a b'\nprint(lr)\n")
    return project


def test_writes_a_valid_gage_file_with_an_operation_per_script(project):
    project.write("eval it.py", "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', type=int)\n")
    project.write("lib.py", "import os\ndef f():\n    pass\n")
    project.write("go.sh", "echo go\n")
    result = project.gage("init")
    assert (result.returncode, result.stdout) == (0, b"")
    assert project.gage("check", "gage.toml").returncode == 0
    listed = json.loads(project.gage("operations", "--json").stdout)["operations"]
    assert {o["name"] for o in listed} == {"train", "eval-it", "go"}
    assert [o["name"] for o in listed if o["default"]] == ["train"]
    assert project.gage("run", "lr=5").stdout == b"5.0\n"
    assert project.gage("run", "go").stdout == b"go\n"


def test_names_the_config_of_a_script_that_has_to_be_introspected(project):
    project.write(
        "train.py", "import click\n@click.command()\n@click.option('--lr', default=0.1)\ndef f(lr): pass\nf()\n"
    )
    assert 'config = "train.py"\n' in project.gage("init", "--print").stdout.decode()


def test_does_not_overwrite_a_gage_file(project):
    project.write("gage.yaml", "a:\n  exec: x\n")
    result = project.gage("init")
    assert result.returncode == 2
    assert b"A Gage file already exists: gage.yaml" in result.stderr
    assert b"[train]" in project.gage("init", "--print").stdout


def test_writes_a_template_without_scripts(project):
    (project.dir / "train.py").unlink()
    assert project.gage("init").returncode == 0
    assert project.gage("check", "gage.toml").returncode == 0


def test_shows_help_of_a_script(project):
    text = project.gage("run", "train.py", "--help-op").stdout.decode()
    assert "  lr = 0.1  float  variable train.py#lr\n" in text
    assert "gage run train.py lr=0.1 'name=a b'" in text


def test_shows_help_of_an_operation(project):
    project.write(
        "gage.toml",
        """\
[hello]
exec = "echo {msg}"
description = "Says something"
config = { name = "msg", default = "hi", choices = ["hi", "ho"], description = "What", required = true }
depends = "data.csv"
""",
    )
    text = project.gage("run", "hello", "--help-op").stdout.decode()
    assert "Says something" in text
    assert "  msg = hi  str  one of hi, ho  required  in the command\n      What\n" in text
    assert "Dependencies\n  data.csv" in text
    parameters = json.loads(project.gage("run", "hello", "--help-op", "--json").stdout)
    assert parameters["config"][0]["choices"] == ["hi", "ho"]


def test_rejects_help_op_with_preview(project):
    result = project.gage("run", "train.py", "--help-op", "--preview")
    assert b"--help-op and --preview cannot be used together" in result.stderr


def test_handles_packages_unusual_names_and_unreadable_files(tmp_path):
    project = Project(tmp_path)
    project.write("tool/__main__.py", "print('tool')\n")
    project.write("a{lr}.py", "lr = 1\nprint('odd')\n")
    project.write("secret.py", "print(1)\n")
    (project.dir / "secret.py").chmod(0)
    assert project.gage("init").returncode == 0
    assert 'exec = "python -m tool"' in (project.dir / "gage.toml").read_text()
    assert project.gage("check", "gage.toml").returncode == 0
    assert project.gage("run", "tool").stdout == b"tool\n"
    assert project.gage("run", "a-lr").stdout == b"odd\n"


def test_names_the_config_file_that_a_script_reads(project):
    project.write("conf/base.yaml", "lr: 0.1\n")
    project.write("ytrain.py", "import yaml\n\nc = yaml.safe_load(open('conf/base.yaml'))\nprint(c)\n")
    shown = project.gage("init", "--print").stdout.decode()
    assert '[ytrain]\nexec = "python ytrain.py"\nconfig = "conf/base.yaml"\n' in shown
