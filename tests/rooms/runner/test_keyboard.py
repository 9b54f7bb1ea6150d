"""Terminals that disappear or accept no more keys, and a signal while a program starts."""

import os
import signal
import termios
import tty

import pytest
from runs import Project

from gage.runner import terminal
from gage.runner.stdio import ProgramStreams
from gage.runner.terminal import Keyboard


@pytest.fixture
def user_terminal():
    """Puts a pseudo terminal into the place of standard input. It is not the controlling terminal."""
    saved = os.dup(0)
    master, slave = os.openpty()
    os.dup2(slave, 0)
    yield master
    os.dup2(saved, 0)
    for fd in (saved, master, slave):
        os.close(fd)


@pytest.fixture
def program_terminal():
    master, slave = terminal.open_pty()
    os.set_blocking(master, False)
    yield master
    os.close(master)
    os.close(slave)


def replace_stdin_by_pipe(end):
    """Puts an end of a pipe into the place of standard input: the user's terminal is gone."""
    ends = os.pipe()
    os.dup2(ends[end], 0)
    for fd in ends:
        os.close(fd)


def make_closed_fd():
    fd = os.open(os.devnull, os.O_RDONLY)
    os.close(fd)
    return fd


def test_terminal_without_control_is_not_in_the_foreground(user_terminal):
    assert os.isatty(0)
    assert not terminal.is_foreground()


def test_ignores_a_program_terminal_that_is_closed(user_terminal):
    fd = make_closed_fd()
    terminal.copy_window_size(fd)
    assert terminal._signal_keys(fd) == (b"", b"")
    keys = Keyboard(fd)
    keys._is_grabbed = True
    keys.mirror_mode()
    keys._typed = b"x"
    keys.flush()
    assert not keys.has_pending


def test_ends_when_the_users_terminal_is_gone(user_terminal, program_terminal, monkeypatch):
    keys = Keyboard(program_terminal)
    keys._is_grabbed = True
    replace_stdin_by_pipe(0)
    keys.echo(b"x")
    monkeypatch.setattr(terminal, "is_foreground", lambda: True)
    keys.restore()
    replace_stdin_by_pipe(1)
    with pytest.raises(EOFError):
        keys.read()
    assert not keys.is_listening


def test_preserves_keys_that_the_program_does_not_read(user_terminal, program_terminal):
    tty.setraw(program_terminal, termios.TCSANOW)
    keys = Keyboard(program_terminal)
    keys._typed = b"x" * (1 << 20)
    keys.flush()
    assert keys.has_pending


def test_forwards_a_signal_that_arrives_while_finalize_starts(tmp_path, monkeypatch):
    project = Project(tmp_path)
    project.write("gage.toml", '[train.exec]\nrun = "true"\nfinalize = "exec sleep 60"\n')
    start = ProgramStreams.start

    def start_and_signal(streams, command):
        process = start(streams, command)
        if "sleep" in str(command.argv):
            os.kill(os.getpid(), signal.SIGTERM)
        return process

    monkeypatch.setattr(ProgramStreams, "start", start_and_signal)
    run = project.run("train")
    assert "finalize failed with exit code 143" in project.read(run, "log/runner")
