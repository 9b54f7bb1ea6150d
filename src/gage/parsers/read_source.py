"""The parameters of a program from its source. Runs and imports nothing of the program."""

from pathlib import Path

from gage.parsers.parser_spec import ParserSpec


def read_source(path: Path, text: str) -> ParserSpec | None:
    """Returns the parameters of the program in `text`, whose file is `path`, or None if it uses no known parser.

    Files of the project that it imports are read as well. Raises ConfigError if the text is not what its name says.
    """
    first_line = text.partition("\n")[0] if text.startswith("#!") else ""
    suffix = path.suffix.lower()
    if suffix in (".r", ".rscript") or "Rscript" in first_line:
        from gage.parsers.r.static import read_r_program

        return read_r_program(text)
    if suffix in (".sh", ".bash", ".zsh", ".ksh") or first_line.rstrip().endswith("sh"):
        from gage.parsers.shell.static import read_shell_program

        return read_shell_program(text)
    if suffix in (".py", ".pyw") or "python" in first_line:
        from gage.parsers.argparse.static import read_python_program

        return read_python_program(path, text)
    return None
