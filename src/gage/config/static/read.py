"""A program's settings from its source alone: the door of this folder. Runs and imports nothing of the program."""

from pathlib import Path

from gage.config.program import Program


def read(path: Path, text: str) -> Program | None:
    """What the program in `text`, whose file is `path`, can be given; None when it has no parser that is known.

    Files of the project that it imports are read, too. Raises ConfigError when the text is not what its name says.
    """
    if path.suffix in (".py", ".pyw"):
        from gage.config.static import python

        return python.read(path, text)
    return None
