"""Git that is missing, slow, or finds no repository."""

import os
import subprocess
from pathlib import Path

import pytest

from gage.lib.git import GitQuery


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory on the PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    return directory


def test_reads_nothing_without_git(tmp_path: Path, programs: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert GitQuery.start(tmp_path) is None


def test_does_not_wait_for_a_slow_git(tmp_path: Path, programs: Path) -> None:
    (tmp_path / ".git").mkdir()
    (programs / "git").write_text("#!/bin/sh\nexec /bin/sleep 100\n")
    (programs / "git").chmod(0o755)
    query = GitQuery.start(tmp_path)
    assert query is not None
    assert query.wait(0.05) is None


def test_reads_nothing_of_a_damaged_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    query = GitQuery.start(tmp_path)
    assert query is not None
    assert query.wait() is None
    query.cancel()


def test_does_not_write_the_index(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=tmp_path, check=True)

    git("init", "-q")
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("1\n")
    git("add", ".")
    git("commit", "-q", "-m", "x")
    for name in ("a.txt", "b.txt"):
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "b.txt").write_text("2\n")
    before = (tmp_path / ".git" / "index").read_bytes()
    query = GitQuery.start(tmp_path)
    assert query is not None
    state = query.wait()
    assert state is not None and state.changed_files == 1
    assert b"+2" in state.diff and b"a.txt" not in state.diff
    assert (tmp_path / ".git" / "index").read_bytes() == before
