"""`gage` itself: help, version, unknown commands, errors."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gage.cli.command_index import ALIASES, COMMANDS, GROUPS
from gage.cli.main import run_gage


def test_prints_version_and_help(gage):
    assert gage("--version").out.startswith("gage ")
    assert gage("--help").out == gage().out == gage("-h").out == gage("-C", ".", "--help").out
    assert all(name in gage("--help").out for name in COMMANDS)


def test_every_command_is_in_one_group():
    assert sorted(name for _, names in GROUPS for name in names) == sorted(COMMANDS)
    assert set(ALIASES.values()) <= set(COMMANDS)


@pytest.mark.parametrize("name", [*COMMANDS, *ALIASES])
def test_each_command_has_help_and_an_example(gage, name):
    out = gage(name, "-h").out
    assert "Example" in out and f"gage {ALIASES.get(name, name)}" in out


def test_help_does_not_import_click():
    code = "import sys, gage.__main__ as m; sys.argv = ['gage', '--help']; m.main(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "click" not in loaded.splitlines()[-1].split()


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("lst",), "Unknown command 'lst'", "Did you mean: gage list"),
        (("train.py",), "Unknown command 'train.py'", "Try: gage run train.py"),
        (("list", "--limt", "3"), "Unknown option --limt", "Did you mean --limit?"),
        (("list", "--limit", "x"), "--limit: 'x' is not a positive integer", "Try: gage list --help"),
        (("list", "-n", "0"), "--limit: '0' is not a positive integer", "Try: gage list --help"),
        (("list", "--limit"), "--limit requires a value", "Try: gage list --help"),
        (("list", "--all=3"), "--all does not take a value", "Try: gage list --help"),
        (("--runs",), "--runs requires a value", "Try: gage --help"),
        (("show", "1", "2", "3"), "Unexpected argument: 2 3", "gage show takes one run"),
        (("show", "1", "b", "(c)."), "Unexpected argument: b (c).", "gage show takes one run"),
    ],
)
def test_rejects_unknown_commands_and_options(gage, words, message, hint):
    result = gage(*words, code=2)
    first, second = result.err.splitlines()
    assert first.startswith(f"gage: {message}") and second == hint


def test_exits_quietly_at_a_closed_pipe(gage, store, project):
    command = f'{sys.executable} -m gage list --all --json | true; echo "${{PIPESTATUS[0]}}"'
    result = subprocess.run(["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False)
    assert result.stderr == "" and result.stdout.strip() in ("0", "141")


def test_reports_a_full_disk(gage, store, project):
    if not os.path.exists("/dev/full"):
        return
    for word in ("list", "--help"):
        command = [sys.executable, "-m", "gage", word]
        with open("/dev/full", "w") as full:
            result = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert result.returncode == 1 and "The disk is full" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["list", "run train.py", "--help"])
def test_works_with_closed_standard_streams(gage, store, project, words, closed):
    command = f"{sys.executable} -m gage {words} {closed}"
    result = subprocess.run(["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False)
    assert (result.returncode, "Traceback" in result.stderr) == (0, False)
    assert gage("check", "--all").err == ""


def test_writes_the_traceback_of_an_unexpected_error_to_a_file(tmp_path):
    code = "import sys; from gage.cli.errors import run_with_exit_code; sys.exit(run_with_exit_code(lambda: 1 / 0))"
    for debug in ("", "1"):
        command = [sys.executable, "-c", code, "--password", "hunter22"]
        env = os.environ | {"GAGE_DEBUG": debug, "TMPDIR": str(tmp_path)}
        result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert result.returncode == 1 and "gage: Unexpected error: ZeroDivisionError" in result.stderr
        assert ("Traceback" in result.stderr) is bool(debug)
        file = Path(result.stderr.split()[-1])
        assert file.parent == tmp_path and "hunter22" not in file.read_text()
        assert "ZeroDivisionError" in file.read_text() and "Traceback" in file.read_text()


def test_reports_an_unusable_runs_directory(gage, store, project):
    (project / "file").write_text("")
    result = gage("run", "train.py", "--runs", "file/runs", code=1)
    assert "file/runs" in result.err and "Traceback" not in result.err


def test_lists_all_commands(gage):
    assert run_gage.list_commands(click.Context(run_gage)) == list(COMMANDS)
    assert "\n  run " in gage("-C", ".").out


def test_fails_without_any_stream_that_can_be_written(project):
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w") as full:
            command = [sys.executable, "-m", "gage", "list", "--json"]
            assert subprocess.run(command, cwd=project, stdout=full, stderr=full, check=False).returncode == 1


def test_modules_of_the_project_do_not_hide_those_of_gage(tmp_path):
    (tmp_path / "json.py").write_text("print('own')\n")
    (tmp_path / "train.py").write_text("print('done')\n")
    command = [sys.executable, "-m", "gage", "run", "train.py", "--yes"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
