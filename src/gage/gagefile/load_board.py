"""Loads a board: a file in JSON, TOML or YAML. Knows no runs: does not check whether runs have its values."""

import os

from gage.gagefile.board_definition import BOARD
from gage.gagefile.build_board import build_board
from gage.gagefile.decode_text import MAX_GAGEFILE_BYTES, decode_text
from gage.gagefile.definition import OPERATION
from gage.gagefile.file_names import BOARD_SUFFIXES, BOARDS_DIR, GAGEFILE_NAMES
from gage.gagefile.messages import escape_line, find_closest_setting
from gage.gagefile.parse_text import find_format, parse_text
from gage.gagefile.parsed_text import BOARD_FILE
from gage.gagefile.validate import Validator
from gage.types.board import BoardFile
from gage.types.opdef import Diagnostic, Span

_START = Span(1, 1)
_DISTINCT = ("title", "where", "columns", "group", "scores", "sort", "run-select", "group-select")
"""Settings at the top of a file that only boards have."""


def load_board(path: str) -> BoardFile:
    """Returns the board at `path`. Its `diagnostics` are the mistakes in the file.

    Raises OSError if the file cannot be read.
    """
    if not os.path.isfile(path) and os.path.lexists(path):
        what = "a directory" if os.path.isdir(path) else "a broken link" if os.path.islink(path) else "not a file"
        return BoardFile(path, None, (Diagnostic(_START, f"This is {what}"),))
    with open(path, "rb") as f:
        text = decode_text(f.read(MAX_GAGEFILE_BYTES + 1), BOARD_FILE)
    return parse_board(text, path) if isinstance(text, str) else BoardFile(path, None, (text,))


def is_board(path: str, text: str) -> bool:
    """Returns whether a file that is not named like a Gage file is a board: it is in a directory `boards`, or has a
    setting of boards at its top, and no setting of operations that boards do not have.
    """
    directory, name = os.path.split(os.path.abspath(path))
    if name in GAGEFILE_NAMES or not name.endswith(BOARD_SUFFIXES):
        return False
    values = parse_text(text, find_format(path), BOARD_FILE).values or {}
    if any(isinstance(value, dict) and "exec" in value for value in values.values()):
        return False
    if os.path.basename(directory) == BOARDS_DIR:
        return True
    names = values.keys()
    others = {field.name for field in OPERATION.fields} - BOARD.fields_by_name.keys()
    is_near = any(find_closest_setting(name, _DISTINCT) for name in names if not isinstance(values[name], dict))
    return names.isdisjoint(others) and (is_near or not names.isdisjoint(_DISTINCT))


def parse_board(text: str, path: str) -> BoardFile:
    """Returns the board with this `text`. The suffix of `path` gives the format."""
    format = find_format(path)
    parsed = parse_text(text, format, BOARD_FILE)
    diagnostics = [d._replace(message=escape_line(d.message), hint=escape_line(d.hint)) for d in parsed.diagnostics]
    values = parsed.values or {}
    if not values and not diagnostics and format != "json":
        hint = "List the values to show, for example columns = " if format == "toml" else "For example columns: "
        diagnostics.append(Diagnostic(_START, "The board is empty", f'{hint}["name", "loss"]'))
    validator = Validator(format, is_partial=bool(diagnostics))
    validator.check(values, BOARD, ())
    places = {d.span[:2] for d in diagnostics}
    diagnostics += [d for d in validator.locate(parsed) if d.span[:2] not in places]
    unique = {(d.span, d.message): d._replace(disables="") for d in diagnostics}
    found = tuple(sorted(unique.values(), key=lambda d: d.span))
    return BoardFile(path, None if found else build_board(values), found)  # type: ignore[arg-type]  # valid settings
