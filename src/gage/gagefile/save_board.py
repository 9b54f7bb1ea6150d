"""Writes boards as TOML. Never overwrites a board that the caller has not read."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gage.formats import toml
from gage.gagefile.load_board import load_board
from gage.lib.files import write_atomic
from gage.types.board import BoardColumn, BoardDef
from gage.types.errors import UsageError
from gage.types.values import JSONValue, clean_text


def save_board(board: BoardDef, path: Path, loaded: BoardDef | None = None) -> None:
    """Writes a board to a `.toml` file in one step.

    `loaded` is the board that the caller has read from the file. Raises UsageError if the file now has another board,
    or one that the caller has not read. Does not write a file that has this board already. If two processes save at
    the same time, the second one waits. Raises OSError.
    """
    if path.suffix != ".toml":
        raise UsageError(f"Boards are saved as TOML, not as {path.name}", "Use a name that ends in .toml")
    with _lock_directory(path.parent):
        if os.path.lexists(path):
            current = load_board(str(path)).definition
            if current == board:
                return
            if loaded is None or current != loaded:
                message = "has changed since it was read" if loaded else "exists already"
                raise UsageError(f"The board {path.name} {message}", "Use another name, or remove the file")
        write_atomic(path, format_board(board).encode())


@contextmanager
def _lock_directory(directory: Path) -> Iterator[None]:
    """Waits for other processes that save a board to the directory."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def format_board(board: BoardDef) -> str:
    """Returns the TOML text of a board."""
    settings: dict[str, JSONValue] = {
        "title": board.title,
        "description": board.description,
        "where": list(board.where),
        "sort": list(board.sort),
        "limit": board.limit,
    }
    lines = [_format_pair(key, value) for key, value in settings.items() if value]
    plain = all(column == BoardColumn(column.name) for column in board.columns)
    if plain and board.columns:
        lines.append(_format_pair("columns", [column.name for column in board.columns]))
    if board.group:
        names: dict[str, JSONValue] = {"by": list(board.group.by), board.group.selector: board.group.selected_by}
        lines += ["", "[group]", *(_format_pair(key, value) for key, value in names.items() if key)]
    if board.scores:
        lines += ["", "[scores]", *(_format_pair(score.name, score.expression) for score in board.scores)]
    for column in () if plain else board.columns:
        lines += ["", "[[columns]]", *_format_column(column)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _format_column(column: BoardColumn) -> Iterator[str]:
    name = "field" if column.other else "name"  # with `field`, as in Gage 0.1, other settings are accepted
    settings: dict[str, JSONValue] = {name: column.name, "label": column.label, "format": column.format}
    for key, value in {**settings, "aggregate": column.aggregate, **column.other}.items():
        if value or key in column.other:
            yield _format_pair(key, value)


def _format_pair(key: str, value: JSONValue) -> str:
    if isinstance(value, str):
        value = clean_text(value)
    elif isinstance(value, list):
        value = [clean_text(item) if isinstance(item, str) else item for item in value]
    return f"{toml.format_key(clean_text(key))} = {toml.format_value(value)}"
