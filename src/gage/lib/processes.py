"""Identifies processes uniquely: host, boot, process ID and start time."""

import os
import select
import stat
import sys

_FIRST_PID_NAMESPACE = "4026531836"
"""The number that Linux gives to the namespace of processes outside of containers."""


def read_host_id() -> str:
    """Returns an ID of the process namespace: the host's name, inside a container with `/` and the namespace's number.

    Process IDs can be compared only where this is the same.
    """
    name = os.uname().nodename
    try:
        namespace = os.readlink("/proc/self/ns/pid").removeprefix("pid:[").removesuffix("]")
    except OSError:  # pragma: no cover - only on macOS
        return name
    return name if namespace == _FIRST_PID_NAMESPACE else f"{name}/{namespace}"


def read_boot_id() -> str:
    """Returns an ID that changes each time the machine starts."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:  # pragma: no cover - only on macOS
        return _read_boot_session()


def read_start_time(pid: int) -> float | None:
    """Returns when the process started, in seconds on a clock that depends on the system; None if it is not alive.

    A zombie is not alive. Only numbers of the same boot can be compared.
    """
    if pid <= 0:
        return None
    if sys.platform != "linux":
        return _read_psutil_start(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()  # from the third on: the second may contain spaces
    except OSError:
        return None
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):  # the state
        return None
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def has_process_with_variable(name: str, value: str) -> bool:
    """Returns whether a process of this user, other than this one, was started with that environment variable."""
    if sys.platform != "linux":
        return _has_psutil_process(name, value)
    wanted = f"\0{name}={value}\0".encode()
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if wanted in b"\0" + file.read():
                        return True
            except OSError:
                continue  # it has ended, or belongs to another user
    return False


def _has_psutil_process(name: str, value: str) -> bool:  # pragma: no cover - only on macOS
    import psutil

    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(name) == value:
                return True
        except psutil.Error:
            continue
    return False


def _read_psutil_start(pid: int) -> float | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def _read_boot_session() -> str:  # pragma: no cover - only on macOS
    """Returns the boot session of macOS. (Its boot time changes whenever the clock is set.)"""
    import subprocess

    return subprocess.check_output(["sysctl", "-n", "kern.bootsessionuuid"], text=True).strip()


def has_redirected_input() -> bool:
    """Returns whether standard input is a file, pipe or socket that may have something to read."""
    try:
        info = os.fstat(0)
        if stat.S_ISREG(info.st_mode):
            return os.lseek(0, 0, os.SEEK_CUR) < info.st_size
        if stat.S_ISCHR(info.st_mode):
            return not os.isatty(0) and not os.path.samestat(info, os.stat(os.devnull))
        poll = select.poll()
        poll.register(0, select.POLLIN)
        return not any(event == select.POLLHUP for _, event in poll.poll(0))  # closed at the other end, and empty
    except OSError:
        return False  # closed
