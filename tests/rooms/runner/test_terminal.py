"""The user's terminal while a program runs."""

import os
import shlex
import signal
import sys

import pexpect
import pytest
from runs import command, is_alive, wait_for_exit
from waiting import is_stopped, wait_for_file_source, wait_until

pytestmark = pytest.mark.measured


def start_shell(project):
    bash = pexpect.spawn("bash", ["--norc", "--noediting"], cwd=str(project.dir), timeout=20, env=dict(os.environ))
    bash.delaybeforesend = None
    bash.sendline("PS1='READY> '; stty -echo")
    bash.expect_exact("READY> ")
    bash.expect_exact("READY> ")
    return bash


def quote_gage(*words):
    return shlex.join(command(*words))


def read_output(project):
    return b"\n".join(line for _, line in project.lines(project.latest()))


def test_forwards_keys_when_stdout_is_redirected(project):
    project.write(
        "train.py",
        "import getpass, os, sys\nprint([os.isatty(i) for i in range(3)])\n"
        "print(len(getpass.getpass('secret? ')))\nprint(input().upper())\n",
    )
    bash = start_shell(project)
    bash.sendline(f"{quote_gage('run', 'train.py', '-y')} > out")
    bash.expect_exact("secret? ")
    bash.sendline("hidden")
    bash.expect_exact("\r\n")  # getpass discards keys typed earlier
    bash.sendline("typed")
    bash.expect_exact("typed")  # the terminal echoes it; Gage does not capture it
    bash.expect_exact("READY> ")
    assert (project.dir / "out").read_text() == "[True, False, True]\n6\nTYPED\n"
    assert read_output(project) == b"[True, False, True]\n6\nTYPED"


def test_supports_full_screen_programs(project):
    """In the raw mode that the program sets, a line feed only moves the cursor down."""
    project.write(
        "train.py",
        "import os, tty\ntty.setraw(0)\nos.write(1, b'ab\\ncd' + b'\\r\\n')\nkey = os.read(0, 1)\n"
        "os.write(1, b'key %d\\r\\n' % key[0])\n",
    )
    bash = start_shell(project)
    bash.sendline(quote_gage("run", "train.py", "-y"))
    bash.expect_exact("ab\ncd\r\n")
    bash.send("\x03")  # a key like any other
    bash.expect_exact("key 3")
    bash.expect_exact("READY> ")
    bash.sendline("echo code $?; echo lines; stty -a")
    bash.expect_exact("code 0\r\n")
    bash.expect("[^-]opost")
    assert project.latest().status == "completed"


def test_forwards_window_size_changes(project):
    project.write(
        "train.py",
        "import os, signal\nsignal.signal(signal.SIGWINCH, lambda *_: None)\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])\nprint('ready', flush=True)\n"
        "signal.sigwait([signal.SIGWINCH])\nprint(os.get_terminal_size(2), os.get_terminal_size(1))\n",
    )
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect("ready")
    child.setwinsize(33, 55)
    child.expect_exact("columns=55, lines=33")
    child.expect_exact("columns=55, lines=33")
    child.expect(pexpect.EOF)


def test_suspends_and_resumes_in_the_background(project):
    project.write(
        "train.py",
        "import os, time\nprint('pid', os.getpid(), flush=True)\n"
        + wait_for_file_source(project.dir / "go")
        + "print('name', input('name? '))\n",
    )
    bash = start_shell(project)
    bash.sendline(quote_gage("run", "train.py", "-y"))
    bash.expect(r"pid (\d+)\r")
    pid = int(bash.match[1])
    bash.send("\x1a")
    bash.expect_exact("Stopped")
    wait_until(lambda: is_stopped(pid))
    bash.sendline("bg; stty -a | grep -o ' echo ' || echo quiet")
    bash.expect_exact("quiet")  # the shell has its terminal settings again
    bash.sendline("fg")
    (project.dir / "go").touch()
    bash.expect_exact("name? ")
    bash.sendline("sam")
    bash.expect_exact("name sam")
    bash.expect_exact("READY> ")
    assert project.latest().status == "completed"


def test_reads_nothing_from_the_terminal_in_the_background(project):
    project.write("train.py", "import sys\nprint(repr(sys.stdin.read()))\n")
    bash = start_shell(project)
    bash.sendline(f"{quote_gage('run', 'train.py', '-y')} & wait; echo waited")
    bash.expect_exact("''")
    bash.expect_exact("waited")
    assert project.latest().status == "completed"


def test_accepts_typing_ahead(project):
    """More than a terminal holds: Gage does not wait for the program, and Ctrl-C still works."""
    project.write("train.py", "import time, tty\ntty.setcbreak(0)\nprint('ready', flush=True)\ntime.sleep(60)\n")
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect("ready")
    for _ in range(20):
        child.send("x" * 1000)
    os.kill(child.pid, signal.SIGINT)
    assert wait_for_exit(child) == 130


def test_survives_a_closed_terminal(project):
    project.write("train.py", "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(60)\n")
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect(r"pid (\d+)")
    pid = int(child.match[1])
    child.close(force=False)  # closes it, which sends SIGHUP
    wait_until(lambda: project.latest().status != "running")
    assert project.latest().status == "terminated"
    assert not is_alive(pid)


def test_interrupts_the_debugger_as_by_hand(project):
    project.write(
        "train.py",
        "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\nexcept KeyboardInterrupt:\n"
        "    print('caught')\n    print(input('more? '))\n",
    )
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect("ready")
    child.send("\x03")
    child.expect_exact("more? ")
    child.send("yes\r")
    assert wait_for_exit(child) == 130
    run = project.latest()
    assert run.status == "terminated"
    assert b"yes" in read_output(project)


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of another kind")
def test_stops_children_of_a_stopped_program(project):
    """Children that ignore the signal are killed a little later."""
    project.write(
        "train.py",
        "import subprocess, sys, time\n"
        "code = 'import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (2, 15)]; print(1); time.sleep(60)'\n"
        "child = subprocess.Popen([sys.executable, '-uc', code], stdout=subprocess.PIPE)\nchild.stdout.readline()\n"
        "print('pid', child.pid, flush=True)\ntime.sleep(60)\n",
    )
    process = project.spawn("run", "train.py")
    pid = int(process.stdout.readline().split()[1])
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143
    wait_until(lambda: not is_alive(pid))
