"""Starts a staged run in a process of its own that outlives this one."""

import os
import subprocess
import sys
from collections.abc import Mapping

from gage.store.store import RunStore
from gage.types.errors import RunFailed


def spawn_background(store: RunStore, id: str, env: Mapping[str, str]) -> int:
    """Start the staged run `id` detached from this terminal and session; the process's ID.

    It is `gage run --start ID`, which writes to nobody. `env` are the plan's variables, since secret ones are not in
    the run's files. Raises RunFailed when it cannot be started.
    """
    words = ["--runs", str(store.root.absolute()), "run", "--start", id, "--yes", "--quiet"]
    # -P: no module of the folder that it starts in is taken for one of Python's
    command = [sys.executable, "-P", "-m", "gage", *words]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=store.root,
            env={**os.environ, **env},
            start_new_session=True,
        )
    except OSError as e:
        raise RunFailed(f"The run cannot be started in the background: {e.strerror}") from None
    return process.pid
