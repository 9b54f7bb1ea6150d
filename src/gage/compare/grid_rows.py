"""Rows of a grid: which runs match its filter, in which groups and in which order. Knows values; not how they look."""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import compress
from typing import NamedTuple

from gage.compare.grid_data import GridData, GridRow, Ranks, rank_values
from gage.compare.grid_fields import (
    UNKNOWN_NAME_HINT,
    GridColumn,
    GridField,
    find_column,
    has_point_function,
    resolve_field,
)
from gage.compare.grid_view import SEEDS, GridView
from gage.lib.mean_std import summarize_values
from gage.select.comparable import Matches, ValueTest
from gage.select.evaluate import RunRow, build_field_test, compare_operands, has_state
from gage.select.fields import RUN_FIELDS, iter_fields
from gage.types.errors import UsageError
from gage.types.filter import (
    AllOf,
    AnyOf,
    Call,
    Comparison,
    Condition,
    Constant,
    FieldName,
    Membership,
    Not,
    State,
    Where,
    Word,
)
from gage.types.values import Comparable


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


def build_rows(data: GridData, view: GridView) -> Sequence[GridRow]:
    """Returns the rows of a view in their order. Raises UsageError if the filter takes too long."""
    rows = _group_rows(data, view)
    return _sort_rows(data, view, _filter_rows(data, view, rows) if view.where else rows)


def _group_rows(data: GridData, view: GridView) -> Sequence[GridRow]:
    """Returns the rows of all runs."""
    if not view.group:
        return data.get_run_rows()
    if view.group == SEEDS:
        return data.get_seed_rows()
    column = resolve_column(data, view, view.group.removeprefix("="))
    return [GridRow(tuple(indexes)) for indexes in data.group_by_value(column).values()]


def _filter_rows(data: GridData, view: GridView, rows: Sequence[GridRow]) -> Sequence[GridRow]:
    """Returns rows without the runs that do not match the filter."""
    kept = match_filter(data, view.where)
    if not view.group:
        return list(compress(rows, kept))
    return [GridRow(members, repeats) for each, repeats in rows if (members := tuple(i for i in each if kept[i]))]


def _sort_rows(data: GridData, view: GridView, rows: Sequence[GridRow]) -> Sequence[GridRow]:
    """Returns rows in the order of the view's sort keys; equal ones stay in their order."""
    if not view.sort:
        return rows
    places = list(range(len(rows)))
    for key, descending in reversed(view.sort):
        column = resolve_column(data, view, key)
        ranks = _rank_rows(data, column, rows) if view.group else _rank_runs(data.get_ranks(column), rows)
        ranked = [i for i in places if ranks[i] is not None]
        missing = [] if len(ranked) == len(places) else [i for i in places if ranks[i] is None]
        ranked.sort(key=ranks.__getitem__, reverse=descending)  # type: ignore[arg-type]  # none is None
        places = ranked + missing
    return [rows[i] for i in places]


def _rank_runs(ranks: Ranks, rows: Sequence[GridRow]) -> Ranks:
    return ranks if len(rows) == len(ranks) else [ranks[members[0]] for members, _ in rows]


def _rank_rows(data: GridData, column: GridColumn, rows: Sequence[GridRow]) -> Ranks:
    """Returns the sort keys of groups: the mean of their numbers, otherwise the value that all runs have."""
    values = data.get_values(column)
    return rank_values(
        [_average(data, column, row.members) if len(row.members) > 1 else values[row.members[0]] for row in rows]
    )


def _average(data: GridData, column: GridColumn, members: Sequence[int]) -> Comparable | None:
    """Returns the mean of a group's numbers, otherwise the value that all runs have."""
    value = summarize_group(data, column, members)
    return value.common if value.mean is None else value.mean


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
    count, mean, std = summarize_values(numbers)
    return GroupValue(mean, std, count, same, len(present))


def match_filter(data: GridData, where: Iterable[Where]) -> list[bool]:
    """Returns whether each run meets all conditions of a filter."""
    return find_matches(data, AllOf(tuple(each.condition for each in where)))


def find_matches(data: GridData, condition: Condition) -> list[bool]:
    """Returns for each run what `is_met` returns. Reads each value once, and evaluates a condition for all runs before
    the next condition.
    """
    match condition:
        case AllOf(conditions):
            return _combine(all, data, conditions)
        case AnyOf(conditions):
            return _combine(any, data, conditions)
        case Not(negated):
            return [not each for each in find_matches(data, negated)]
        case Comparison(FieldName() | Call() as left, operator, Constant() as right):
            return _compare_with_constant(data, left, operator, right)
        case Comparison(left, operator, right):
            pairs = zip(data.get_operands(left), data.get_operands(right), strict=True)
            return [compare_operands(values, operator, others) for values, others in pairs]
        case Membership(left, constants):
            return _combine(any, data, [Comparison(left, "=", each) for each in constants])
        case State(left, state):
            return [has_state(values, state) for values in data.get_operands(left)]
        case Word():
            return _find_word(data, condition)


def _combine(decide: Callable[[Iterable[bool]], bool], data: GridData, conditions: Sequence[Condition]) -> list[bool]:
    """Returns for each run whether `all` or `any` of the conditions are met."""
    columns = [find_matches(data, each) for each in conditions]
    if len(columns) == 1:
        return columns[0]
    return list(map(decide, zip(*columns, strict=True))) if columns else [decide(())] * len(data.runs)


def _compare_with_constant(data: GridData, left: FieldName | Call, operator: str, right: Constant) -> list[bool]:
    """Returns whether each run meets a comparison with a constant; a missing value equals the empty text."""
    test = build_field_test(left, operator, right)
    accepts_missing = operator == "=" and not right.text
    column = find_column(left, data.fields)
    if column is not None:
        present = [value for value in data.get_values(column) if value is not None]
        accepts = _build_check(test, present)
        return [accepts_missing if value is None else accepts(value) for value in data.get_values(column)]
    operands = data.get_operands(left)
    accepts = _build_check(test, [value for values in operands for value in values])
    return [any(map(accepts, values)) if values else accepts_missing for values in operands]


def _build_check(test: ValueTest, values: Sequence[Comparable]) -> Callable[[Comparable], bool]:
    """Returns a function that checks one of the values. Tests each different value once."""
    if not isinstance(test, Matches):
        return set(test.select(set(values))).__contains__
    distinct = {(type(value), value) for value in values}  # 1 and 1.0 are equal, but their texts are not
    fitting = {(type(value), value) for value in test.select([value for _, value in distinct])}
    return lambda value: (type(value), value) in fitting


def _find_word(data: GridData, word: Word) -> list[bool]:
    """Returns whether each run has a word; tests runs with the same operation, status and attributes once."""
    known: dict[Hashable, bool] = {}
    matches = []
    for run in data.runs:
        attrs = run.user_attrs
        key = run.op.name, run.status, attrs.label, attrs.tags, attrs.marked
        if key not in known:
            known[key] = RunRow(run).has_word(word)
        matches.append(known[key])
    return matches


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
            if not data.has_values(FieldName(field.name, field.kind, field.at)):
                mark = f"\n{mark_position(each.text, field.at)}" if each.text else ""
                hint = suggest_closest(field.name, data.fields, UNKNOWN_NAME_HINT)
                raise UsageError(f"No run has {field.name!r}{mark}", hint)
