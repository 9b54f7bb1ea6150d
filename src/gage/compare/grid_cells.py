"""Formats the cells of a grid: values, means of groups, differences from the baseline, and the place of a value in its
column. Knows plain text; neither terminals nor colours.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple

from gage.board.formatting import format_deviation, format_number, format_signed
from gage.compare.grid_data import GridData, GridRow
from gage.compare.grid_fields import MEASURED_KINDS, NAME, POSITION, TIME_KEYS, GridColumn
from gage.compare.grid_rows import GroupValue, summarize_group
from gage.compare.metric import infer_direction
from gage.lib import times
from gage.lib.mean_std import compute_difference
from gage.types.filter import FieldName
from gage.types.values import Comparable

Verdict = Literal["", "better", "worse"]
Scale = Literal[0, 1, 2, 3, 4, 5]
"""Where a value stands in its column, from 1 (the best fifth) to 5 (the worst); 0 if unknown."""

MISSING_TEXT = "–"
MIN_SCALED_VALUES = 5
"""A column with fewer values has no colour scale."""


class GridCell(NamedTuple):
    """The text of a cell. `delta` is the difference from the baseline, with its sign; `verdict` says whether the value
    is better than the baseline's. `is_best`: no run has a better value in the column.
    """

    text: str
    delta: str = ""
    verdict: Verdict = ""
    scale: Scale = 0
    is_best: bool = False
    is_missing: bool = False


class CellFormatter:
    """Formats the cells of one column. `baseline` is the index of the baseline's run, None without one."""

    def __init__(self, data: GridData, column: GridColumn, baseline: int | None = None) -> None:
        self.column = column
        self._data = data
        self._read = data.build_reader(column)
        self._lower_is_better = _infer_direction(column)
        self._base = None if baseline is None else _get_number(self._read(baseline))
        self._baseline = baseline
        self._has_deltas = column.field.kind in MEASURED_KINDS and self._base is not None
        is_scaled = column.field.kind in MEASURED_KINDS and self._lower_is_better is not None
        self._sorted = data.get_sorted(column) if is_scaled else ()

    def has_numbers(self, rows: Sequence[GridRow]) -> bool:
        """Returns whether the first 100 rows have no text other than NaN in the column."""
        values = (self._read(row.members[0]) for row in rows[:100])
        present = [value for value in values if value is not None and value != "nan"]
        return not any(isinstance(value, str) for value in present)

    def format(self, row: GridRow) -> GridCell:
        """Returns the cell of a row."""
        if len(row.members) > 1:
            return self._format_group(row)
        value = self._read(row.members[0])
        if value is None:
            return GridCell(MISSING_TEXT, is_missing=True)
        return self._build_cell(self._format_value(value), _get_number(value), row.members[0] == self._baseline)

    def _format_value(self, value: Comparable) -> str:
        key = self.column.field.key
        if self.column.field.kind == "run" and isinstance(value, int | float):
            if key in TIME_KEYS:
                return times.format_short_age(int(value), self._data.now)
            if key == "duration":
                return times.format_duration(int(value * 1_000_000))
        return format_number(value) if isinstance(value, float) else str(value)

    def _build_cell(self, text: str, number: float | None, is_baseline: bool) -> GridCell:
        if number is None:
            return GridCell(text)
        scale, is_best = self._place(number)
        if not self._has_deltas or self._base is None or is_baseline:
            return GridCell(text, "", "", scale, is_best)
        difference = compute_difference(number, self._base)
        if not math.isfinite(difference):
            return GridCell(text, "", "", scale, is_best)
        return GridCell(text, format_delta(difference), self._judge(difference), scale, is_best)

    def _judge(self, difference: float) -> Verdict:
        if self._lower_is_better is None or difference == 0:
            return ""
        return "better" if (difference < 0) == self._lower_is_better else "worse"

    def _place(self, number: float) -> tuple[Scale, bool]:
        """Returns the fifth of the column's values that contains a number, and whether the number is the best value."""
        ordered = self._sorted
        if len(ordered) < MIN_SCALED_VALUES or ordered[0] == ordered[-1] or not math.isfinite(number):
            return 0, False
        best = ordered[0] if self._lower_is_better else ordered[-1]
        share = bisect_left(ordered, number) / len(ordered)
        share = share if self._lower_is_better else 1 - share
        fifth: Scale = 1 if share < 0.2 else 2 if share < 0.4 else 3 if share < 0.6 else 4 if share < 0.8 else 5
        return fifth, number == best

    def _format_group(self, row: GridRow) -> GridCell:
        if self.column.field.key == NAME:
            return GridCell(describe_group(self._data, row))
        if self.column.field.key == POSITION:
            return GridCell(str(self._read(row.members[0])))  # of the run that the name column shows
        if self.column.field.kind == "run" and self.column.field.key != "duration":
            return self._format_own_group(row)
        found = summarize_group(self._data, self.column, row.members)
        if found.common is not None:
            return self._build_cell(self._format_value(found.common), _get_number(found.common), False)
        if found.mean is None or self.column.field.kind in ("config", "attribute"):
            return self._describe_values(found, row.members)
        return self._build_cell(self._format_mean(found, len(row.members)), found.mean, False)

    def _describe_values(self, found: GroupValue, members: Sequence[int]) -> GridCell:
        """Returns the cell of a group without a common value and without a mean."""
        if found.distinct > 1:
            return GridCell(f"{found.distinct} values")
        present = [value for value in map(self._read, members) if value is not None]
        if not present:
            return GridCell(MISSING_TEXT, is_missing=True)
        return GridCell(f"{self._format_value(present[0])} ({len(present)}/{len(members)})")

    def _format_own_group(self, row: GridRow) -> GridCell:
        values = {self._read(i) for i in row.members}
        if len(values) > 1:
            return GridCell(f"{len(values)} values")
        value = values.pop()
        return GridCell(MISSING_TEXT, is_missing=True) if value is None else GridCell(self._format_value(value))

    def _format_mean(self, found: GroupValue, size: int) -> str:
        left_out = "" if found.measured == size else f" ({found.measured}/{size})"
        if self.column.field.key == "duration":
            return f"{times.format_duration(int((found.mean or 0) * 1_000_000))}{left_out}"
        spread = "" if found.std is None else f" ±{format_deviation(found.std)}"
        return f"{format_number(found.mean or 0)}{spread}{left_out}"


def _infer_direction(column: GridColumn) -> bool | None:
    """Returns whether low values of a column are better, judged by its name; None if the name does not say."""
    return infer_direction(FieldName(column.field.name)) if column.field.kind in MEASURED_KINDS else None


def describe_group(data: GridData, row: GridRow) -> str:
    """Returns the name of a group's first run, and the number of its runs."""
    repeats = f"+{row.repeats}" if row.repeats else ""
    return f"{data.runs[row.members[0]].name} ×{len(row.members)}{repeats}"


def format_delta(difference: float) -> str:
    """Returns a difference with its sign and two to three significant digits."""
    return format_signed(difference, 2).replace("-", "−") if difference else "±0"


def _get_number(value: Comparable | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None
