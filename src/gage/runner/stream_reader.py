"""Reads the streams of a program, in a process of its own that nothing else delays. Knows no run."""

import errno
import gc
import os
import signal
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from gage.lib.times import now_us
from gage.runner.stdio import set_pipe_size
from gage.runner.stream_watcher import StreamWatcher

CHUNK_BYTES = 1 << 16
MAX_CHUNKS = 16
"""Chunks that are read from one stream before the other one has its turn. A stream is read until it is empty: what it
holds was written before the other stream was found to be readable, or a moment later.
"""
MAX_WAITING_BYTES = 4 << 20
"""More bytes that this process has not taken yet let the program wait."""
_HEADER = struct.Struct(">IQI")
_FOREVER_SECONDS = 1e6


class Chunk(NamedTuple):
    """Bytes that were read from the descriptor `fd` at `when`, µs since the epoch. Empty at the end of the stream."""

    fd: int
    when: int
    data: bytes


class StreamReader:
    """Reads non-blocking descriptors. `open_fds` are those whose stream has not ended.

    A forked process with the ID `pid` reads the descriptors until `stop_process`. Other threads, the disk and the
    user's terminal can delay this process, and a late reader cannot tell in which order a program wrote to two streams.
    If the fork fails, this process reads them itself. If the forked process is killed, `is_process_lost` is true:
    bytes that it had read may be lost.
    """

    def __init__(self, fds: Iterable[int]) -> None:
        self.open_fds = list(fds)
        self.is_process_lost = False
        self.pid = 0
        self._header: tuple[int, int, int] | None = None
        self._received = b""
        self._data, data = os.pipe()
        control, self._control = os.pipe()
        set_pipe_size(data)
        os.set_blocking(self._data, False)
        self._watcher = StreamWatcher([self._data])
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _run_process(self.open_fds, data, control)
        except OSError:
            self._end_process()  # there are too many processes
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            os.close(data)
            os.close(control)

    def wait(self, seconds: float, others: Sequence[int] = (), writable: int = -1) -> set[int]:
        """Waits for bytes, until one of `others` is readable or `writable` is. Returns those that are no streams."""
        return self._watcher.wait(seconds, others, writable)

    def has_readable(self) -> bool:
        """Returns whether there is something to read now."""
        return self._watcher.has_readable()

    def read(self) -> Iterator[Chunk]:
        """Reads what was there when `wait` returned."""
        for fd in self._watcher.take_readable():
            yield from self._remove_ended(self._receive() if fd == self._data else _read_stream(self._watcher, fd))

    def stop_process(self) -> Iterator[Chunk]:
        """Ends the reading process, which reads what the streams hold before. Yields what it has read."""
        if self._data >= 0:
            os.close(self._control)
            self._control = -1
            os.set_blocking(self._data, True)
        while self._data >= 0:
            yield from self._remove_ended(self._receive())

    def close(self) -> None:
        """Ends the reading process and closes its own descriptors."""
        for _ in self.stop_process():
            pass  # only after an error
        self._watcher.close()

    def _receive(self) -> Iterator[Chunk]:
        """Yields chunks of the reading process. Notices its end."""
        for _ in range(2 * MAX_CHUNKS):
            fd, when, length = self._header or (0, 0, _HEADER.size)
            try:
                data = os.read(self._data, length - len(self._received))
            except BlockingIOError:
                return
            if not data and len(self._received) < length:
                self._end_process()
                return
            self._received = self._received + data if self._received else data
            if len(self._received) < length:
                continue
            if self._header:
                yield Chunk(fd, when, self._received)
                self._header = None
            else:
                self._header = _HEADER.unpack(self._received)
            self._received = b""
        self._watcher.add_unread(self._data)

    def _remove_ended(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            if chunk.data:
                yield chunk
            else:
                self.open_fds.remove(chunk.fd)

    def _end_process(self) -> None:
        """Lets this process read from now on."""
        for fd in (self._data, self._control):
            if fd >= 0:
                os.close(fd)
        self._data = self._control = -1
        self._watcher.close()
        self._watcher = StreamWatcher(self.open_fds)
        if self.pid:
            with suppress(ChildProcessError):
                self.is_process_lost = os.waitpid(self.pid, 0)[1] != 0


def _read_stream(watcher: StreamWatcher, fd: int) -> Iterator[Chunk]:
    """Reads what a stream holds, at most MAX_CHUNKS chunks. Removes it at its end."""
    for _ in range(MAX_CHUNKS):
        try:
            data = os.read(fd, CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError as e:
            if e.errno != errno.EIO:  # the end of a pseudo terminal
                raise
            data = b""
        yield Chunk(fd, now_us(), data)
        if not data:
            watcher.remove(fd)
            return
    watcher.add_unread(fd)


def _run_process(fds: Sequence[int], data: int, control: int) -> None:  # pragma: no cover - runs in another process
    """Reads streams until `control` or all of them end, and writes chunks to `data`. Never returns."""
    code = 1
    try:
        gc.disable()  # the memory that it would write to is shared
        os.setsid()  # signals of the user's terminal are not for it; all others are blocked
        _close_others({*fds, data, control})
        _forward_streams(StreamWatcher(fds), data, control)
        code = 0
    except BrokenPipeError:
        code = 0  # Gage was killed
    finally:
        os._exit(code)


def _close_others(needed: set[int]) -> None:  # pragma: no cover - runs in another process
    """Closes all descriptors but those: the program's ends of its streams would keep them open."""
    for name in os.listdir("/dev/fd"):
        if int(name) not in needed:
            with suppress(OSError):
                os.close(int(name))


def _forward_streams(
    watcher: StreamWatcher, target: int, control: int
) -> None:  # pragma: no cover - in another process
    waiting: deque[bytes] = deque()
    size = 0
    os.set_blocking(target, False)
    is_stopping = False
    while not is_stopping and watcher.open_fds:
        ready = watcher.wait(_FOREVER_SECONDS, [control], target if waiting else -1)
        is_stopping = control in ready
        for fd in watcher.take_readable():
            for chunk in _read_stream(watcher, fd):
                waiting += (_HEADER.pack(chunk.fd, chunk.when, len(chunk.data)), chunk.data)
                size += _HEADER.size + len(chunk.data)
        os.set_blocking(target, is_stopping or size > MAX_WAITING_BYTES)
        size -= _write_waiting(target, waiting)
    os.set_blocking(target, True)
    _write_waiting(target, waiting)


def _write_waiting(target: int, waiting: deque[bytes]) -> int:  # pragma: no cover - in another process
    """Writes as much as `target` accepts. Returns the number of bytes."""
    written = 0
    with suppress(BlockingIOError):
        while waiting:
            count = os.writev(target, list(islice(waiting, MAX_CHUNKS)))
            written += count
            while waiting and count >= len(waiting[0]):
                count -= len(waiting.popleft())
            if count:
                waiting[0] = waiting[0][count:]
    return written
