"""Runs one command to its end, forwards its output at once, and signals to its process group. Knows no run."""

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from gage.lib.times import now_us
from gage.runner.end_reason import MAX_TAIL_BYTES
from gage.runner.signals import REPEAT_SECONDS, SignalState
from gage.runner.stdio import TERMINAL_STREAM, ProcessSpec, ProgramStreams, UserStreams
from gage.runner.stream_reader import Chunk, StreamReader
from gage.store.output_log import STDERR, OutputWriter
from gage.types.errors import GageError
from gage.types.events import Events

if TYPE_CHECKING:
    from gage.runner.terminal import Keyboard

TICK_SECONDS = 0.5
"""Seconds between checks of time limit and heartbeat."""
DRAIN_SECONDS = 0.3
"""Seconds to wait for output after the program's end: other processes may hold its streams open for ever."""
MAX_BUFFERED_BYTES = 2 << 20
"""The most that the streams of an ended program can hold: what comes after it is from other processes."""
HEARTBEAT_SECONDS = 10.0
"""Seconds between heartbeats of a run."""
GRACE_SECONDS = 10.0
"""Seconds from SIGTERM to SIGKILL at the time limit."""
LINGER_SECONDS = 3.0
"""Seconds from the end of an interrupted program to SIGKILL for the rest of its processes."""


