"""Starts a program up to its parser, with the probe in it, for a limited time. What the program prints is discarded.

Returns what its parser reported, or why nothing did. No process and no file of the program remains.
"""

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from gage.parsers.parser_table import list_probes

TIMEOUT_SECONDS = 60.0
"""How long a program may take to reach its parser."""
MAX_PROBE_BYTES = 8 << 20
"""How much is read of all reports of a program."""
_SIGKILL, _SIGPIPE = 9, 13
"""On all POSIX systems; `signal` takes 2 ms to import."""


class ProbeResult(NamedTuple):
    """Reports of a program's parsers, in order, and `reason`, why none was reached ("" = one was).

    Until then the program had loaded or read `files`, and read `variables` of the environment; its packages are in
    `package_directories`. `is_timeout`: it may be faster the next time.
    """

    reports: tuple[Mapping[str, object], ...]
    files: tuple[str, ...] = ()
    package_directories: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    reason: str = ""
    is_timeout: bool = False


def run_probe(argv: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float | None = None) -> ProbeResult:
    """Starts `argv` in `cwd` with the environment `env`; returns what its parser reports within `timeout` seconds
    (None = TIMEOUT_SECONDS).
    """
    timeout = TIMEOUT_SECONDS if timeout is None else timeout
    r, w = os.pipe()
    scratch = ""
    try:
        try:
            scratch = _make_scratch_directory(env)
            pid = _start(argv, cwd, _build_env(env, w, scratch), w)
        except OSError as e:
            return ProbeResult((), reason=f"{argv[0]} cannot be started: {e.strerror}")
        finally:
            os.close(w)
        try:
            data, in_time = _read_until(r, timeout)
        finally:
            _kill_group(pid)
            os.waitpid(pid, 0)
    finally:
        os.close(r)
        _remove(scratch)
    return _decode_output(data, in_time, timeout)


def _make_scratch_directory(env: Mapping[str, str]) -> str:
    """Makes a directory for temporary files, without `tempfile`, which takes 3 ms to import. Raises OSError."""
    for parent in filter(None, (env.get("TMPDIR"), "/tmp", "/var/tmp")):
        path = os.path.join(parent, f"gage-probe-{os.urandom(8).hex()}")
        try:
            os.mkdir(path, 0o700)
            return path
        except OSError:
            continue  # missing or not writable
    raise OSError(errno.ENOENT, "There is no directory for temporary files")


def _remove(scratch: str) -> None:
    from gage.lib.files import remove_tree

    try:
        if scratch:
            remove_tree(scratch)
    except OSError:
        pass  # temporary files that the system removes


def _start(argv: Sequence[str], cwd: Path, env: Mapping[str, str], fd: int) -> int:
    """Starts a program in a session of its own, with `fd` open and nothing to read or print to; returns its process id.

    Without `subprocess`, which takes 8 ms to import. Raises OSError.
    """
    os.set_inheritable(fd, True)
    actions = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_RDWR, 0) for n in range(3)]
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(cwd)
        return os.posix_spawn(argv[0], list(argv), env, file_actions=actions, setsid=True, setsigdef=[_SIGPIPE])
    finally:
        os.fchdir(here)
        os.close(here)


def _build_env(env: Mapping[str, str], fd: int, scratch: str) -> dict[str, str]:
    path = env.get("PYTHONPATH", "")
    hook = str(Path(__file__).with_name("hook"))
    probes = [f"{module}={directory}" for module, directory in list_probes()]
    return {
        **env,
        "GAGE_PROBE": "\t".join((str(fd), scratch, path, *probes)),
        "PYTHONPATH": f"{hook}{os.pathsep}{path}" if path else hook,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHON_COLORS": "0",  # argparse of Python 3.14 asks standard output, which a program may have closed
        "CUDA_VISIBLE_DEVICES": "",
        "TMPDIR": scratch,
        "GIT_PYTHON_REFRESH": "quiet",  # GitPython starts git when it is imported
    }


def _read_until(fd: int, timeout: float) -> tuple[bytes, bool]:
    """Returns what comes until the other end closes, and True; or what came within the time and size, and False."""
    import select
    import time

    end = time.monotonic() + timeout
    data = b""
    while len(data) < MAX_PROBE_BYTES and (left := end - time.monotonic()) > 0:
        if select.select([fd], [], [], left)[0]:
            piece = os.read(fd, 1 << 16)
            if not piece:
                return data, True
            data += piece
    return data, False


def _kill_group(group: int) -> None:
    """Kills the program and all that it has started."""
    try:
        os.killpg(group, _SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended


def _decode_output(data: bytes, in_time: bool, timeout: float) -> ProbeResult:
    reports = list(_decode_lines(data))
    names = ("files", "package_directories", "variables")
    files, directories, variables = (tuple(str(item) for item in _list_items(reports[-1:], name)) for name in names)
    parsers = tuple(report for report in reports if "parameters" in report)
    reason = "" if parsers else _explain_failure(reports, in_time, timeout)
    return ProbeResult(parsers, files, directories, variables, reason, not in_time)


def _explain_failure(reports: Sequence[Mapping[str, object]], in_time: bool, timeout: float) -> str:
    """Returns why no parser was reached."""
    if not in_time:
        return f"it did not reach its parser within {timeout:g} seconds"
    for refused in _list_items(reports, "refused"):
        return f"it tries {refused} before it parses its arguments"
    for report in reports:
        if report.get("ended"):
            return str(report["ended"])
    return "it ended before it parsed its arguments"


def _list_items(reports: Sequence[Mapping[str, object]], name: str) -> Iterator[object]:
    for report in reports:
        yield from cast(list[object], report.get(name) or [])


def _decode_lines(data: bytes) -> Iterator[dict[str, object]]:
    for line in data.split(b"\n"):
        try:
            report = json.loads(line) if line else None
        except ValueError:
            continue  # cut by the timeout
        if isinstance(report, dict):
            yield report
