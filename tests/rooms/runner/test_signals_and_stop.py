"""Ctrl-C, signals, `gage stop` and `gage watch`, with the real command on a real terminal."""

import os
import signal

import pexpect
import psutil
import pytest
from runs import command, is_alive, wait_for_exit
from waiting import wait_until

pytestmark = pytest.mark.measured

SLEEP = "import time\nprint('ready', flush=True)\ntime.sleep(60)\n"
FAMILY = """\
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
away = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
print("ready", child.pid, away.pid, flush=True)
time.sleep(60)
"""
STUBBORN = """\
import signal, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: print("ignored", flush=True))
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""


def test_interrupts_the_program_on_ctrl_c(project):
    project.write("train.py", SLEEP)
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect("ready")
    child.send("\x03")
    assert wait_for_exit(child) == 130
    run = project.latest()
    assert (run.status, run.sealed) == ("terminated", True)
    assert b"KeyboardInterrupt" in b"\n".join(line for _, line in project.lines(run))


def test_kills_the_program_on_second_ctrl_c(project):
    project.write("train.py", STUBBORN)
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect("ready")
    child.send("\x03")
    child.expect("ignored")
    assert child.isalive()
    child.send("\x03")
    assert wait_for_exit(child) == 130
    assert project.latest().status == "terminated"


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_forwards_signals(project, number, code):
    project.write("train.py", FAMILY)
    process = project.spawn("run", "train.py")
    child = int(process.stdout.readline().split()[1])
    process.send_signal(number)
    assert process.wait(20) == code
    run = project.latest()
    assert (run.status, run.sealed) == ("terminated", True)
    wait_until(lambda: not is_alive(child))


def test_second_signal_kills_at_once(project):
    project.write("train.py", STUBBORN)
    process = project.spawn("run", "train.py")
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == b"ignored\n"
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 143
    assert project.latest().status == "terminated"


def test_program_may_end_successfully_after_a_signal(project):
    project.write(
        "train.py",
        "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print('saved')\n",
    )
    process = project.spawn("run", "train.py")
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    run = project.latest()
    assert run.status == "terminated"
    assert project.lines(run)[-1] == (1, b"saved")


def test_stop_ends_all_processes(project):
    project.write("train.py", FAMILY)
    process = project.spawn("run", "train.py")
    _, child, away = process.stdout.readline().split()
    completed = project.gage("stop", "1", "--yes")
    assert completed.returncode == 0, completed.stderr
    assert process.wait(20) == 143
    assert project.latest().status == "terminated"
    wait_until(lambda: not is_alive(int(child)) and not is_alive(int(away)))


def test_stop_reports_that_a_run_has_finished(project):
    project.write("train.py", "pass\n")
    project.run()
    completed = project.gage("stop", "1", "--yes")
    assert b"is not running: it is completed" in completed.stderr


def test_watches_and_stops_a_background_run(project):
    project.write(
        "train.py", "import time\nfor i in range(600):\n    print('line', i, flush=True)\n    time.sleep(0.1)\n"
    )
    completed = project.gage("run", "train.py", "--background")
    assert completed.returncode == 0, completed.stderr
    assert b"gage watch" in completed.stderr + completed.stdout
    wait_until(lambda: project.latest().status == "running")
    watch = project.spawn_on_terminal("watch", "1", dimensions=(24, 100))
    watch.expect("line 0")
    watch.expect("line 3")
    assert project.gage("stop", "1", "--yes").returncode == 0
    assert wait_for_exit(watch) == 143
    assert project.latest().status == "terminated"


def test_watch_can_be_interrupted(project):
    project.write("train.py", SLEEP)
    process = project.spawn("run", "train.py")
    process.stdout.readline()
    watch = project.spawn_on_terminal("watch", "1", dimensions=(24, 100))
    watch.expect("ready")
    watch.send("\x03")
    wait_for_exit(watch)
    assert process.poll() is None
    process.terminate()
    assert process.wait(20) == 143


def test_watch_returns_the_exit_code_of_a_finished_run(project):
    project.write("train.py", "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)\n")
    project.run()
    completed = project.gage("watch", "1")
    assert (completed.returncode, completed.stdout) == (3, b"out\n")
    assert b"err\n" in completed.stderr


def test_killed_gage_leaves_a_run_that_lists_as_terminated(project):
    project.write("train.py", SLEEP)
    process = project.spawn("run", "train.py")
    process.stdout.readline()
    assert project.latest().status == "running"
    process.kill()
    process.wait()
    run = project.latest()
    assert run.status == "running"  # its program is alive
    assert project.gage("check", "--repair").returncode == 0
    assert not project.latest().sealed
    assert project.gage("stop", "1").stderr.startswith(f"gage: Run {run.name} had ended without Gage: ".encode())
    assert (project.latest().status, project.latest().sealed) == ("terminated", True)


def test_suspends_and_continues(project):
    project.write("train.py", "print('ready', flush=True)\ninput()\nprint('done')\n")
    shell = pexpect.spawn("bash", ["--norc"], cwd=str(project.dir), timeout=20, env={**os.environ, "PS1": "$$ "})
    shell.sendline(" ".join(command("run", "train.py", "-y")))
    shell.expect("ready")
    shell.send("\x1a")
    shell.expect("Stopped")
    shell.sendline("fg")
    shell.expect_exact("train.py -y")  # the shell shows the command that continues
    shell.sendline("")
    shell.expect("done")
    shell.close()


def test_ends_a_program_that_is_stopped(project):
    project.write("train.py", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n")
    gage = project.spawn("run", "train.py", "--yes")
    wait_until(lambda: any(each.status() == psutil.STATUS_STOPPED for each in psutil.Process(gage.pid).children()))
    gage.terminate()
    try:
        assert gage.wait(20) == 143
    finally:
        for each in psutil.Process(gage.pid).children() if gage.returncode is None else ():
            each.kill()
        gage.communicate(timeout=20)
