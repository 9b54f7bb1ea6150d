"""Runs `gage` on a terminal of its own."""

import os
import re
import sys
from pathlib import Path

import pexpect

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(project: Path, *words: str, columns: int = 80, answer: str = "", **env: str) -> tuple[str, int]:
    """Returns the output of a command on a terminal, and its exit code; `answer` is typed after a question."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "gage", *words],
        cwd=str(project),
        env=os.environ | env,
        dimensions=(40, columns),
        encoding="utf-8",
        timeout=30,
    )
    if answer:
        child.expect(r"\([yY]/[nN]\) ")
        before = child.before
        child.sendline(answer)
    else:
        before = ""
    child.expect(pexpect.EOF)
    child.close()
    return before + child.before, child.exitstatus
