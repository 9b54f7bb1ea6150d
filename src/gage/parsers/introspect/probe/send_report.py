"""Sends reports to Gage, each as one line of JSON, with the files and variables that the program has read so far."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

_output = [-1]
_refusals: list[str] = []
_files: set[str] = set()
_variables: set[str] = set()
MAX_REPORT_BYTES = 4 << 20
PARSERS_DIRECTORY = os.path.join(__file__.split("/introspect/probe/")[0], "")
"""Gage's own directory of parsers, with all probes."""
_LIBRARIES = (*{os.path.join(p, "lib" + os.sep) for p in (sys.prefix, sys.base_prefix)}, PARSERS_DIRECTORY)


def set_output(fd: int) -> None:
    """Sets where reports go: a file descriptor that is open for writing."""
    os.set_inheritable(fd, False)
    _output[0] = fd


def record_file(path: str) -> None:
    """Records a file that the program has read: its defaults may come from there."""
    if len(_files) < 1000:
        _files.add(os.path.abspath(path))


def record_variable(name: str) -> None:
    """Records a variable of the environment that the program has read."""
    if len(_variables) < 200:
        _variables.add(name)


def record_rejection(action: str) -> None:
    """Records an action that the program was not allowed."""
    if len(_refusals) < 5:
        _refusals.append(action)


def send(report: dict[str, object]) -> None:
    """Sends a report; the program goes on."""
    import json

    report["files"] = _list_user_files()
    report["variables"] = sorted(_variables)
    report["package_directories"] = [p for p in sys.path if p.endswith("-packages") and os.path.isdir(p)]
    report["refused"] = _refusals[:1]
    data = json.dumps(report, default=str).encode("utf-8", "surrogateescape") + b"\n"
    if len(data) > MAX_REPORT_BYTES:
        data = json.dumps({"ended": "it has too many parameters"}).encode() + b"\n"
    while data:
        data = data[os.write(_output[0], data) :]


def send_and_exit(report: dict[str, object]) -> NoReturn:
    """Sends a report and ends the process at once: no exit handlers, no flushing, no waiting for threads."""
    try:
        send(report)
    finally:
        os._exit(0)


def build_and_exit(build: Callable[[], dict[str, object]]) -> NoReturn:
    """Sends the report that `build` returns, or the exception that it raises, and ends the process."""
    try:
        report = build()
    except BaseException as e:  # reported: whatever happens, the program must not go on
        report = {"ended": "its parser could not be read: " + f"{type(e).__name__}: {e}"[:300].split("\n")[0]}
    send_and_exit(report)


def is_user_file(path: str) -> bool:
    """Returns whether a file is the user's, not part of an installed package, Python or Gage."""
    return not ("-packages" + os.sep in path or path.startswith(("<", *_LIBRARIES)))


def _list_user_files() -> list[str]:
    """Returns the user's source files among the modules imported so far, and the other files that were read."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    loaded = {os.path.abspath(f) for f in files if isinstance(f, str) and f.endswith(".py")}
    return sorted({f for f in loaded if is_user_file(f)} | _files)
