"""Starts the real server of the page for tests."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class ViewServer(NamedTuple):
    """A server: the address with the token, the address without it, the token, and the process."""

    url: str
    base: str
    token: str
    process: subprocess.Popen


@contextmanager
def serve(runs: Path | list[Path], *options: str, home: Path | None = None) -> Iterator[ViewServer]:
    """Starts `gage view` for one or several stores, at a free port, and ends it afterwards."""
    stores = [runs] if isinstance(runs, Path) else runs
    words = [word for store in stores for word in ("--runs", str(store))]
    command = [sys.executable, "-m", "gage", *words, "view", "--no-open", "--port", "0", *options]
    environment = os.environ | ({"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")} if home else {})
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    try:
        line = process.stdout.readline().strip()
        match = re.fullmatch(r"(http://[^/]+)/#token=([\w-]+)", line)
        assert match, f"gage view printed {line!r}"
        yield ViewServer(line, match[1], match[2], process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
