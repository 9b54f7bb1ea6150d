"""The way out: what was learnt goes to who asked, as one line of JSON, and the process ends at once."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

_pipe = [-1]
_refused: list[str] = []
_read: set[str] = set()
_variables: set[str] = set()
MOST = 4 << 20
"""The most bytes that one report may have."""


def report_to(fd: int) -> None:
    """Say where reports go: a file descriptor that is open for writing."""
    os.set_inheritable(fd, False)
    _pipe[0] = fd


def read(path: str) -> None:
    """Remember a file that the program has read: its settings may come from there."""
    if len(_read) < 1000:
        _read.add(os.path.abspath(path))


def variable(name: str) -> None:
    """Remember a variable of the environment that the program has asked for."""
    if len(_variables) < 200:
        _variables.add(name)


def refused(what: str) -> None:
    """Remember something that the program was not allowed to do."""
    if len(_refused) < 5:
        _refused.append(what)


def tell(report: dict[str, object]) -> None:
    """Send a report; the program goes on."""
    import json

    report["files"] = _files()
    report["variables"] = sorted(_variables)
    report["folders"] = [p for p in sys.path if p.endswith("-packages") and os.path.isdir(p)]
    report["refused"] = _refused[:1]
    data = json.dumps(report, default=str).encode("utf-8", "surrogateescape") + b"\n"
    if len(data) > MOST:
        data = json.dumps({"ended": "its parser has more to say than Gage takes"}).encode() + b"\n"
    while data:
        data = data[os.write(_pipe[0], data) :]


def leave(report: dict[str, object]) -> NoReturn:
    """Send a report and end the process here and now: no handlers, no flushing, no other threads."""
    try:
        tell(report)
    finally:
        os._exit(0)


def leave_with(make: Callable[[], dict[str, object]]) -> NoReturn:
    """Send the report that `make` makes, or why it could not, and end the process."""
    try:
        report = make()
    except BaseException as e:
        report = {"ended": "its parser could not be read: " + f"{type(e).__name__}: {e}"[:300].split("\n")[0]}
    leave(report)


def is_own(path: str) -> bool:
    """Whether a file is the user's, and not of an installed package or of Python."""
    return not ("-packages" + os.sep in path or path.startswith(("<", *_PREFIXES)))


_PREFIXES = tuple({os.path.join(p, "lib" + os.sep) for p in (sys.prefix, sys.base_prefix)})


def _files() -> list[str]:
    """The user's source files of all modules that were imported by now, and what else was read."""
    found = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    loaded = {os.path.abspath(f) for f in found if isinstance(f, str) and f.endswith(".py")}
    return sorted({f for f in loaded if is_own(f)} | _read)
