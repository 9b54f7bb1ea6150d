"""What tells one process from every other one: host, boot, process ID and start time."""

import os
import sys

_FIRST_PID_NAMESPACE = "4026531836"


def read_host_id() -> str:
    """Names the set of processes whose IDs mean something here.

    The host's name; inside a container with process IDs of its own, also that container's namespace.
    """
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    try:
        space = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        return name
    return name if space == _FIRST_PID_NAMESPACE else f"{name}/{space}"


def read_boot_id() -> str:
    """Changes each time the machine starts. Empty when the system does not tell."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return _read_boot_session() if sys.platform == "darwin" else _read_boot_time()


def read_start_time(pid: int) -> float | None:
    """When the process started, in seconds on a clock of its system's choosing; None if it does not live.

    A process that has ended and only waits to be collected does not live. The numbers of one boot can be compared
    with each other and nothing else.
    """
    if pid <= 0:
        return None
    if sys.platform != "linux":
        return _read_psutil_start(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):
        return None
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _read_psutil_start(pid: int) -> float | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def _read_boot_session() -> str:
    """The boot session of macOS; its boot time moves whenever the clock is set."""
    import ctypes

    size = ctypes.c_size_t(64)
    value = ctypes.create_string_buffer(size.value)
    libc = ctypes.CDLL(None)
    failed = libc.sysctlbyname(b"kern.bootsessionuuid", value, ctypes.byref(size), None, 0)
    return _read_boot_time() if failed else value.value.decode()


def _read_boot_time() -> str:
    import psutil

    return str(int(psutil.boot_time()))
