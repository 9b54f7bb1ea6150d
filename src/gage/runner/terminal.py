"""Pseudo terminals for a program, and the user's own terminal while the program has it. Knows no run."""

import fcntl
import os
import struct
import termios

_NO_SIZE = (24, 80, 0, 0)
_VDISABLE = b"\0"


def open_pty() -> tuple[int, int]:
    """A pseudo terminal as large as the user's: the side that Gage reads, and the one that the program gets.

    Bytes come out as they were written: the user's own terminal is the one that adds carriage returns.
    """
    master, slave = os.openpty()
    attrs = termios.tcgetattr(slave)
    attrs[1] &= ~termios.ONLCR
    termios.tcsetattr(slave, termios.TCSANOW, attrs)
    copy_size(master)
    return master, slave


def copy_size(master: int) -> None:
    """Make the pseudo terminal as large as the user's; 80 × 24 where there is none to copy."""
    size = next(filter(None, map(_size, (1, 2, 0))), None) or struct.pack("HHHH", *_NO_SIZE)
    try:
        fcntl.ioctl(master, termios.TIOCSWINSZ, size)
    except OSError:
        pass  # the program has closed it


def _size(fd: int) -> bytes | None:
    try:
        found = fcntl.ioctl(fd, termios.TIOCGWINSZ, b"\0" * 8)
    except OSError:
        return None
    return found if struct.unpack("HHHH", found)[1] else None


def take_control() -> None:
    """In the program's process, before it starts: its standard input becomes its controlling terminal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def is_in_front() -> bool:
    """Whether standard input is a terminal and this process is one of those that it talks to."""
    try:
        return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def signal_keys(master: int) -> tuple[bytes, bytes]:
    """The keys that interrupt and suspend the program now (Ctrl-C, Ctrl-Z), empty where they mean nothing."""
    try:
        attrs = termios.tcgetattr(master)
    except termios.error:
        return b"", b""
    if not attrs[3] & termios.ISIG:
        return b"", b""
    keys = attrs[6]
    return _key(keys[termios.VINTR]), _key(keys[termios.VSUSP])


def _key(key: bytes | int) -> bytes:
    raw = bytes((key,)) if isinstance(key, int) else key
    return b"" if raw == _VDISABLE else raw


class Keys:
    """The user's terminal while every key goes to the program; put back by `restore`."""

    def __init__(self) -> None:
        self._before = termios.tcgetattr(0)
        self._like = (0, 0)
        self.taken = False

    def take(self, master: int) -> None:
        """Keys come one by one, unseen and without meaning; output stays as it is. Only when Gage is in front."""
        if not is_in_front():
            return
        self.taken = True
        self._like = (-1, -1)
        self.follow(master)

    def follow(self, master: int) -> None:
        """Let the user's terminal treat output, and the keys that halt it, as the program asked its own to."""
        try:
            attrs = termios.tcgetattr(master)
            like = (attrs[0] & termios.IXON, attrs[1] & termios.OPOST)
            if self.taken and like != self._like:
                termios.tcsetattr(0, termios.TCSADRAIN, self._raw(*like))
                self._like = like
        except termios.error:
            pass  # one of the two is gone

    def _raw(self, halting: int, output: int) -> "list[int | list[bytes | int]]":
        attrs = termios.tcgetattr(0)
        attrs[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP | termios.BRKINT | termios.IXON)
        attrs[0] |= halting & self._before[0]
        attrs[1] = self._before[1] & ~termios.OPOST | output & self._before[1]
        attrs[3] &= ~(termios.ICANON | termios.ECHO | termios.ECHONL | termios.ISIG | termios.IEXTEN)
        attrs[6][termios.VMIN], attrs[6][termios.VTIME] = 1, 0
        return attrs

    def restore(self) -> None:
        """As it was."""
        if self.taken and is_in_front():
            try:
                termios.tcsetattr(0, termios.TCSADRAIN, self._before)
            except termios.error:
                pass  # the terminal is gone
        self.taken = False
