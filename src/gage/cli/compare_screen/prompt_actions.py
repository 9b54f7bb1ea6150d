"""The actions of the screen that ask for a text: a filter, metrics, a column, the name of a board."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gage.cli.compare_screen.grid_names import GridNames
from gage.cli.compare_screen.prompt import Question, complete_words
from gage.cli.compare_screen.save_view import save_view
from gage.cli.completion.context import CompletionItems, make_item
from gage.compare.grid_data import GridData
from gage.compare.grid_fields import GridColumn, is_read_from_points, resolve_field
from gage.index.complete_filter import complete_filter
from gage.types.errors import GageError, StoreError

if TYPE_CHECKING:
    from gage.cli.compare_screen.app import CompareApp


def set_filter(app: "CompareApp") -> None:
    """Asks for a filter."""

    def accept(text: str) -> None:
        app.update(app.commands.filter(app.state.with_message(""), text))

    def complete(text: str) -> CompletionItems:
        names = GridNames(app.state.grid.data)
        names.read_named_values(text)
        return [make_item(*completed) for completed in complete_filter(text, names)]

    app.open_prompt(Question("filter", accept, app.state.grid.view.filter, complete))


def filter_metrics(app: "CompareApp") -> None:
    """Asks for the metrics whose curves are shown."""

    def accept(text: str) -> None:
        app.update(replace(app.state, metric_filter=text.strip(), offset=0))

    names = tuple(each.name for each in app.state.grid.data.fields.values() if each.kind == "metric")
    app.open_prompt(Question("metrics, such as val*", accept, app.state.metric_filter, complete_words(names)))


def add_column(app: "CompareApp") -> None:
    """Asks for the name of a column."""
    names = complete_words(app.state.grid.data.fields)
    app.open_prompt(Question("column", partial(_show_column, app), "", names))


def _show_column(app: "CompareApp", text: str) -> None:
    """Shows a column, after its values were read in the background if that takes long."""
    data = app.state.grid.data
    column = resolve_field(text.strip(), data.fields) if text.strip() else None
    if column is None or data.has_column(column) or not is_read_from_points(column):
        app.update(app.commands.show_column(app.state.with_message(""), text.strip()))
        return
    reading = app.state.with_message(f"Reading {text.strip()} of {len(data.runs):,} runs…")
    app.update(replace(reading, is_loading=True))
    app.run_worker(lambda: _read_column(app, text, column, data), thread=True, group="column", exclusive=True)


def _read_column(app: "CompareApp", text: str, column: GridColumn, data: GridData) -> None:
    data.get_values(column)
    app.deliver(_show_read_column, app, text, data)


def _show_read_column(app: "CompareApp", text: str, data: GridData) -> None:
    app.state.grid.data.adopt_columns(data)
    app.update(replace(app.state, is_loading=False))
    try:
        _show_column(app, text)
    except GageError as error:  # the runs with the metric are gone
        app.report(error)


def save_board(app: "CompareApp") -> None:
    """Asks for the name of a board, and saves the view."""
    app.open_prompt(Question("save as board", partial(_save_view, app)))


def _save_view(app: "CompareApp", name: str) -> None:
    from gage.assignments.convert_words import join_words
    from gage.project.find import find_project_dir

    try:
        path = save_view(app.state.grid, app.where, name, find_project_dir(Path.cwd()))
    except OSError as error:
        raise StoreError(f"Cannot save the board: {error.strerror}") from None
    command = ("gage", "board", path.stem)
    app.update(app.state.with_message(f"Saved {path.parent.name}/{path.name}: {join_words(command)}"))
