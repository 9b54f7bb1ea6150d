"""Finds the boards of a project: files in its directory `boards`. Knows no runs."""

import os
from pathlib import Path
from typing import NamedTuple

from gage.gagefile.file_names import BOARD_SUFFIXES, BOARDS_DIR
from gage.gagefile.load_board import load_board
from gage.gagefile.save_board import save_board
from gage.types.board import BoardDef
from gage.types.errors import NotFound, UsageError

MAX_NAME_CHARACTERS = 100


class ProjectBoard(NamedTuple):
    """A board of a project: its name and its file."""

    name: str
    path: Path


class BoardDescription(NamedTuple):
    """A board of a project. `problems` is the number of problems of its file, `failure` says why it cannot be read."""

    name: str
    path: Path
    title: str = ""
    problems: int = 0
    failure: str = ""


def list_boards(project: Path) -> list[ProjectBoard]:
    """Returns the boards of a project, by name. Raises OSError if the directory cannot be read."""
    try:
        names = sorted(os.listdir(project / BOARDS_DIR))
    except (FileNotFoundError, NotADirectoryError):
        return []
    files = (project / BOARDS_DIR / name for name in names if name.endswith(BOARD_SUFFIXES) and name[0] != ".")
    return [ProjectBoard(path.stem, path) for path in files if path.is_file() or path.is_symlink()]


def describe_boards(project: Path) -> list[BoardDescription]:
    """Returns the boards of a project with their titles and problems. Raises OSError as `list_boards`."""
    described = []
    for name, path in list_boards(project):
        try:
            file = load_board(str(path))
        except OSError as error:
            described.append(BoardDescription(name, path, failure=error.strerror or str(error)))
            continue
        title = file.definition.title if file.definition else ""
        described.append(BoardDescription(name, path, title, len(file.diagnostics)))
    return described


def find_board(word: str, project: Path, cwd: Path) -> Path:
    """Returns the file of a board: `word` is its path, or the name of a board of the project. Raises NotFound, and
    UsageError for a file of another kind.
    """
    path = cwd / Path(word).expanduser()
    if word.endswith(BOARD_SUFFIXES) or os.sep in word:
        if not os.path.lexists(path):
            raise NotFound(f"Board {word} does not exist", "Try: gage board")
        if not word.endswith(BOARD_SUFFIXES):
            raise UsageError(f"{word} is not a board", f"A board ends in {', '.join(BOARD_SUFFIXES)}")
        return path
    boards = list_boards(project)
    found = [board.path for board in boards if board.name == word]
    if len(found) > 1:
        files = " and ".join(f"{BOARDS_DIR}/{path.name}" for path in found)
        raise UsageError(f"Two boards are called {word!r}: {files}", "Name the file, or rename one of them")
    if found:
        return found[0]
    if path.is_file():
        raise UsageError(f"{word} is not a board", f"A board ends in {', '.join(BOARD_SUFFIXES)}")
    from gage.lib.suggest import suggest_closest

    where = "Try: gage board" if boards else f"Write one to {BOARDS_DIR}/{word}.toml: see 'gage help boards'"
    raise NotFound(f"There is no board {word!r}", suggest_closest(word, [board.name for board in boards], where))


def save_project_board(board: BoardDef, name: str, project: Path, loaded: BoardDef | None = None) -> Path:
    """Saves a board of a project under a name, and returns its file. `loaded` is the board that it replaces, see
    `save_board`. Raises UsageError for a name that cannot be used, and what `save_board` raises.
    """
    is_valid = 0 < len(name) <= MAX_NAME_CHARACTERS and name.isprintable() and name[0] not in ".-" and "/" not in name
    if not is_valid or name.strip() != name or name.endswith(BOARD_SUFFIXES):
        raise UsageError(f"{name!r} is not a name for a board", "Use letters, digits, spaces, - and _")
    directory = project / BOARDS_DIR
    path = directory / f"{name}.toml"
    other = next((each.path for each in list_boards(project) if each.name == name and each.path != path), None)
    if other is not None:
        raise UsageError(f"A board {name!r} exists already: {BOARDS_DIR}/{other.name}", "Use another name")
    directory.mkdir(exist_ok=True)
    save_board(board, path, loaded)
    return path
