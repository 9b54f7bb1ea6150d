"""Notes which variables of the environment the program itself asks for: its defaults may come from there."""

from __future__ import annotations

import os
import sys

from . import send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_BETWEEN = ("os", "_collections_abc", "collections.abc")
"""Modules whose code is on the way from the program to the environment."""


def watch() -> None:
    """Begin to note."""
    kind = type(os.environ)
    real = kind.__getitem__

    def getitem(self: os._Environ[str], key: str) -> str:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") in _BETWEEN:
            frame = frame.f_back
        if frame is not None and isinstance(key, str) and send_report.is_own(frame.f_code.co_filename):
            send_report.variable(key)
        return real(self, key)

    kind.__getitem__ = getitem  # type: ignore[method-assign]
