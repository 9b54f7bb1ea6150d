"""The recorded machine, packages of the program's Python, and Git state of the project."""

import os
import subprocess
import sys

from gage.lib.git import MAX_DIFF_BYTES, GitQuery
from gage.runner import provenance


def run_git(folder, *arguments):
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)


def test_records_packages_from_directory_names(tmp_path):
    for name in ("numpy-2.1.0.dist-info", "Scikit_Learn-1.5.dist-info", "old-1.0-py3.9.egg-info", "numpy"):
        (tmp_path / name).mkdir()
    (tmp_path / "linked.egg-info").mkdir()
    (tmp_path / "linked.egg-info/PKG-INFO").write_text("Name: linked\nVersion: 3.1\n\nVersion: 9\n")
    (tmp_path / "broken.egg-info").write_text("\xff")
    second = tmp_path / "second"
    second.mkdir()
    (second / "numpy-1.0.dist-info").mkdir()
    packages = provenance.list_packages([str(tmp_path), str(second), "/nowhere"])
    assert packages == {"broken": "", "linked": "3.1", "numpy": "2.1.0", "old": "1.0", "scikit-learn": "1.5"}


def test_records_packages_of_another_python(project, tmp_path):
    """It has its own directory of packages, and a start-up hook that must not be executed."""
    env = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site = env / "lib" / version / "site-packages"
    (site / "torch-9.9.dist-info").mkdir()
    (site / "hook.pth").write_text(f"import os; os.mkdir({str(tmp_path / 'hooked')!r})\n")
    more = tmp_path / "more"
    (more / "extra-1.0.dist-info").mkdir(parents=True)
    run = project.run(command=(str(env / "bin" / "python"), "-S", "-c", "pass"), env={"PYTHONPATH": str(more)})
    packages = project.json(run, "sys/packages.json")
    assert (packages["torch"], packages["extra"]) == ("9.9", "1.0")
    assert "pytest" not in packages
    assert project.json(run, "sys/python.json")["prefix"] == str(env)
    assert not (tmp_path / "hooked").exists()


def test_lists_packages_of_its_own_python_once(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "torch-9.9.dist-info").mkdir()
    probe = provenance.ProvenanceProbe(None, None, is_own=True)
    probe.collect()
    (tmp_path / "installed_by_the_program-1.0.dist-info").mkdir()
    members, _ = probe.collect()
    assert members["sys/packages.json"]["torch"] == "9.9"
    assert "installed-by-the-program" not in members["sys/packages.json"]
    assert members["sys/python.json"]["executable"] == sys.executable


def test_ignores_a_python_that_does_not_answer(project, tmp_path):
    fake = tmp_path / "python3"
    fake.write_text('#!/bin/sh\n[ "$1" = -S ] && exec sleep 60\necho program\n')
    fake.chmod(0o755)
    process = provenance._start_python(str(fake), dict(os.environ))
    process.kill()
    assert provenance._read_python(process) == []
    assert provenance._start_python(str(tmp_path / "missing"), {}) is None


def test_records_no_commit_before_the_first_commit(project):
    project.write("train.py", "pass\n")
    run = project.run()
    assert project.json(run, "sys/git.json") is None
    run_git(project.dir, "init", "-q")
    run = project.run()
    state = project.json(run, "sys/git.json")
    assert (state["commit"], state["branch"], state["remote"]) == ("", "main", "")


def test_reads_git_state_of_a_separate_work_tree(tmp_path):
    main, other = tmp_path / "main", tmp_path / "other"
    main.mkdir()
    run_git(main, "init", "-q")
    run_git(main, "commit", "-qm", "x", "--allow-empty")
    run_git(main, "remote", "add", "upstream", "https://example.org/up.git")
    run_git(main, "remote", "add", "origin", "git@example.org:x.git")
    run_git(main, "remote", "set-url", "--add", "origin", "https://example.org/pushed-to-as-well.git")
    run_git(main, "config", "--global", "remote.mine.url", "https://example.org/of-the-user.git")
    run_git(main, "worktree", "add", "-q", str(other), "-b", "topic")
    (other / "deep").mkdir()
    state = GitQuery.start(other / "deep").wait()
    assert (state.branch, state.remote, state.changed_files) == ("topic", "git@example.org:x.git", 0)
    run_git(main, "remote", "remove", "origin")
    assert GitQuery.start(other).wait().remote == "https://example.org/up.git"
    assert GitQuery.start(tmp_path) is None


def test_truncates_a_long_diff(tmp_path):
    run_git(tmp_path, "init", "-q")
    (tmp_path / "big.txt").write_text("a\n" * 400_000)
    run_git(tmp_path, "add", "-A")
    run_git(tmp_path, "commit", "-qm", "x")
    (tmp_path / "big.txt").write_text("b\n" * 400_000)
    query = GitQuery.start(tmp_path)
    state = query.wait()
    assert (len(state.diff), state.is_diff_truncated, state.changed_files) == (MAX_DIFF_BYTES, True, 1)
    query.cancel()


def test_does_not_run_commands_of_repository_settings(tmp_path):
    run_git(tmp_path, "init", "-q")
    (tmp_path / "x.txt").write_text("a\n")
    (tmp_path / ".gitattributes").write_text("*.txt diff=evil\n")
    run_git(tmp_path, "add", "-A")
    run_git(tmp_path, "commit", "-qm", "x")
    (tmp_path / "x.txt").write_text("b\n")
    command = f"touch {tmp_path / 'started'}"
    for name in ("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager"):
        run_git(tmp_path, "config", name, command)
    state = GitQuery.start(tmp_path).wait()
    assert state.changed_files == 1
    assert b"+b" in state.diff
    assert not (tmp_path / "started").exists()


def test_git_query_can_be_cancelled_twice(tmp_path):
    run_git(tmp_path, "init", "-q")
    query = GitQuery.start(tmp_path)
    query.cancel()
    query.cancel()


def test_describes_the_machine():
    members = provenance.describe_machine()
    hardware = members["sys/hardware.json"]
    assert hardware["memory"] > 1 << 20
    assert isinstance(hardware["gpus"], list)
    assert members["sys/platform.json"]["host"]
