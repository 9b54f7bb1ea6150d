"""The entry point. Prints version and help without a command line parser, for speed."""

import gc
import os
import sys

MIN_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Loading modules leaves no garbage; Python's default of 700 would search for it dozens of times.

It stays so in long runs, whose few cycles cost less memory than searching for them would cost time.
"""


def main() -> None:
    """Runs the `gage` command and exits with its exit code."""
    gc.set_threshold(MIN_OBJECTS_BETWEEN_COLLECTIONS)
    if "_GAGE_COMPLETE" in os.environ:
        from gage.cli.quick_imports import load_click

        load_click()
        from gage.cli.completion.entry import print_completions

        print_completions()
    if sys.argv[1:] == ["--version"]:
        from gage import __version__

        _print_text(f"gage {__version__}")
        return
    if sys.argv[1:] in ([], ["--help"], ["-h"]):
        from gage.cli.command_index import format_top_help

        _print_text(format_top_help())
        return
    from gage.cli.quick_imports import load_click

    load_click()
    from gage.cli.main import run

    run()


def _print_text(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError as e:
        from gage.cli.errors import report_error

        os._exit(report_error(e))  # at once: else the interpreter would report the failed write again


def _ignore_current_directory() -> None:
    """Lets `python -m gage` load its modules although the project has one of the same name, such as `json.py`."""
    try:
        if sys.path[:1] in ([""], [os.getcwd()]):
            del sys.path[0]
    except OSError:
        pass  # the current directory is gone


if __name__ == "__main__":
    _ignore_current_directory()
    main()
