"""Collects notes on what a reader of a board could misunderstand: names that no run has, names with two meanings, runs
without a score, groups without a best run.
"""

from collections.abc import Iterator, Sequence

from gage.board.board_groups import group_runs, select_run
from gage.board.board_values import ValueReader, get_own_key
from gage.board.formatting import format_count
from gage.board.run_table import ListedRun, collect_attributes, suggest_qualified_name
from gage.lib.suggest import find_closest
from gage.select.evaluate import parse_step
from gage.select.fields import RUN_FIELDS, iter_fields
from gage.types.board import BoardColumn, BoardDef
from gage.types.filter import FieldName
from gage.types.run import Run

MAX_NOTES = 20
"""Of more notes, only the number is shown."""


def collect_notes(
    board: BoardDef, columns: Sequence[BoardColumn], listed: Sequence[ListedRun], reader: ValueReader
) -> list[str]:
    """Returns the notes on the names of a board, for the runs that it shows."""
    if not listed:
        return []
    runs = [each.run for each in listed]
    names = dict.fromkeys(column.name for column in columns)
    labels = {column.label for column in columns}
    group = (*board.group.by, board.group.selected_by) if board.group else ()
    sort = (key.removeprefix("-") for key in board.sort)
    names |= dict.fromkeys(name for name in (*group, *sort) if name and name not in labels)
    names |= dict.fromkeys(reader.scores)
    notes = [*_describe_missing(list(names), runs, reader), *_describe_hidden(list(names), runs, reader)]
    notes += _describe_scores(listed, reader)
    notes += _describe_groups(board, listed, reader)
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"and {format_count(len(notes) - MAX_NOTES, 'more note')}"]
    return notes


def _describe_missing(names: Sequence[str], runs: Sequence[Run], reader: ValueReader) -> Iterator[str]:
    """Yields a note on each name that none of the runs has."""
    fields = (field for name in names for field in iter_fields(reader.get_expression(name)))
    for name in dict.fromkeys(field.name for field in fields if not _is_in_a_run(field, runs, reader)):
        near = find_closest(name, _list_names(runs))
        hint = f" Did you mean {near!r}?" if near else ""
        if not near and any(f" {operator} " in name for operator in "+-*/"):
            hint = " To compute a value, add a score to the board"
        yield f"No run here has {name!r}.{hint}" if hint else f"No run here has {name!r}"


def _is_in_a_run(field: FieldName, runs: Sequence[Run], reader: ValueReader) -> bool:
    if get_own_key(field):
        return True
    step = parse_step(field)
    read = reader.get_plain_value(field)
    return any(read(run, 0) is not None or _has_null(run, field) for run in runs) or (
        step is not None and any(name in run.metrics for run in runs for name in step[0].metric_names)
    )


def _has_null(run: Run, field: FieldName) -> bool:
    return field.name in run.config or (field.kind == "config" and field.plain_name in run.config)


def _list_names(runs: Sequence[Run]) -> list[str]:
    names = dict.fromkeys(name for run in runs for name in (*run.config, *run.metrics, *collect_attributes(run)))
    return [*names, *(f"config.{name}" for name in names), *(f"metric.{name}" for name in names), *RUN_FIELDS]


def _describe_hidden(names: Sequence[str], runs: Sequence[Run], reader: ValueReader) -> Iterator[str]:
    """Yields a note on each name that is also the name of values that the board does not show."""
    for name in names:
        field = reader.get_expression(name)
        other = suggest_qualified_name(name, runs) if isinstance(field, FieldName) and not field.kind else None
        if other is not None and other not in names:
            kind = "parameter" if other.startswith("config.") else "metric"
            yield f"{name!r} is also a {kind} of these runs, called {other!r}"


def _describe_scores(listed: Sequence[ListedRun], reader: ValueReader) -> Iterator[str]:
    """Yields a note on each score that some runs do not have."""
    for name in reader.scores:
        value = reader.get_value(name)
        missing = sum(value(*each) is None for each in listed)
        if missing:
            runs = format_count(len(listed), "run")
            yield f"{missing:,} of {runs} without {name!r}: a value is missing, NaN or not a number"


def _describe_groups(board: BoardDef, listed: Sequence[ListedRun], reader: ValueReader) -> Iterator[str]:
    """Yields a note if the run of a group could not be chosen by its value."""
    group = board.group
    if group is None or not group.selector:
        return
    value = reader.get_sort_value(group.selected_by)
    groups = group_runs(listed, [reader.get_value(name) for name in group.by])
    without = sum(select_run(each.runs, value, group.selector) is None for each in groups)
    if without:
        yield f"{format_count(without, 'group')} without {group.selected_by!r}: the newest run is shown"
