"""Pivot tables of runs: a row for each value of one name, and a column for each value of another name.

A cell aggregates a value of the runs with that row and column, such as `mean(acc)`: the mean of their last `acc`.
"""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from gage.board.formatting import format_value
from gage.board.run_values import build_row
from gage.lib.mean_std import summarize_values
from gage.lib.natural_sort import NaturalKey, build_natural_key
from gage.lib.suggest import suggest_closest
from gage.select.evaluate import RunRow, find_exclusion, list_values
from gage.select.fields import FUNCTIONS
from gage.select.parse import parse_value_name
from gage.types.errors import UsageError
from gage.types.filter import Expression, SeriesReader
from gage.types.run import Run
from gage.types.table import Column, Table
from gage.types.values import Comparable, JSONValue

_OUTER = re.compile(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)
MISSING = "(missing)"
"""The label of columns for runs that lack a value, and of rows for people."""


class PivotValue(NamedTuple):
    """What the cells show: `function` over runs, of the value of `expression` in each run."""

    text: str
    function: str
    expression: Expression


class Pivot(NamedTuple):
    """A pivot table. `left_out`: value → reason (a status, "missing", "nan", "text" or "infinite") → number of runs
    that do not count.
    """

    table: Table
    left_out: Mapping[str, Mapping[str, int]]


def _summarize(values: Sequence[float]) -> JSONValue:
    return summarize_values(values)._asdict()


AGGREGATES: dict[str, Callable[[Sequence[float]], JSONValue]] = {
    "mean": _summarize,
    "std": lambda values: summarize_values(values).std,
    "min": min,
    "max": max,
    "median": statistics.median,
    "count": len,
}
"""Functions over runs. The mean comes with its deviation and the number of runs."""


def parse_pivot_value(text: str, runs: Sequence[Run] = ()) -> PivotValue:
    """Parses a text such as `mean(acc)` or `max(min(loss))`. The outer function is over runs, and its argument is a
    value of each run; without an outer function, it is the mean. The whole text may also be the name of a metric of the
    runs. Raises UsageError.
    """
    outer = None if any(text in run.metrics for run in runs) else _OUTER.fullmatch(text)
    if outer and outer[1] in AGGREGATES and _is_one_argument(outer[2]):
        return PivotValue(text, outer[1], _parse_run_value(outer[2].strip()))
    if outer and outer[1] not in (*FUNCTIONS, *AGGREGATES):
        hint = suggest_closest(outer[1], AGGREGATES, f"Functions over runs: {', '.join(AGGREGATES)}")
        raise UsageError(f"Unknown function {outer[1]!r} in {text!r}", hint)
    return PivotValue(text, "mean", _parse_run_value(text))


def _is_one_argument(text: str) -> bool:
    """Returns whether a text is one argument: `loss`, but not `loss, 10` or `a) + min(b`."""
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0 or (c == "," and not depth):
            return False
    return not depth


def _parse_run_value(text: str) -> Expression:
    if not text:
        raise UsageError("The name of a value is empty", "Try: --values 'mean(loss)'")
    return parse_value_name(text)


Labels = tuple[Comparable | None, ...]
"""The values that the runs of a row or column share; None for a missing value."""
Names = Sequence[tuple[str, Expression]]
"""The names of values and the expressions that they stand for."""


