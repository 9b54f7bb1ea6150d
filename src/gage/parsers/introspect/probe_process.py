"""Starts a program to ask it, with the hook in its way, for a limited time; what it prints is thrown away.

What comes back is what its parser reported, or why nothing did. Nothing of it stays: no process, no file.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

TIMEOUT_SECONDS = 10.0
"""Seconds that a program has to come to its parser."""
_NOTHING = "it ended before it parsed anything"
MAX_PROBE_BYTES = 8 << 20
"""The most bytes that are read of all it reports."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a program said: the reports of its parsers in order, the files that it had loaded or read, the folders that
    its packages are installed in, the variables of the environment that it asked for, and why there is nothing more to
    say ("" = a parser was reached). `is_late`: another time it may be faster.
    """

    reports: tuple[Mapping[str, object], ...]
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    reason: str = ""
    is_late: bool = False


def run_probe(argv: Sequence[str], cwd: Path, env: Mapping[str, str], limit: float = TIMEOUT_SECONDS) -> ProbeResult:
    """Start `argv` in `cwd` with the environment `env` and hear what its parser takes, for at most `limit` seconds."""
    if os.name == "nt":
        return ProbeResult((), reason="programs are not asked on Windows")
    import subprocess
    import tempfile

    r, w = os.pipe()
    with (
        open(r, "rb", 0) as reader,
        open(w, "wb", 0) as writer,
        tempfile.TemporaryDirectory(prefix="gage-ask-", ignore_cleanup_errors=True) as scratch,
    ):
        try:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=_environment(env, w, scratch),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[w],
                start_new_session=True,
            )
        except OSError as e:
            return ProbeResult((), reason=f"{argv[0]} cannot be started: {e.strerror}")
        writer.close()
        try:
            data, in_time = _hear(reader.fileno(), limit)
        finally:
            _end(process.pid)
            process.wait()
    return _answer(data, in_time, limit)


def _environment(env: Mapping[str, str], fd: int, scratch: str) -> dict[str, str]:
    path = env.get("PYTHONPATH", "")
    hook = str(Path(__file__).with_name("hook"))
    return {
        **env,
        "GAGE_ASKED": f"{fd}:{scratch}:{path}",
        "PYTHONPATH": f"{hook}{os.pathsep}{path}" if path else hook,
        "PYTHONDONTWRITEBYTECODE": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "TMPDIR": scratch,
        "GIT_PYTHON_REFRESH": "quiet",  # GitPython starts git when it is imported
    }


def _hear(fd: int, limit: float) -> tuple[bytes, bool]:
    """All that comes until the other end closes, the time is over or it is too much; and whether it was in time."""
    import select
    import time

    until = time.monotonic() + limit
    data = b""
    while len(data) < MAX_PROBE_BYTES and (left := until - time.monotonic()) > 0:
        if select.select([fd], [], [], left)[0]:
            piece = os.read(fd, 1 << 16)
            if not piece:
                return data, True
            data += piece
    return data, False


def _end(group: int) -> None:
    """End the program and all that it has started."""
    import signal

    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _answer(data: bytes, in_time: bool, limit: float) -> ProbeResult:
    reports = list(_lines(data))
    names = ("files", "folders", "variables")
    files, folders, variables = (tuple(str(f) for f in _all(reports[-1:], name)) for name in names)
    parsers = tuple(r for r in reports if "parameters" in r)
    reason = "" if parsers else _reason(reports, in_time, limit)
    return ProbeResult(parsers, files, folders, variables, reason, not in_time)


def _reason(reports: Sequence[Mapping[str, object]], in_time: bool, limit: float) -> str:
    """Why no parser was reached."""
    if not in_time:
        return f"it did not come to its parser within {limit:g} seconds"
    if refused := [str(w) for w in _all(reports, "refused")]:
        return f"it wants {refused[0]} before it parses"
    return next((str(r["ended"]) for r in reports if r.get("ended")), _NOTHING)


def _all(reports: Sequence[Mapping[str, object]], name: str) -> Iterator[object]:
    for report in reports:
        yield from cast(list[object], report.get(name) or [])


def _lines(data: bytes) -> Iterator[dict[str, object]]:
    for line in data.split(b"\n"):
        try:
            found = json.loads(line) if line else None
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found
