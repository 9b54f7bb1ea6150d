"""Evaluates conditions in Python, on anything that can tell the values of a run by name.

A condition is true or false: a value that is missing, NaN or of another type satisfies no comparison, and `not` is the
exact complement. The index asks SQLite instead where it can; both agree.
"""

import math
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from gage.lib.mean_std import summarize_values
from gage.lib.uuid7 import find_name
from gage.select.comparable import Equals, Matches, ValueTest, build_test, compare_values, parse_quantity, read_constant
from gage.select.fields import RUN_FIELDS, SUMMARY_FUNCTIONS
from gage.types.filter import (
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Comparison,
    Condition,
    Constant,
    Expression,
    FieldName,
    Membership,
    Not,
    Points,
    State,
    Word,
)
from gage.types.run import STATUSES, Run
from gage.types.values import Comparable, JSONValue, clean_text, normalize_value

Values = tuple[Comparable, ...]

VALUE_KINDS = ("config", "metric", "attribute")
"""Kinds of values in the order in which a name is looked for."""

SHORT_STATUSES = {status[:4]: status for status in STATUSES}
"""The first four letters of statuses, as narrow listings show them."""


class Row(Protocol):
    """The values of one run."""

    def list_values(self, field: FieldName) -> Values:
        """Returns what a name stands for: several values for tags, none where it is missing."""

    def get_statistic(self, field: FieldName, function: str) -> Comparable | None:
        """Returns a number of a metric's summary."""

    def get_series(self, field: FieldName) -> Points | None:
        """Returns the points of a metric."""

    def has_word(self, word: Word) -> bool:
        """Returns whether a text is found in the run."""


def is_met(condition: Condition, row: Row) -> bool:
    """Returns whether a run meets a condition."""
    match condition:
        case AllOf(conditions):
            return all(is_met(each, row) for each in conditions)
        case AnyOf(conditions):
            return any(is_met(each, row) for each in conditions)
        case Not(negated):
            return not is_met(negated, row)
        case Word():
            return row.has_word(condition)
        case Comparison(left, operator, right):
            return _compare(list_values(left, row), operator, right, row, left)
        case Membership(left, constants):
            return any(_compare(list_values(left, row), "=", each, row, left) for each in constants)
        case State(left, state):
            return has_state(list_values(left, row), state)


def build_field_test(left: Expression, operator: str, constant: Constant) -> ValueTest:
    """Returns the test of a value that is compared with a constant: a status may be its first four letters, and a
    duration or a number of a metric may have a unit, which is text elsewhere.
    """
    test = build_test(operator, constant)
    if not isinstance(test, Equals):
        return test
    own = RUN_FIELDS.get(left.plain_name) if isinstance(left, FieldName) and left.kind in ("", "run") else None
    if own is not None and own.key == "status":
        return Equals((*test.values, expand_status(constant.text)))
    quantity = parse_quantity(constant.text) if isinstance(left, Call) or (own and own.type == "duration") else None
    return test if quantity is None else Equals((*test.values, quantity))


def expand_status(text: str) -> str:
    """Returns the status that a status or its first four letters stand for, ignoring case; another text as it is."""
    folded = text.casefold()
    return SHORT_STATUSES.get(folded, folded if folded in STATUSES else text)


def _compare(values: Values, operator: str, right: Expression, row: Row, left: Expression) -> bool:
    if isinstance(right, Constant) and not isinstance(left, Constant | Arithmetic):
        if operator == "=" and not right.text and not values:
            return True
        return bool(build_field_test(left, operator, right).select(values))
    return compare_operands(values, operator, list_values(right, row))


def compare_operands(values: Values, operator: str, others: Values) -> bool:
    """Returns whether a comparison holds between the values of two expressions for a run."""
    if operator in ("~", "=~", "contains"):
        return any(Matches(operator, str(other)).select(values) for other in others)
    return any(compare_values(value, operator, other) for value in values for other in others)


def has_state(values: Values, state: str) -> bool:
    """Returns whether values are "null", "nan" or "set"."""
    if state == "nan":
        return "nan" in values
    is_set = any(value not in ("null", "") for value in values)
    return is_set == (state == "set")


def list_values(expression: Expression, row: Row) -> Values:
    """Returns the values of an expression for a run: none if one of them is missing or not a number."""
    match expression:
        case Constant():
            return (read_constant(expression),)
        case FieldName():
            return row.list_values(expression) or _list_value_at_step(expression, row)
        case Arithmetic(operator, left, right):
            return compute_arithmetic(operator, _get_number(left, row), _get_number(right, row))
        case Call(function, arguments):
            return _call(function, arguments, row)


