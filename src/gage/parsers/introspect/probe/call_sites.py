"""Where the program calls a parser, and what its source says there. Knows no parser."""

from __future__ import annotations

import sys

from . import send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_WRAPPERS = ("argparse", "simple_parsing", "transformers", "jsonargparse", "lightning", "pytorch_lightning", "_gage")
"""Packages that call argparse on behalf of the program."""


def is_subgroup_parser() -> bool:
    """Returns whether simple-parsing parses only to find out which of several classes is chosen."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and _is_wrapper(frame):
        if frame.f_code.co_name == "_resolve_subgroups":
            return True
        frame = frame.f_back
    return False


def find_caller() -> FrameType | None:
    """Returns the frame of the program that parses."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and _is_wrapper(frame):
        frame = frame.f_back
    return frame


def _is_wrapper(frame: FrameType) -> bool:
    return frame.f_globals.get("__name__", "").split(".")[0] in _WRAPPERS


def read_line(frame: FrameType | None) -> str:
    """Returns the line of source that the frame is at."""
    lines = _read_source(frame).splitlines()
    return lines[frame.f_lineno - 1] if frame and frame.f_lineno <= len(lines) else ""


def _read_source(frame: FrameType | None) -> str:
    return _read(frame.f_code.co_filename) if frame else ""


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def is_literal_call(line: str) -> bool:
    """Returns whether a line parses a literal list, as in notebooks: `parser.parse_args(["--lr", "1"])`."""
    import re

    return re.search(r"parse_\w*args\w*\(\s*(?:args\s*=\s*)?[\[(\"']", line) is not None and "argv" not in line


def has_other_parse_call(frame: FrameType | None) -> bool:
    """Returns whether the program has another parse call, in the same file or in another imported one."""
    import re

    calls = re.compile(r"\.(?:parse_args|parse_known_args|parse_args_into_\w+)\s*\(")
    if len(calls.findall(_read_source(frame))) > 1:
        return True
    here = frame.f_code.co_filename if frame else ""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py") and file != here and send_report.is_user_file(file):
            text = _read(file)
            if calls.search(text if name == "__main__" else text.split("\nif __name__ ==")[0]):
                return True
    return False
