"""Notes which variables of the environment the program itself reads: its defaults may come from there."""

from __future__ import annotations

import os
import sys

from . import send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_LIBRARY_MODULES = ("os", "_collections_abc", "collections.abc")
"""Modules between the program's code and the environment, in `os.environ.get` and `os.getenv`."""


def watch_environ() -> None:
    """Notes each variable that code of the user reads from now on."""
    environ = type(os.environ)
    real = environ.__getitem__

    def getitem(self: os._Environ[str], key: str) -> str:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") in _LIBRARY_MODULES:
            frame = frame.f_back
        if frame is not None and isinstance(key, str) and send_report.is_user_file(frame.f_code.co_filename):
            send_report.record_variable(key)
        return real(self, key)

    environ.__getitem__ = getitem  # type: ignore[method-assign]
