"""Rows of a grid: which runs match its filter, in which groups and in which order. Knows values; not how they look."""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gage.compare.grid_data import GridData, Ranks, rank_values
from gage.compare.grid_fields import UNKNOWN_NAME_HINT, GridColumn, GridField, has_point_function, resolve_field
from gage.compare.grid_view import SEEDS, GridView
from gage.select.comparable import Matches
from gage.select.evaluate import RunRow, build_field_test, is_met
from gage.select.fields import RUN_FIELDS, iter_fields
from gage.types.errors import UsageError
from gage.types.filter import AllOf, AnyOf, Call, Comparison, Condition, Constant, FieldName, Not, Where
from gage.types.values import Comparable


class GridRow(NamedTuple):
    """The runs of a row as indexes into the data, ascending; a single one unless rows are groups. `repeats` counts the
    runs that are left out because a newer run of the group has the same seed.
    """

    members: tuple[int, ...]
    repeats: int = 0


class GroupValue(NamedTuple):
    """The value of a group. `mean` and `std` describe the finite numbers, of which there are `measured`; without any,
    `mean` is None, with fewer than two, `std` is None. `common` is the value that all runs have, None if they differ.
    `distinct` counts different values.
    """

    mean: float | None = None
    std: float | None = None
    measured: int = 0
    common: Comparable | None = None
    distinct: int = 0


def build_rows(data: GridData, view: GridView) -> list[GridRow]:
    """Returns the rows of a view in their order. Raises UsageError if the filter takes too long."""
    kept = match_filter(data, view.where)
    return _sort_rows(data, view, _group_rows(data, view, kept))


def _group_rows(data: GridData, view: GridView, kept: Sequence[bool]) -> list[GridRow]:
    if view.group == SEEDS:
        groups = ((group.indexes, len(group.members) - len(group.indexes)) for group in data.get_seed_groups())
    elif view.group:
        column = resolve_column(data, view, view.group.removeprefix("="))
        groups = ((tuple(indexes), 0) for indexes in data.group_by_value(column).values())
    else:
        return [GridRow((i,)) for i, fits in enumerate(kept) if fits]
    if all(kept):
        return [GridRow(members, repeats) for members, repeats in groups]
    return [GridRow(members, repeats) for each, repeats in groups if (members := tuple(i for i in each if kept[i]))]


def _sort_rows(data: GridData, view: GridView, rows: Sequence[GridRow]) -> list[GridRow]:
    """Returns rows in the order of the view's sort keys; equal ones stay in their order."""
    ordered = list(rows)
    for key, descending in reversed(view.sort):
        column = resolve_column(data, view, key)
        ranks = _rank_rows(data, column, ordered) if view.group else _rank_runs(data.get_ranks(column), ordered)
        ranked = [i for i, rank in enumerate(ranks) if rank is not None]
        ranked.sort(key=ranks.__getitem__, reverse=descending)  # type: ignore[arg-type]  # none is None
        ordered = [
            *(ordered[i] for i in ranked),
            *(row for row, rank in zip(ordered, ranks, strict=True) if rank is None),
        ]
    return ordered


def _rank_runs(ranks: Ranks, rows: Sequence[GridRow]) -> Ranks:
    return [ranks[members[0]] for members, _ in rows]


def _rank_rows(data: GridData, column: GridColumn, rows: Sequence[GridRow]) -> Ranks:
    """Returns the sort keys of groups: the mean of their numbers, otherwise the value that all runs have."""
    values = [summarize_group(data, column, row.members) for row in rows]
    return rank_values([value.common if value.mean is None else value.mean for value in values])


def resolve_column(data: GridData, view: GridView, key: str) -> GridColumn:
    """Returns the column of a key, with the reducer that the view uses for a metric."""
    field = data.fields.get(key)
    if field is None:
        try:
            return resolve_field(key, data.fields)
        except UsageError:  # no run has the value any more: an empty column
            return GridColumn(GridField(key, "expression", key))
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


def match_filter(data: GridData, where: Iterable[Where]) -> list[bool]:
    """Returns whether each run meets all conditions of a filter."""
    return find_matches(data, AllOf(tuple(each.condition for each in where)))


def find_matches(data: GridData, condition: Condition) -> list[bool]:
    """Returns for each run what `is_met` returns, but reads each value only once."""
    match condition:
        case AllOf(conditions):
            matches = [True] * len(data.runs)
            for each in conditions:
                matches = [a and b for a, b in zip(matches, find_matches(data, each), strict=True)]
            return matches
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
            if parse_step(field) or has_point_function(each.condition):
                raise UsageError("A filter by single points needs each run's series", "Give it to --where instead")
            if not any(data.get_operands(FieldName(field.name, field.kind, field.at))):
                mark = f"\n{mark_position(each.text, field.at)}" if each.text else ""
                hint = suggest_closest(field.name, data.fields, UNKNOWN_NAME_HINT)
                raise UsageError(f"No run has {field.name!r}{mark}", hint)
