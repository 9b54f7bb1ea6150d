"""Runs one command to its end: what it writes is handed on at once, signals reach all of it. Knows no run."""

import errno
import os
import select
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from gage.lib.times import now_us
from gage.runner.signals import TWICE, Told
from gage.runner.stdio import KEYS, Channels, Command, StreamsLike
from gage.types.errors import GageError
from gage.types.events import Events

if TYPE_CHECKING:
    from gage.runner.terminal import Keys

PIECE = 1 << 16
MOST_PIECES = 16
"""What is taken of one stream before the other is looked at."""
TICK = 0.5
"""Seconds between looks at the clock."""
DRAIN = 0.3
"""How long output is waited for after the program has ended: others may hold its streams open for ever."""
BUFFERED = 2 << 20
"""More than the program can have left in its streams, in bytes."""
BEAT = 10.0
"""Seconds between signs of life of a run."""
GRACE = 10.0
"""Seconds from a gentle end to a certain one when the time is up."""
LINGER = 3.0
"""Seconds that processes of a program that was told to end have after its own end."""


class Writer(Protocol):
    """Keeps what the program writes."""

    def write(self, stream: int, data: bytes, when: int) -> None:
        """Bytes of a stream, at µs since the epoch."""

    def tick(self, now: int) -> None:
        """Time goes by."""

    def finish(self, when: int) -> None:
        """The program is done."""


def run_process(
    command: Command,
    streams: StreamsLike,
    writer: Writer,
    events: Events,
    beat: Callable[[], None],
    told: Told | None = None,
) -> int:
    """Run the command; its exit code, negative for a signal, or 128 + the signal that it was told to end with.

    `told` hears the signals; without it nobody does. Raises RunFailed when the command cannot be started (code 126 or
    127, as a shell has it).
    """
    channels = Channels(streams)
    try:
        return _Pump(command, channels, writer, events, beat, told or Told()).run()
    finally:
        channels.close()


