"""Describes in one line why a run did not complete. Knows exit codes, signals and what programs print of errors."""

import re
import signal

MAX_REASON_CHARS = 300
MAX_TAIL_BYTES = 16384
"""Bytes of the end of standard error in which the error is searched."""

_TRACEBACK = "Traceback (most recent call last):"
_GROUP_TRACEBACK = "Exception Group " + _TRACEBACK
# Hydra prints its own advice last
_is_no_error = re.compile(r"\s|gage: |.*Warning: |.*\d%\||Set the environment variable HYDRA_FULL_ERROR=1").match
# a line of a box (Rich, Typer), and the lines above and below it
_BOX_LINE = re.compile(r"[│┃|]\s(.*?)\s*[│┃|]$")
_BOX_EDGE = re.compile(r"[╭╰┌└┏┗╔╚]?[─━═]{2}.*|[-+=*#_]{3,}")
# a line of a group of exceptions that is neither a traceback nor indented
_GROUP_LINE = re.compile(r"\s*\| (?!Traceback )(\S.*)")
# a line that says that it is an error: `train.py: error: x`, `ValueError: x`, `Error in f() : x`, `fatal: x`
_is_error_line = re.compile(r"(?:[\w./-]+: )?(?:[\w.]*(?:error|exception)\b[^:]*|fatal(?: error)?): ?\S", re.I).match
_REQUESTS = {
    signal.SIGINT: "interrupted (Ctrl-C)",
    signal.SIGTERM: "stopped (SIGTERM)",
    signal.SIGHUP: "its terminal was closed (SIGHUP)",
}
"""Signal that Gage received and forwarded → reason."""


def describe_end(code: int, signal_number: int, time_limit: float | None, stderr_tail: bytes) -> str:
    """Returns why a program ended with `code` (-N: signal N), which is not 0.

    `signal_number` is the signal by which Gage was asked to end it (0: none), `time_limit` the limit in seconds if it
    was reached. Else it is the error in `stderr_tail`, or the code and what the tail ends with.
    """
    if time_limit is not None:
        return f"time limit of {time_limit:g} s"
    if signal_number:
        return _REQUESTS.get(signal.Signals(signal_number), describe_exit_code(-signal_number))
    text, is_error = find_error(stderr_tail) if code > 0 else ("", False)
    if is_error:
        return text
    return describe_exit_code(code) + (f"; stderr: {text}" if text else "")


def describe_exit_code(code: int) -> str:
    """Returns an exit code in words: `exit code 3`, `signal 9 (SIGKILL)`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"signal {-code}"


def find_error(stderr_tail: bytes) -> tuple[str, bool]:
    """Returns the error that a program printed, and True: what follows its last traceback, or a last line such as
    `error: …`. Else returns its last line, "" if none, and False: it may be anything.

    Indented lines, warnings, progress bars and lines of Gage do not count. Of a group of exceptions, the error is the
    group and its first exception; of text in a box at the end, all of it.
    """
    lines = [_clean_line(line) for line in stderr_tail.split(b"\n")]
    is_start = (i for i, line in enumerate(lines) if _TRACEBACK in line and not line.lstrip().startswith("|"))
    start = max(is_start, default=-1)
    if start >= 0 and _GROUP_TRACEBACK in lines[start]:
        group = [match[1] for line in lines[start + 1 :] if (match := _GROUP_LINE.fullmatch(line))]
        return ": ".join(group[:2])[:MAX_REASON_CHARS], True
    if start < 0:
        lines = _join_boxes(lines)
    texts = [line.strip() for line in lines[start + 1 :] if line.strip() and not _is_no_error(line)]
    text = texts[0 if start >= 0 else -1] if texts else ""
    return text[:MAX_REASON_CHARS], bool(text) and (start >= 0 or _is_error_line(text) is not None)


def _join_boxes(lines: list[str]) -> list[str]:
    """Returns lines without the edges of boxes, and the text of each box as one line, after "Error: " if that is its
    title.
    """
    joined: list[str] = []
    is_in_box = False
    title = ""
    for line in lines:
        inside = _BOX_LINE.fullmatch(line)
        if inside and is_in_box:
            joined[-1] = f"{joined[-1]} {inside[1].strip()}".strip()
        elif inside or not _BOX_EDGE.fullmatch(line):
            joined.append(title + inside[1].strip() if inside else line)
        title = "Error: " if "─ Error ─" in line else ""
        is_in_box = inside is not None
    return joined


def _clean_line(line: bytes) -> str:
    """Returns the last state of a line, without colours."""
    text = line.rstrip(b"\r").rpartition(b"\r")[2].decode("utf-8", "replace")
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
