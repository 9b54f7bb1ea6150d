"""A program's settings from its source alone: the door of this folder. Runs and imports nothing of the program."""

from pathlib import Path

from gage.parsers.parser_spec import ParserSpec


def read_source(path: Path, text: str) -> ParserSpec | None:
    """What the program in `text`, whose file is `path`, can be given; None when it has no parser that is known.

    Files of the project that it imports are read, too. Raises ConfigError when the text is not what its name says.
    """
    if path.suffix in (".py", ".pyw"):
        from gage.parsers import detect_parser

        return detect_parser.read_python_program(path, text)
    if path.suffix.lower() in (".r", ".rscript") or "Rscript" in _first_line(text):
        from gage.parsers.r import static as r_static

        return r_static.read_r_program(text)
    if path.suffix in (".sh", ".bash", ".zsh", ".ksh") or _first_line(text).rstrip().endswith("sh"):
        from gage.parsers.shell import static as shell_static

        return shell_static.read_shell_program(text)
    if "python" in _first_line(text):
        from gage.parsers import detect_parser

        return detect_parser.read_python_program(path, text)
    return None


def _first_line(text: str) -> str:
    """How the file says that it is started."""
    return text.partition("\n")[0] if text.startswith("#!") else ""
