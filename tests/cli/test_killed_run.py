"""A run whose Gage process was killed needs no repair by hand."""

import subprocess
import sys

import pytest


@pytest.fixture
def killed(project):
    """A run whose Gage process was killed, after which its program ended."""
    command = [sys.executable, "-m", "gage", "run", "-y", "--", "sh", "-c", "echo begun; read line"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=project, **pipes) as child:
        assert child.stdout.readline() == "begun\n"
        child.kill()
    return project


def list_unsealed(project):
    return [path for path in (project / ".gage/runs").iterdir() if path.name.endswith(".meta")]


@pytest.mark.parametrize("words", [("label", "1", "known"), ("run", "--yes", "--", "true"), ("check", "--repair")])
def test_next_command_that_writes_seals_the_run(gage, killed, words):
    gage("list", "--where", "terminated")
    assert "terminated" in gage("list").out and len(list_unsealed(killed)) == 1
    assert "not sealed" not in gage("check", code=None).err
    gage(*words)
    assert list_unsealed(killed) == []
    assert "Gage was killed" in gage("show", gage("list", "--json").json["runs"][-1]["name"]).out
    gage("check", "--all")
