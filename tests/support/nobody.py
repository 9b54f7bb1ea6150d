"""Runs a function with the rights of an ordinary user, even if the tests run as root."""

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

NOBODY = 65534
T = TypeVar("T")


def as_nobody(function: Callable[[], T]) -> T:
    """Runs a function in a fork, as the user `nobody` if the tests run as root.

    Returns its result, or raises the exception that it raises; both must be picklable. Modules that it needs must be
    imported before, as `nobody` may not be able to read them.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _run_and_send(writer, function)
    os.close(writer)
    with open(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    failed, value = pickle.loads(data)
    if failed:
        raise value
    return value


def _run_and_send(pipe: int, function: Callable[[], object]) -> None:
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        outcome = (False, function())
    except BaseException as e:
        outcome = (True, e)
    with open(pipe, "wb") as file:
        file.write(pickle.dumps(outcome))
    os._exit(0)


@contextmanager
def readable_directory() -> Iterator[Path]:
    """Creates a temporary directory that all users can read and only its owner can write to."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        for path, names, _ in os.walk(directory):
            for name in names:
                (Path(path) / name).chmod(0o700)
        shutil.rmtree(directory)