def find_exclusion(value: Comparable | None) -> str:
    """Returns why a value does not count among numbers: "missing", "nan", "text" or "infinite"; "" if it counts."""
    if value is None:
        return "missing"
    if isinstance(value, str):
        return "nan" if value == "nan" else "text"
    return "" if math.isfinite(value) else "infinite"


def parse_step(field: FieldName) -> tuple[FieldName, int] | None:
    """Returns the metric and the step of `loss@100`."""
    name, at, step = field.name.rpartition("@")
    is_step = at and name and step.isascii() and step.isdigit() and len(step) < 19
    return (field._replace(name=name), int(step)) if is_step else None


def _list_value_at_step(field: FieldName, row: Row) -> Values:
    parsed = parse_step(field)
    return _find_at_step(*parsed, row) if parsed else ()


def _find_at_step(field: FieldName, step: float, row: Row) -> Values:
    """Returns the value at that step, or the nearest one before it."""
    series = row.get_series(field)
    best: tuple[int, float] | None = None
    for at, value in zip(series.steps, series.values, strict=True) if series else ():
        if at <= step and (best is None or at >= best[0]):
            best = (at, value)
    return () if best is None else (normalize_value(best[1]),)


def _get_number(expression: Expression, row: Row) -> float | None:
    return pick_number(list_values(expression, row))


def pick_number(values: Values) -> float | None:
    """Returns the number in the values of an expression; None if they are not a single number."""
    return values[0] if len(values) == 1 and not isinstance(values[0], str) else None


def compute_arithmetic(operator: str, left: float | None, right: float | None) -> Values:
    """Returns the result of an arithmetic operator in a tuple, which is empty if a number is missing or the result is
    undefined.
    """
    if left is None or right is None:
        return ()
    try:
        if operator == "**":
            result = float(left) ** float(right)
        elif operator == "/":
            result = left / right
        else:
            result = {"+": left + right, "-": left - right, "*": left * right}[operator]
    except (ArithmeticError, ValueError):
        return ()
    return () if isinstance(result, complex) or result != result else (result,)


def _call(function: str, arguments: tuple[Expression, ...], row: Row) -> Values:
    first = arguments[0]
    if function == "abs":
        number = _get_number(first, row)
        return () if number is None else (abs(number),)
    if function == "len":
        return (_count_items(list_values(first, row), first),)
    if not isinstance(first, FieldName):
        return ()
    if function in SUMMARY_FUNCTIONS and len(arguments) == 1:
        value = row.get_statistic(first, function)
        return () if value is None else (value,)
    series = row.get_series(first)
    if series is None or not len(series.values):
        return ()
    if function in ("argmin", "argmax"):
        finite = [(value, step) for step, value in zip(series.steps, series.values, strict=True) if value == value]
        best = min if function == "argmin" else max
        return (best(finite, key=lambda point: point[0])[1],) if finite else ()
    number = _get_number(arguments[1], row)
    if number is None:
        return ()
    if function == "at":
        return _find_at_step(first, number, row)
    latest = list(series.values)[-max(int(number), 1) :]
    return (normalize_value(summarize_values(latest).mean if all(map(math.isfinite, latest)) else math.nan),)


def _count_items(values: Values, expression: Expression) -> int:
    """Returns the number of tags or comments, of items of a list, or of characters of a text."""
    if isinstance(expression, FieldName) and expression.kind in ("", "run"):
        own = RUN_FIELDS.get(expression.plain_name)
        if own is not None and own.key in ("tag", "comment"):
            return len(values)
    if not values:
        return 0
    import json

    text = str(values[0])
    if text[:1] in ("[", "{"):
        try:
            return len(json.loads(text))
        except (ValueError, RecursionError):
            pass
    return len(text)


