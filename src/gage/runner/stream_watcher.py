"""Watches the streams of a program and returns them in the order in which they became readable. Reads nothing."""

import select
from collections.abc import Iterable, Sequence


class StreamWatcher:
    """Watches descriptors that do not block. `open_fds` are those that have not been removed.

    Linux queues streams in the order in which they became readable (edge-triggered epoll), so that the order of writes
    to two streams is kept even if this process wakes up after both. On other systems it is the order of `fds`.
    Each stream that `take_readable` returns must be read until it is empty, or be given to `add_unread`.
    """

    def __init__(self, fds: Iterable[int]) -> None:
        self.open_fds = list(fds)
        self._unread: list[int] = []
        self._polled: list[int] = []
        self._epoll = select.epoll() if hasattr(select, "epoll") else None
        if self._epoll:
            for fd in self.open_fds:
                self._epoll.register(fd, select.EPOLLIN | select.EPOLLET)

    def wait(self, seconds: float, others: Sequence[int] = (), writable: int = -1) -> set[int]:
        """Waits until a stream or one of `others` is readable, or `writable` is. Returns those that are no streams."""
        poll = select.poll()
        for fd in (*([self._epoll.fileno()] if self._epoll else self.open_fds), *others):
            poll.register(fd, select.POLLIN)
        if writable >= 0:
            poll.register(writable, select.POLLOUT | (0 if self._epoll else select.POLLIN))
        ready = dict(poll.poll(0 if self._unread else seconds * 1000))
        self._polled = [fd for fd in self.open_fds if fd in ready]
        can_write = ready.get(writable, 0) & ~select.POLLIN
        return {fd for fd in others if fd in ready} | ({writable} if can_write else set())

    def take_readable(self) -> list[int]:
        """Returns the streams that were readable when `wait` returned: first those with data left from before."""
        fresh = [fd for fd, _ in self._epoll.poll(0)] if self._epoll else self._polled
        readable = list(dict.fromkeys([*self._unread, *fresh]))
        self._unread.clear()
        return [fd for fd in readable if fd in self.open_fds]

    def has_readable(self) -> bool:
        """Returns whether a stream is readable now."""
        self.wait(0)
        self._unread = self.take_readable()
        return bool(self._unread)

    def add_unread(self, fd: int) -> None:
        """Notes that a stream may hold more than was read."""
        self._unread.append(fd)

    def remove(self, fd: int) -> None:
        """Ends watching a stream that has ended."""
        if fd in self.open_fds:
            self.open_fds.remove(fd)
            if self._epoll:
                self._epoll.unregister(fd)

    def close(self) -> None:
        """Closes its own descriptor."""
        if self._epoll:
            self._epoll.close()
