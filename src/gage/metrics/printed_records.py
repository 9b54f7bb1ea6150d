"""Records that programs print over several lines: JSON with indentation, a dict by `pprint`.

Knows brackets, not values.
"""

import json
import re
from collections.abc import Mapping

MAX_RECORD_LINES = 500
MAX_RECORD_CHARS = 65536

#   "loss": 0.5, · 'acc': 0.9} · ], · 3, · true
_RECORD_LINE = re.compile(
    r"\s*(?:[\"'{}\[\]()]|[-+]?\d|true|false|null|nan|NaN|inf|-?Infinity|None|True|False|tensor|array|np\.)"
)
# nan · -inf, which Python has no literals for
_BARE_NON_FINITE = re.compile(r"(?<![\w'\"])([-+]?)(nan|inf)(?![\w'\"])")
# tensor(0.5, device='cuda:0') · np.float64(0.25)
_WRAPPED_NUMBER = re.compile(r"(?:np\.float\d+|np\.int\d+|tensor)\(([^(),]*)[^()]*\)")


class PrintedRecord:
    """The lines of a record that has begun and not ended."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0
        self._chars = 0

    @property
    def is_open(self) -> bool:
        """Returns whether a record has begun."""
        return bool(self._lines)

    def begins(self, line: str) -> bool:
        """Starts a record if a line opens one that it does not close. Returns whether it does."""
        text = line.rstrip()
        if not text.startswith("{") and not text.endswith("{"):
            return False
        depth = _count_depth(text)
        if depth <= 0 or text.startswith("{%"):
            return False
        self._lines, self._depth, self._chars = [line], depth, len(line)
        return True

    def add_line(self, line: str) -> str | None:
        """Adds a line. Returns the record in one line when it ends, else `None`."""
        self._lines.append(line)
        self._depth += _count_depth(line)
        self._chars += len(line)
        return " ".join(text.strip() for text in self.take()) if self._depth <= 0 else None

    def accepts(self, line: str) -> bool:
        """Returns whether a line can be part of the record."""
        has_room = len(self._lines) < MAX_RECORD_LINES and self._chars < MAX_RECORD_CHARS
        return has_room and (not line.strip() or _RECORD_LINE.match(line) is not None)

    def take(self) -> list[str]:
        """Ends the record and returns its lines."""
        lines, self._lines, self._depth = self._lines, [], 0
        return lines


def _count_depth(line: str) -> int:
    return line.count("{") + line.count("[") - line.count("}") - line.count("]")


def parse_record(line: str) -> Mapping[str, object] | None:
    """Returns the JSON object or Python dict that a line is, or ends with; None if it has none."""
    start, end = line.find("{"), line.rfind("}")
    if start < 0 or end < start or len(line) > MAX_RECORD_CHARS or start > 200:
        return None
    text = line[start : end + 1]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _parse_python_dict(text)
    return value if isinstance(value, dict) else None


def _parse_python_dict(text: str) -> object:
    import ast

    try:
        return ast.literal_eval(_BARE_NON_FINITE.sub(r"'\1\2'", _WRAPPED_NUMBER.sub(r"\1", text)))
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None
