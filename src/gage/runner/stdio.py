"""The standard streams of a program: pipes or pseudo terminals, and how the program is started with them."""

import fcntl
import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.types.errors import RunFailed

TERMINAL_STREAM = 0
"""The stream of what the program's terminal itself shows, such as typed characters, if standard output is not one."""

_PIPE_BYTES = 1 << 20


class UserStreams(NamedTuple):
    """The user's streams that are terminals.

    With `has_keyboard`, what the user types is forwarded to the program. With `debugging`, Ctrl-C belongs to the
    program's debugger and does not end the run.
    """

    out_is_terminal: bool = False
    err_is_terminal: bool = False
    has_keyboard: bool = False
    debugging: bool = False

    @classmethod
    def from_process(cls, debugging: bool = False) -> "UserStreams":
        """Returns those of this process."""
        has_keyboard = False
        if os.isatty(0):
            from gage.runner.terminal import is_foreground

            has_keyboard = is_foreground()
        return cls(os.isatty(1), os.isatty(2), has_keyboard, debugging)


class ProcessSpec(NamedTuple):
    """A process to run: arguments, directory, the whole environment, and a limit in seconds."""

    argv: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    max_time: float | None = None


class ProgramStreams:
    """The ends of a program's streams. `readers`: descriptor on Gage's side → stream, standard output first.

    `terminal` is Gage's side of the terminal that the program has as its own, -1 if it has none.
    """

    def __init__(self, streams: UserStreams) -> None:
        self.readers: dict[int, int] = {}
        self.terminals: list[int] = []
        self.terminal = -1
        self._program_fds: dict[int, int] = {}
        try:
            self._open(1, streams.out_is_terminal)
            self._open(2, streams.err_is_terminal)
            if streams.has_keyboard:
                if not streams.out_is_terminal:
                    self._open(TERMINAL_STREAM, True)
                self.terminal = self.terminals[0 if streams.out_is_terminal else -1]
                self._program_fds[TERMINAL_STREAM] = self._program_fds[
                    1 if streams.out_is_terminal else TERMINAL_STREAM
                ]
        except OSError:
            self.close()
            raise

    def _open(self, stream: int, is_terminal: bool) -> None:
        if is_terminal:
            from gage.runner.terminal import open_pty

            read, write = open_pty()
            self.terminals.append(read)
        else:
            read, write = os.pipe()
            set_pipe_size(read)
        os.set_blocking(read, False)
        self.readers[read] = stream
        self._program_fds[stream] = write

    def start(self, command: ProcessSpec) -> "subprocess.Popen[bytes]":
        """Start the program in a session of its own. Raises RunFailed (code 126 or 127, as a shell has it)."""
        before = None
        if self.terminal >= 0:
            from gage.runner.terminal import acquire_controlling_terminal

            before = acquire_controlling_terminal
        try:
            return subprocess.Popen(
                command.argv,
                stdin=self._standard_input(),
                stdout=self._program_fds[1],
                stderr=self._program_fds[2],
                cwd=command.cwd,
                env=command.env,
                start_new_session=True,
                preexec_fn=before,
            )
        except OSError as e:
            raise _start_error(command, e) from None
        except ValueError:
            raise RunFailed("The command cannot be started: it has a NUL character", code=126) from None
        finally:
            self._close_program_fds()

    def _standard_input(self) -> int | None:
        """Returns the program's terminal; else what Gage has, but not a terminal that it is not in front of."""
        if self.terminal >= 0:
            return self._program_fds[TERMINAL_STREAM]
        return subprocess.DEVNULL if os.isatty(0) else None

    def _close_program_fds(self) -> None:
        for end in set(self._program_fds.values()):
            os.close(end)
        self._program_fds.clear()

    def close(self) -> None:
        """Let go of all of it."""
        self._close_program_fds()
        for fd in self.readers:
            os.close(fd)
        self.readers.clear()


def set_pipe_size(pipe: int) -> None:
    """Lets a process write a lot before it has to wait for the one that reads."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (AttributeError, OSError):
        pass  # not possible on this system: the default size is fine


def _start_error(command: ProcessSpec, error: OSError) -> RunFailed:
    name = command.argv[0]
    if not os.path.isdir(command.cwd):
        return RunFailed(f"The run directory no longer exists: {command.cwd}", code=126)
    if isinstance(error, FileNotFoundError):
        return RunFailed(f"Command not found: {name}", f"Try: which {name}", 127)
    return RunFailed(f"{name} cannot be started: {error.strerror}", f"Try: ls -l {name}", 126)
