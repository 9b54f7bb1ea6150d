"""The entry point. Knows the two answers that need no command line parser: the version and the help."""

import gc
import os
import sys

MIN_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's 700 would look for garbage dozens of times while modules load, which leave none."""


def main() -> None:
    """Run the `gage` command and leave with its exit code."""
    gc.set_threshold(MIN_OBJECTS_BETWEEN_COLLECTIONS)
    if "_GAGE_COMPLETE" in os.environ:
        from gage.cli.completion.entry import print_completions

        print_completions()
    if sys.argv[1:] == ["--version"]:
        from gage import __version__

        _say(f"gage {__version__}")
        return
    if sys.argv[1:] in ([], ["--help"], ["-h"]):
        from gage.cli.command_index import format_top_help

        _say(format_top_help())
        return
    from gage.cli.main import run

    run()


def _say(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError as e:
        from gage.cli.errors import report_error

        os._exit(report_error(e))  # at once: the interpreter would complain once more about what it cannot write


if __name__ == "__main__":
    main()
