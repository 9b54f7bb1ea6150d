"""Scripts that read `../data` from their own directory: what Gage suggests works."""

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture
def script(project):
    """A script that reads a file of the directory above its own."""
    (project / "data").mkdir()
    (project / "data/x.bin").write_bytes(b"\0\1\2")
    (project / "src").mkdir()
    (project / "src/train.py").write_text("print(len(open('../data/x.bin', 'rb').read()))\n")
    return project / "src/train.py"


def find_command(text):
    """Returns the last command that a message suggests, with all runs confirmed."""
    command = re.findall(r"To (?:make|start) [^:]*: (.*)", text)[-1]
    return command.replace(" ...", " --yes")


def run_in_shell(command, cwd):
    command = re.sub(r"(?<![.\w/])gage ", f"{sys.executable} -m gage ", command)
    return subprocess.run(command, shell=True, cwd=cwd, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("has_gagefile", [True, False])
def test_script_started_above_its_directory(gage, project, script, has_gagefile):
    if has_gagefile:
        (project / "gage.toml").touch()
    notice = "../data/x.bin (src/train.py:1) leads to a file from src, but the program starts in the project"
    planned = gage("run", "src/train.py", "--preview").out
    assert notice in planned.replace("\n", " ")
    failed = gage("run", "src/train.py", "--yes", code=1).err
    assert notice in failed
    assert "gage: The program did not find ../data/x.bin, which exists relative to src\n" in failed
    assert run_in_shell(find_command(failed), project).endswith("3\n")
    assert "leads to a file" not in gage("run", "train.py", "--preview", cwd=project / "src").out


@pytest.mark.parametrize("has_runs", [True, False])
def test_script_started_in_its_directory(gage, project, script, has_runs):
    if has_runs:
        gage("run", "--yes", "--", "true")
    env = {name: value for name, value in os.environ.items() if name != "GAGE_RUNS"}
    failed = gage("run", "train.py", "--yes", code=1, cwd=script.parent, env=env).err
    assert f"outside the project {script.parent}" in failed
    run_in_shell(find_command(failed), script.parent)
    assert gage("run", "train.py", "--yes", cwd=script.parent).out == "3\n"
    assert len(gage("list", "--json", cwd=script.parent).json["runs"]) == 2 + has_runs


@pytest.mark.parametrize(
    "line, is_reported",
    [
        ("open(f'../data/{0}.bin')", True),
        ("open('../data/*.bin')", True),
        ("open('../none/x.bin')", False),
        ("open('..')", False),
        ("open('../')", False),
        ("import os; os.chdir(os.path.dirname(__file__)); open('../data/x.bin')", False),
        ("open('../data/x.bin', 'w')", False),
    ],
)
def test_reports_only_what_the_script_would_find(gage, script, line, is_reported):
    script.write_text(f"{line}\n")
    assert ("leads to a file from src" in gage("run", "src/train.py", "--preview").out) == is_reported


def test_names_no_command_that_cannot_help(gage, project, script):
    (script.parent / "gage.toml").touch()
    failed = gage("run", "train.py", "--yes", code=1, cwd=script.parent).err
    assert "A program can read it by its absolute path" in failed
    assert "init" not in failed
