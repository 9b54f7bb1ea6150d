"""Runs a function over a long list in two processes. Knows nothing of what the function does."""

import marshal
import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from gage.lib.files import write_all

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_two_processes(function: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
    """Returns `function(items)`; where that is safe, a forked child does the second half.

    Results must be of types that `marshal` writes. Whatever happens to the child, its half is done here instead.
    """
    if not _can_fork():
        return function(items)
    half = len(items) // 2
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            write_all(writer, marshal.dumps(function(items[half:])))
        finally:
            os._exit(0)  # at once and without a message: the parent sees that the answer is not whole
    os.close(writer)
    with open(reader, "rb") as pipe:
        first = function(items[:half])
        data = pipe.read()
    os.waitpid(child, 0)
    try:
        second: list[Result] = marshal.loads(data)
    except (EOFError, ValueError, TypeError):
        second = function(items[half:])
    return first + second


def _can_fork() -> bool:
    """Returns whether a second process helps and is safe: two processors, and no thread that could hold a lock."""
    if (os.cpu_count() or 1) < 2:
        return False
    threading = sys.modules.get("threading")
    return threading is None or threading.active_count() == 1
