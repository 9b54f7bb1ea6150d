"""Writes files that a user named, which may be links, pipes and devices."""

import os
import stat
from pathlib import Path

from gage.lib.files import write_all, write_atomic


def write_output_file(path: Path | str, data: bytes) -> None:
    """Writes `data` to a file. A regular file gets all of it or stays as it was, also if `path` is a link to it; a pipe
    or a device is written to, and never replaced. Raises OSError.
    """
    if _is_special(path):
        with open(path, "wb", buffering=0) as file:
            write_all(file.fileno(), data)
    else:
        write_atomic(os.path.realpath(path), data)


def _is_special(path: Path | str) -> bool:
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False
