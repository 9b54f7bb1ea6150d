"""Runs one command to its end: what it writes is handed on at once, signals reach all of it. Knows no run."""

import errno
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

from gage.lib.times import now_us
from gage.types.errors import RunFailed
from gage.types.events import Events

CHUNK = 1 << 16
TICK = 0.5
"""Seconds between looks at the clock."""
DRAIN = 0.3
"""How long output is waited for after the program has ended: others may hold its streams open for ever."""
BEAT = 10.0
GRACE = 10.0
"""Seconds from a gentle end to a certain one when the time is up."""
TWICE = 10.0
"""Two Ctrl-C keys within these seconds mean: at once."""

STOPPED = {signal.SIGINT: 130, signal.SIGTERM: 143, getattr(signal, "SIGHUP", 1): 129}


class Writer(Protocol):
    """Keeps what the program writes."""

    def write(self, stream: int, data: bytes, when: int) -> None:
        """Bytes of a stream, at µs since the epoch."""

    def tick(self, now: int) -> None:
        """Time goes by."""

    def finish(self, when: int) -> None:
        """The program is done."""


class StreamsLike(Protocol):
    """Which of the user's streams are terminals."""

    @property
    def out_is_terminal(self) -> bool: ...
    @property
    def err_is_terminal(self) -> bool: ...
    @property
    def keys(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: words, folder, whole environment, and a limit in seconds."""

    argv: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    max_time: float | None = None


def run_process(
    command: Command, streams: StreamsLike, writer: Writer, events: Events, beat: Callable[[], None]
) -> int:
    """Run the command; its exit code, negative for a signal, or 128 + the signal that it was told to end with.

    Raises RunFailed when it cannot be started (code 126 or 127, as a shell has it).
    """
    pump = _Pump(command, streams, writer, events, beat)
    try:
        return pump.run()
    finally:
        pump.close()


class _Pump:
    """One running command with its pipes or pseudo terminals."""

    def __init__(
        self, command: Command, streams: StreamsLike, writer: Writer, events: Events, beat: Callable[[], None]
    ) -> None:
        self.command = command
        self.writer: Writer | None = writer
        self.events = events
        self.beat = beat
        self.told = 0
        self.told_at = 0.0
        self.readers: dict[int, int] = {}
        self.open: set[int] = set()
        self.terminals: list[int] = []
        self.ends: list[int] = []
        self.keys_to = -1
        for stream, is_terminal in ((1, streams.out_is_terminal), (2, streams.err_is_terminal)):
            self._channel(stream, is_terminal)
        if streams.keys and streams.out_is_terminal:
            self.keys_to = self.terminals[0]

    def _channel(self, stream: int, is_terminal: bool) -> None:
        if is_terminal:
            from gage.runner.terminal import open_pty

            pty = open_pty()
            read, write = pty.master, pty.slave
            self.terminals.append(read)
        else:
            read, write = os.pipe()
        self.readers[read] = stream
        self.open.add(read)
        self.ends.append(write)

    def run(self) -> int:
        handlers = self._catch_signals()
        keys = None
        try:
            process = self._start()
            for end in self.ends:
                os.close(end)
            self.ends.clear()
            if self.keys_to >= 0:
                from gage.runner.terminal import Keys

                keys = Keys()
                keys.take()
                self.keys = keys
            self._follow()
            self._drain()
        finally:
            if keys:
                keys.restore()
            for number, handler in handlers.items():
                signal.signal(number, handler)
        if self.writer:
            self._keep(lambda w: w.finish(now_us()))
        return STOPPED.get(signal.Signals(self.told), 143) if self.told else process.returncode

    def _start(self) -> "subprocess.Popen[bytes]":
        before = None
        if self.keys_to >= 0:
            from gage.runner.terminal import take_control

            before = take_control
        try:
            self.process = subprocess.Popen(
                self.command.argv,
                stdin=self.ends[0] if self.keys_to >= 0 else None,
                stdout=self.ends[0],
                stderr=self.ends[1],
                cwd=self.command.cwd,
                env=self.command.env,
                start_new_session=True,
                preexec_fn=before,
            )
        except OSError as e:
            raise _cannot_start(self.command, e) from None
        self.started = time.monotonic()
        return self.process

    def _follow(self) -> None:
        """Hand on what comes until the program has ended."""
        poll = select.poll()
        for fd in self.open:
            poll.register(fd, select.POLLIN | select.POLLHUP)
        if self.keys_to >= 0:
            poll.register(0, select.POLLIN)
        ended = _end_of(self.process.pid)
        if ended >= 0:
            poll.register(ended, select.POLLIN)
        last_beat = last_tick = 0.0
        try:
            while self.process.poll() is None:
                for fd, _ in poll.poll((TICK if ended >= 0 else 0.02) * 1000):
                    if fd == 0:
                        self._key(poll)
                    elif fd in self.readers and not self._read(fd):
                        poll.unregister(fd)
                now = time.monotonic()
                if now - last_tick >= TICK:
                    last_tick = now
                    self._tick(now)
                if now - last_beat >= BEAT:
                    last_beat = now
                    self.beat()
        finally:
            if ended >= 0:
                os.close(ended)

    def _tick(self, now: float) -> None:
        self._keep(lambda w: w.tick(now_us()))
        limit = self.command.max_time
        if limit is not None and now - self.started >= limit and not self.told:
            self.events.notice(f"The time limit of {limit:g} s is reached: the run is stopped")
            self._tell(signal.SIGTERM)
        if limit is not None and self.told and now - self.told_at >= GRACE and now - self.started >= limit + GRACE:
            self._signal(signal.SIGKILL)

    def _read(self, fd: int) -> bool:
        """Take what is there; False at the end of the stream."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return True
        except OSError as e:
            if e.errno != errno.EIO:  # the end of a pseudo terminal
                raise
            data = b""
        if not data:
            self.open.discard(fd)
            return False
        stream = self.readers[fd]
        self.events.output(stream, data)
        self._keep(lambda w: w.write(stream, data, now_us()))
        return True

    def _keep(self, write: Callable[[Writer], None]) -> None:
        """Keep output; if that cannot be done (a full disk), say so once and let the program go on."""
        if self.writer is None:
            return
        try:
            write(self.writer)
        except OSError as e:
            self.writer = None
            self.events.notice(f"The output is not kept from here on: {e.strerror}")

    def _drain(self) -> None:
        """Take what the program left in its streams; nobody is waited for long."""
        until = time.monotonic() + DRAIN
        while self.open and time.monotonic() < until:
            ready = select.select(list(self.open), [], [], 0.05)[0]
            if not ready:
                return
            for fd in ready:
                self._read(fd)

    def _key(self, poll: select.poll) -> None:
        """Hand on what the user typed."""
        from gage.runner.terminal import INTERRUPT, SUSPEND, has_signals

        try:
            data = os.read(0, 4096)
        except OSError:
            data = b""
        if not data:
            poll.unregister(0)
            return
        means_signal = has_signals(self.keys_to)
        if SUSPEND in data and means_signal:
            self._suspend()
            data = data.replace(SUSPEND, b"")
        if INTERRUPT in data and means_signal:
            self._interrupt_key()
        _write(self.keys_to, data)

    def _interrupt_key(self) -> None:
        """Ctrl-C: the terminal tells the program itself; a second one soon after ends it at once."""
        now = time.monotonic()
        if self.told and now - self.told_at < TWICE:
            self._signal(signal.SIGKILL)
        self.told, self.told_at = signal.SIGINT, now

    def _suspend(self) -> None:
        """Ctrl-Z: the program stops, and so does Gage, until the shell lets it go on."""
        self._signal(signal.SIGTSTP)
        self.keys.restore()
        os.kill(os.getpid(), signal.SIGSTOP)
        self.keys.take()
        self._signal(signal.SIGCONT)

    def _catch_signals(self) -> "dict[int, signal._HANDLER]":
        """Signals to Gage are for the program. None can be caught outside of the main thread."""
        wanted: dict[int, Callable[[int, FrameType | None], None]] = {
            signal.SIGINT: self._on_signal,
            signal.SIGTERM: self._on_signal,
            signal.SIGHUP: self._on_signal,
            signal.SIGWINCH: self._on_resize,
        }
        try:
            return {number: signal.signal(number, handler) for number, handler in wanted.items()}
        except ValueError:
            return {}

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self._signal(signal.SIGKILL) if self.told else self._tell(number)

    def _on_resize(self, _: int, __: FrameType | None) -> None:
        from gage.runner.terminal import copy_size

        for master in self.terminals:
            copy_size(master)

    def _tell(self, number: int) -> None:
        self.told, self.told_at = number, time.monotonic()
        self._signal(number)

    def _signal(self, number: int) -> None:
        """To the whole process group."""
        process = getattr(self, "process", None)
        if process is not None and process.returncode is None:
            try:
                os.killpg(process.pid, number)
            except (ProcessLookupError, PermissionError):
                pass

    def close(self) -> None:
        for fd in (*self.readers, *self.ends):
            try:
                os.close(fd)
            except OSError:
                pass


def _end_of(pid: int) -> int:
    """A descriptor that becomes readable when the process ends; -1 where the system has none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return -1


def _write(fd: int, data: bytes) -> None:
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError:
        pass  # the program has closed its terminal


def _cannot_start(command: Command, error: OSError) -> RunFailed:
    name = command.argv[0]
    if not os.path.isdir(command.cwd):
        return RunFailed(f"The run's folder is gone: {command.cwd}", code=126)
    if isinstance(error, FileNotFoundError):
        return RunFailed(f"Command not found: {name}", f"Try: which {name}", 127)
    return RunFailed(f"{name} cannot be started: {error.strerror}", f"Try: ls -l {name}", 126)
