"""Pseudo terminals for a program, and the user's own terminal while the program has it. Knows no run."""

import fcntl
import os
import struct
import termios
from dataclasses import dataclass

INTERRUPT, SUSPEND = b"\x03", b"\x1a"


@dataclass(frozen=True, slots=True)
class Pty:
    """A pseudo terminal: the side that Gage reads, and the one that the program gets."""

    master: int
    slave: int


def open_pty() -> Pty:
    """A pseudo terminal that hands on bytes as they are written, as large as the user's."""
    master, slave = os.openpty()
    attrs = termios.tcgetattr(slave)
    attrs[1] &= ~termios.ONLCR  # the user's own terminal adds the carriage returns
    termios.tcsetattr(slave, termios.TCSANOW, attrs)
    copy_size(master)
    return Pty(master, slave)


def copy_size(master: int) -> None:
    """Make the pseudo terminal as large as the user's; 80 × 24 where there is none to copy."""
    size = struct.pack("HHHH", 24, 80, 0, 0)
    for fd in (1, 2, 0):
        try:
            found = fcntl.ioctl(fd, termios.TIOCGWINSZ, b"\0" * 8)
        except OSError:
            continue
        if struct.unpack("HHHH", found)[1]:
            size = found
            break
    fcntl.ioctl(master, termios.TIOCSWINSZ, size)


def take_control() -> None:
    """In the program's process, before it starts: standard output becomes its controlling terminal."""
    fcntl.ioctl(1, termios.TIOCSCTTY, 0)


def has_signals(master: int) -> bool:
    """Whether keys such as Ctrl-C make signals in the program's terminal now."""
    try:
        return bool(termios.tcgetattr(master)[3] & termios.ISIG)
    except termios.error:
        return False


class Keys:
    """The user's terminal while every key goes to the program; put back by `restore`."""

    def __init__(self) -> None:
        self._before = termios.tcgetattr(0)

    def take(self) -> None:
        """Keys come one by one, unseen and without meaning; output stays as it is."""
        attrs = termios.tcgetattr(0)
        attrs[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
        attrs[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        attrs[6][termios.VMIN], attrs[6][termios.VTIME] = 1, 0
        termios.tcsetattr(0, termios.TCSADRAIN, attrs)

    def restore(self) -> None:
        """As it was."""
        try:
            termios.tcsetattr(0, termios.TCSADRAIN, self._before)
        except termios.error:
            pass  # the terminal is gone
