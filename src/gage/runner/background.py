"""Starts a staged run in a process of its own that outlives this one."""

import os
import subprocess
import sys

from gage.store.store import RunStore
from gage.types.errors import RunFailed


def spawn_background(store: RunStore, id: str) -> int:
    """Start the staged run `id` detached from this terminal and session; the process's ID.

    It is `gage run --start ID`, which writes to nobody. Raises RunFailed when it cannot be started.
    """
    command = [sys.executable, "-m", "gage", "--runs", str(store.root), "run", "--start", id, "--yes", "--quiet"]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=os.getcwd(),
            start_new_session=True,
        )
    except OSError as e:
        raise RunFailed(f"The run cannot be started in the background: {e.strerror}") from None
    return process.pid
