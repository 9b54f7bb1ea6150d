"""Writes files that a user named. These can be links, pipes or devices."""

import os
import stat
from pathlib import Path

from gage.lib.files import write_all, write_atomic

STANDARD_OUTPUT = "-"
"""Names standard output in the place of a file."""


def write_output_file(path: Path | str, data: bytes) -> None:
    """Writes `data` to a file, or to standard output if the path is `-`. A regular file, or the target of a link, is
    replaced as a whole or not at all. A pipe or a device is never replaced. Raises OSError.
    """
    if str(path) == STANDARD_OUTPUT:
        write_all(1, data)
    elif _is_special(path):
        with open(path, "wb", buffering=0) as file:
            write_all(file.fileno(), data)
    else:
        write_atomic(os.path.realpath(path), data)


def _is_special(path: Path | str) -> bool:
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False
