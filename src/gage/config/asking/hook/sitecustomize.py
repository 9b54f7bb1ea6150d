"""What Python loads first in a program that is asked: hides itself, loads the user's own, begins to listen."""

import sys


def _begin() -> None:
    import os

    own = sys.modules[__name__]
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [p for p in sys.path if os.path.abspath(p) != here]
    told = os.environ.pop("GAGE_ASKED", "").split(":", 2)
    if len(told) == 3:
        os.environ.pop("PYTHONPATH", None)
        if told[2]:
            os.environ["PYTHONPATH"] = told[2]
    _load_users(own)
    if len(told) == 3:
        _listen(os.path.join(os.path.dirname(here), "inside"), int(told[0]), told[1])


def _load_users(own: object) -> None:
    """The user's own `sitecustomize`, whose name this one has taken."""
    del sys.modules[__name__]
    try:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        pass
    sys.modules.setdefault(__name__, own)  # type: ignore[arg-type]


def _listen(folder: str, fd: int, scratch: str) -> None:
    """Load the folder as a package of a name that no user has, and let it begin."""
    import types

    package = types.ModuleType("_gage_inside")
    package.__path__ = [folder]
    sys.modules["_gage_inside"] = package
    from importlib import import_module

    keep, sys.dont_write_bytecode = sys.dont_write_bytecode, False  # what is Gage's own is compiled once
    begin = import_module("_gage_inside.begin")
    import_module("_gage_inside.argparse_parser")
    sys.dont_write_bytecode = keep
    begin.begin(fd, scratch)


_begin()
