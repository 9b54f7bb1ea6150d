"""Names the file to edit when a program's error names the run's copy of it. Reads output and a list of files only."""

import os
import re
from collections.abc import Container


def find_copied_file(output: bytes, run_dir: str, copied: Container[str], project: str) -> tuple[str, str] | None:
    """Returns the copied file that `output` names last, relative to the run directory, and the one to edit in
    `project`; None if it names none. `copied` are the files that were copied from the project.
    """
    text = output.decode("utf-8", "replace")
    pattern = re.escape(run_dir) + r"""/(?P<path>[^"'\n]+?)(?=["':\n]|, line |\(\d|$)"""
    for match in reversed(list(re.finditer(pattern, text))):
        path, original = match["path"], os.path.join(project, match["path"])
        if path in copied and os.path.isfile(original):
            return path, original
    return None
