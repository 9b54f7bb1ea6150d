"""The answer with curves as bytes: a JSON header, then columns of numbers that a browser reads without parsing.

4 bytes  length of the header, little endian
header   JSON: {"curves": [{"run", "metric", "steps": [type, offset, count], …}]}, padded to 8 bytes with blanks
columns  little-endian float64 or float32 numbers; offsets count bytes from the end of the header
"""

import json
import sys
from array import array
from collections.abc import Sequence

from gage.types.values import JSONValue

MAX_EXACT_POINTS = 400_000
"""So many values of an answer are sent with all digits; further ones as float32 where it can hold them."""
FLOAT32_LIMITS = 1e-37, 3e38
"""A number is sent as float32 if it is zero or its size lies between these."""


class CurveWriter:
    """Collects columns; equal ones, such as the steps of runs of one program, are stored once."""

    def __init__(self, max_exact: int) -> None:
        self._exact_left = max_exact
        self._parts: list[bytes] = []
        self._size = 0
        self._known: dict[bytes, list[JSONValue]] = {}

    def add(self, numbers: Sequence[float], is_exact: bool = False) -> list[JSONValue]:
        """Adds a column. Returns where it is: type ("f8" or "f4"), offset in bytes, count."""
        self._exact_left -= 0 if is_exact else len(numbers)
        kind = "f8" if is_exact or self._exact_left >= 0 or not _fits_float32(numbers) else "f4"
        data = _convert_to_bytes(numbers, kind)
        known = self._known.get(data)
        if known is not None and known[0] == kind:
            return known
        place: list[JSONValue] = [kind, self._size, len(numbers)]
        self._known[data] = place
        data += b"\0" * (-len(data) % 8)
        self._parts.append(data)
        self._size += len(data)
        return place

    def finish(self, header: dict[str, JSONValue]) -> bytes:
        """Returns the answer."""
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-(len(text) + 4) % 8)
        return b"".join([len(text).to_bytes(4, "little"), text, *self._parts])


def _convert_to_bytes(numbers: Sequence[float], kind: str) -> bytes:
    if kind == "f8" and sys.byteorder == "little" and _is_double(numbers):
        return bytes(numbers)  # type: ignore[arg-type]
    column = array("d" if kind == "f8" else "f", numbers)
    if sys.byteorder != "little":
        column.byteswap()
    return column.tobytes()


def _is_double(numbers: Sequence[float]) -> bool:
    is_view = isinstance(numbers, memoryview) and numbers.format == "d"
    return is_view or (isinstance(numbers, array) and numbers.typecode == "d")


def _fits_float32(numbers: Sequence[float]) -> bool:
    low, high = FLOAT32_LIMITS
    finite = [abs(each) for each in (min(numbers, default=0), max(numbers, default=0)) if each - each == 0]
    return all(each == 0 or low < each < high for each in finite) and all(
        each - each != 0 or each == 0 or abs(each) > low for each in numbers
    )
