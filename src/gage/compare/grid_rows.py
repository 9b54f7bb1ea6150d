"""Rows of a grid: which runs match its filter, in which groups and in which order. Knows values; not how they look."""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gage.compare.grid_data import GridData, Ranks, rank_values
from gage.compare.grid_fields import GridColumn, GridField, resolve_field
from gage.compare.grid_view import SEEDS, GridView
from gage.select.comparable import Matches
from gage.select.evaluate import RunRow, build_field_test, is_met
from gage.select.fields import RUN_FIELDS, SUMMARY_FUNCTIONS, iter_fields
from gage.types.errors import UsageError
from gage.types.filter import AllOf, AnyOf, Call, Comparison, Condition, Constant, FieldName, Not, Where
from gage.types.values import Comparable


class GridRow(NamedTuple):
    """The runs of a row, as indexes into the data, the first one of them first; one unless rows are groups. `repeats`
    counts runs with a seed that a newer run of the group has.
    """

    members: tuple[int, ...]
    repeats: int = 0


class GroupValue(NamedTuple):
    """The value of a group. `mean` and `std` are over its finite numbers, None if it has none, or fewer than two;
    `measured` is how many these are. `common` is the value that all runs have, if they have the same one; `distinct`
    counts different values.
    """

    mean: float | None = None
    std: float | None = None
    measured: int = 0
    common: Comparable | None = None
    distinct: int = 0


def build_rows(data: GridData, view: GridView) -> list[GridRow]:
    """Returns the rows of a view in their order. Raises UsageError if the filter takes too long."""
    kept = [True] * len(data.runs)
    for where in view.where:
        kept = [a and b for a, b in zip(kept, find_matches(data, where.condition), strict=True)]
    return sort_rows(data, view, _group_rows(data, view, kept))


def _group_rows(data: GridData, view: GridView, kept: Sequence[bool]) -> list[GridRow]:
    if view.group == SEEDS:
        groups = ((group.indexes, len(group.members) - len(group.indexes)) for group in data.get_seed_groups())
    elif view.group:
        column = resolve_column(data, view, view.group.removeprefix("="))
        groups = ((tuple(indexes), 0) for indexes in data.list_same_values(column).values())
    else:
        return [GridRow((i,)) for i, fits in enumerate(kept) if fits]
    if all(kept):
        return [GridRow(members, more) for members, more in groups]
    return [GridRow(members, more) for every, more in groups if (members := tuple(i for i in every if kept[i]))]


def sort_rows(data: GridData, view: GridView, rows: Sequence[GridRow]) -> list[GridRow]:
    """Returns rows in the order of the view's sort keys; equal ones stay in their order."""
    ordered = list(rows)
    for key, descending in reversed(view.sort):
        column = resolve_column(data, view, key)
        ranks = _rank_rows(data, column, ordered) if view.group else _rank_runs(data.get_ranks(column), ordered)
        there = [i for i, rank in enumerate(ranks) if rank is not None]
        there.sort(key=ranks.__getitem__, reverse=descending)  # type: ignore[arg-type]  # none is None
        ordered = [
            *(ordered[i] for i in there),
            *(row for row, rank in zip(ordered, ranks, strict=True) if rank is None),
        ]
    return ordered


def _rank_runs(ranks: Ranks, rows: Sequence[GridRow]) -> Ranks:
    return [ranks[members[0]] for members, _ in rows]


def _rank_rows(data: GridData, column: GridColumn, rows: Sequence[GridRow]) -> Ranks:
    """Returns what groups are sorted by: the mean of their numbers, else the value that all runs have."""
    values = [summarize_group(data, column, row.members) for row in rows]
    return rank_values([value.common if value.mean is None else value.mean for value in values])


def resolve_column(data: GridData, view: GridView, key: str) -> GridColumn:
    """Returns the column of a key, with the number of the metric that the view shows."""
    field = data.fields.get(key)
    if field is None:
        try:
            return resolve_field(key, data.fields)
        except UsageError:  # no run has the value any more
            return GridColumn(GridField(key, "expression", key))  # without a value
    return GridColumn(field, view.reducers.get(key, "last") if field.kind == "metric" else "")


def summarize_group(data: GridData, column: GridColumn, members: Sequence[int]) -> GroupValue:
    """Returns the value of a group in a column."""
    values = data.get_values(column)
    chosen = [values[i] for i in members]
    present = {value for value in chosen if value is not None}
    same = chosen[0] if len(set(chosen)) == 1 else None
    numbers = [float(v) for v in chosen if isinstance(v, int | float) and math.isfinite(v)]
    if not numbers or any(isinstance(value, str) and value != "nan" for value in present):
        return GroupValue(common=same, distinct=len(present))
    std = statistics.stdev(numbers) if len(numbers) > 1 else None
    return GroupValue(math.fsum(numbers) / len(numbers), std, len(numbers), same, len(present))


def find_matches(data: GridData, condition: Condition) -> list[bool]:
    """Returns whether each run meets a condition, as `is_met` does, but reads each value once."""
    match condition:
        case AllOf(conditions):
            columns = [find_matches(data, each) for each in conditions]
            return [all(row) for row in zip(*columns, strict=True)]
        case AnyOf(conditions):
            columns = [find_matches(data, each) for each in conditions]
            return [any(row) for row in zip(*columns, strict=True)]
        case Not(negated):
            return [not each for each in find_matches(data, negated)]
        case Comparison(FieldName() | Call() as left, operator, Constant() as right) if right.text or operator != "=":
            return _compare_column(data, left, operator, right)
    return [is_met(condition, RunRow(run, now=data.now)) for run in data.runs]


def _compare_column(data: GridData, left: FieldName | Call, operator: str, right: Constant) -> list[bool]:
    """Returns whether each run meets a comparison with a constant. The test is built once."""
    test = build_field_test(left, operator, right)
    operands = data.get_operands(left)
    if not isinstance(test, Matches):
        accepts = test.accepts
        return [any(map(accepts, values)) for values in operands]
    fitting = set(test.select({value for values in operands for value in values}))
    return [not fitting.isdisjoint(values) for values in operands]


def check_filter(data: GridData, where: Iterable[Where]) -> None:
    """Raises UsageError, with a caret below it, for a name in a filter that no run has."""
    from gage.lib.suggest import suggest_closest
    from gage.select.evaluate import parse_step
    from gage.select.tokens import mark_position

    for each in where:
        for field in iter_fields(each.condition):
            if field.kind in ("", "run") and field.plain_name in RUN_FIELDS:
                continue
            if parse_step(field) or _needs_points(each.condition):
                raise UsageError("A filter by single points needs each run's series", "Leave it to --where")
            if not any(data.get_operands(FieldName(field.name, field.kind, field.at))):
                mark = f"\n{mark_position(each.text, field.at)}" if each.text else ""
                hint = suggest_closest(field.name, data.fields, "Press + for a list of names")
                raise UsageError(f"No run has {field.name!r}{mark}", hint)


def _needs_points(condition: Condition) -> bool:
    """Returns whether a function in a condition needs more than the summary of a metric."""
    calls = [side for side in _iter_sides(condition) if isinstance(side, Call)]
    return any(call.function not in (*SUMMARY_FUNCTIONS, "abs", "len") or len(call.arguments) > 1 for call in calls)


def _iter_sides(condition: Condition) -> Iterable[object]:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            for each in conditions:
                yield from _iter_sides(each)
        case Not(negated):
            yield from _iter_sides(negated)
        case Comparison(left, _, right):
            yield left
            yield right
        case _:
            yield getattr(condition, "left", None)
