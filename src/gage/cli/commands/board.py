"""`gage board`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import make_command, reject_together
from gage.cli.global_options import find_current_project, get_current_dir
from gage.cli.render import terminal
from gage.cli.table_output import FORMATS, TableOutput, add_format_options
from gage.index.load_series import build_series_reader
from gage.types.errors import ConfigError, StoreError, UsageError

if TYPE_CHECKING:
    from gage.board.board_table import BoardTable
    from gage.types.board import BoardDef
    from gage.types.values import JSONValue

MAX_SHOWN_BYTES = 4_000_000
"""Bytes of a board that are read to show the lines with problems."""


@make_command(
    "board",
    "gage board models",
    "gage board models --html models.html",
    "gage board boards/models.toml 1:20 --where completed --csv",
)
@run_selection.select_runs("[BOARD] [RUN]...")
@click.option("-c", "--config", metavar="PATH", help="Board file. All arguments are runs then, as in Gage 0.1.")
@add_format_options
@click.option("--html", metavar="FILE", help="Write a self-contained HTML page with a sortable table (-: print it).")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of boards, for editors.")
def command(
    selection: run_selection.RunSelection,
    config: str | None,
    output: TableOutput,
    html: str | None,
    schema: bool,
) -> None:
    """Show a board: a saved table of runs. Without BOARD, list the boards of the project.

    BOARD is the name of a file in the directory 'boards' of the project, or the path of a file. RUN and --where limit
    the runs further. See 'gage help boards'.
    """
    for name in FORMATS:
        reject_together(f"--{name}", "--html", "--schema")
    if schema:
        from gage.gagefile.schema import build_board_schema

        terminal.print_json(build_board_schema())
        return
    if config is None and not selection.words:
        if html is not None:
            raise UsageError("--html needs a board", "Name it: gage board NAME --html FILE")
        _list_boards(output.format == "json")
        return
    path = _find_file(config if config is not None else selection.words[0])
    if config is None:
        selection = selection.with_words(selection.words[1:])
    board = _load(path)
    table = _build_table(board, selection)
    if html is not None:
        _write_html(board, table, path, html)
    elif output.format == "json":
        from gage.board.board_table import convert_board_to_json

        terminal.print_json(convert_board_to_json(board, table))
    elif output.format in ("", "table"):
        _print(board, table)
    elif output.is_for_people:
        output.print_table(table.shown)
    else:
        columns = tuple(column._replace(key=column.title) for column in table.values.columns)
        output.print_table(table.values._replace(columns=columns))
    for note in table.notes:
        terminal.print_stderr(note)


def _find_file(word: str) -> Path:
    from gage.project.boards import find_board
    from gage.project.find import find_project_dir

    return find_board(word, find_project_dir(get_current_dir()), get_current_dir())


def _list_boards(as_json: bool) -> None:
    from gage.assignments.convert_words import join_words
    from gage.board.formatting import format_count
    from gage.project.boards import describe_boards
    from gage.types.table import Column

    rows: list[tuple[JSONValue, ...]] = []
    for board in describe_boards(find_current_project().dir):
        count = format_count(board.problems, "problem") if board.problems else ""
        check = f"{count}: {join_words(('gage', 'check', _shorten(board.path)))}" if count else ""
        problem = f"cannot be read: {board.failure}" if board.failure else check
        rows.append((board.name, str(board.path), board.title, problem))
    if as_json:
        terminal.print_json(
            {"boards": [dict(zip(("name", "file", "title", "problem"), row, strict=True)) for row in rows]}
        )
    elif rows:
        shown = [(name, title or problem) for name, _, title, problem in rows]
        terminal.print_table((Column("board", "Board"), Column("description", "Title")), shown)
    else:
        terminal.print_stderr("This project has no boards", "Write one to boards/NAME.toml: see 'gage help boards'")


def _load(path: Path) -> "BoardDef":
    """Returns the board. Raises ConfigError with all problems of its file."""
    from gage.board.formatting import format_count
    from gage.gagefile.load_board import load_board
    from gage.gagefile.render_diagnostics import render_diagnostics

    file = load_board(str(path))
    if file.definition is not None:
        return file.definition
    text = path.read_bytes()[:MAX_SHOWN_BYTES].decode("utf-8", "replace") if path.is_file() else ""
    count = format_count(len(file.diagnostics), "problem")
    lines = render_diagnostics(_shorten(path), file.diagnostics, text)
    raise ConfigError(f"This board has {count}\n{lines}", "See 'gage help boards'")


def _shorten(path: Path) -> str:
    """Returns a path relative to the current directory, if it is below it."""
    directory = get_current_dir()
    return str(path.relative_to(directory) if path.is_relative_to(directory) else path)


def _build_table(board: "BoardDef", selection: run_selection.RunSelection) -> "BoardTable":
    from gage.board.board_table import build_board_table

    selection = selection._replace(where=(*selection.where, *board.where))
    result = selection.query()
    if result.problem is not None:
        terminal.print_stderr(*result.problem)
    elif not result.runs:
        raise selection.build_no_runs_error()
    return build_board_table(board, result.runs, result.positions, build_series_reader(selection.store))


def _print(board: "BoardDef", table: "BoardTable") -> None:
    for text, color in ((board.title, "bold"), (board.description, "")):
        for line in terminal.escape_lines(text).splitlines():
            terminal.print_stdout(terminal.paint(line, color))
    if board.title or board.description:
        terminal.print_stdout()
    terminal.print_table(*table.shown)
    if len(table.shown.rows) < table.total:
        terminal.print_stderr(_describe_rows(table))


def _describe_rows(table: "BoardTable") -> str:
    from gage.board.formatting import format_count

    shown = len(table.shown.rows)
    return format_count(shown, "row") if shown == table.total else f"{shown:,} of {format_count(table.total, 'row')}"


def _write_html(board: "BoardDef", table: "BoardTable", path: Path, target: str) -> None:
    from gage import __version__
    from gage.board.html.elements import render_notes, render_section, render_table
    from gage.board.html.page import render_page
    from gage.lib import times
    from gage.lib.output_file import STANDARD_OUTPUT, write_output_file

    if not target:
        raise UsageError("The name of the HTML file is empty", "Try: --html board.html")
    is_printed = target == STANDARD_OUTPUT
    file = Path(target) if is_printed else get_current_dir() / Path(target).expanduser()
    if file.resolve() == path.resolve():
        raise UsageError(f"{target} is the board itself", "Use another file, such as board.html")
    if file.is_dir():
        raise UsageError(f"{target} is a directory", "Use a file in it, such as board.html")
    part = render_section(render_table(table.shown, table.values, _describe_rows(table)), render_notes(table.notes))
    footer = f"Gage {__version__}, {times.format_iso(times.now_us())[:16].replace('T', ' ')}"
    page = render_page(board.title or path.stem, [part], board.description, footer)
    try:
        write_output_file(file, page.encode())
    except OSError as e:
        raise StoreError(f"Cannot write {target}: {e.strerror}", "Use another path") from None
    if not is_printed:
        terminal.print_stderr(f"Wrote {target}")