class _Pump:
    """One running command."""

    def __init__(
        self,
        command: Command,
        channels: Channels,
        writer: Writer,
        events: Events,
        beat: Callable[[], None],
        told: Told,
    ) -> None:
        self.command = command
        self.channels = channels
        self.writer: Writer | None = writer
        self.events = events
        self.beat = beat
        self.told = told
        self.open = set(channels.readers)
        self.keys: Keys | None = None
        self.overdue = float("inf")

    def run(self) -> int:
        """Start, follow to the end, tidy up; the exit code."""
        earlier = self.told.number
        self.process = self.channels.start(self.command)
        self.started = time.monotonic()
        self.told.listener = self._hear
        unlisten = self._listen()
        try:
            if self.told.number != earlier:  # while it was being started
                self._signal(self.told.number)
            self._take_keys()
            self._follow()
            self._drain()
            if self.told.number:
                self._end_rest()
        finally:
            unlisten()
            self.told.listener = None
            if self.keys:
                self.keys.restore()
        self._keep(lambda w: w.finish(now_us()))
        return self.told.code or self.process.returncode

    def _follow(self) -> None:
        """Hand on what comes until the program has ended."""
        ended = _end_of(self.process.pid)
        last_beat = last_tick = time.monotonic()
        try:
            while self.process.poll() is None:
                self._hand_on(TICK if ended >= 0 else 0.02, ended)
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

    def _hand_on(self, seconds: float, ended: int = -1) -> int:
        """Wait for something to happen, at most so long; how many bytes the program wrote."""
        keys = self.keys
        wanted = [*self.open, *([0] if keys and keys.is_listening else []), *([ended] if ended >= 0 else [])]
        full = [self.channels.terminal] if keys and keys.are_waiting else []
        ready, writable, _ = select.select(wanted, full, [], seconds)
        if keys and writable:
            keys.hand_on()
        if keys and 0 in ready:
            self._read_keys(keys)
        # standard output first: what was printed before an error stands before it
        return sum(self._read_all(fd) for fd in self.channels.readers if fd in ready)

    def _tick(self, now: float) -> None:
        self._keep(lambda w: w.tick(now_us()))
        limit = self.command.max_time
        if limit is not None and now - self.started >= limit and not self.told.number:
            self.events.notice(f"The time limit of {limit:g} s is reached: the run is stopped")
            self.overdue = now + GRACE
            self._hear(signal.SIGTERM)
        if now >= self.overdue:
            self._signal(signal.SIGKILL)
        if self.keys:
            self.keys.take()  # in front again

    def _read_all(self, fd: int) -> int:
        """Take what is there, piece by piece up to a limit; how many bytes."""
        total = 0
        for _ in range(MOST_PIECES):
            data = self._read(fd)
            if not data:
                break
            total += len(data)
            self._show(self.channels.readers[fd], data)
        return total

    def _read(self, fd: int) -> bytes:
        """A piece of what is there. Empty when there is nothing now, or ever again: then it is no longer open."""
        try:
            data = os.read(fd, PIECE)
        except BlockingIOError:
            return b""
        except OSError as e:
            if e.errno != errno.EIO:  # the end of a pseudo terminal
                raise
            data = b""
        if not data:
            self.open.discard(fd)
        return data

    def _show(self, stream: int, data: bytes) -> None:
        if self.keys:
            self.keys.follow()
            if stream == KEYS:
                self.keys.show(data)
                return
        self._keep(lambda w: w.write(stream, data, now_us()))  # first: what was seen is there if Gage is killed now
        self.events.output(stream, data)

    def _keep(self, write: Callable[[Writer], None]) -> None:
        """Keep output; if that cannot be done (a full disk), say so once and let the program go on."""
        if self.writer is None:
            return
        try:
            write(self.writer)
        except (OSError, GageError) as e:
            self.writer = None
            why = e.message if isinstance(e, GageError) else e.strerror
            self.events.notice(f"The output is not kept from here on, but the program goes on: {why}")

    def _drain(self) -> None:
        """Take what the program left in its streams; nobody else who has them open is waited for."""
        until = time.monotonic() + DRAIN
        pause = 0.1 if self.channels.terminals else 0.0  # what is written to a terminal comes a little later
        taken = 0
        while self.open and (time.monotonic() < until or taken < BUFFERED):
            came = self._hand_on(pause)
            if not came and not select.select(list(self.open), [], [], 0)[0]:
                return
            taken += came

    def _end_rest(self) -> None:
        """All of a run that was told to end comes to an end."""
        until = time.monotonic() + LINGER
        while time.monotonic() < until and self._signal(0):
            self._hand_on(0.05)
        self._signal(signal.SIGKILL)

    def _take_keys(self) -> None:
        if self.channels.terminal >= 0:
            from gage.runner.terminal import Keys

            self.keys = Keys(self.channels.terminal)
            self.keys.take()

    def _read_keys(self, keys: "Keys") -> None:
        """Hand on what the user typed. The program's terminal makes signals of it; Gage only takes note."""
        try:
            interrupts, suspend = keys.read()
        except EOFError:
            return
        for _ in range(0 if self.command.takes_interrupts else interrupts):
            if self.told.is_second(signal.SIGINT, TWICE):
                self._signal(signal.SIGKILL)
        if suspend:
            self._suspend()
            keys.hand_on()

    def _suspend(self, group: int = 0) -> None:
        """Ctrl-Z: the program stops, and so does Gage with all that the shell started beside it, until it goes on."""
        self._signal(signal.SIGSTOP)
        if self.keys:
            self.keys.restore()
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(group, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
        if self.keys:
            self.keys.take()
        self._signal(signal.SIGCONT)

    def _resize(self) -> None:
        from gage.runner.terminal import copy_size

        # the program's own terminal last: that one tells the program, which may then look at any of them
        for terminal in sorted(self.channels.terminals, key=lambda each: each == self.channels.terminal):
            copy_size(terminal)

    def _listen(self) -> Callable[[], None]:
        """Take part in what happens to the user's terminal: its size, its Ctrl-Z; what ends that."""
        try:
            size = signal.signal(signal.SIGWINCH, lambda *_: self._resize())
            halt = signal.signal(signal.SIGTSTP, lambda *_: self._suspend(os.getpid()))
        except ValueError:
            return lambda: None  # no signals outside of the main thread

        def end() -> None:
            signal.signal(signal.SIGWINCH, size)
            signal.signal(signal.SIGTSTP, halt)

        return end

    def _hear(self, number: int) -> None:
        """A signal to Gage is for the program: one that ends it for all of it, twice meaning at once."""
        if number not in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            self.process.send_signal(number)
        elif self.told.is_second(number):
            self._signal(signal.SIGKILL)
        else:
            self._signal(number)

    def _signal(self, number: int) -> bool:
        """Send it to the whole process group; whether there is one."""
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def _end_of(pid: int) -> int:
    """A descriptor that becomes readable when the process ends; -1 where the system has none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return -1
