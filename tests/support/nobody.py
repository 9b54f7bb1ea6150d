"""Runs a function as a user whom file permissions bind, also where the tests run as root."""

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
    """The function's result, or the exception it raised; both have to be picklable. Import what it needs before."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(writer, function)
    os.close(writer)
    with open(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    failed, value = pickle.loads(data)
    if failed:
        raise value
    return value


def _answer(pipe: int, function: Callable[[], object]) -> None:
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        answer = (False, function())
    except BaseException as e:
        answer = (True, e)
    with open(pipe, "wb") as file:
        file.write(pickle.dumps(answer))
    os._exit(0)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that everybody can look into and nobody else but its owner can write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for path, names, _ in os.walk(folder):
            for name in names:
                (Path(path) / name).chmod(0o700)
        shutil.rmtree(folder)
