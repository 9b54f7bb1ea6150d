"""Starts a staged run in a background process that outlives this one."""

import os
import subprocess
import sys
from collections.abc import Mapping

from gage.store.store import RunStore
from gage.types.errors import RunFailed


def spawn_background(store: RunStore, id: str, env: Mapping[str, str]) -> int:
    """Starts `gage run --start ID` detached from this terminal and session, and returns its process ID.

    `env` are the plan's variables, since secrets are not in the run's files. Raises RunFailed when it cannot start.
    """
    words = ["--runs", str(store.root.absolute()), "run", "--start", id, "--yes", "--quiet"]
    # -P: modules of the directory that it starts in must not shadow others
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
        raise RunFailed(f"Cannot start the run in the background: {e.strerror}") from None
    return process.pid
