"""Keeps a program that is asked from leaving traces: no file written, no process started, nobody called."""

from __future__ import annotations

import os
import sys

from . import send_report

_CHANGES = {
    "os.mkdir": "make the folder",
    "os.rmdir": "remove the folder",
    "os.remove": "remove",
    "os.rename": "rename",
    "os.link": "link",
    "os.symlink": "link",
    "os.truncate": "cut",
    "os.chmod": "change",
    "os.chown": "change",
    "os.utime": "change",
    "shutil.rmtree": "remove",
    "shutil.copyfile": "copy",
    "shutil.move": "move",
}
_STARTS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "pty.spawn",
)
_CALLS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def watch(scratch: str) -> None:
    """Refuse, from now on and as a PermissionError, all that lasts; files may be written below `scratch` only."""
    free = _free(scratch)

    def look(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            path, flags = args[0], args[2]
            if isinstance(flags, int) and flags & _WRITES and not _is_free(path, free):
                _refuse(f"to write {_name(path)}")
            elif isinstance(path, str) and not path.endswith((".py", ".pyc", ".so")):
                send_report.read(path)
        elif event in _CHANGES:
            if not _is_free(args[0], free):
                _refuse(f"to {_CHANGES[event]} {_name(args[0])}")
        elif event in _STARTS:
            _refuse(f"to start {_name(args[0]) if args else 'another process'}")
        elif event in _CALLS:
            _refuse("to use the network")
        elif event == "sqlite3.connect" and args[0] not in (":memory:", b":memory:", ""):
            _refuse(f"to open the database {_name(args[0])}")

    if hasattr(sys, "addaudithook"):
        sys.addaudithook(look)


def redirect(scratch: str) -> None:
    """Give programs that open a file for writing one below `scratch` instead, and let folders that they make be as good
    as there: many prepare their output before they parse.
    """
    import _posixsubprocess
    import builtins
    import io

    free = _free(scratch)
    real_open, real_mkdir = builtins.open, os.mkdir
    count = [0]

    def open_aside(file: object, mode: str = "r", *args: object, **named: object) -> object:
        if isinstance(mode, str) and set(mode) & set("wax") and not _is_free(file, free):
            count[0] += 1
            file = os.path.join(scratch, f"aside-{count[0]}")
        return real_open(file, mode, *args, **named)  # type: ignore[call-overload]

    def mkdir(path: object, *args: object, **named: object) -> None:
        if _is_free(path, free):
            real_mkdir(path, *args, **named)  # type: ignore[arg-type]

    def fork_exec(*_: object) -> int:
        _refuse("to start another process")
        return 0

    vars(_posixsubprocess)["fork_exec"] = fork_exec  # multiprocessing does not say when it starts one
    vars(builtins)["open"] = vars(io)["open"] = open_aside
    vars(os)["mkdir"] = mkdir


def _free(scratch: str) -> tuple[str, ...]:
    """Where files may be written."""
    return (os.path.realpath(scratch) + os.sep, "/dev/", os.path.dirname(os.path.realpath(__file__)) + os.sep)


def _is_free(path: object, free: tuple[str, ...]) -> bool:
    if isinstance(path, int):
        return True
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    name = os.fsdecode(path)
    real = os.path.join(os.path.realpath(os.path.dirname(name) or "."), os.path.basename(name))
    return (real + os.sep).startswith(free)


def _refuse(what: str) -> None:
    send_report.refused(what)
    raise PermissionError(13, "Gage is only asking this program for its settings; it may not " + what[:200])


def _name(what: object) -> str:
    return os.fsdecode(what) if isinstance(what, (str, bytes, os.PathLike)) else "another process"
