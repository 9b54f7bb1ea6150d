"""Entry point of shell completion: reads the shell and the words typed so far, writes the completions."""

import os
import sys
from collections.abc import Sequence

from gage.cli.completion.complete import complete_words
from gage.cli.completion.shells import SHELLS

SHELL_VARIABLE = "_GAGE_COMPLETE"
"""Environment variable that holds the name of the shell."""


def print_completions() -> None:
    """Writes the completions for the shell in `SHELL_VARIABLE` and exits. Prints nothing on an error, which would
    end up in the command line that is being typed.
    """
    try:
        _write_stdout(_complete(os.environ.pop(SHELL_VARIABLE), sys.argv[1:]))
    except BaseException:
        if os.environ.get("GAGE_DEBUG"):
            import traceback

            traceback.print_exc()
            sys.stderr.flush()
    os._exit(0)


def _complete(shell: str, words: Sequence[str]) -> str:
    answering = SHELLS[shell]()
    return "".join(f"{line}\n" for line in answering.format(complete_words(*answering.split(words))))


def _write_stdout(text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(1, data) :]
