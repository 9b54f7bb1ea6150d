"""Keeps an introspected program from side effects: no file is written, no process started, no network used."""

from __future__ import annotations

import os
import sys

from . import send_report

_FILE_EVENTS = {
    "os.mkdir": "make the directory",
    "os.rmdir": "remove the directory",
    "os.remove": "remove",
    "os.rename": "rename",
    "os.link": "link",
    "os.symlink": "link",
    "os.truncate": "cut",
    "os.chmod": "change",
    "os.chown": "change",
    "os.utime": "change",
    "os.setxattr": "change",
    "os.removexattr": "change",
    "shutil.rmtree": "remove",
    "shutil.copyfile": "copy",
    "shutil.move": "move",
}
_PROCESS_EVENTS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "pty.spawn",
)
_SIGNAL_EVENTS = ("os.kill", "os.killpg", "signal.pthread_kill")
_C_EVENTS = ("ctypes.dlsym", "ctypes.dlsym/handle")
_C_FUNCTIONS = frozenset(
    "system popen fork vfork clone execl execle execlp execv execve execvp execvpe posix_spawn posix_spawnp kill killpg"
    " tgkill syscall dlopen dlsym unlink remove rename mkfifo mknod".split()
)
"""Functions of the C library that no package looks up in its own library for a good reason."""
_NETWORK_EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def reject_side_effects(scratch: str) -> None:
    """Refuses all lasting effects from now on, with a PermissionError; only files below `scratch` may be written."""
    allowed = _writable_prefixes(scratch)

    def audit(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            path, flags = args[0], args[2]
            if isinstance(flags, int) and flags & _WRITE_FLAGS and not _is_writable(path, allowed):
                _refuse(f"to write {_name(path)}")
            elif isinstance(path, str) and not path.endswith((".py", ".pyc", ".so")):
                send_report.record_file(path)
        elif event in _FILE_EVENTS:
            if not _is_writable(args[0], allowed):
                _refuse(f"to {_FILE_EVENTS[event]} {_name(args[0])}")
        elif event in _PROCESS_EVENTS:
            _refuse(f"to start {_name(args[0]) if args else 'another process'}")
        elif event in _NETWORK_EVENTS:
            _refuse("to use the network")
        elif event == "sqlite3.connect" and args[0] not in (":memory:", b":memory:", ""):
            _refuse(f"to open the database {_name(args[0])}")
        else:
            _audit_signals_and_libraries(event, args)

    if hasattr(sys, "addaudithook"):
        sys.addaudithook(audit)


def _audit_signals_and_libraries(event: str, args: tuple[object, ...]) -> None:
    if event in _SIGNAL_EVENTS:
        if args[1] != 0:  # signal 0 only asks whether the process lives
            _refuse("to send a signal")
    elif event in _C_EVENTS and not _may_look_up(*args):
        _refuse(f"to call the C function {args[1]}")


def redirect_writes(scratch: str) -> None:
    """Redirects files opened for writing to files below `scratch`, and ignores `os.mkdir` elsewhere.

    Many programs prepare their output before they parse.
    """
    import _posixsubprocess
    import builtins
    import io

    allowed = _writable_prefixes(scratch)
    real_open, real_mkdir = builtins.open, os.mkdir
    count = [0]

    def open_redirected(file: object, mode: str = "r", *args: object, **named: object) -> object:
        if isinstance(mode, str) and set(mode) & set("wax") and not _is_writable(file, allowed):
            count[0] += 1
            file = os.path.join(scratch, f"redirected-{count[0]}")
        return real_open(file, mode, *args, **named)  # type: ignore[call-overload]

    def mkdir(path: object, *args: object, **named: object) -> None:
        if _is_writable(path, allowed):
            real_mkdir(path, *args, **named)  # type: ignore[arg-type]

    def fork_exec(*_: object) -> int:
        _refuse("to start another process")
        return 0

    vars(_posixsubprocess)["fork_exec"] = fork_exec  # multiprocessing raises no audit event
    vars(builtins)["open"] = vars(io)["open"] = open_redirected
    vars(os)["mkdir"] = mkdir
    for name in ("mkfifo", "mknod"):  # raise no audit event, either
        vars(os)[name] = lambda *_, **__: _refuse("to make a special file")


def _writable_prefixes(scratch: str) -> tuple[str, ...]:
    """Returns the beginnings of paths that may be written: `scratch`, devices, and the caches of compiled probes."""
    return (os.path.realpath(scratch) + os.sep, "/dev/", os.path.realpath(send_report.PARSERS_DIRECTORY) + os.sep)


def _is_writable(path: object, allowed: tuple[str, ...]) -> bool:
    if isinstance(path, int):
        return True
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    name = os.fsdecode(path)
    real = os.path.join(os.path.realpath(os.path.dirname(name) or "."), os.path.basename(name))
    return (real + os.sep).startswith(allowed)


def _may_look_up(library: object, name: object) -> bool:
    """Returns whether a C function may be looked up: one of a package's library, or of Python in the process itself."""
    path = getattr(library, "_name", None)
    is_own = isinstance(path, str) and not os.path.basename(path).startswith(("libc.", "libc-", "libSystem"))
    return str(name).startswith(("Py", "_Py")) or (is_own and name not in _C_FUNCTIONS)


def _refuse(action: str) -> None:
    send_report.record_rejection(action)
    raise PermissionError(13, "While Gage introspects its parser, the program is not allowed " + action[:200])


def _name(target: object) -> str:
    return os.fsdecode(target) if isinstance(target, (str, bytes, os.PathLike)) else "another process"
