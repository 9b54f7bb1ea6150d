"""The beginning: from here on parsers report themselves, and nothing that lasts is done."""

from __future__ import annotations

import sys

from . import argparse_parser, env_tracker, import_hooks, send_report, side_effect_guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType, TracebackType

_PATCHES = {
    "argparse": "argparse_parser",
    "optparse": "optparse_parser",
    "click.core": "click_parser",
    "typer._click.core": "click_parser",
    "absl.flags._flagvalues": "absl_flags",
    "docopt": "docopt_parser",
    "fire.core": "fire_parser",
    "tyro": "tyro_parser",
    "jsonargparse._core": "jsonargparse_parser",
    "jsonargparse.core": "jsonargparse_parser",
    "hydra.main": "hydra_parser",
}
"""Module to wait for → the module here that makes it talk."""


def load_users(name: str) -> None:
    """Load the user's own `sitecustomize`, whose name Gage's has taken; an error in it is as harmless as ever."""
    own = sys.modules.pop(name, None)
    try:
        __import__(name)
    except Exception:
        pass
    if own is not None:
        sys.modules.setdefault(name, own)


def begin(fd: int, scratch: str) -> None:
    """Listen to what the program parses with; reports go to `fd`, files may be written below `scratch`."""
    send_report.report_to(fd)
    env_tracker.watch()
    side_effect_guard.redirect(scratch)
    side_effect_guard.watch(scratch)
    sys.excepthook = _failed
    import atexit

    atexit.register(_ended)
    import_hooks.when_imported({name: _patch(module) for name, module in _PATCHES.items()})


def _patch(name: str) -> Callable[[ModuleType], None]:
    def patch(module: ModuleType) -> None:
        if name == "argparse_parser":
            argparse_parser.patch(module)
            return
        from importlib import import_module

        import_module("." + name, __package__).patch(module)

    return patch


def _failed(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """An error that ends the program before its parser was reached."""
    text = f"{kind.__name__}: {error}".split("\n")[0][:300]
    send_report.leave({"ended": text})


def _ended() -> None:
    send_report.leave({"ended": ""})