class RunRow(NamedTuple):
    """The values of a run for `is_met`. `read_series` returns the points of a metric by name. `is_trial`: its parent is
    a batch. `now` is in µs; None is the present.
    """

    run: Run
    read_series: Callable[[str], Points | None] = lambda name: None
    is_trial: bool = True
    now: int | None = None

    def list_values(self, field: FieldName) -> Values:
        """Returns the values of a field: the run's own and one of config, metrics and attributes, in this order."""
        own = _list_own(self, field.plain_name) if field.kind in ("", "run") else ()
        places = [(kind, field.name) for kind in VALUE_KINDS]
        if field.kind not in ("", "run"):
            places.append((field.kind, field.plain_name))
        return (*own, *next(filter(None, (_get_value(self.run, *place) for place in places)), ()))

    def get_statistic(self, field: FieldName, function: str) -> Comparable | None:
        """Returns a number of a metric's summary."""
        metric = next((self.run.metrics[name] for name in field.metric_names if name in self.run.metrics), None)
        if metric is None:
            return None
        value = metric.points if function == "count" else getattr(metric, function)
        return None if value is None else normalize_value(value)

    def get_series(self, field: FieldName) -> Points | None:
        """Returns the points of a metric."""
        name = next((name for name in field.metric_names if name in self.run.metrics), None)
        return None if name is None else self.read_series(name)

    def has_word(self, word: Word) -> bool:
        """Returns whether operation, label or a tag contain the word, or it is the status, `#tag` or `marked`."""
        text = clean_text(word.text)
        folded = text.casefold()
        if folded in STATUSES:
            return self.run.status == folded
        attrs = self.run.user_attrs
        words = clean_text("\n".join((self.run.op.name, attrs.label, *attrs.tags)).casefold())
        return (
            folded in words
            or self.run.status == expand_status(folded)
            or (text[:1] == "#" and text[1:] in map(clean_text, attrs.tags))
            or (folded == "marked" and attrs.marked)
        )


def _list_own(row: RunRow, name: str) -> Values:
    """Returns the values of the run itself with that name."""
    own = RUN_FIELDS.get(name)
    values = _OWN_VALUES[own.key](row) if own is not None else ()
    return tuple(normalize_value(value) for value in values if value is not None and value != "")


def _list_parents(row: RunRow) -> tuple[JSONValue, ...]:
    """Returns the recorded parent and, if that is the ID of a run, the name of the run."""
    return row.run.parent, find_name(row.run.parent)


def _compute_duration(row: RunRow) -> float | None:
    """Returns how long a run took, or has taken until now, in seconds."""
    run = row.run
    now = time.time_ns() // 1000 if row.now is None else row.now
    end = run.stopped if run.stopped is not None else now if run.status == "running" else None
    return None if run.started is None or end is None else (end - run.started) / 1_000_000


_OWN_VALUES: dict[str, Callable[[RunRow], tuple[JSONValue, ...]]] = {
    "id": lambda row: (row.run.id,),
    "name": lambda row: (row.run.name,),
    "op": lambda row: (row.run.op.name,),
    "namespace": lambda row: (row.run.op.namespace,),
    "version": lambda row: (row.run.op.version,),
    "status": lambda row: (row.run.status,),
    "reason": lambda row: (row.run.reason,),
    "project": lambda row: (row.run.project,),
    "project_id": lambda row: (row.run.project_id,),
    "archive": lambda row: (row.run.user_attrs.archive,),
    "deleted_by": lambda row: (row.run.user_attrs.deleted_by,),
    "label": lambda row: (row.run.label,),
    "tag": lambda row: row.run.tags,
    "mark": lambda row: ("true",) if row.run.user_attrs.marked else (),
    "comment": lambda row: tuple(comment.text for comment in row.run.user_attrs.comments),
    "exit": lambda row: (row.run.exit,),
    "parent": _list_parents,
    "relation": lambda row: (row.run.relation,),
    "batch": lambda row: _list_parents(row) if row.is_trial else (),
    "created": lambda row: (row.run.created,),
    "staged": lambda row: (row.run.staged,),
    "started": lambda row: (row.run.started,),
    "stopped": lambda row: (row.run.stopped,),
    "duration": lambda row: (_compute_duration(row),),
    "host": lambda row: (row.run.host,),
    "user": lambda row: (row.run.user,),
    "commit": lambda row: (row.run.commit,),
    "branch": lambda row: (row.run.branch,),
    "source_digest": lambda row: (row.run.source_digest,),
    "damage": lambda row: (row.run.damage,),
    "incomplete": lambda row: (row.run.incomplete,),
}
"""Keys of `FIELDS` → the values of a run; empty ones count as missing."""


def _get_value(run: Run, kind: str, name: str) -> Values:
    if kind == "metric":
        return (normalize_value(run.metrics[name].last),) if name in run.metrics else ()
    if kind == "evaluation":
        return (normalize_value(run.evaluated[name]),) if name in run.evaluated else ()
    if kind == "config":
        return (normalize_value(run.config[name]),) if name in run.config else ()
    if name in run.user_attrs.other:
        return (normalize_value(run.user_attrs.other[name]),)
    return (normalize_value(run.attributes[name].value),) if name in run.attributes else ()
