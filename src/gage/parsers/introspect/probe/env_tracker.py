"""Notes which variables of the environment the program itself reads: its defaults may come from there."""

from __future__ import annotations

import os
import sys

from . import send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_LIBRARY_MODULES = ("os", "_collections_abc", "collections.abc", "posixpath")
"""Modules between the program's code and the environment, in `os.environ.get`, `os.getenv` and `os.path.expandvars`."""
_RESOLVERS = "omegaconf.resolvers.oc"
"""The module that reads the variables of `${oc.env:NAME}` in the program's config."""


def watch_environ() -> None:
    """Notes each variable that code of the user reads from now on."""
    environ = type(os.environ)
    real = environ.__getitem__

    def getitem(self: os._Environ[str], key: str) -> str:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") in _LIBRARY_MODULES:
            frame = frame.f_back
        if frame is not None and isinstance(key, str) and _is_program_code(frame):
            send_report.record_variable(key)
        return real(self, key)

    environ.__getitem__ = getitem  # type: ignore[method-assign]


def _is_program_code(frame: FrameType) -> bool:
    """Returns whether a frame runs code of the user, or code of OmegaConf that resolves the config of the program."""
    is_resolver = str(frame.f_globals.get("__name__")).startswith(_RESOLVERS)
    return is_resolver or send_report.is_user_file(frame.f_code.co_filename)