class _Cells:
    """Collects the numbers of each cell, and why runs are left out."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Labels, Labels, str], list[float]] = {}
        self.left_out: dict[str, Counter[str]] = {}

    def add(self, rows: Sequence[Labels], columns: Sequence[Labels], text: str, value: Comparable | None) -> None:
        """Adds the value of a run to its cells."""
        reason = find_exclusion(value)
        if reason or not isinstance(value, int | float):
            self.left_out.setdefault(text, Counter())[reason] += 1
            return
        for row, column in product(rows, columns):
            self.numbers.setdefault((row, column, text), []).append(value)


def build_pivot(
    runs: Sequence[Run],
    rows: Names,
    columns: Names,
    values: Sequence[PivotValue],
    read_series: SeriesReader | None = None,
    any_status: bool = False,
) -> Pivot:
    """Returns a table with a row for each combination of the values of `rows`, and a column for each combination of the
    values of `columns` and each of `values`. Only completed runs count, or runs of every status with `any_status`. The
    row of a batch never counts. A run with several tags counts for each of them. If no run counts, the table has no
    rows.
    """
    cells = _Cells()
    for run in runs:
        if run.trials:
            continue
        row = build_row(run, read_series)
        for value in values:
            if run.status != "completed" and not any_status:
                cells.left_out.setdefault(value.text, Counter())[run.status] += 1
                continue
            numbers = list_values(value.expression, row)
            cells.add(_list_labels(rows, row), _list_labels(columns, row), value.text, numbers[0] if numbers else None)
    row_labels = sorted({row for row, _, _ in cells.numbers}, key=_sort_key)
    column_labels = sorted({column for _, column, _ in cells.numbers}, key=_sort_key)
    table = _build_table(cells, row_labels, column_labels, rows, columns, values)
    return Pivot(table, {text: dict(counts) for text, counts in cells.left_out.items()})


def _list_labels(names: Names, row: RunRow) -> list[Labels]:
    """Returns the labels of a run: several if it has several tags."""
    several: list[Sequence[Comparable | None]] = [list_values(expression, row) or (None,) for _, expression in names]
    return list(product(*several))


def _sort_key(labels: Labels) -> list[tuple[int, float, NaturalKey]]:
    """Sorts numbers before texts, and missing values last."""
    return [
        (1, 0.0, build_natural_key(each)) if isinstance(each, str) else (2, 0.0, ()) if each is None else (0, each, ())
        for each in labels
    ]


def _build_table(
    cells: _Cells,
    row_labels: Sequence[Labels],
    column_labels: Sequence[Labels],
    rows: Names,
    columns: Names,
    values: Sequence[PivotValue],
) -> Table:
    heads = [(labels, value) for labels in column_labels for value in values]
    names = [name for name, _ in columns]
    table_columns = (
        *(Column(name, name) for name, _ in rows),
        *(_build_column(names, labels, value, len(values) > 1) for labels, value in heads),
    )
    body = []
    for row in row_labels:
        numbers = [(value, cells.numbers.get((row, labels, value.text))) for labels, value in heads]
        aggregates = (AGGREGATES[value.function](found) if found else None for value, found in numbers)
        body.append((*row, *aggregates))
    return Table(table_columns, tuple(body))


def mark_missing_rows(pivot: Pivot, names: int) -> Pivot:
    """Returns a pivot table for people: with `MISSING` for missing values in the first `names` columns, and all digits
    of the numbers there.
    """
    rows = ((*map(_format_label, row[:names]), *row[names:]) for row in pivot.table.rows)
    return pivot._replace(table=pivot.table._replace(rows=tuple(rows)))


def _build_column(names: Sequence[str], labels: Labels, value: PivotValue, is_named: bool) -> Column:
    pairs = _join_pairs(names, [MISSING if label is None else str(label) for label in labels])
    shown = _join_pairs(names, list(map(_format_label, labels)))
    key = " ".join(filter(None, (value.text if is_named or not names else "", pairs)))
    title = " ".join(filter(None, (shown, value.text if is_named or not names else "")))
    return Column(key, title, "right", "summary" if value.function == "mean" else "value")


def _join_pairs(names: Sequence[str], labels: Sequence[str]) -> str:
    return ", ".join(f"{name}={label}" for name, label in zip(names, labels, strict=True))


def _format_label(label: JSONValue) -> str:
    """Returns a label for people: a number with all its digits, since two labels must not look the same."""
    return MISSING if label is None else label if isinstance(label, str) else format_value(label)
