"""Waits for events in tests, so that no test depends on the speed or the load of the machine."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")
POLL_SECONDS = 0.02


def wait_until(condition: Callable[[], T], timeout: float = 60) -> T:
    """Returns the first true result of `condition`. Raises `AssertionError` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"The condition has not become true within {timeout:g} s")
        time.sleep(POLL_SECONDS)
    return result


def wait_for_file_source(path: Path, indent: str = "") -> str:
    """Returns Python source, of a program that imports os and time, that waits until a file exists."""
    return f"{indent}while not os.path.exists({str(path)!r}): time.sleep({POLL_SECONDS})\n"


def is_stopped(pid: int) -> bool:
    """Returns whether a process is suspended, as by Ctrl-Z."""
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED
