"""Starts the probe: parsers then report themselves, and the program can have no lasting side effects."""

from __future__ import annotations

import os
import sys

from . import env_tracker, import_hooks, send_report, side_effect_guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType, TracebackType


def load_user_sitecustomize(name: str) -> None:
    """Loads the user's own `sitecustomize`, which Gage's hides; ignores errors in it, as Python does."""
    hook = sys.modules.pop(name, None)
    try:
        __import__(name)
    except Exception:  # of the user's own file
        pass
    if hook is not None:
        sys.modules.setdefault(name, hook)


def start_probe(fd: int, scratch: str, probes: Iterable[tuple[str, str]]) -> None:
    """Waits for the program's parser. Reports go to `fd`; the program may write files below `scratch`.

    `probes` are pairs of a parser's module and the directory with the `probe.py` that patches it.
    """
    send_report.set_output(fd)
    env_tracker.watch_environ()
    side_effect_guard.redirect_writes(scratch)
    side_effect_guard.reject_side_effects(scratch)
    sys.excepthook = _report_exception
    import atexit

    atexit.register(_report_exit)
    import_hooks.call_after_import({module: _load_later(directory) for module, directory in probes})


def _load_later(directory: str) -> Callable[[ModuleType], None]:
    """Returns a function that loads the probe in `directory` and has it patch the parser's module."""

    def patch(parser: ModuleType) -> None:
        name = "_gage." + os.path.basename(directory)
        package = type(sys)(name)
        package.__path__ = [directory]
        sys.modules[name] = package
        keep = sys.dont_write_bytecode
        sys.dont_write_bytecode = not directory.startswith(
            send_report.PARSERS_DIRECTORY
        )  # these are compiled only once
        __import__(name + ".probe")
        sys.dont_write_bytecode = keep
        sys.modules[name + ".probe"].patch(parser)

    return patch


def _report_exception(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Reports an exception that ends the program before it parses."""
    send_report.send_and_exit({"ended": f"{kind.__name__}: {error}".split("\n")[0][:300]})


def _report_exit() -> None:
    send_report.send_and_exit({"ended": ""})
