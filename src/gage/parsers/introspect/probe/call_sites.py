"""Where in the program a parser is called from, and what the program's text says there. Knows no parser's inside."""

from __future__ import annotations

import sys

from . import send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_OWN = ("argparse", "simple_parsing", "transformers", "jsonargparse", "lightning", "pytorch_lightning")
"""Packages whose calls of a parser are part of one call of the program's."""


def chooses_groups() -> bool:
    """Whether simple-parsing looks which of several classes are meant, with a parser for that alone."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] in (*_OWN, "_gage_probe"):
        if frame.f_code.co_name == "_resolve_subgroups":
            return True
        frame = frame.f_back
    return False


def caller() -> FrameType | None:
    """The place in the program that parses."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] in (*_OWN, "_gage_probe"):
        frame = frame.f_back
    return frame


def line(frame: FrameType | None) -> str:
    """The line of the program that parses."""
    lines = _source(frame).splitlines()
    return lines[frame.f_lineno - 1] if frame and frame.f_lineno <= len(lines) else ""


def _source(frame: FrameType | None) -> str:
    """The text of the file that a piece of the program is from."""
    return _text(frame.f_code.co_filename) if frame else ""


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def is_fixed(line: str) -> bool:
    """Whether the list that is parsed is written there, as in notebooks."""
    import re

    return re.search(r"parse_\w*args\w*\(\s*(?:args\s*=\s*)?[\[(\"']", line) is not None and "argv" not in line


def parses_again(frame: FrameType | None) -> bool:
    """Whether another place of the program parses, too: in the same file, or when another one is run."""
    import re

    calls = re.compile(r"\.(?:parse_args|parse_known_args|parse_args_into_\w+)\s*\(")
    if len(calls.findall(_source(frame))) > 1:
        return True
    here = frame.f_code.co_filename if frame else ""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py") and file != here and send_report.is_own(file):
            text = _text(file)
            if calls.search(text if name == "__main__" else text.split("\nif __name__ ==")[0]):
                return True
    return False
