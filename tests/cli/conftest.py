"""Runs the real `gage` command in a project directory of its own for each test."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fork_server import ForkServer
from predecessor import SAMPLES
from stores import make_run

TRAIN = """\
import sys

lr = 0.1
epochs = 2

print("loss:", lr * epochs)
print("a warning", file=sys.stderr)
open("model.txt", "w").write(f"{lr}\\n")
"""


@dataclass
class CommandResult:
    """The output of a command and its exit code."""

    out: str
    err: str
    code: int
    raw: bytes

    @property
    def json(self):
        return json.loads(self.out)


Gage = Callable[..., CommandResult]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Creates a project with a script and without a Gage file."""
    directory = tmp_path / "digits"
    directory.mkdir()
    (directory / "train.py").write_text(TRAIN)
    return directory


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """Starts the process whose forks run commands."""
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def gage(project: Path, fork_server: ForkServer) -> Gage:
    """Returns a function that runs `gage …` in the project, without a terminal, and checks its exit code.

    `code` is the expected exit code (`None`: any); `text` is the standard input.
    """

    def run(
        *arguments: str, code: int | None = 0, cwd: Path = project, env: dict | None = None, text: str = ""
    ) -> CommandResult:
        full_env = os.environ | (env or {})
        if fork_server.can_run(full_env):
            process = fork_server.run(arguments, cwd, full_env, text.encode(), timeout=60)
        else:
            command = [sys.executable, "-m", "gage", *arguments]
            process = subprocess.run(
                command, cwd=cwd, env=full_env, input=text.encode(), capture_output=True, timeout=60, check=False
            )
        result = CommandResult(process.stdout.decode(), process.stderr.decode(), process.returncode, process.stdout)
        assert code is None or result.code == code, f"{arguments}: code {result.code}\n{result.out}\n{result.err}"
        assert "Traceback" not in result.err or code
        return result

    return run


@pytest.fixture
def store(project: Path) -> Path:
    """Creates a store with three runs: the newest has `lr=0.3`, the second failed, the oldest has a label and a tag."""
    root = project / ".gage" / "runs"
    make_run(root, config={"lr": 0.1}, label="first", tags=("paper",), files={"model.txt": "one\n"}, started=10**15)
    make_run(root, "evaluate", "error", config={"lr": 0.2}, started=10**15 + 10**12)
    make_run(
        root, config={"lr": 0.3}, files={"a/b.txt": "deep\n", "bytes": b"\x00\xff\x1b[2J"}, started=10**15 + 10**13
    )
    return root


@pytest.fixture(params=["gage-0.1.2", "gage-2024-07"])
def old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Copies a store of an earlier release."""
    return Path(shutil.copytree(SAMPLES / request.param, tmp_path / "old", symlinks=True))
