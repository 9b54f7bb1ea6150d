"""Follows a text file that grows: its new lines, each once. Knows bytes and positions; not what lines mean."""

import os
from collections.abc import Callable, Iterator

READ_BYTES = 1 << 20
MAX_LINE_BYTES = 64 << 20
"""Longer lines are skipped."""


class LineTail:
    """The lines that are added to a file.

    `was_replaced`: the file was replaced or truncated before the last call of `new_lines`, which calls `restart` then,
    before it yields lines. `notes`: what was skipped.
    """

    def __init__(self, path: str, restart: Callable[[], object] = lambda: None) -> None:
        self.path = path
        self._restart = restart
        self.was_replaced = False
        self.notes: list[str] = []
        self._is_skipping = False
        self._offset = 0
        self._file_id = (0, 0)

    def new_lines(self, final: bool = False) -> Iterator[bytes]:
        """Yields new complete lines without their ends; with `final` also an unfinished last one. Raises OSError."""
        with open(self.path, "rb") as file:
            status = os.fstat(file.fileno())
            file_id = (status.st_dev, status.st_ino)
            self.was_replaced = self._offset > 0 and (file_id != self._file_id or status.st_size < self._offset)
            self._file_id = file_id
            if self.was_replaced:
                self._offset, self._is_skipping = 0, False
                self._restart()
            if status.st_size == self._offset:
                return
            file.seek(self._offset)
            yield from self._split(file.read, final)

    def _split(self, read: Callable[[int], bytes], final: bool) -> Iterator[bytes]:
        rest = b""
        while piece := read(READ_BYTES):
            if self._is_skipping:
                piece = self._skip_line(piece)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._offset += len(line) + 1
                yield line.removesuffix(b"\r")
            if len(rest) > MAX_LINE_BYTES:
                self._offset += len(rest)
                self._is_skipping, rest = True, b""
                self.notes = [f"a line is longer than {MAX_LINE_BYTES >> 20} MB"]
        if final and rest:
            self._offset += len(rest)
            yield rest

    def _skip_line(self, piece: bytes) -> bytes:
        """Returns what follows the line that is skipped."""
        end = piece.find(b"\n") + 1
        self._offset += end or len(piece)
        self._is_skipping = not end
        return piece[end:] if end else b""
