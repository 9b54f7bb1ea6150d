"""`gage completion`: changes to start-up files, once, and their removal."""

import os
from pathlib import Path

import psutil
import pytest

from gage.cli.completion.install import detect_shell
from gage.cli.completion.shells import SHELLS
from gage.types.errors import UsageError

BASHRC = b"alias ll='ls -l'\n# \xff no UTF-8\n"


@pytest.fixture
def rc(home: Path) -> Path:
    """A start file of bash that somebody has written."""
    path = home / ".bashrc"
    path.write_bytes(BASHRC)
    path.chmod(0o640)
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("shell", SHELLS)
def test_prints_the_completion_script(gage, shell: str) -> None:
    assert gage("completion", shell).out == SHELLS[shell]().source


@pytest.mark.parametrize("shell", SHELLS)
def test_installs_only_once_and_uninstalls(gage, home: Path, shell: str) -> None:
    before = everything(home)
    result = gage("completion", "--install", shell)
    installed = everything(home)
    new = set(installed) - set(before)
    assert new
    for path in new:
        assert str(home / path) in result.err
    assert f"Installed completion for {shell}\nStart a new shell to use it" in result.err
    second = gage("completion", "--install", shell)
    assert f"Completion for {shell} is already installed" in second.err
    assert everything(home) == installed
    gone = gage("completion", "--uninstall", shell)
    assert everything(home) == before
    assert all(str(home / path) in gone.err for path in new)
    assert f"Completion for {shell} is not installed" in gage("completion", "--uninstall", shell).err


def test_keeps_the_content_of_a_startup_file(gage, rc: Path) -> None:
    gage("completion", "--install", "bash")
    assert rc.read_bytes().startswith(BASHRC)
    assert rc.stat().st_mode & 0o777 == 0o640
    rc.write_bytes(rc.read_bytes() + b"export LATER=1\n")
    gage("completion", "--install", "bash")
    gage("completion", "--uninstall", "bash")
    assert rc.read_bytes() == BASHRC + b"export LATER=1\n"


def test_appends_to_a_startup_file_without_line_end(gage, rc: Path) -> None:
    rc.write_bytes(b"true")
    gage("completion", "--install", "bash")
    assert rc.read_bytes().startswith(b"true\n\n# >>> gage")
    gage("completion", "--uninstall", "bash")
    assert rc.read_bytes() == b"true\n"


def test_keeps_a_linked_startup_file(gage, rc: Path, tmp_path: Path) -> None:
    moved = rc.rename(tmp_path / "bashrc")
    rc.symlink_to(moved)
    gage("completion", "--install", "bash")
    assert rc.is_symlink()
    assert b"gage completion" in moved.read_bytes()


def test_replaces_an_older_script(gage, home: Path, rc: Path) -> None:
    gage("completion", "--install", "bash")
    script = home / ".local" / "share" / "gage" / "completion.bash"
    script.write_text("# of an older Gage\n")
    result = gage("completion", "--install", "bash")
    assert script.read_text() == SHELLS["bash"]().source
    assert f"Wrote {script}" in result.err
    assert str(rc) not in result.err


def test_rejects_a_startup_file_with_an_incomplete_block(gage, rc: Path) -> None:
    rc.write_bytes(BASHRC + b"# >>> gage completion >>>\n")
    result = gage("completion", "--install", "bash", code=2)
    assert str(rc) in result.err
    assert rc.read_bytes() == BASHRC + b"# >>> gage completion >>>\n"


def test_preview_changes_nothing(gage, home: Path, rc: Path) -> None:
    before = everything(home)
    result = gage("completion", "--install", "bash", "--preview")
    assert f"Would add lines that load the script to {rc}" in result.err
    assert everything(home) == before


def test_installs_into_a_home_with_a_space_and_a_quote(gage, tmp_path: Path) -> None:
    import subprocess

    home = tmp_path / "it's mine"
    home.mkdir()
    gage("completion", "--install", "bash", env={"HOME": str(home)})
    script = 'set -e; . "$HOME/.bashrc"; complete -p gage'
    env = os.environ | {"HOME": str(home)}
    result = subprocess.run(["bash", "--norc", "-c", script], env=env, capture_output=True, text=True, check=True)
    assert "-F _gage_completion gage" in result.stdout


def test_respects_zdotdir(gage, home: Path, tmp_path: Path) -> None:
    gage("completion", "--install", "zsh", env={"ZDOTDIR": str(tmp_path)})
    assert (tmp_path / ".zshrc").exists()
    assert not (home / ".zshrc").exists()


def test_detects_the_current_shell(gage, project: Path) -> None:
    import subprocess
    import sys

    line = f'"{sys.executable}" -m gage completion | head -n 1; true'
    result = subprocess.run(["bash", "-c", line], cwd=project, capture_output=True, text=True, check=True)
    assert "for bash" in result.stdout


def test_rejects_install_with_uninstall(gage) -> None:
    result = gage("completion", "--install", "--uninstall", code=2)
    assert "--install and --uninstall cannot be used together" in result.err


def test_rejects_an_unknown_shell(gage) -> None:
    assert "powershell" in gage("completion", "powershell", code=2).err


def test_reports_an_unusable_config_directory(gage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = gage("completion", "--install", "fish", env={"XDG_CONFIG_HOME": str(tmp_path / "file")}, code=1)
    assert str(tmp_path / "file") in result.err


def test_requires_the_name_of_a_shell_that_cannot_be_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(process: psutil.Process) -> None:
        raise psutil.NoSuchProcess(process.pid)

    monkeypatch.setattr(psutil.Process, "parents", fail)
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    with pytest.raises(UsageError, match="Cannot detect your shell"):
        detect_shell()
