"""Probe of argparse and of packages built on it: a parser reports its actions when it is about to parse."""

from __future__ import annotations

import sys

from ..introspect.probe import call_sites, send_report
from .probe_actions import describe_parser, name_parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action, ArgumentParser, HelpFormatter, _MutuallyExclusiveGroup
    from collections.abc import Callable
    from types import FrameType, ModuleType

_OTHER_PARSERS = ("fire", "hydra", "tyro", "absl", "typer", "click", "IPython", "torch")
"""Packages that use argparse for arguments of their own, or have their own probe."""


def patch(argparse: ModuleType) -> None:
    """Replaces argparse's parse methods, so that a parser reports itself when it is about to parse."""
    _skip_layout(argparse)
    real = argparse.ArgumentParser.parse_known_args

    def parse_known_args(
        self: ArgumentParser, args: object = None, namespace: object = None, *more: object, **named: object
    ) -> object:
        if not report_parser(self, args):
            return real(self, args, namespace, *more, **named)
        return _parse_without_required(self, lambda: real(self, args, namespace, *more, **named))

    argparse.ArgumentParser.parse_known_args = parse_known_args  # parse_args calls it as well
    intermixed = argparse.ArgumentParser.parse_known_intermixed_args

    def parse_known_intermixed_args(
        self: ArgumentParser, args: object = None, *more: object, **named: object
    ) -> object:
        report_parser(self, args, is_intermixed=True)  # now, as it removes positionals from the parser while it parses
        return intermixed(self, args, *more, **named)

    argparse.ArgumentParser.parse_known_intermixed_args = parse_known_intermixed_args


def _skip_layout(argparse: ModuleType) -> None:
    """Spares what only printed help needs, and `add_argument` computes: the width of the terminal, translations."""
    real = argparse.HelpFormatter.__init__

    def init(
        self: HelpFormatter,
        prog: str,
        indent_increment: int = 2,
        max_help_position: int = 24,
        width: int | None = None,
        *more: object,
        **named: object,
    ) -> None:
        real(self, prog, indent_increment, max_help_position, width or 80, *more, **named)

    argparse.HelpFormatter.__init__ = init
    vars(argparse)["_"] = lambda text: text


def report_parser(parser: ArgumentParser, args: object, is_intermixed: bool = False) -> bool:
    """Reports a parser that is about to parse `args`, or the command line if that is None.

    - The program's only parser: ends the process after the report.
    - The first of two (`parse_known_args`, and what is left goes to the second): returns True after the report.
    - Not the program's own: returns False without a report. It is one of a library or of a simple-parsing subgroup, or
      reads a list in the program while another call parses the command line.
    """
    frame = call_sites.find_caller()
    if call_sites.is_subgroup_parser() or _is_in_other_parser(frame):
        return False
    line = call_sites.read_line(frame)
    if args is not None and call_sites.is_literal_call(line):
        if call_sites.has_other_parse_call(frame):
            return False
        note = "The program's parser reads a list in the program, not the command line"
        send_report.send_and_exit({"parser": name_parser(parser), "parameters": [], "note": note})
    arguments = [str(a) for a in args] if hasattr(args, "__iter__") else sys.argv[1:]
    if "parse_known" in line and call_sites.has_other_parse_call(frame):
        send_report.send({**describe_parser(parser, arguments), "is_intermixed": is_intermixed})
    else:
        send_report.build_and_exit(lambda: {**describe_parser(parser, arguments), "is_intermixed": is_intermixed})
    return True


def _is_in_other_parser(frame: FrameType | None) -> bool:
    name = str(frame.f_globals.get("__name__", "")) if frame is not None else ""
    return name.split(".")[0] in _OTHER_PARSERS


def _parse_without_required(parser: ArgumentParser, parse: Callable[[], object]) -> object:
    """Parses with every argument optional: what is missing during introspection may be there in the real run."""
    everything: list[Action | _MutuallyExclusiveGroup] = [*parser._actions, *parser._mutually_exclusive_groups]
    required = [each for each in everything if each.required]
    try:
        for each in required:
            each.required = False
        return parse()
    finally:
        for each in required:
            each.required = True
