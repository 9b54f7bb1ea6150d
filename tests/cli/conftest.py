"""The real command, in a project of the test's own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from forked import Forked
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
class Done:
    """What a command printed, and how it ended."""

    out: str
    err: str
    code: int
    raw: bytes

    @property
    def json(self):
        return json.loads(self.out)


Gage = Callable[..., Done]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a script, and no Gage file."""
    folder = tmp_path / "digits"
    folder.mkdir()
    (folder / "train.py").write_text(TRAIN)
    return folder


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """What forks commands."""
    one = Forked()
    yield one
    one.close()


@pytest.fixture
def gage(project: Path, forked: Forked) -> Gage:
    """Types `gage …` in the project; nobody is at the keyboard. `code` is how it has to end (None: any way)."""

    def run(*words: str, code: int | None = 0, cwd: Path = project, env: dict | None = None, text: str = "") -> Done:
        whole = os.environ | (env or {})
        if forked.fits(whole):
            done = forked.run(words, cwd, whole, text.encode(), timeout=60)
        else:
            command = [sys.executable, "-m", "gage", *words]
            done = subprocess.run(
                command, cwd=cwd, env=whole, input=text.encode(), capture_output=True, timeout=60, check=False
            )
        found = Done(done.stdout.decode(), done.stderr.decode(), done.returncode, done.stdout)
        assert code is None or found.code == code, f"{words}: code {found.code}\n{found.out}\n{found.err}"
        assert "Traceback" not in found.err or code
        return found

    return run


@pytest.fixture
def store(project: Path) -> Path:
    """The store with three runs: `lr=0.3` the latest, then one that failed, then `lr=0.1` with label and tag."""
    root = project / ".gage" / "runs"
    make_run(root, config={"lr": 0.1}, label="first", tags=("paper",), files={"model.txt": "one\n"}, started=10**15)
    make_run(root, "evaluate", "error", config={"lr": 0.2}, started=10**15 + 10**12)
    make_run(
        root, config={"lr": 0.3}, files={"a/b.txt": "deep\n", "bytes": b"\x00\xff\x1b[2J"}, started=10**15 + 10**13
    )
    return root


@pytest.fixture(params=["gage-0.1.2", "gage-2024-07"])
def old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a store of an earlier release."""
    return Path(shutil.copytree(SAMPLES / request.param, tmp_path / "old", symlinks=True))
