"""Pseudo terminals for a program, and the mode of the user's terminal while the program runs. Knows no run."""

import fcntl
import os
import struct
import termios

_DEFAULT_SIZE = (24, 80, 0, 0)
_DISABLED_KEY = b"\0"
_MAX_TYPED_BYTES = 1 << 16


def open_pty() -> tuple[int, int]:
    """Opens a pseudo terminal of the user's window size. Returns Gage's side and the program's side.

    It adds no carriage returns: the user's own terminal does.
    """
    master, slave = os.openpty()
    attrs = termios.tcgetattr(slave)
    attrs[1] &= ~termios.ONLCR
    termios.tcsetattr(slave, termios.TCSANOW, attrs)
    copy_window_size(master)
    return master, slave


def copy_window_size(master: int) -> None:
    """Copies the window size of the user's terminal; 80 × 24 if there is none."""
    size = next(filter(None, map(_read_window_size, (1, 2, 0))), None) or struct.pack("HHHH", *_DEFAULT_SIZE)
    try:
        fcntl.ioctl(master, termios.TIOCSWINSZ, size)
    except OSError:
        pass  # the program has closed it


def _read_window_size(fd: int) -> bytes | None:
    try:
        size = fcntl.ioctl(fd, termios.TIOCGWINSZ, b"\0" * 8)
    except OSError:
        return None
    return size if struct.unpack("HHHH", size)[1] else None


def acquire_controlling_terminal() -> None:  # pragma: no cover - runs in the program's process
    """Makes standard input the controlling terminal. Runs in the program's process before it starts."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def is_foreground() -> bool:
    """Returns whether standard input is a terminal and this process is in its foreground group."""
    try:
        return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def _signal_keys(master: int) -> tuple[bytes, bytes]:
    """Returns the program's interrupt and suspend keys (Ctrl-C, Ctrl-Z); empty if they have no effect now."""
    try:
        attrs = termios.tcgetattr(master)
    except termios.error:
        return b"", b""
    if not attrs[3] & termios.ISIG:
        return b"", b""
    keys = attrs[6]
    return _key_bytes(keys[termios.VINTR]), _key_bytes(keys[termios.VSUSP])


def _key_bytes(key: bytes | int) -> bytes:
    raw = bytes((key,)) if isinstance(key, int) else key
    return b"" if raw == _DISABLED_KEY else raw


class Keyboard:
    """Forwards keys from the user's terminal to the program's terminal `master`."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._saved_mode = termios.tcgetattr(0)
        self._mirrored = (0, 0)
        self._is_grabbed = False
        self._typed = b""

    @property
    def is_listening(self) -> bool:
        """Returns whether keys can be read now."""
        return self._is_grabbed and len(self._typed) < _MAX_TYPED_BYTES

    @property
    def has_pending(self) -> bool:
        """Returns whether the program has not read all keys yet."""
        return bool(self._typed)

    def grab(self) -> None:
        """Switches the user's terminal to raw keys, if Gage is in the foreground."""
        if not self._is_grabbed and is_foreground():
            self._is_grabbed = True
            self._mirrored = (-1, -1)
            self.mirror_mode()

    def mirror_mode(self) -> None:
        """Sets output processing and Ctrl-S/Ctrl-Q of the user's terminal as the program set its own."""
        try:
            attrs = termios.tcgetattr(self._master)
            like = (attrs[0] & termios.IXON, attrs[1] & termios.OPOST)
            if self._is_grabbed and like != self._mirrored:
                termios.tcsetattr(0, termios.TCSADRAIN, self._raw_mode(*like))
                self._mirrored = like
        except termios.error:
            pass  # one of the two is gone

    def _raw_mode(self, halting: int, output: int) -> "list[int | list[bytes | int]]":
        attrs = termios.tcgetattr(0)
        attrs[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP | termios.BRKINT | termios.IXON)
        attrs[0] |= halting & self._saved_mode[0]
        attrs[1] = self._saved_mode[1] & ~termios.OPOST | output & self._saved_mode[1]
        attrs[3] &= ~(termios.ICANON | termios.ECHO | termios.ECHONL | termios.ISIG | termios.IEXTEN)
        attrs[6][termios.VMIN], attrs[6][termios.VTIME] = 1, 0
        return attrs

    def read(self) -> tuple[int, bool]:
        """Forwards typed keys. Returns how often the interrupt key was among them, and whether the suspend key was.

        Keys after the suspend key wait for `flush`. Raises EOFError when the user's terminal is gone.
        """
        try:
            data = os.read(0, 4096)
        except OSError:
            data = b""
        if not data:
            self._is_grabbed = False
            raise EOFError
        interrupt, suspend = _signal_keys(self._master)
        before, pressed, after = data.partition(suspend) if suspend else (data, b"", b"")
        self._typed += before
        self.flush()
        self._typed += after
        return (before + after).count(interrupt) if interrupt else 0, bool(pressed)

    def flush(self) -> None:
        """Forwards as many waiting keys as the program's terminal accepts."""
        try:
            while self._typed:
                self._typed = self._typed[os.write(self._master, self._typed) :]
        except BlockingIOError:
            pass  # the rest follows when the program has read some
        except OSError:
            self._typed = b""  # it has closed its terminal

    def echo(self, data: bytes) -> None:
        """Shows text of the program's terminal that is not output, such as echoed keys, on the user's terminal."""
        try:
            while data:
                data = data[os.write(0, data) :]
        except OSError:
            pass  # the terminal is gone

    def restore(self) -> None:
        """Resets the mode of the user's terminal."""
        if self._is_grabbed and is_foreground():
            try:
                termios.tcsetattr(0, termios.TCSADRAIN, self._saved_mode)
            except termios.error:
                pass  # the terminal is gone
        self._is_grabbed = False
