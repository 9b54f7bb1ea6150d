"""A text file that grows: its new lines, once each. Knows bytes and places; what lines mean is not its business."""

import os
from collections.abc import Callable, Iterator

READ_BYTES = 1 << 20
MAX_LINE_BYTES = 64 << 20
"""Bytes of a line; a longer one is left out."""


class LineTail:
    """The lines that come to a file. `fresh`: since the last `lines`, the file was replaced or cut. `notes`: what was
    left out.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.was_replaced = False
        self.notes: list[str] = []
        self._skips = False
        self._at = 0
        self._file = (0, 0)

    def new_lines(self, final: bool = False) -> Iterator[bytes]:
        """New finished lines without their ends; with `final` an unfinished last one, too. Raises OSError."""
        with open(self.path, "rb") as file:
            status = os.fstat(file.fileno())
            self.was_replaced = self._at > 0 and (
                (status.st_dev, status.st_ino) != self._file or status.st_size < self._at
            )
            self._file = (status.st_dev, status.st_ino)
            if self.was_replaced:
                self._at, self._skips = 0, False
            if status.st_size == self._at:
                return
            file.seek(self._at)
            yield from self._read(file.read, final)

    def _read(self, read: Callable[[int], bytes], final: bool) -> Iterator[bytes]:
        rest = b""
        while piece := read(READ_BYTES):
            if self._skips:
                piece = self._skip(piece)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._at += len(line) + 1
                yield line.removesuffix(b"\r")
            if len(rest) > MAX_LINE_BYTES:
                self._at += len(rest)
                self._skips, rest = True, b""
                self.notes = [f"a line is longer than {MAX_LINE_BYTES >> 20} MB"]
        if final and rest:
            self._at += len(rest)
            yield rest

    def _skip(self, piece: bytes) -> bytes:
        """What comes after the line that is left out."""
        end = piece.find(b"\n") + 1
        self._at += end or len(piece)
        self._skips = not end
        return piece[end:] if end else b""
