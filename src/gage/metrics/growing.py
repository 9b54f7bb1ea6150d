"""A text file that grows: its new lines, once each. Knows bytes and places; what lines mean is not its business."""

import os
from collections.abc import Iterator

PIECE = 1 << 20
LONGEST = 64 << 20
"""Bytes of a line; a file with a longer one is given up."""


class Growing:
    """The lines that come to a file. `fresh`: since the last `lines`, the file was replaced or cut."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.fresh = False
        self.broken = ""
        self._at = 0
        self._file = (0, 0)

    def lines(self, final: bool = False) -> Iterator[bytes]:
        """New finished lines without their ends; with `final` an unfinished last one, too. Raises OSError."""
        with open(self.path, "rb") as file:
            status = os.fstat(file.fileno())
            self.fresh = self._at > 0 and ((status.st_dev, status.st_ino) != self._file or status.st_size < self._at)
            self._file = (status.st_dev, status.st_ino)
            if self.fresh:
                self._at = 0
            if self.broken or status.st_size == self._at:
                return
            file.seek(self._at)
            yield from self._read(file.read, final)

    def _read(self, read: "object", final: bool) -> Iterator[bytes]:
        assert callable(read)
        rest = b""
        while piece := read(PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._at += len(line) + 1
                yield line.removesuffix(b"\r")
            if len(rest) > LONGEST:
                self.broken = f"a line is longer than {LONGEST >> 20} MB"
                return
        if final and rest:
            self._at += len(rest)
            yield rest
