"""Tables that programs print row by row: a line of names that begins with `epoch`, and a line of numbers for each.

So fastai, skorch and YOLO do. Knows one table at a time.
"""

import re

from gage.metrics.pairs import number

_HEADER = re.compile(r"\s*(?:epoch|step|iter|iteration|round)(?:\s{2,}|\t|\s*\|\s*)\S", re.I)
_NAME = re.compile(r"[A-Za-z_][\w/@.%-]*")
_COUNT = re.compile(r"(\d+)(?:/\d+)?")
_TIMES = ("time", "dur", "duration", "eta", "seconds")


class PrintedTable:
    """The names of the table that is being printed."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def take(self, line: str) -> tuple[int, list[tuple[str, float]]] | None:
        """The step and values of a row; no values for a header; None for a line that is no part of a table."""
        if _HEADER.match(line):
            words = _words(line)
            if len(words) > 1 and all(_NAME.fullmatch(word) for word in words):
                self._names = words
                return 0, []
        if not self._names:
            return None
        words = _words(line)
        count = _COUNT.fullmatch(words[0]) if len(words) >= len(self._names) else None
        if count is None:
            return None
        pairs = zip(self._names[1:], words[1:], strict=False)
        found = [(name, number(word)) for name, word in pairs if name.lower() not in _TIMES]
        return int(count[1]), [(name, value) for name, value in found if value is not None]


def _words(line: str) -> list[str]:
    return line.replace("|", " ").split()
