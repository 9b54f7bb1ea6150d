"""Answers about the boards of a project: their names, their tables, and saving a view of the page as a board."""

from pathlib import Path
from typing import Literal, NamedTuple

from gage.board.board_table import build_board_table
from gage.gagefile.load_board import load_board
from gage.index.load_series import build_series_reader
from gage.project.boards import describe_boards, find_board, save_project_board
from gage.project.find import find_project_dir
from gage.select.parse import parse_where
from gage.types.board import BoardColumn, BoardDef, BoardGroup, BoardScore
from gage.types.errors import ConfigError, NotFound, StoreError
from gage.types.filter import RunFilter, RunRef
from gage.types.table import Column
from gage.types.values import JSONValue, replace_non_finite
from gage.view.stores import ViewedStores

MAX_ROWS = 5_000


class BoardsQuery(NamedTuple):
    """The store whose project has the boards."""

    store: int = 0


class ListedBoard(NamedTuple):
    """A board of a project. `problem` says what is wrong with its file ("" = nothing)."""

    name: str
    file: str
    title: str
    problem: str


class BoardsPage(NamedTuple):
    """The boards of a project, and its directory."""

    project: str
    boards: tuple[ListedBoard, ...]


class BoardQuery(NamedTuple):
    """A board by its name; `where` limits its runs further, `sort` replaces its order."""

    name: str
    store: int = 0
    where: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()


class BoardPage(NamedTuple):
    """A board and its table. `keys` are the names by which the columns sort; `rows` has the texts for people, `values`
    the values for programs, `runs` the IDs of the runs of each row. `total` counts the rows without a limit; `notes`
    warn of values that could be misunderstood.
    """

    name: str
    title: str
    description: str
    where: tuple[str, ...]
    sort: tuple[str, ...]
    group: BoardGroup | None
    scores: tuple[BoardScore, ...]
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple[JSONValue, ...], ...]
    values: tuple[tuple[JSONValue, ...], ...]
    runs: tuple[tuple[str, ...], ...]
    total: int
    notes: tuple[str, ...]


class SaveBoardQuery(NamedTuple):
    """A new board. `group` are names of values: runs with the same ones are a row, with the mean of metrics, or, with a
    `selector`, the run with the least or the greatest value of `selected_by`.
    """

    name: str
    columns: tuple[str, ...]
    store: int = 0
    title: str = ""
    where: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    selector: Literal["", "min", "max"] = ""
    selected_by: str = ""


class SavedBoard(NamedTuple):
    """The file of a saved board."""

    name: str
    file: str


def list_project_boards(stores: ViewedStores, query: BoardsQuery) -> BoardsPage:
    """The boards of the project of a store."""
    project = find_store_project(stores, query.store)
    try:
        described = describe_boards(project)
    except OSError as error:
        raise StoreError(f"The boards cannot be read: {error.strerror}", "") from None
    boards = (
        ListedBoard(
            each.name,
            each.path.name,
            each.title,
            each.failure or (f"{each.problems} problems: gage check boards/{each.path.name}" if each.problems else ""),
        )
        for each in described
    )
    return BoardsPage(project.name, tuple(boards))


def show_board(stores: ViewedStores, query: BoardQuery) -> BoardPage:
    """A board with its table."""
    project = find_store_project(stores, query.store)
    known = {each.name: each.path for each in describe_boards(project)}
    if query.name not in known:
        raise NotFound(f"There is no board {query.name!r}", "The list of boards has their names")
    definition = load_board(str(find_board(query.name, project, project))).definition
    if definition is None:
        raise ConfigError(f"The board {query.name!r} has problems", f"Run: gage check boards/{known[query.name].name}")
    board = definition._replace(sort=query.sort or definition.sort)
    board = board._replace(limit=min(board.limit or MAX_ROWS, MAX_ROWS))
    where = [text for text in (*stores.where, *board.where, *query.where) if text.strip()]
    with stores.open_index(query.store) as index:
        result = index.find(RunFilter(tuple(map(RunRef, stores.ids)), parse_where(where)))
    table = build_board_table(board, result.runs, result.positions, build_series_reader(stores.get_store(query.store)))
    return BoardPage(
        query.name,
        board.title,
        board.description,
        board.where,
        board.sort,
        board.group,
        board.scores,
        table.shown.columns,
        tuple(column.label or column.name for column in table.columns),
        table.shown.rows,
        tuple(tuple(replace_non_finite(cell) for cell in row) for row in table.values.rows),
        table.runs,
        table.total,
        table.notes,
    )


def save_view_as_board(stores: ViewedStores, query: SaveBoardQuery) -> SavedBoard:
    """Writes a board into the project. Never replaces another one."""
    project = find_store_project(stores, query.store)
    parse_where(query.where)
    group = BoardGroup(query.group, query.selector, query.selected_by) if query.group else None
    has_means = group is not None and not group.selector
    columns = tuple(
        BoardColumn(name, aggregate="mean" if has_means and name in query.means else "") for name in query.columns
    )
    where = tuple(text for text in (*stores.where, *query.where) if text.strip())
    board = BoardDef(title=query.title, where=where, columns=columns, group=group, sort=query.sort)
    try:
        path = save_project_board(board, query.name.strip(), project)
    except OSError as error:
        raise StoreError(f"The board cannot be written: {error.strerror}", "Check the rights of the project") from None
    return SavedBoard(path.stem, f"{path.parent.name}/{path.name}")


def find_store_project(stores: ViewedStores, number: int) -> Path:
    """Returns the project that contains `.gage/runs`, else that of the current directory, as the commands take it."""
    root = stores.get_store(number).root
    return root.parent.parent if root.parent.name == ".gage" else find_project_dir(Path.cwd())
