"""What `gage run` and `gage watch` print when a run has ended."""

import re
import signal
import subprocess
import sys

import pexpect
import pytest

FAIL = "print('begun')\nraise ValueError('wrong')\n"


@pytest.fixture
def failing(project):
    (project / "fail.py").write_text(FAIL)
    return project


@pytest.mark.parametrize("options", [(), ("--quiet",)])
def test_reports_a_failed_run(gage, failing, options):
    lines = gage("run", "fail.py", "--yes", *options, code=1).err.splitlines()
    name = gage("select", "1", "--name").out.strip()
    assert lines[-3:] == [
        f"gage: {name} failed (exit code 1): ValueError: wrong",
        f"Try: gage cat {name} --output",
        f"fail.py is a copy: edit {failing / 'fail.py'}",
    ]


def test_reports_a_failure_without_output(gage, project):
    (project / "fail.py").write_text("raise SystemExit(3)\n")
    lines = gage("run", "fail.py", "--yes", code=3).err.splitlines()
    name = gage("select", "1", "--name").out.strip()
    assert lines == [f"gage: {name} failed: exit code 3", f"Try: gage show {name}"]


def test_reports_a_command_that_was_not_found(gage):
    result = gage("run", "--yes", "--", "no-such-command", code=127)
    name = gage("select", "1", "--name").out.strip()
    assert result.err == f"gage: {name} failed: Command not found: no-such-command\nTry: which no-such-command\n"


def test_reports_signal_and_time_limit(gage, project):
    assert (
        " was terminated: signal 9 (SIGKILL)\n" in gage("run", "-q", "-y", "--", "sh", "-c", "kill -9 $$", code=137).err
    )
    result = gage("run", "-q", "-y", "--max-time", "0.1", "--", "sleep", "60", code=143)
    assert " was terminated: time limit of 0.1 s\n" in result.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_reports_an_interrupted_run(project, number):
    command = [sys.executable, "-m", "gage", "run", "-y", "--", "sh", "-c", "echo begun; sleep 60"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=project, **pipes) as child:
        assert child.stdout.readline() == "begun\n"
        child.send_signal(number)
        error = child.communicate()[1]
    reason = {signal.SIGINT: r"interrupted \(Ctrl-C\)", signal.SIGTERM: r"stopped \(SIGTERM\)"}[number]
    assert re.search(rf"^gage: \S+ was terminated: {reason}\nTry: gage cat \S+ --output\n", error, re.MULTILINE)


def test_start_and_watch_report_a_failed_run(gage, failing):
    gage("run", "fail.py", "--stage", "--yes")
    line = "failed (exit code 1): ValueError: wrong\n"
    assert line in gage("run", "--start", "1", "--yes", code=1).err
    result = gage("watch", "1", code=1)
    assert line in result.err and f"fail.py is a copy: edit {failing / 'fail.py'}" in result.err


def test_shows_the_reason_of_a_failed_run(gage, failing):
    gage("run", "fail.py", "--yes", code=1)
    assert "ValueError: wrong" in gage("list").out
    assert gage("list", "--json").json["runs"][0]["reason"] == "ValueError: wrong"
    shown = gage("show", "1").out.splitlines()
    assert shown[3:5] == ["Status         error", "Reason         ValueError: wrong"]
    assert gage("show", "--json").json["reason"] == "ValueError: wrong"
    gage("label", "1", "known")
    assert "known  ValueError: wrong" in gage("list").out


def test_names_the_run_on_a_terminal(project):
    command = ["-m", "gage", "run", "--yes", "--", "printf", "done"]
    child = pexpect.spawn(sys.executable, command, cwd=str(project), timeout=20)
    child.expect(pexpect.EOF)
    assert re.fullmatch(rb"done\r\n(\x1b\[2m)?gage: [a-z-]+ completed(\x1b\[0m)?\r\n", child.before)


def test_says_nothing_more_about_success_on_pipes(gage, project):
    assert gage("run", "--yes", "--", "true").err == ""
