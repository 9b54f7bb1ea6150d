"""Git that is missing, slow, or finds no repository."""

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
