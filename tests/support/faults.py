"""Replaces functions in tests by functions that fail."""

import os
from collections.abc import Callable
from typing import NoReturn


def fail_with(number: int) -> Callable[..., NoReturn]:
    """Returns a function that raises the `OSError` of an error number, whatever its arguments are."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return fail
