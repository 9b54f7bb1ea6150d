"""What log handlers and terminals add to a line: time stamps, levels, names of loggers, colours.

Knows the start of a line, not what it says.
"""

import re

# \x1b[1;32m · \x1b]0;title\x07
_ANSI_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|.)")
_LOG_LEVELS = "INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL"
# INFO:root: · I0101 12:00:00.1 1 x.py:3] · 2026-01-01 12:00:00 - INFO - train.main: · [1] "
_LOG_PREFIX = re.compile(
    rf"^(?:(?:{_LOG_LEVELS}):[\w.]*:\s*|(?:{_LOG_LEVELS}) ?:\s+|[IWEF]\d{{4}} [\d:.]+\s+\d+ [\w./-]+:\d+\]\s*"
    rf"|\[?\d{{4}}-\d\d-\d\d[T ][\d:.,Z]+\]?[ -]*\[?(?:{_LOG_LEVELS})\]?[ -]+[\w.]+(?::\s+| - |\s{{2,}})"
    r"|\d{4}-\d\d-\d\d[T ][\d:.]+ \| \w+ +\| [\w.<>:]+:\d+ - )"
    r"|^\[\d+\] \""
)


def remove_escapes(line: str) -> str:
    """Returns a line without colours and other escape sequences of terminals."""
    return _ANSI_ESCAPE.sub("", line)


def remove_log_prefix(line: str) -> str:
    """Returns a line without the time stamp, level and logger before its message."""
    prefix = _LOG_PREFIX.match(line)
    return line[prefix.end() :] if prefix else line
