"""A text file that grows: its new lines, once each. Knows bytes and places; what lines mean is not its business."""

import os
from collections.abc import Callable, Iterator

PIECE = 1 << 20
LONGEST = 64 << 20
"""Bytes of a line; a longer one is left out."""


class Growing:
    """The lines that come to a file. `fresh`: since the last `lines`, the file was replaced or cut. `notes`: what was
    left out.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.fresh = False
        self.notes: list[str] = []
        self._skips = False
        self._at = 0
        self._file = (0, 0)

    def lines(self, final: bool = False) -> Iterator[bytes]:
        """New finished lines without their ends; with `final` an unfinished last one, too. Raises OSError."""
        with open(self.path, "rb") as file:
            status = os.fstat(file.fileno())
            self.fresh = self._at > 0 and ((status.st_dev, status.st_ino) != self._file or status.st_size < self._at)
            self._file = (status.st_dev, status.st_ino)
            if self.fresh:
                self._at, self._skips = 0, False
            if status.st_size == self._at:
                return
            file.seek(self._at)
            yield from self._read(file.read, final)

    def _read(self, read: Callable[[int], bytes], final: bool) -> Iterator[bytes]:
        rest = b""
        while piece := read(PIECE):
            if self._skips:
                piece = self._skip(piece)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._at += len(line) + 1
                yield line.removesuffix(b"\r")
            if len(rest) > LONGEST:
                self._at += len(rest)
                self._skips, rest = True, b""
                self.notes = [f"a line is longer than {LONGEST >> 20} MB"]
        if final and rest:
            self._at += len(rest)
            yield rest

    def _skip(self, piece: bytes) -> bytes:
        """What comes after the line that is left out."""
        end = piece.find(b"\n") + 1
        self._at += end or len(piece)
        self._skips = not end
        return piece[end:] if end else b""
