"""What a program's parser told, completed by what its source says: help that the parser does not keep."""

from pathlib import Path

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.types.errors import ConfigError

_SILENT = ("docopt", "tyro")
"""Parsers that do not tell what has to be given."""
_WORDLESS = (*_SILENT, "hydra")
"""Parsers that do not tell all that the source says. For others it is not read: that costs as much as asking."""


def merge_help(asked: ParserSpec, script: Path) -> ParserSpec:
    """The same program; a parameter without help has that of the one of its name in the source."""
    if asked.parser not in _WORDLESS:
        return asked
    from gage.formats.python import decode
    from gage.parsers.read_source import read_source

    try:
        found = read_source(script, decode(script.read_bytes()))
    except (OSError, ConfigError):
        return asked
    if found is None:
        return asked
    known = {(p.command, p.name): p for p in found.parameters}
    tells = asked.parser not in _SILENT
    pairs = [(p, known.get((p.command, p.name))) for p in asked.parameters]
    return asked._replace(parameters=tuple(_completed(p, read, tells) if read else p for p, read in pairs))


def _completed(asked: Parameter, read: Parameter, tells: bool) -> Parameter:
    return asked._replace(
        description=asked.description or read.description,
        line=asked.line or read.line,
        required=asked.required or (not tells and asked.default is None and read.required),
    )