class ProcessPump:
    """Runs one command: moves its output, the user's keys and signals.

    `stderr_tail` is the end of its standard error; `is_time_over`: it has reached its time limit;
    `is_output_open`: other processes still hold its streams, and what they write is not read.
    Calls `on_start` in a thread as soon as the command runs, and `heartbeat` every HEARTBEAT_SECONDS.
    """

    def __init__(
        self,
        command: ProcessSpec,
        streams: UserStreams,
        writer: OutputWriter,
        events: Events,
        heartbeat: Callable[[], None],
        signals: SignalState,
        on_start: Callable[[], None] | None = None,
    ) -> None:
        self.command = command
        self.is_debugging = streams.debugging
        self.channels = ProgramStreams(streams)
        self.writer = writer
        self.is_output_cut = self.is_stored_again = False
        self.events = events
        self.heartbeat = heartbeat
        self.signals = signals
        self.on_start = on_start
        self.reader = StreamReader(self.channels.readers)
        self.keyboard: Keyboard | None = None
        self.kill_at = float("inf")
        self.is_time_over = self.is_output_open = False
        self.stderr_tail = b""

    def run(self) -> int:
        """Starts the command, follows it to its end and returns its exit code: -N for signal N, or 128 + N if Gage
        ended it with signal N. Raises RunFailed when it cannot be started (code 126 or 127, as in a shell).
        """
        try:
            return self._run()
        finally:
            self.reader.close()
            self.channels.close()

    def _run(self) -> int:
        self._start()
        self.started = time.monotonic()
        unlisten = self._install_terminal_handlers()
        side_work = threading.Thread(target=self.on_start)  # it must not delay output
        side_work.start()
        try:
            self._grab_keyboard()
            self._follow()
            self._drain()
            if self.signals.signal_number:
                self._end_group()
        finally:
            side_work.join()
            unlisten()
            self.signals.listener = None
            if self.keyboard:
                self.keyboard.restore()
        self._store(lambda writer: writer.finish(now_us()))
        return self.signals.exit_code or self.process.returncode

    def _start(self) -> None:
        """Starts the program and listens to signals; those that come while it is being started are delivered then."""
        early: list[int] = []
        self.signals.listener = early.append
        try:
            self.process = self.channels.start(self.command)
            self.signals.listener = self._receive_signal
        except BaseException:
            self.signals.listener = None
            raise
        finally:
            for number in early:
                signal.raise_signal(number)

    def _follow(self) -> None:
        """Forwards output and keys until the program has ended."""
        ended = _open_pidfd(self.process.pid)
        last_beat = last_tick = time.monotonic()
        try:
            while self.process.poll() is None:
                self._forward(TICK_SECONDS if ended >= 0 else 0.02, ended)
                now = time.monotonic()
                if now - last_tick >= TICK_SECONDS:
                    last_tick = now
                    self._tick(now)
                if now - last_beat >= HEARTBEAT_SECONDS:
                    last_beat = now
                    self.heartbeat()
        finally:
            if ended >= 0:
                os.close(ended)

    def _forward(self, seconds: float, ended: int = -1) -> int:
        """Waits at most `seconds` for something to forward. Returns how many bytes the program wrote."""
        keys = self.keyboard
        others = [*([0] if keys and keys.is_listening else []), *([ended] if ended >= 0 else [])]
        full = self.channels.terminal if keys and keys.has_pending else -1
        others_ready = self.reader.wait(seconds, others, full)
        if keys and full in others_ready:
            keys.flush()
        if keys and 0 in others_ready:
            self._forward_keys(keys)
        return sum(self._forward_chunk(chunk) for chunk in self.reader.read())

    def _tick(self, now: float) -> None:
        self._store(lambda writer: writer.tick(now_us()))
        limit = self.command.max_time
        if limit is not None and now - self.started >= limit and not self.signals.signal_number:
            self.events.notice(f"Stopping the run: it has reached its time limit of {limit:g} s")
            self.is_time_over = True
            self.kill_at = now + GRACE_SECONDS
            self._receive_signal(signal.SIGTERM)
        if now >= self.kill_at:
            self._signal_group(signal.SIGKILL)
        if self.keyboard:
            self.keyboard.grab()  # in front again

    def _forward_chunk(self, chunk: Chunk) -> int:
        """Stores and shows what the program wrote. Returns the number of bytes."""
        stream, data = self.channels.readers[chunk.fd], chunk.data
        if self.keyboard:
            self.keyboard.mirror_mode()
            if stream == TERMINAL_STREAM:
                self.keyboard.echo(data)
                return len(data)
        if stream == STDERR:
            self.stderr_tail = (self.stderr_tail + data)[-MAX_TAIL_BYTES:]
        # stored first: if Gage is killed now, what the user saw is there
        self._store(lambda writer: writer.write(stream, data, chunk.when))
        self.events.output(stream, data)
        return len(data)

    def _store(self, write: Callable[[OutputWriter], None]) -> None:
        """Stores output. If that fails (a full disk), tells the user once, and lets the program run."""
        try:
            write(self.writer)
        except (OSError, GageError) as e:
            why = e.message if isinstance(e, GageError) else e.strerror
            if not self.is_output_cut:
                self.events.notice(f"Output is no longer stored, but the program continues: {why}")
            self.is_output_cut = True
        if self.is_output_cut and not self.is_stored_again and not self.writer.is_full:
            self.is_stored_again = True
            self.events.notice(f"Output is stored again: {self.writer.lost:,} bytes are missing")

    def _drain(self) -> None:
        """Forwards what the ended program left in its streams. Other processes may keep them open for ever."""
        for chunk in self.reader.stop_process():
            self._forward_chunk(chunk)
        until = time.monotonic() + DRAIN_SECONDS
        taken = 0
        while self.reader.open_fds:
            left = until - time.monotonic()
            if left <= 0 and (taken > MAX_BUFFERED_BYTES or not self.reader.has_readable()):
                self.is_output_open = True
                return
            taken += self._forward(max(left, 0))

    def _end_group(self) -> None:
        """Ends all processes of a program that was interrupted."""
        until = time.monotonic() + LINGER_SECONDS
        while time.monotonic() < until and self._signal_group(0):
            self._forward(0.05)
        self._signal_group(signal.SIGKILL)

    def _grab_keyboard(self) -> None:
        if self.channels.terminal >= 0:
            from gage.runner.terminal import Keyboard

            self.keyboard = Keyboard(self.channels.terminal)
            self.keyboard.grab()

    def _forward_keys(self, keys: "Keyboard") -> None:
        """Forwards keys. The program's terminal turns Ctrl-C into a signal; Gage only counts it."""
        try:
            interrupts, suspend = keys.read()
        except EOFError:
            return
        for _ in range(0 if self.is_debugging else interrupts):
            if self.signals.record(signal.SIGINT, REPEAT_SECONDS):
                self._signal_group(signal.SIGKILL)
        if suspend:
            self._suspend()
            keys.flush()

    def _suspend(self, group: int = 0) -> None:
        """Handles Ctrl-Z: stops the program, then Gage's own process group, and continues both later."""
        self._signal_group(signal.SIGSTOP)
        if self.keyboard:
            self.keyboard.restore()
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(group, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
        if self.keyboard:
            self.keyboard.grab()
        self._signal_group(signal.SIGCONT)

    def _resize(self) -> None:
        from gage.runner.terminal import copy_window_size

        # the program's own terminal last: that one tells the program, which may then look at any of them
        for terminal in sorted(self.channels.terminals, key=lambda each: each == self.channels.terminal):
            copy_window_size(terminal)

    def _install_terminal_handlers(self) -> Callable[[], None]:
        """Follows window size and Ctrl-Z of the user's terminal. Returns a function that ends it."""
        try:
            size = signal.signal(signal.SIGWINCH, lambda *_: self._resize())
            halt = signal.signal(signal.SIGTSTP, lambda *_: self._suspend(os.getpid()))
        except ValueError:
            return lambda: None  # only the main thread can have handlers

        def end() -> None:
            signal.signal(signal.SIGWINCH, size)
            signal.signal(signal.SIGTSTP, halt)

        return end

    def _receive_signal(self, number: int) -> None:
        """Forwards a signal. One that ends the run goes to the whole process group, the second one as SIGKILL."""
        if number not in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.process.send_signal(number)
        elif self.signals.record(number):
            self._signal_group(signal.SIGKILL)
        else:
            self._signal_group(number)
            self._signal_group(signal.SIGCONT)  # a stopped process would not receive the signal

    def _signal_group(self, number: int) -> bool:
        """Sends it to the process group. Returns whether the group exists."""
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def _open_pidfd(pid: int) -> int:
    """Returns a descriptor that becomes readable when the process ends; -1 if the system has none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return -1
